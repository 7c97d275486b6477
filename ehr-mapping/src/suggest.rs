//! A first mapping document, drafted from the profile of an export.
//!
//! Nothing is mapped silently: every line is a guess with its confidence and its reason beside it,
//! for a person to review, and a guess below [`LEAST_CONFIDENCE`] stays switched off as a comment.
//! What no line takes stays unaccounted, so that the balance shows it. The draft compiles: a line
//! that does not is switched off too, with what the compiler says.
//!
//! ```
//! use ehr_mapping::document::MappingDocument;
//! use ehr_mapping::suggest;
//! use ehr_model::profile::*;
//!
//! let file = Delimited::new("patients.csv", ',', "utf-8", true);
//! let mut patients = TableProfile::new("patients", TableFormat::Csv(file));
//! for name in ["ID", "LAST_NAME", "SHOE_SIZE"] {
//!     patients.columns.push(ColumnProfile::new(name));
//! }
//! let mut profile = SourceProfile::default();
//! profile.tables.push(patients);
//!
//! let draft = suggest::draft(&profile, "https://legacy.example").expect("a table of patients");
//! assert!(draft.text().contains("\"name[0].family\" = \"LAST_NAME\""));
//! MappingDocument::parse("draft.toml", draft.text())?.compile()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod guess;
mod kind;
mod synonyms;
mod text;

use ehr_model::profile::{Delimited, SourceProfile, TableFormat};
use ehr_model::record::Kind;

use crate::document::MappingDocument;

/// Guesses that are less sure than this, in hundredths, stay switched off.
pub const LEAST_CONFIDENCE: u8 = 50;

/// How often lines that do not compile are switched off before the draft is given up.
const ROUNDS: usize = 12;

/// A drafted mapping document.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    text: String,
    lines: Vec<DraftLine>,
    tables: usize,
}

/// A guess of the draft.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct DraftLine {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The kind of record that it may fill.
    pub kind: Kind,
    /// The field.
    pub field: String,
    /// How sure the guess is, in hundredths.
    pub confidence: u8,
    /// Why.
    pub reason: String,
    /// Whether the line stands in the document, and not only as a comment.
    pub active: bool,
}

impl Draft {
    /// The text of the document.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its guesses, in the order of the document.
    pub fn lines(&self) -> &[DraftLine] {
        &self.lines
    }

    /// How many tables have a map.
    pub fn tables(&self) -> usize {
        self.tables
    }
}

/// Drafts a mapping document for an export; `None` where no table has rows of columns, or nothing
/// tells which of them holds the patients: then there is nothing to begin with.
pub fn draft(profile: &SourceProfile, system: &str) -> Option<Draft> {
    let tables = kind::tables(profile)?;
    let mut lines = Vec::new();
    for table in &tables {
        lines.extend(guess::lines(profile, table, &tables));
    }
    let mut text = text::document(&tables, &lines, system);
    for _ in 0..ROUNDS {
        let failed = match MappingDocument::parse("draft.toml", &text) {
            Ok(document) => match document.compile() {
                Ok(_) => {
                    for line in &mut lines {
                        line.active = text::stands(&text, line);
                    }
                    let mapped = tables.iter().filter(|table| {
                        lines
                            .iter()
                            .any(|l| l.active && l.table == *table.profile.name)
                    });
                    let tables = mapped.count();
                    return Some(Draft {
                        text,
                        lines,
                        tables,
                    });
                }
                Err(errors) => errors,
            },
            Err(errors) => errors,
        };
        let failed: Vec<(usize, String)> = failed
            .iter()
            .map(|error| (error.line as usize, error.message.clone()))
            .collect();
        text = text::switched_off(&text, &failed)?;
    }
    None
}

/// The dialect that most tables of delimited text have.
fn usual_dialect(profile: &SourceProfile) -> Option<&Delimited> {
    let files: Vec<&Delimited> = profile
        .tables
        .iter()
        .filter_map(|table| match &table.format {
            TableFormat::Csv(file) if file.header => Some(file),
            _ => None,
        })
        .collect();
    let alike = |one: &Delimited| {
        let same = files.iter().filter(|file| file.delimiter == one.delimiter);
        same.count()
    };
    files.iter().copied().max_by_key(|file| alike(file))
}
