//! Whether an entry asserts or denies.

use ehr_model::datatype::Concept;
use ehr_model::kind::{
    Allergy, AllergyVerificationStatus, ConditionVerificationStatus, Immunization,
    ImmunizationStatus, Medication, Problem, Procedure, ProcedureStatus,
};
use ehr_model::record::{Record, Resource, ResourceType as _};

use crate::concept::says_any;
use crate::rules::allergy_is_denial;

/// "No known problems", "no current medications" as SNOMED CT codes them.
const NONE_OF_IT: &[&str] = &["160245001", "787481004", "1037379000"];
/// The same in words.
const NONE_PHRASES: &[&str] = &[
    "no known problems",
    "no current problems",
    "no known medications",
    "no current medications",
    "no history of",
];
const SNOMED: &str = "http://snomed.info/sct";

/// The field that denies, if the entry does.
pub(crate) fn denying_field(record: &Record) -> Option<&'static str> {
    match &record.resource {
        Resource::Allergy(_) => {
            let allergy = Allergy::of(&record.resource)?;
            let refuted = matches!(
                allergy.verification_status.value(),
                Some(Concept(AllergyVerificationStatus::Refuted))
            );
            let denies = allergy.code.value().is_some_and(allergy_is_denial);
            first(&[(refuted, "verificationStatus"), (denies, "code")])
        }
        Resource::Problem(_) => {
            let problem = Problem::of(&record.resource)?;
            let refuted = matches!(
                problem.verification_status.value(),
                Some(Concept(ConditionVerificationStatus::Refuted))
            );
            let none = problem.code.value().is_some_and(|code| {
                NONE_OF_IT.iter().any(|none| code.has(SNOMED, none)) || says_any(code, NONE_PHRASES)
            });
            first(&[(refuted, "verificationStatus"), (none, "code")])
        }
        Resource::Medication(_) => {
            let medication = Medication::of(&record.resource)?;
            let not_to_be_given = medication.do_not_perform.value() == Some(&true);
            first(&[(not_to_be_given, "doNotPerform")])
        }
        Resource::Immunization(_) => {
            let given = Immunization::of(&record.resource)?;
            let not_done = given.status.value() == Some(&ImmunizationStatus::NotDone);
            first(&[(not_done, "status")])
        }
        Resource::Procedure(_) => {
            let procedure = Procedure::of(&record.resource)?;
            let not_done = procedure.status.value() == Some(&ProcedureStatus::NotDone);
            first(&[(not_done, "status")])
        }
        _ => None,
    }
}

fn first(fields: &[(bool, &'static str)]) -> Option<&'static str> {
    let found = fields.iter().find(|(denies, _)| *denies)?;
    Some(found.1)
}
