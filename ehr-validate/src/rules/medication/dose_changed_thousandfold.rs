use super::pair::each_factor;
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::Factor;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dose that is a thousand times more or less than it was
    ///
    /// ## What it does
    ///
    /// Compares the amount that is taken in a day, from the structure or, where that says nothing, from
    /// the sig, in one unit: 1 g is 1000 mg, two tablets of 250 mg are one of 500 mg. The target must not
    /// be a thousand times or a thousandth of the source, whether the number moved or only the unit did,
    /// as where mg became mcg. Where dose, frequency or strength is not certain on one side, nothing is
    /// compared here; that is for the rules on lost and unequal dosages.
    ///
    /// ## Why it matters
    ///
    /// Micrograms read as milligrams kill: levothyroxine, fentanyl, digoxin are counted in micrograms.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See which unit the source column means, and whether a code map turns `ug`, `mcg` or a number alone
    /// into mg. A comma in a number separates thousands in the US and decimals elsewhere.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe, dispense or give by the entry before a person has looked at the source.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations;
    /// tenfold dosing errors are among the errors that it collects.
    DoseChangedThousandfold {
        code: "dose-changed-thousandfold", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-002", "MED-003"],
    }
}

impl Rule for DoseChangedThousandfold {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each_factor(pair, findings, |factor| {
            matches!(
                factor,
                Factor::ThousandTimes { .. } | Factor::Thousandth { .. }
            )
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction"];
        for (source, target) in [
            ("take 50 mcg daily", "take 50 mg daily"),
            ("take 1 g daily", "take 1 mg daily"),
            ("take 1,250 mg daily", "take 1.25 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseChangedThousandfold, source, target),
                wrong,
                "{source} {target}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for (source, target) in [
            ("take 1000 mcg daily", "take 1 mg daily"),
            ("take 1 g daily", "take 1000 mg daily"),
            ("take 5 mg daily", "take 50 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseChangedThousandfold, source, target),
                NONE,
                "{source} {target}"
            );
        }
        assert_eq!(
            between_sigs(
                &DoseChangedThousandfold,
                "use as directed",
                "take 5 mg daily"
            ),
            NONE
        );
        assert_eq!(
            between(
                &DoseChangedThousandfold,
                &[(NAME, "warfarin")],
                &[(NAME, "warfarin"), (SIG, "take 5 mg daily")]
            ),
            NONE
        );
    }
}
