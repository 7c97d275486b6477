//! Diagnoses of services, each with the date of the service.

use ehr_model::chart::Chart;
use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{
    Claim, DiagnosisCode, Encounter, Immunization, ImmunizationOccurrence, Onset, Performed,
    Problem, Procedure, Serviced,
};
use ehr_model::record::{Record, ResourceType};
use ehr_model::value::{Field, PartialDate};

use crate::rule::Findings;

/// The category of a problem that is the diagnosis of a visit.
const ENCOUNTER_DIAGNOSIS: &str = "encounter-diagnosis";

/// A diagnosis of a service.
pub(super) struct Service<'c> {
    pub(super) code: &'c str,
    pub(super) date: Option<&'c PartialDate>,
    concept: &'c CodeableConcept,
}

impl Service<'_> {
    /// Whether the same concept has a coding of another system.
    pub(super) fn has_coding_of(&self, system: &str) -> bool {
        let mut systems = self
            .concept
            .coding
            .iter()
            .filter_map(|coding| coding.system.value());
        systems.any(|found| found.expose() == system)
    }
}

/// Judges the codes of a system in the diagnoses of claims, and in problems that are diagnoses of
/// visits: violated, fine, or no answer.
pub(super) fn services(
    chart: &Chart,
    findings: &mut Findings,
    system: &str,
    mut judge: impl FnMut(&Service<'_>) -> Option<bool>,
) {
    let mut look = |record: &Record,
                    at: &[(String, &CodeableConcept)],
                    date: Option<PartialDate>| {
        let mut subject = findings.about(record);
        for (path, concept) in at {
            for (number, coding) in concept.coding.iter().enumerate() {
                let (Some(of), Some(code)) = (coding.system.value(), coding.code.value()) else {
                    continue;
                };
                if of.expose() != system {
                    continue;
                }
                let (code, date) = (code.expose(), date.as_ref());
                match judge(&Service {
                    code,
                    date,
                    concept,
                }) {
                    Some(true) => subject.violated_at(format!("{path}.coding[{number}]")),
                    Some(false) => subject.applies(),
                    None => {}
                }
            }
        }
    };
    for (record, claim) in chart.of::<Claim>() {
        let concepts: Vec<_> = claim
            .diagnosis
            .iter()
            .enumerate()
            .filter_map(|(number, diagnosis)| match diagnosis.diagnosis.value()? {
                DiagnosisCode::CodeableConcept(concept) => Some((
                    format!("diagnosis[{number}].diagnosisCodeableConcept"),
                    concept.value()?,
                )),
                _ => None,
            })
            .collect();
        look(record, &concepts, date_of_service(record));
    }
    for (record, problem) in chart.of::<Problem>() {
        let of_visit = problem.category.iter().any(|category| {
            let mut codes = category
                .coding
                .iter()
                .filter_map(|coding| coding.code.value());
            codes.any(|code| code.expose() == ENCOUNTER_DIAGNOSIS)
        });
        if let (true, Some(concept)) = (of_visit, problem.code.value()) {
            look(
                record,
                &[("code".to_owned(), concept)],
                date_of_service(record),
            );
        }
    }
}

/// The day on which what the record says was done or found.
pub(super) fn date_of_service(record: &Record) -> Option<PartialDate> {
    let resource = &record.resource;
    if let Some(claim) = Claim::of(resource) {
        let period = claim.billable_period.value();
        let of_line = || {
            claim
                .item
                .iter()
                .find_map(|line| match line.serviced.value()? {
                    Serviced::Date(date) => date.value().map(|date| *date.get()),
                    Serviced::Period(period) => copied(&period.value()?.start),
                    _ => None,
                })
        };
        return period
            .and_then(|period| copied(&period.start))
            .or_else(of_line);
    }
    if let Some(encounter) = Encounter::of(resource) {
        return encounter
            .period
            .value()
            .and_then(|period| copied(&period.start));
    }
    if let Some(procedure) = Procedure::of(resource) {
        return match procedure.performed.value()? {
            Performed::DateTime(date) => copied(date),
            Performed::Period(period) => copied(&period.value()?.start),
            _ => None,
        };
    }
    if let Some(dose) = Immunization::of(resource) {
        return match dose.occurrence.value()? {
            ImmunizationOccurrence::DateTime(date) => copied(date),
            _ => None,
        };
    }
    let problem = Problem::of(resource)?;
    copied(&problem.recorded_date)
        .or_else(|| copied(&problem.asserted_date))
        .or_else(|| match problem.onset.value()? {
            Onset::DateTime(date) => copied(date),
            _ => None,
        })
}

fn copied(date: &Field<PartialDate>) -> Option<PartialDate> {
    date.value().copied()
}
