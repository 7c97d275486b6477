use super::pair::each_factor;
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::Factor;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dose that is twice or half of what it was
    ///
    /// ## What it does
    ///
    /// Compares the amount that is taken in a day, from the structure or, where that says nothing, from
    /// the sig, in one unit: 1 g is 1000 mg, two tablets of 250 mg are one of 500 mg. The target must not
    /// be exactly twice or half of the source. Where dose, frequency or strength is not certain on one
    /// side, nothing is compared here; that is for the rules on lost and unequal dosages.
    ///
    /// ## Why it matters
    ///
    /// Twice the dose of an anticoagulant bleeds, half of it clots. The usual causes are a dose that was
    /// multiplied by the number of tablets again, and a frequency that was counted twice.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare how strength, number of pieces and frequency come together in the mapping document; one of
    /// them is used twice or not at all.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe, dispense or give by the entry before a person has looked at the source.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations;
    /// tenfold dosing errors are among the errors that it collects.
    DoseDoubledOrHalved {
        code: "dose-doubled-or-halved", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-002"],
    }
}

impl Rule for DoseDoubledOrHalved {
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
            matches!(factor, Factor::Double | Factor::Half)
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
            ("take 5 mg daily", "take 10 mg daily"),
            ("take 5 mg bid", "take 5 mg daily"),
            ("take 1 tablet daily", "take 2 tablets daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseDoubledOrHalved, source, target),
                wrong,
                "{source} {target}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for (source, target) in [
            ("take 5 mg daily", "take 5 mg once a day"),
            ("take 5 mg bid", "take 10 mg daily"),
            ("take 5 mg daily", "take 50 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DoseDoubledOrHalved, source, target),
                NONE,
                "{source} {target}"
            );
        }
        assert_eq!(
            between_sigs(&DoseDoubledOrHalved, "use as directed", "take 5 mg daily"),
            NONE
        );
        assert_eq!(
            between(
                &DoseDoubledOrHalved,
                &[(NAME, "warfarin")],
                &[(NAME, "warfarin"), (SIG, "take 5 mg daily")]
            ),
            NONE
        );
    }
}
