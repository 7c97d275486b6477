//! Faults in who the patient is.

use ehr_model::record::Kind;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[Fault::new(
    "birth-date-in-future",
    "birth-date-in-future",
    |m| m.overwrite(Kind::Patient, "birthDate", "2084-03-17"),
)];
