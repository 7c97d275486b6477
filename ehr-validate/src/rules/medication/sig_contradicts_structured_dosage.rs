use ehr_model::chart::Chart;
use ehr_model::kind::Medication;

use super::entry::is_void;
use crate::Context;
use crate::dose::{Agreement, Certainty, DosageField, Structured, agreement};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Sig that says another dose, frequency, route or need than the structure beside it
    ///
    /// ## What it does
    ///
    /// Reads the sig of every dosage to its last word and sets it against the structure of the same
    /// dosage: dose, unit, frequency, route, as needed, maximum, and the amount of a day. Only what both
    /// state and what cannot be the same is named; one tablet against 500 mg is left open, and a sig that
    /// is not certain is not compared.
    ///
    /// ## Why it matters
    ///
    /// People read the sig, machines the structure. If they differ, one of them is wrong and nobody knows
    /// which.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find out which of the two the legacy system let people edit; that one counts. Never let one
    /// overwrite the other in silence.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient and the pharmacy how the drug is taken.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Dosage.text beside its structured elements.
    SigContradictsStructuredDosage {
        code: "sig-contradicts-structured-dosage", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["MED-009"],
    }
}

impl Rule for SigContradictsStructuredDosage {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, medication) in chart
            .of::<Medication>()
            .filter(|(_, medication)| !is_void(medication))
        {
            let mut subject = findings.about(record);
            let dosages = &medication.dosage_instruction;
            for (number, dosage) in dosages.iter().enumerate() {
                let Some(text) = dosage.text.value() else {
                    continue;
                };
                // one text beside all the steps that it tells
                let told = dosages
                    .iter()
                    .filter(|other| other.text == dosage.text)
                    .count();
                let steps = if told == dosages.len() {
                    &dosages[..]
                } else {
                    &dosages[number..=number]
                };
                let structured = Structured::of(steps);
                if !structured.says_something() {
                    continue;
                }
                match agreement(text.expose(), &structured) {
                    Agreement::Agrees => subject.applies(),
                    Agreement::Disagrees(found) => {
                        subject.applies();
                        let mut fields: Vec<_> = found
                            .iter()
                            .filter(|one| one.certainty == Certainty::Certain)
                            .map(|one| field(one.field))
                            .collect();
                        fields.dedup();
                        for name in fields {
                            subject.violated_at(format!("dosageInstruction[{number}]{name}"));
                        }
                    }
                    _ => {}
                }
                if steps.len() > 1 {
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Where in a dosage a field stands.
fn field(field: DosageField) -> &'static str {
    match field {
        DosageField::Dose | DosageField::Unit | DosageField::DailyAmount => ".doseAndRate",
        DosageField::Frequency => ".timing",
        DosageField::Route => ".route",
        DosageField::AsNeeded => ".asNeeded",
        DosageField::Ceiling => ".maxDosePerPeriod",
        DosageField::Steps | DosageField::Course => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn dosage(sig: &str, dose: &str, times: &str) -> Vec<String> {
        in_one(
            &SigContradictsStructuredDosage,
            &[
                (SIG, sig),
                (DOSE, dose),
                (UNIT, "mg"),
                ("dosageInstruction[0].timing.repeat.frequency", times),
                ("dosageInstruction[0].timing.repeat.period", "1"),
                ("dosageInstruction[0].timing.repeat.periodUnit", "d"),
            ],
        )
    }

    #[test]
    fn fires() {
        let dose = "Medication a dosageInstruction[0].doseAndRate";
        let timing = "Medication a dosageInstruction[0].timing";
        assert_eq!(dosage("take 50 mg daily", "5", "1"), [dose]);
        assert_eq!(dosage("take 5 mg bid", "5", "1"), [timing, dose]);
        assert_eq!(
            in_one(
                &SigContradictsStructuredDosage,
                &[
                    (SIG, "take 5 mg prn"),
                    (DOSE, "5"),
                    (UNIT, "mg"),
                    ("dosageInstruction[0].asNeededBoolean", "false"),
                ]
            ),
            ["Medication a dosageInstruction[0].asNeeded"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(dosage("take 5 mg once daily", "5", "1"), NONE);
        assert_eq!(dosage("take 1 tablet daily", "5", "1"), NONE);
        assert_eq!(dosage("take 1-2 mg as directed by clinic", "5", "1"), NONE);
        assert_eq!(
            in_one(&SigContradictsStructuredDosage, &[(SIG, "take 5 mg daily")]),
            NONE
        );
        assert_eq!(
            in_one(
                &SigContradictsStructuredDosage,
                &[(DOSE, "5"), (UNIT, "mg")]
            ),
            NONE
        );
    }
}
