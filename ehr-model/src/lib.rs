//! The canonical patient chart of an EHR migration.
//!
//! Every stage of a migration takes and returns values of this crate: source records with their
//! addresses, records with their provenance, charts, issues, rejects, and the tally that
//! accounts for every value of the legacy export. There is no I/O, no clock and no randomness.
//!
//! ```
//! use ehr_model::datatype::{CodeableConcept, Coding};
//! use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
//! use ehr_model::kind::Problem;
//! use ehr_model::record::{Kind, Namespace, Record};
//!
//! let legacy = Namespace::of_system("https://legacy.example");
//! let mut problem = Problem::default();
//! problem.code.set(CodeableConcept::default()).coding.push(Coding::new("http://snomed.info/sct", "44054006"));
//! let record = Record {
//!     id: legacy.id(Kind::Problem, "17"),
//!     provenance: Vec::new(),
//!     resource: problem.into(),
//! };
//!
//! let mut json = Vec::new();
//! write_resource(&record, &BatchTag::new("urn:example:batch", "rehearsal-1"), ReferenceStyle::Relative, &mut json);
//! assert!(String::from_utf8(json).unwrap().starts_with(r#"{"resourceType":"Condition""#));
//! ```

pub mod catalogue;
pub mod chart;
pub mod claim_answer;
pub mod datatype;
pub mod element;
pub mod fhir;
pub mod issue;
pub mod kind;
pub mod profile;
pub mod provenance;
pub mod readiness;
pub mod record;
pub mod reject;
pub mod source;
pub mod tally;
pub mod value;
