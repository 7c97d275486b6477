use super::pair::{each, same_dosage};
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::Regimen;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dosage of several steps of which the target has fewer
    ///
    /// ## What it does
    ///
    /// Looks at dosages of several steps: tapers, a first dose and what follows, doses in turn, doses
    /// that differ over the day. The target must have as many, and must hold them at once, in sequence or
    /// in turn as the source does. Where the target is not certain, its number of instructions is
    /// compared.
    ///
    /// ## Why it matters
    ///
    /// A taper that became one step goes on for ever at the first dose. Alternate days that became daily
    /// double the amount.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Map every step to an instruction of its own, with its number in the sequence; do not take the
    /// first of a list.
    ///
    /// ### Who uses the data
    ///
    /// Read the instruction of the source before the drug is continued.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Dosage.sequence: order in which instructions are applied.
    DosageStepsLost {
        code: "dosage-steps-lost", category: Completeness, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-025"],
    }
}

impl Rule for DosageStepsLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            if same_dosage(source, target) {
                if source.dosage_instruction.len() > 1 {
                    subject.applies();
                }
                return;
            }
            let (before, after) = (Regimen::of(source), Regimen::of(target));
            let instructions = (
                source.dosage_instruction.len(),
                target.dosage_instruction.len(),
            );
            if before.steps.len() < 2 && instructions.0 < 2 {
                return;
            }
            subject.applies();
            let is_lost = match (before.unknown, after.unknown) {
                (None, None) => {
                    after.steps.len() < before.steps.len()
                        || after.steps.len() == before.steps.len() && after.course != before.course
                }
                _ => instructions.1 < instructions.0,
            };
            if is_lost {
                subject.violated_at("dosageInstruction");
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    const DAYS: &str = "2 tabs in the morning and 1 at night";

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction"];
        assert_eq!(
            between_sigs(&DosageStepsLost, DAYS, "take 2 tabs in the morning"),
            wrong
        );
        let two = [
            (NAME, "x"),
            (SIG, "as before"),
            ("dosageInstruction[1].text", "then less"),
        ];
        assert_eq!(
            between(&DosageStepsLost, &two, &[(NAME, "x"), (SIG, "as before")]),
            wrong
        );
        let sequence = |second| {
            [
                (NAME, "x"),
                ("dosageInstruction[0].sequence", "1"),
                ("dosageInstruction[1].sequence", second),
                (DOSE, "4"),
                (UNIT, "mg"),
                (
                    "dosageInstruction[1].doseAndRate[0].doseQuantity.value",
                    "2",
                ),
                (
                    "dosageInstruction[1].doseAndRate[0].doseQuantity.unit",
                    "mg",
                ),
            ]
        };
        assert_eq!(
            between(&DosageStepsLost, &sequence("2"), &sequence("1")),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between_sigs(
                &DosageStepsLost,
                DAYS,
                "2 tablets in the morning and 1 tablet at bedtime"
            ),
            NONE
        );
        assert_eq!(between_sigs(&DosageStepsLost, DAYS, DAYS), NONE);
        assert_eq!(
            between_sigs(&DosageStepsLost, "take 1 tab daily", "use as directed"),
            NONE
        );
        assert_eq!(
            between_sigs(&DosageStepsLost, "take 1 tab daily", DAYS),
            NONE
        );
    }
}
