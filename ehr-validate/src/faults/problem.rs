//! Faults in problems.

use ehr_model::datatype::{CodeableConcept, Concept};
use ehr_model::kind::{
    AdministrativeGender, BirthSex, ConditionClinicalStatus, ConditionVerificationStatus, Patient,
    Problem,
};
use ehr_model::record::Kind;
use ehr_model::value::Field;

use super::Fault;

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "chronic-problem-missing-in-target",
        "chronic-problem-missing-in-target",
        |m| {
            m.remove(|p: &Problem| {
                is_active(p) && p.code.value().is_some_and(|code| code.has(ICD10, "I10"))
            })
        },
    ),
    Fault::new(
        "problem-resolved-became-active",
        "problem-status-changed",
        |m| {
            let is_over = |p: &Problem| {
                p.clinical_status.value() == Some(&Concept(ConditionClinicalStatus::Resolved))
            };
            m.change("clinicalStatus", is_over)?.clinical_status =
                Field::Value(Concept(ConditionClinicalStatus::Active));
            Some(())
        },
    ),
    Fault::new(
        "problem-refuted-became-confirmed",
        "problem-status-changed",
        |m| {
            let refuted = Some(&Concept(ConditionVerificationStatus::Refuted));
            m.change("verificationStatus", |p: &Problem| {
                p.verification_status.value() == refuted
            })?
            .verification_status = Field::Value(Concept(ConditionVerificationStatus::Confirmed));
            Some(())
        },
    ),
    Fault::new(
        "problem-category-changed",
        "problem-category-changed",
        |m| {
            m.overwrite(
                Kind::Problem,
                "category[0].coding[0].code",
                "encounter-diagnosis",
            )
        },
    ),
    Fault::new(
        "problem-resolved-before-onset",
        "problem-resolved-before-onset",
        |m| m.overwrite(Kind::Problem, "abatementDateTime", "1998-01-01"),
    ),
    Fault::new(
        "resolved-problem-still-active",
        "resolved-problem-still-active",
        |m| {
            let problem = m.change("clinicalStatus", |p: &Problem| {
                p.abatement.value().is_some()
            })?;
            problem.clinical_status = Field::Value(Concept(ConditionClinicalStatus::Active));
            Some(())
        },
    ),
    Fault::new(
        "history-became-present-problem",
        "history-became-present-problem",
        |m| {
            let is_history =
                |p: &Problem| words(p).is_some_and(|words| words.starts_with("History of "));
            let problem = m.change("code.text", is_history)?;
            let bare = words(problem)?.trim_start_matches("History of ").to_owned();
            let code = problem.code.value_mut()?;
            code.coding.clear();
            code.text = Field::Value(bare.into());
            Some(())
        },
    ),
    Fault::new(
        "relative-became-patient",
        "history-became-present-problem",
        |m| {
            let condition =
                m.chart()
                    .of::<ehr_model::kind::FamilyHistory>()
                    .find_map(|(_, relative)| {
                        relative
                            .condition
                            .first()?
                            .code
                            .value()?
                            .text
                            .value()
                            .cloned()
                    })?;
            m.add(
                Kind::Problem,
                &[
                    ("clinicalStatus", "active"),
                    ("code.text", condition.expose()),
                ],
            )
        },
    ),
    Fault::new("laterality-lost", "laterality-or-severity-lost", |m| {
        let problem = m.change("bodySite", |p: &Problem| {
            words(p).is_some_and(|words| words.contains(" left "))
        })?;
        let without = words(problem)?.replace(" left ", " ");
        problem.code.value_mut()?.text = Field::Value(without.into());
        problem.body_site.clear();
        Some(())
    }),
    Fault::new(
        "implausible-problem-for-sex-or-age",
        "implausible-problem-for-sex-or-age",
        |m| {
            let (_, patient) = m.chart().of::<Patient>().next()?;
            let code = match (patient.birth_sex.value(), patient.gender.value()) {
                (Some(BirthSex::F) | None, Some(AdministrativeGender::Female)) => "C61",
                (Some(BirthSex::M) | None, Some(AdministrativeGender::Male)) => "O80",
                _ => return None,
            };
            m.add(
                Kind::Problem,
                &[
                    ("code.coding[0].system", ICD10),
                    ("code.coding[0].code", code),
                ],
            )
        },
    ),
];

fn is_active(problem: &Problem) -> bool {
    problem.clinical_status.value() == Some(&Concept(ConditionClinicalStatus::Active))
}

fn words(problem: &Problem) -> Option<&str> {
    let code: &CodeableConcept = problem.code.value()?;
    Some(code.text.value()?.expose())
}
