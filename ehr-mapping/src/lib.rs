//! Readers for legacy EHR exports and the mapping documents that turn them into charts.
//!
//! Data goes one way: a [`source::SourceFolder`] holds the export, an
//! [`extraction::Extraction`] reads it, sorts it by patient into sealed spill files and maps each
//! patient's rows by a [`plan::Plan`], a [`scope::ScopePolicy`] decides what migrates, and
//! [`writer`] writes it as FHIR. The plan is compiled from a [`document::MappingDocument`], which
//! is data that a clinician can read and sign ([`sign_off`]); without that and a permit there are rehearsals only.
//!
//! Delimited text, dump scripts and workbooks are tables of rows; C-CDA, FHIR, HL7 v2 and X12 are
//! trees. Both run on one engine: what a column is to a row, a path is to a tree, and the documents
//! that ship for the trees ([`document::MappingDocument::shipped`]) may be extended line by line.
//!
//! ```
//! use ehr_mapping::document::MappingDocument;
//! use ehr_mapping::extraction::{Extraction, ExtractionOptions};
//! use ehr_mapping::source::MemoryFolder;
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
//! "identifier[0].value" = "id"
//! "name[0].family" = "surname"
//! "#)?;
//! let plan = document.compile()?;
//! let folder = MemoryFolder::default().with("people.csv", "id,surname\n7,Okafor\n");
//! let spill = std::env::temp_dir().join("ehr-mapping-doc");
//!
//! let extraction = Extraction::open_rehearsal(&plan, &folder, ExtractionOptions::new(&spill))?;
//! let mut patients = 0;
//! extraction.patients(|unit, books| books.settle(&unit, |_| true), |tally| {
//!     assert!(tally.balances());
//!     patients += 1;
//!     Ok(())
//! })?;
//! assert_eq!(patients, 1);
//! # std::fs::remove_dir_all(&spill).ok();
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod ccda;
pub mod code_map;
pub mod code_system;
pub mod csv;
pub(crate) mod datatype;
pub mod delta;
pub mod document;
pub mod documents;
mod error;
pub mod extraction;
pub mod fhir;
pub mod format;
pub mod hl7v2;
pub mod mapper;
mod path;
pub mod plan;
pub mod raw;
pub mod raw_export;
#[cfg(feature = "review-sheet")]
pub mod review;
pub mod scope;
pub mod sign_off;
pub mod source;
pub mod sqldump;
pub mod suggest;
mod table;
mod transform;
mod tree;
mod ucum;
pub mod undo;
pub mod writer;
pub mod x12;
pub mod xlsx;

pub use error::Error;
