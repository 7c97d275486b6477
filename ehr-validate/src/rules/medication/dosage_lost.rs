use ehr_model::kind::Medication;

use super::pair::{Dosing, dosing, each};
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::{DailyAmount, NotComparable, Regimen};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dosage that is no longer certain in the target
    ///
    /// ## What it does
    ///
    /// Looks at medications whose amount a day the source states for certain, in structure or in a sig
    /// that is understood to its last word. The target must state it too. A dosage that is gone, cut
    /// short or rewritten so that nobody can tell the amount is named.
    ///
    /// ## Why it matters
    ///
    /// Nobody can continue the drug as it was, and no other rule can compare what is not there.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether the sig is mapped to the instruction of the target, and whether a limit of length cuts
    /// it.
    ///
    /// ### Who uses the data
    ///
    /// Take the dosage from the source before the drug is renewed.
    ///
    /// ## Source
    ///
    /// USCDI v3, Medications: Dose and Dose Unit of Measure; completeness of safety-critical fields is an
    /// engineering default.
    DosageLost {
        code: "dosage-lost", category: Completeness, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-010"],
    }
}

impl Rule for DosageLost {
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
            match dosing(source, target) {
                Dosing::Kept | Dosing::Changed(_) => subject.applies(),
                Dosing::Unknown(NotComparable::SecondUnknown(_)) => {
                    subject.violated_at("dosageInstruction");
                }
                Dosing::Unknown(NotComparable::AmountUnknown) if amount_lost(source, target) => {
                    subject.violated_at("dosageInstruction");
                }
                Dosing::Unstated | Dosing::Unknown(_) => {}
            }
        });
        Ok(())
    }
}

/// Whether only the source says how much a day.
fn amount_lost(source: &Medication, target: &Medication) -> bool {
    let says = |medication| {
        let regimen = Regimen::of(medication);
        DailyAmount::of(&regimen.steps, regimen.course)
            .amount
            .is_known()
    };
    says(source) && !says(target)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction"];
        assert_eq!(
            between_sigs(&DosageLost, "take 5 mg daily", "take as directed"),
            wrong
        );
        assert_eq!(
            between_sigs(&DosageLost, "take 5 mg daily", "take 5 mg"),
            wrong
        );
        let stated = [(NAME, "warfarin"), (SIG, "take 5 mg daily")];
        assert_eq!(between(&DosageLost, &stated, &[(NAME, "warfarin")]), wrong);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            between_sigs(&DosageLost, "take 5 mg daily", "take 5 mg once daily"),
            NONE
        );
        assert_eq!(
            between_sigs(&DosageLost, "take 5 mg daily", "take 10 mg daily"),
            NONE
        );
        assert_eq!(
            between_sigs(&DosageLost, "take as directed", "take as directed "),
            NONE
        );
        assert_eq!(
            between(&DosageLost, &[(NAME, "warfarin")], &[(NAME, "warfarin")]),
            NONE
        );
    }
}
