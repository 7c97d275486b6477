//! Faults in references and identifiers.

use ehr_model::kind::Problem;
use ehr_model::record::Kind;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("duplicate-identifier", "duplicate-identifier", |m| {
        m.copy("identifier[0]", |problem: &Problem| {
            !problem.identifier.is_empty()
        })?;
        Some(())
    }),
    Fault::new("orphan-reference", "orphan-reference", |m| {
        m.overwrite(
            Kind::Observation,
            "encounter.reference",
            "Encounter/nowhere",
        )
    }),
];
