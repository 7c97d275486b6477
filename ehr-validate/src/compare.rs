//! The chart of a patient in the source beside the one in the target, entry by entry.
//!
//! A target gives ids of its own, so entries are matched by what they say: by id or identifier where
//! they were kept, else by content, by meaning and date, at last by meaning alone. A match is made
//! only where it is the only one possible. What could be matched in several ways is
//! [said](ChartPair::ambiguous) and never guessed.
//!
//! ```
//! use ehr_model::chart::Chart;
//! use ehr_model::kind::Allergy;
//! use ehr_model::record::{Kind, Namespace, Record};
//! use ehr_validate::compare::{ChartPair, MatchBasis};
//!
//! let chart = |system, substances: &[&str]| {
//!     let records = substances.iter().map(|substance| {
//!         let mut allergy = Allergy::default();
//!         allergy.code.set(Default::default()).text.set((*substance).into());
//!         let id = Namespace::of_system(system).id(Kind::Allergy, substance);
//!         Record { id, provenance: Vec::new(), resource: allergy.into() }
//!     });
//!     Chart::new(records.collect(), Vec::new())
//! };
//! let source = chart("urn:old", &["Penicillin", "Latex"]);
//! let target = chart("urn:new", &["latex"]);
//! let pair = ChartPair::new(&source, &target);
//! assert_eq!(pair.matches()[0].basis, MatchBasis::Content);
//! assert_eq!(pair.missing_of::<Allergy>().count(), 1);
//! ```

mod allowance;
mod classes;
mod content;
mod difference;
mod entries;
mod fields;
mod identity;
mod matching;
mod patients;
mod polarity;
mod population;

pub use allowance::{ALLOWANCES, Allowance, AllowanceRow};
pub use difference::{Difference, DifferenceClass, Pattern, Side};
pub use entries::{ChartDifferences, SharedRecords};
pub(crate) use fields::demanded;
pub use patients::{PatientBasis, PatientMatch, PatientMatching};
pub use population::{Comparison, DifferenceCounts};

pub(crate) use content::{leaf_key, normalise};
pub(crate) use polarity::denying_field;

use std::collections::HashMap;

use ehr_model::chart::Chart;
use ehr_model::record::{Record, RecordId, ResourceType};

/// The chart of a patient in the source beside the one in the target.
#[derive(Debug)]
pub struct ChartPair<'c> {
    source: &'c Chart,
    target: &'c Chart,
    matches: Vec<Match<'c>>,
    missing: Vec<&'c Record>,
    extra: Vec<&'c Record>,
    ambiguous: Vec<Ambiguity<'c>>,
    counterparts: HashMap<RecordId, RecordId>,
}

/// An entry of the source with its entry in the target.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Match<'c> {
    /// The entry in the source.
    pub source: &'c Record,
    /// The entry in the target.
    pub target: &'c Record,
    /// What the match rests on.
    pub basis: MatchBasis,
}

/// What a match rests on, the firmest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MatchBasis {
    /// The id was kept.
    Id,
    /// An identifier was kept, or the id as an identifier.
    Identifier,
    /// All that both say is the same; entries that say the same are matched in their order.
    Content,
    /// The same meaning at the same time.
    MeaningAndTime,
    /// The same meaning on the same day.
    MeaningAndDay,
    /// All but the dates is the same.
    ContentButDates,
    /// The same meaning, in a list where a meaning stands once.
    Meaning,
    /// All but the meaning is the same.
    ContentButMeaning,
    /// Each chart has one entry of the kind, and no chart can have more: the patient.
    OnlyOne,
}

/// Entries that can be matched in several ways.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ambiguity<'c> {
    /// Entries of the source, at least one.
    pub source: Vec<&'c Record>,
    /// Entries of the target, at least one.
    pub target: Vec<&'c Record>,
}

impl<'c> ChartPair<'c> {
    /// Matches the entries of two charts of one patient.
    pub fn new(source: &'c Chart, target: &'c Chart) -> Self {
        matching::match_entries(source, target)
    }

