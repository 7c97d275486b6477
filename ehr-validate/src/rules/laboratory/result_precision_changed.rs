use super::pair::each;
use super::result::same_unit;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result with more or fewer digits than it was written with
    ///
    /// ## What it does
    ///
    /// Compares the digits of every number whose unit is the same in source and target. The same amount
    /// must be written with the same digits: `1.0` must not become `1` nor `1.00`, and a number must not
    /// be rounded. Numbers that are different amounts beyond rounding are for other rules.
    ///
    /// ## Why it matters
    ///
    /// Digits say how well something was measured. Floating point makes 112.41600000000001 of 112.416,
    /// and rounding hides a rise.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry numbers as text of decimals, never as floating point.
    ///
    /// ### Who uses the data
    ///
    /// Look at the source where the last digit matters.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, decimal: precision is significant and must be kept.
    ResultPrecisionChanged {
        code: "result-precision-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["LAB-004"],
    }
}

impl Rule for ResultPrecisionChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |before, after, subject| {
            let (Some(one), Some(other)) = (before.quantity(), after.quantity()) else {
                return;
            };
            let (Some(written), Some(now)) = (one.value.value(), other.value.value()) else {
                return;
            };
            let (Some(amount), Some(now_amount)) = (written.value(), now.value()) else {
                return;
            };
            if same_unit(one, other) == Some(false) {
                return;
            }
            subject.applies();
            let fewer = decimals(written.expose()).min(decimals(now.expose()));
            let is_rounded = amount.round_dp(fewer) == now_amount.round_dp(fewer);
            if is_rounded && decimals(written.expose()) != decimals(now.expose()) {
                subject.violated_at(before.field("valueQuantity.value"));
            }
        });
        Ok(())
    }
}

/// How many digits stand behind the point.
fn decimals(written: &str) -> u32 {
    let number = written.split(['e', 'E']).next().unwrap_or_default();
    let decimals = number
        .split_once('.')
        .map_or(0, |(_, decimals)| decimals.len());
    u32::try_from(decimals).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    #[test]
    fn fires() {
        let of = |value| [(VALUE, value), (UNIT, "mg/dL")];
        for (source, target) in [
            ("1.0", "1"),
            ("1", "1.00"),
            ("7.25", "7.2"),
            ("112.416", "112.41600000000001"),
        ] {
            assert_eq!(
                between(&ResultPrecisionChanged, &of(source), &of(target)),
                ["Observation a valueQuantity.value"],
                "{source}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let of = |value, unit| [(VALUE, value), (UNIT, unit)];
        assert_eq!(
            between(
                &ResultPrecisionChanged,
                &of("1.0", "mg/dL"),
                &of("1.0", "mg/dL")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultPrecisionChanged,
                &of("90", "mg/dL"),
                &of("5.00", "mmol/L")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultPrecisionChanged,
                &of("90", "mg/dL"),
                &of("5.00", "mg/dL")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultPrecisionChanged,
                &of("+7", "mg/dL"),
                &of("7", "mg/dL")
            ),
            NONE
        );
    }
}
