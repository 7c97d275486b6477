//! Faults in allergies.

use ehr_model::record::Kind;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[Fault::new(
    "active-allergy-without-substance",
    "active-allergy-without-substance",
    |m| m.add(Kind::Allergy, &[("clinicalStatus", "active")]),
)];
