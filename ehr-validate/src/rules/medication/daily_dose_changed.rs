use super::pair::each_factor;
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::{Amount, Factor};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Amount of a day that is another one than it was
    ///
    /// ## What it does
    ///
    /// Compares the amount that is taken in a day, from the structure or, where that says nothing, from
    /// the sig, in one unit: 1 g is 1000 mg, two tablets of 250 mg are one of 500 mg. The target must be
    /// the source within one percent, which is left to rounding. Twice, half, ten, a hundred and a
    /// thousand times are named by rules of their own. Where dose, frequency or strength is not certain
    /// on one side, nothing is compared here; that is for the rules on lost and unequal dosages.
    ///
    /// ## Why it matters
    ///
    /// The patient goes on with another dose and nobody decided that.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the record and the mapping of dose and frequency; the same change in many charts is one
    /// wrong line of the mapping document.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe, dispense or give by the entry before a person has looked at the source.
    ///
    /// ## Source
    ///
    /// Safety-critical fields are compared completely; the tolerance is an engineering default.
    DailyDoseChanged {
        code: "daily-dose-changed", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-010"],
    }
}

impl Rule for DailyDoseChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each_factor(pair, findings, is_change);
        Ok(())
    }
}

/// What is left to rounding: one percent.
const ROUNDING: (u32, u32) = (1, 100);

fn is_change(factor: Factor) -> bool {
    match factor {
        Factor::By(by) => by
            .distance(Amount::ONE)
            .is_none_or(|distance| distance > Amount::of(ROUNDING.0, ROUNDING.1)),
        Factor::NoOneFactor => true,
        _ => false,
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
            ("take 5 mg daily", "take 7.5 mg daily"),
            ("take 5 mg tid", "take 5 mg bid"),
            ("take 1 to 2 tablets daily", "take 1 to 3 tablets daily"),
        ] {
            assert_eq!(
                between_sigs(&DailyDoseChanged, source, target),
                wrong,
                "{source} {target}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for (source, target) in [
            ("take 5 mg daily", "take 10 mg daily"),
            ("take 5 mg bid", "take 10 mg daily"),
            ("take 33.3 mg daily", "take 33.33 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DailyDoseChanged, source, target),
                NONE,
                "{source} {target}"
            );
        }
        assert_eq!(
            between_sigs(&DailyDoseChanged, "use as directed", "take 5 mg daily"),
            NONE
        );
        assert_eq!(
            between(
                &DailyDoseChanged,
                &[(NAME, "warfarin")],
                &[(NAME, "warfarin"), (SIG, "take 5 mg daily")]
            ),
            NONE
        );
    }
}
