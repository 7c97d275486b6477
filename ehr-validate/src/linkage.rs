//! Duplicate patients: which records may be of one person, how likely, and why.
//!
//! Probabilistic record linkage after Fellegi and Sunter (1969). [`BlockingRule`]s choose the pairs
//! that are compared; each [`Comparison`] puts a pair on a [`ComparisonLevel`]; the rates of the
//! levels among pairs of one person (`m`) are estimated by expectation-maximisation and those among
//! strangers (`u`) from random pairs and from how frequent a value is. Members of a family, who
//! share address, phone and last name at once, are a class of their own, so that living together is
//! no evidence of being one.
//!
//! The result is a list for clerical review. Nothing is ever merged: a [`Candidate`] of grade
//! [`MatchGrade::Certain`] is a proposal, and a [`Guard`] holds back what only looks certain.
//!
//! ```
//! use ehr_validate::linkage::{Linker, MatchGrade, PersonRecord};
//!
//! let person = |first: &str, dob: &str, ssn: &str| PersonRecord {
//!     first: first.into(),
//!     last: "Quillfeather".into(),
//!     dob: dob.into(),
//!     phone: "312-867-4209".into(),
//!     ssn: ssn.into(),
//!     ..PersonRecord::default()
//! };
//! let mut linker = Linker::default();
//! linker.add(&person("Elizabeth", "1980-01-17", "219-46-0871"));
//! linker.add(&person("Beth", "01/17/1980", "219460871"));
//! linker.add(&person("Robert", "1978-06-02", "")); // the husband, on the same phone
//! let linkage = linker.link();
//!
//! let [pair] = linkage.candidates() else { panic!("one pair") };
//! assert_eq!((pair.a, pair.b, pair.grade), (0, 1, MatchGrade::Certain));
//! for weight in linkage.explain(pair) {
//!     println!("{:?} {} {:+.1}", weight.comparison, weight.level, weight.bits);
//! }
//! ```

mod blocking;
mod candidate;
mod cluster;
mod comparison;
mod estimate;
mod explanation;
mod linker;
mod model;
mod normalise;
mod patients;
mod person_record;
mod read;
mod register;
mod similarity;

pub use blocking::{BlockingReport, BlockingRule, LARGEST_BLOCK, NEIGHBOURS};
pub use candidate::{
    Candidate, Guard, MERGE_THRESHOLD, MatchGrade, PROBABLE_THRESHOLD, REVIEW_THRESHOLD,
};
pub use cluster::Cluster;
pub use comparison::{Comparison, ComparisonLevel};
pub use explanation::MatchWeight;
pub use linker::{Linkage, Linker};
pub use model::Model;
pub use patients::{PatientLinkage, PatientLinker, contradictions};
pub use person_record::PersonRecord;
pub use read::{PersonReader, PersonRow};
