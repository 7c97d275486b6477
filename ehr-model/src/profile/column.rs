//! What a column holds.

use std::sync::Arc;

use serde::Serialize;

use super::{Count, DateProfile};
use crate::value::Text;

/// A column of a table, or a path of trees.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ColumnProfile {
    /// Its name, or the path.
    pub name: Arc<str>,
    /// Records that have a value in it.
    pub records: u64,
    /// Values; more than records where a path leads to several.
    pub filled: u64,
    /// Values that are a spelling of "nothing", such as `NULL` or `N/A`; part of `filled`.
    pub missing_words: u64,
    /// What most values look like.
    pub shape: ValueShape,
    /// How many do, of those that are no spelling of "nothing".
    pub shape_count: u64,
    /// Different values.
    pub distinct: Count,
    /// Whether no value occurs twice and every record has one.
    pub unique: bool,
    /// How long the values are, in characters.
    pub lengths: Lengths,
    /// The most frequent values.
    pub top: Vec<TopValue>,
    /// The dates, if there are any.
    pub dates: Option<DateProfile>,
    /// Code systems by their shape, the surest first.
    pub codes: Vec<CodeShare>,
    /// Values with signs of a wrong encoding, such as `Ã©` for `é`.
    pub mojibake: u64,
    /// Values with the character that stands for lost ones.
    pub replaced: u64,
}

/// What values look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Default)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ValueShape {
    /// There is none.
    #[default]
    Empty,
    /// UUIDs.
    Uuid,
    /// Two words that mean yes and no.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers with decimals.
    Decimal,
    /// Dates, with or without a time.
    Date,
    /// Times of day.
    Time,
    /// E-mail addresses.
    Email,
    /// Web addresses.
    Url,
    /// One word of letters and digits.
    Code,
    /// A few words.
    Words,
    /// Sentences.
    Narrative,
    /// None of them for most.
    Mixed,
}

/// How long values are, in characters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Lengths {
    /// The shortest.
    pub least: u32,
    /// The longest.
    pub most: u32,
    /// All together.
    pub total: u64,
    /// Values exactly as long as databases cut texts: the length, and how many.
    pub at_limit: Vec<(u32, u64)>,
}

/// A frequent value, by default without the value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TopValue {
    /// How often it occurs.
    pub count: u64,
    /// The value, where somebody asked for it.
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
}

/// A code system that values may be of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CodeShare {
    /// The name for people, such as `SNOMED CT`.
    pub name: &'static str,
    /// Its canonical URI, where it has one.
    pub system: Option<&'static str>,
    /// Values with the form of its codes, check digit included where it has one.
    pub count: u64,
    /// What the guess rests on.
    pub evidence: CodeEvidence,
    /// Values of that form that a loaded table does not have; `None` without a table.
    pub unknown: Option<u64>,
    /// Values that a loaded table has as retired; `None` without a table.
    pub retired: Option<u64>,
}

/// What a guess of a code system rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CodeEvidence {
    /// A check digit, or a form that nothing else has.
    CheckDigit,
    /// The form, and a loaded table has the codes.
    Table,
    /// The form, and the name of the column.
    NameAndShape,
    /// The form alone, which many other things have.
    Shape,
}

impl ColumnProfile {
    /// A column of which only the name is known.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            records: 0,
            filled: 0,
            missing_words: 0,
            shape: ValueShape::Empty,
            shape_count: 0,
            distinct: Count::exact(0),
            unique: false,
            lengths: Lengths::default(),
            top: Vec::new(),
            dates: None,
            codes: Vec::new(),
            mojibake: 0,
            replaced: 0,
        }
    }

    /// The code system that the values are most likely of.
    pub fn code(&self) -> Option<&CodeShare> {
        self.codes.first()
    }
}

impl TopValue {
    /// A count without the value.
    pub fn counted(count: u64) -> Self {
        Self { count, value: None }
    }
}

impl CodeShare {
    /// A guess without a table.
    pub fn new(
        name: &'static str,
        system: Option<&'static str>,
        count: u64,
        evidence: CodeEvidence,
    ) -> Self {
        Self {
            name,
            system,
            count,
            evidence,
            unknown: None,
            retired: None,
        }
    }
}

/// Values are written only because somebody asked for them.
fn exposed<S: serde::Serializer>(value: &Option<Text>, to: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(text) => to.serialize_str(text.expose()),
        None => to.serialize_none(),
    }
}
