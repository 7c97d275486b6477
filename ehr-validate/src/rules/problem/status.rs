//! Whether a problem holds, and when it began.

use ehr_model::datatype::Concept;
use ehr_model::kind::{ConditionClinicalStatus, ConditionVerificationStatus, Onset, Problem};
use ehr_model::value::{Field, PartialDate};

/// Whether a problem is said to be there now.
pub(super) fn is_active(problem: &Problem) -> bool {
    matches!(
        problem.clinical_status.value(),
        Some(Concept(
            ConditionClinicalStatus::Active
                | ConditionClinicalStatus::Recurrence
                | ConditionClinicalStatus::Relapse
        ))
    )
}

/// Whether a problem is said to be over.
pub(super) fn is_over(problem: &Problem) -> bool {
    problem.clinical_status.value().is_some() && !is_active(problem)
}

/// Whether somebody refuted the problem, or entered it in error.
pub(super) fn is_denied(problem: &Problem) -> bool {
    matches!(
        problem.verification_status.value(),
        Some(Concept(
            ConditionVerificationStatus::Refuted | ConditionVerificationStatus::EnteredInError
        ))
    )
}

/// When something began, where it says a date.
pub(super) fn date(onset: &Field<Onset>) -> Option<&PartialDate> {
    match onset.value()? {
        Onset::DateTime(date) => date.value(),
        Onset::Period(period) => period.value()?.start.value(),
        _ => None,
    }
}
