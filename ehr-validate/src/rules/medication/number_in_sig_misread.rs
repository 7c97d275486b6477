use ehr_model::chart::Chart;
use ehr_model::kind::Medication;

use super::entry::is_void;
use super::number::risky_numbers;
use crate::Context;
use crate::dose::Structured;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Structured dose that is a misread number of the sig
    ///
    /// ## What it does
    ///
    /// Looks for numbers of the sig that are misread with ease: a naked decimal point (`.5`), a trailing
    /// zero (`5.0`), a separator of thousands (`1,250`), a fraction below one (`0.25`). The structured
    /// dose must not be what a hasty reader makes of one of them: 5, 50, 1.25 or 250, and 0. A dose that
    /// the number says, read rightly, is right. A text of several lines is a narrative and no sig.
    ///
    /// ## Why it matters
    ///
    /// These are the tenfold errors of paper, made again by a machine in every chart at once. A widely
    /// used parser reads 0.25 mg as 0.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See how numbers are read from text, and in which locale. Read numbers from structure where there
    /// is one.
    ///
    /// ### Who uses the data
    ///
    /// Compare the dose with the sig before the drug is given.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations.
    /// Trailing zeros, naked decimal points and missing commas are on its list.
    NumberInSigMisread {
        code: "number-in-sig-misread", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["MED-006", "MED-007"],
    }
}

impl Rule for NumberInSigMisread {
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
            for (number, dosage) in medication.dosage_instruction.iter().enumerate() {
                let Some(text) = dosage.text.value() else {
                    continue;
                };
                if text.expose().contains('\n') {
                    continue;
                }
                let doses = Structured::of(std::slice::from_ref(dosage)).steps;
                let Some(dose) = doses.first().and_then(|step| step.dose.single()) else {
                    continue;
                };
                let numbers: Vec<_> = risky_numbers(text.expose()).collect();
                if numbers.is_empty() {
                    continue;
                }
                subject.applies();
                let is_said = numbers.iter().any(|number| number.value == dose);
                if !is_said
                    && numbers
                        .iter()
                        .any(|number| number.misreadings.contains(&dose))
                {
                    subject.violated_at(format!("dosageInstruction[{number}].doseAndRate"));
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn dosage(sig: &str, dose: &str) -> Vec<String> {
        in_one(
            &NumberInSigMisread,
            &[(SIG, sig), (DOSE, dose), (UNIT, "mg")],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction[0].doseAndRate"];
        for (sig, dose) in [
            ("take .5 mg daily", "5"),
            ("take 5.0 mg daily", "50"),
            ("take 1,250 mg daily", "1.25"),
            ("take 1,250 mg daily", "250"),
            ("take 0.25 mg daily", "0"),
            ("take 0.25 mg daily", "25"),
        ] {
            assert_eq!(dosage(sig, dose), wrong, "{sig} {dose}");
        }
    }

    #[test]
    fn stays_silent() {
        for (sig, dose) in [
            ("take .5 mg daily", "0.5"),
            ("take 5.0 mg daily", "5"),
            ("take 1,250 mg daily", "1250"),
            ("take 0.25 mg daily", "0.25"),
            ("take 5 mg daily", "50"),
            ("take 0.25 mg daily", "1"),
            ("on 1,25 take", "3"),
            ("Drug: x 0.5 MG/ML\nDose:", "0"),
        ] {
            assert_eq!(dosage(sig, dose), NONE, "{sig} {dose}");
        }
        assert_eq!(
            in_one(&NumberInSigMisread, &[(SIG, "take .5 mg daily")]),
            NONE
        );
    }
}
