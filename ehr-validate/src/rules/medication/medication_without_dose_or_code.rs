use ehr_model::chart::Chart;
use ehr_model::datatype::Dosage;
use ehr_model::kind::{Medication, MedicationCode, MedicationStatus};

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::rules::{is_coded, says};

rule! {
    /// Active medication that lacks a dose or a code.
    ///
    /// ## What it does
    ///
    /// Looks at medications that are active, on hold or a draft, or whose status nobody stated, and
    /// that do not say "not to be given". Each must have a dose, as an amount or in words, and a
    /// code of a code system, or point at a medication record. What is missing is named; if both
    /// are missing, both are. A statement that the patient takes nothing needs no dose.
    ///
    /// ## Why it matters
    ///
    /// Without a dose nobody can continue the medication. Without a code no system checks it against
    /// allergies and other medications, and nobody notices.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the source holds what is missing: a sig in another table, a code in another
    /// column, an approved row that the code map lacks. If the source has none, leave it missing; a
    /// dose or a code is never guessed.
    ///
    /// ### Who uses the data
    ///
    /// Reconcile the entry with the patient or the pharmacy before it is renewed.
    ///
    /// ## Source
    ///
    /// USCDI v3, Medications: Medication, Dose, Dose Unit of Measure; US Core 6.1.0, MedicationRequest.
    MedicationWithoutDoseOrCode {
        code: "medication-without-dose-or-code", category: Completeness, severity: Warning, since: "0.1.0",
        covers: ["MED-024"],
    }
}

const SNOMED: &str = "http://snomed.info/sct";

/// Statements that the patient takes nothing: "no drug therapy prescribed", "no known medications".
const NO_MEDICATION: &[&str] = &["182849000", "787481004"];

impl Rule for MedicationWithoutDoseOrCode {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, medication) in chart.of::<Medication>().filter(|(_, m)| is_to_be_taken(m)) {
            let mut subject = findings.applies_to(record);
            if !has_code(medication) {
                subject.violated_at("medication");
            }
            if !medication.dosage_instruction.iter().any(has_dose) {
                subject.violated_at("dosageInstruction");
            }
        }
        Ok(())
    }
}

fn is_to_be_taken(medication: &Medication) -> bool {
    let over = matches!(
        medication.status.value(),
        Some(
            MedicationStatus::Cancelled
                | MedicationStatus::Completed
                | MedicationStatus::EnteredInError
                | MedicationStatus::Stopped
        )
    );
    let says_nothing_is_taken = match medication.medication.value() {
        Some(MedicationCode::CodeableConcept(concept)) => concept
            .value()
            .is_some_and(|concept| NO_MEDICATION.iter().any(|code| concept.has(SNOMED, code))),
        _ => false,
    };
    !over && !says_nothing_is_taken && medication.do_not_perform.value() != Some(&true)
}

fn has_code(medication: &Medication) -> bool {
    match medication.medication.value() {
        Some(MedicationCode::CodeableConcept(concept)) => concept.value().is_some_and(is_coded),
        Some(MedicationCode::Reference(reference)) => reference.value().is_some(),
        _ => false,
    }
}

fn has_dose(dosage: &Dosage) -> bool {
    says(&dosage.text)
        || says(&dosage.patient_instruction)
        || dosage
            .dose_and_rate
            .iter()
            .any(|step| step.dose.value().is_some() || step.rate.value().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind::Medication as Kind;

    const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
    const SYSTEM: &str = "medicationCodeableConcept.coding[0].system";
    const CODE: &str = "medicationCodeableConcept.coding[0].code";
    const DOSE: &str = "dosageInstruction[0].doseAndRate[0].doseQuantity.value";

    #[test]
    fn fires() {
        let medications = vec![
            record(Kind, "a", &[("status", "active"), (DOSE, "10")]),
            record(Kind, "b", &[(SYSTEM, RXNORM), (CODE, "314076")]),
            record(Kind, "c", &[("medicationCodeableConcept.text", "aspirin")]),
        ];
        assert_eq!(
            found(&MedicationWithoutDoseOrCode, medications),
            [
                "Medication a medication",
                "Medication b dosageInstruction",
                "Medication c medication",
                "Medication c dosageInstruction",
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let coded = [(SYSTEM, RXNORM), (CODE, "314076")];
        let with = |more: &[(&'static str, &'static str)]| [&coded[..], more].concat();
        let medications = vec![
            record(Kind, "a", &with(&[(DOSE, "10")])),
            record(
                Kind,
                "b",
                &with(&[("dosageInstruction[0].text", "1 daily")]),
            ),
            record(Kind, "c", &[("status", "stopped")]),
            record(Kind, "d", &[("doNotPerform", "true")]),
            record(Kind, "e", &[(SYSTEM, SNOMED), (CODE, "787481004")]),
        ];
        let none: [&str; 0] = [];
        assert_eq!(found(&MedicationWithoutDoseOrCode, medications), none);
    }
}