    /// The chart in the source.
    pub fn source(&self) -> &'c Chart {
        self.source
    }

    /// The chart in the target.
    pub fn target(&self) -> &'c Chart {
        self.target
    }

    /// The matches with what they rest on, in the order of the source.
    pub fn matches(&self) -> &[Match<'c>] {
        &self.matches
    }

    /// Entries of the source with their entries in the target.
    pub fn matched(&self) -> impl Iterator<Item = (&'c Record, &'c Record)> + '_ {
        self.matches
            .iter()
            .map(|matched| (matched.source, matched.target))
    }

    /// Entries of one kind in the source with their entries in the target, and the contents.
    pub fn matched_of<K: ResourceType>(
        &self,
    ) -> impl Iterator<Item = ((&'c Record, &'c K), (&'c Record, &'c K))> + '_ {
        self.matched().filter_map(|(source, target)| {
            let contents = (K::of(&source.resource)?, K::of(&target.resource)?);
            Some(((source, contents.0), (target, contents.1)))
        })
    }

    /// Entries of the source that the target lacks.
    pub fn missing(&self) -> impl Iterator<Item = &'c Record> + '_ {
        self.missing.iter().copied()
    }

    /// Entries of one kind that the target lacks, with their content.
    pub fn missing_of<K: ResourceType>(&self) -> impl Iterator<Item = (&'c Record, &'c K)> + '_ {
        self.missing().filter_map(of)
    }

    /// Entries of the target that the source lacks.
    pub fn extra(&self) -> impl Iterator<Item = &'c Record> + '_ {
        self.extra.iter().copied()
    }

    /// Entries of one kind that the source lacks, with their content.
    pub fn extra_of<K: ResourceType>(&self) -> impl Iterator<Item = (&'c Record, &'c K)> + '_ {
        self.extra().filter_map(of)
    }

    /// Entries that can be matched in several ways. They are neither matched nor missing nor extra.
    pub fn ambiguous(&self) -> &[Ambiguity<'c>] {
        &self.ambiguous
    }

    /// Whether the target lacks an entry of the source. Where several entries can be matched in several
    /// ways and the target has fewer, each of them counts.
    pub fn lacks(&self, source: RecordId) -> bool {
        let is_it = |record: &&Record| record.id == source;
        self.counterpart(source).is_none()
            && self
                .ambiguous
                .iter()
                .all(|group| group.shortfall() > 0 || !group.source.iter().any(is_it))
    }

    /// The entry of the source that an entry of the target was made of.
    pub fn origin(&self, target: RecordId) -> Option<&'c Record> {
        let is_it = |matched: &&Match<'_>| matched.target.id == target;
        Some(self.matches.iter().find(is_it)?.source)
    }

    /// The id in the target of the entry with this id in the source.
    pub fn counterpart(&self, source: RecordId) -> Option<RecordId> {
        self.counterparts.get(&source).copied()
    }
}

impl<'c> Ambiguity<'c> {
    /// How many entries of the source have certainly none in the target.
    pub fn shortfall(&self) -> usize {
        self.source.len().saturating_sub(self.target.len())
    }

    /// The entries of one kind in the source, with their content.
    pub fn source_of<K: ResourceType>(&self) -> impl Iterator<Item = (&'c Record, &'c K)> + '_ {
        self.source.iter().copied().filter_map(of)
    }
}

fn of<K: ResourceType>(record: &Record) -> Option<(&Record, &K)> {
    K::of(&record.resource).map(|content| (record, content))
}

/// All that an entry says but its identifiers and references, as one text that is equal where they are.
pub(crate) fn content_of(record: &Record) -> String {
    content::content(record, content::Part::All, None)
}

/// The day of an entry in ISO 8601, as precise as it is.
pub(crate) fn day_of(record: &Record) -> Option<String> {
    identity::time(record).map(|(_, day)| day)
}

/// Whether an entry says what it is about in a code of a code system.
pub(crate) fn has_coded_meaning(record: &Record) -> bool {
    let mut codes = Vec::new();
    identity::coded_meaning(record, &mut codes);
    codes.iter().any(|code| !code.starts_with('|'))
}

/// A leaf as text, equal where the amount, the point in time or the bytes are.
pub(crate) fn leaf_text(leaf: &ehr_model::element::Leaf<'_>) -> String {
    content::leaf_key(leaf)
}
