use ehr_model::chart::Chart;
use ehr_model::kind::Medication;

use super::entry::{is_void, names};
use crate::Context;
use crate::dose::{Amount, DoseUnit, Strength, Structured};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Number of pieces that is the strength of the product
    ///
    /// ## What it does
    ///
    /// Looks at structured doses in pieces (tablets, capsules, puffs) of a product whose name states its
    /// strength. The number of pieces must not be the number of the strength where it is twenty or more:
    /// 500 tablets of 500 mg. What was multiplied with the strength once too often shows between source
    /// and target, in the rules on changed doses.
    ///
    /// ## Why it matters
    ///
    /// Strength and dose were taken for each other, so that every dose of the drug is wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See which column holds the strength and which the number of pieces, and map each to its own field.
    ///
    /// ### Who uses the data
    ///
    /// Do not give the drug by the entry; look at the source.
    ///
    /// ## Source
    ///
    /// An engineering default: nobody takes twenty pieces at once, and lower numbers may be both.
    StrengthCountedAsDose {
        code: "strength-counted-as-dose", category: Conformance, severity: Fatal, since: "0.1.0",
        covers: ["MED-008"],
    }
}

impl Rule for StrengthCountedAsDose {
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
            let steps = Structured::of(&medication.dosage_instruction).steps;
            if !steps
                .iter()
                .any(|step| step.unit.is_some_and(DoseUnit::is_form))
            {
                continue;
            }
            let Some(strength) = names(medication).find_map(|name| Strength::parse(name).ok())
            else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            for (number, step) in steps.iter().enumerate() {
                let Some(dose) = step
                    .dose
                    .single()
                    .filter(|_| step.unit.is_some_and(DoseUnit::is_form))
                else {
                    continue;
                };
                let is_strength = strength.ingredients.iter().any(|one| one.amount == dose);
                if is_strength && dose >= Amount::from(MOST_PIECES) {
                    subject.violated_at(format!("dosageInstruction[{number}].doseAndRate"));
                }
            }
        }
        Ok(())
    }
}

/// From this number of pieces on nobody takes as many at once.
const MOST_PIECES: u32 = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn pieces(dose: &str, name: &str) -> Vec<String> {
        in_one(
            &StrengthCountedAsDose,
            &[(NAME, name), (DOSE, dose), (UNIT, "tablets")],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction[0].doseAndRate"];
        assert_eq!(
            pieces("500", "metformin hydrochloride 500 MG Oral Tablet"),
            wrong
        );
        assert_eq!(
            pieces(
                "325",
                "acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet"
            ),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            pieces("2", "metformin hydrochloride 500 MG Oral Tablet"),
            NONE
        );
        assert_eq!(pieces("5", "prednisone 5 MG Oral Tablet"), NONE);
        assert_eq!(pieces("500", "metformin"), NONE);
        let measured = [
            (NAME, "metformin hydrochloride 500 MG Oral Tablet"),
            (DOSE, "500"),
            (UNIT, "mg"),
        ];
        assert_eq!(in_one(&StrengthCountedAsDose, &measured), NONE);
    }
}
