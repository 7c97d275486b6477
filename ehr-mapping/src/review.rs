//! The review sheet of a mapping document: what clinicians read, judge and sign.
//!
//! A [`ReviewSheet`] has one line for each line of the document that makes something, in the order of the document:
//! the field in words, where its value comes from and through what, what a loss would mean, and whether the line is a
//! draft; then one row for each row of a code map, with how often a run used it. It is written as a static page
//! ([`ReviewSheet::to_html`]) and as a workbook ([`ReviewSheet::to_xlsx`]), which comes back with the edits of its
//! reviewers as a [`Review`]. Nothing is applied silently: [`Review::propose`] gives the text that the edits would make,
//! comments and order kept, for somebody to look at and sign.
//!
//! Values of patients are in a sheet only where somebody put them there by [`ReviewSheet::with_samples`].
//!
//! ```
//! use ehr_mapping::document::MappingDocument;
//! use ehr_mapping::review::{Review, ReviewSheet};
//!
//! let document = MappingDocument::parse("tiny.toml", r#"
//! [document]
//! name = "tiny"
//! version = "1"
//! format = "csv"
//! system = "https://legacy.example"
//!
//! [[table]]
//! name = "people"
//! file = "people.csv"
//! columns = ["id", "surname"]
//! patient = "id"
//!
//! [[map]]
//! from = "people"
//! to = "Patient"
//! key = ["id"]
//!
//! [map.fields]
//! "name[0].family" = "surname"
//! "#)?;
//! let sheet = ReviewSheet::new(&document)?;
//! assert_eq!(sheet.lines()[0].target, "Patient: Names: Family name");
//! assert_eq!(sheet.lines()[0].source, "people: surname");
//!
//! let review = Review::from_xlsx(&sheet.to_xlsx()?, &document)?;
//! assert!(review.propose(&document)?.is_unchanged());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod edits;
mod error;
mod lines;
mod page;
mod proposal;
mod samples;
mod words;
mod workbook;

pub use edits::{CodeEdit, Judgement, LineReview, Review};
pub use error::ReviewError;
pub use proposal::Proposal;
pub use samples::SampleValues;

use std::collections::BTreeMap;

use ehr_crypto::Digest;
use ehr_model::element::SafetyClass;
use ehr_model::value::Text;

use crate::code_map::CodeUses;
use crate::document::{DocumentErrors, MappingDocument};

/// The review sheet of one mapping document, as it is now.
#[derive(Debug, Clone)]
pub struct ReviewSheet {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) title: String,
    pub(crate) digest: Digest,
    pub(crate) lines: Vec<SheetLine>,
    pub(crate) codes: Vec<CodeRow>,
    /// Codes that a run met and that have no row, by map; known where uses are.
    pub(crate) without_row: Option<BTreeMap<String, u64>>,
    pub(crate) has_samples: bool,
}

/// What a line does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LineKind {
    /// Fills a field.
    Field,
    /// Keeps values in the archive or leaves them out.
    Rule,
}

/// A line of the document, for people.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SheetLine {
    /// By which it is found again: the line of the document, with the name of a document that it extends before it.
    pub id: String,
    /// What it does.
    pub kind: LineKind,
    /// What the record is made of: `people → Patient`.
    pub group: String,
    /// The field in words; of a rule, what becomes of the values.
    pub target: String,
    /// The field as the document writes it.
    pub path: String,
    /// Where the value comes from.
    pub source: String,
    /// Through what it goes, and when.
    pub transform: String,
    /// The code map that it goes through.
    pub code_map: Option<String>,
    /// What a loss would mean.
    pub safety: Option<SafetyClass>,
    /// Whether the line was guessed and nobody took the mark away.
    pub draft: Option<Draft>,
    /// The columns or paths that its samples are looked up by: source and name.
    pub(crate) reads: Vec<(String, String)>,
    /// Values of patients, where somebody asked for them.
    pub samples: Vec<Text>,
}

/// What a drafted line says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// Of a hundred; unknown where the mark does not say.
    pub confidence: Option<u8>,
    /// Why it was guessed.
    pub reason: String,
}

/// A row of a code map.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeRow {
    /// By which it is found again: the map and the source code.
    pub id: String,
    /// The code map.
    pub map: String,
    /// The code of the source.
    pub code: String,
    /// The code that it becomes.
    pub target: String,
    /// What the target means.
    pub display: String,
    /// How the target stands to the source code (FHIR ConceptMap).
    pub relationship: String,
    /// The system of the target.
    pub system: String,
    /// How often a run used it; unknown where no run was given.
    pub uses: Option<u64>,
    /// The document or file in which the row stands.
    pub place: String,
}

impl ReviewSheet {
    /// The sheet of a document, without counts and without values.
    ///
    /// # Errors
    ///
    /// The document must compile: nobody should judge what cannot run.
    pub fn new(document: &MappingDocument) -> Result<Self, DocumentErrors> {
        lines::sheet(document)
    }

    /// With how often a run used each row of the code maps.
    pub fn with_uses(mut self, uses: &CodeUses) -> Self {
        let mut without_row = BTreeMap::new();
        for row in &mut self.codes {
            let of_map = uses.of(&row.map);
            let count = of_map.and_then(|of_map| of_map.rows.get(row.code.as_str()));
            row.uses = Some(count.copied().unwrap_or_default());
            without_row.insert(row.map.clone(), of_map.map_or(0, |uses| uses.without_row));
        }
        self.without_row = Some(without_row);
        self
    }

    /// With values of patients. The sheet is then protected health information, and says so.
    pub fn with_samples(mut self, samples: &SampleValues) -> Self {
        for line in &mut self.lines {
            let found = line
                .reads
                .iter()
                .flat_map(|(source, name)| samples.of(source, name));
            line.samples = found.cloned().collect();
        }
        self.has_samples = true;
        self
    }

    /// The digest of the document that it was made from.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The lines, in the order of the document; those of documents that it extends come behind.
    pub fn lines(&self) -> &[SheetLine] {
        &self.lines
    }

    /// The rows of all code maps.
    pub fn codes(&self) -> &[CodeRow] {
        &self.codes
    }
}
