use super::pair::each_factor;
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::Factor;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dose that is ten or a hundred times more or less than it was
    ///
    /// ## What it does
    ///
    /// Compares the amount that is taken in a day, from the structure or, where that says nothing, from
    /// the sig, in one unit: 1 g is 1000 mg, two tablets of 250 mg are one of 500 mg. The target must not
    /// be ten, a hundred, a tenth or a hundredth of the source. Where dose, frequency or strength is not
    /// certain on one side, nothing is compared here; that is for the rules on lost and unequal dosages.
    ///
    /// ## Why it matters
    ///
    /// A lost decimal point or a zero too many is the deadliest of the common errors in prescriptions.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look how the number was read: naked decimal points, trailing zeros and commas are where it goes
    /// wrong.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe, dispense or give by the entry before a person has looked at the source.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations;
    /// tenfold dosing errors are among the errors that it collects.
    DoseChangedTenfold {
        code: "dose-changed-tenfold", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-002"],
    }
}

impl Rule for DoseChangedTenfold {
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
                Factor::TenTimes | Factor::Tenth | Factor::HundredTimes | Factor::Hundredth
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
            ("take 0.5 mg daily", "take 5 mg daily"),
            ("take 5 mg daily", "take .5 mg daily"),
            ("take 5 mg daily", "take 500 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseChangedTenfold, source, target),
                wrong,
                "{source} {target}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for (source, target) in [
            ("take 5 mg daily", "take 5.0 mg daily"),
            (".5 mg daily", "0.5 mg daily"),
            ("take 5 mg daily", "take 10 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseChangedTenfold, source, target),
                NONE,
                "{source} {target}"
            );
        }
        assert_eq!(
            between_sigs(&DoseChangedTenfold, "use as directed", "take 5 mg daily"),
            NONE
        );
        assert_eq!(
            between(
                &DoseChangedTenfold,
                &[(NAME, "warfarin")],
                &[(NAME, "warfarin"), (SIG, "take 5 mg daily")]
            ),
            NONE
        );
    }
}
