use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::pair::each;
use super::result::same_unit;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Result whose number was converted and whose unit was not
    ///
    /// ## What it does
    ///
    /// Compares the number of each result whose unit is the same in source and target. It must not have
    /// moved by a factor between two units of its analyte, up or down within one percent: 18.016 for
    /// glucose, 88.42 for creatinine, 38.67 for cholesterol, 10 for hemoglobin, 1000 for cells. The
    /// factors are in the table beside this rule.
    ///
    /// ## Why it matters
    ///
    /// A glucose of 90 mg/dL that became 5 mg/dL is a coma on paper.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Convert number and unit together or not at all; the source unit is always right for the source
    /// number.
    ///
    /// ### Who uses the data
    ///
    /// Do not act on the value; look at the source.
    ///
    /// ## Source
    ///
    /// Conversion factors by molar mass; an engineering check.
    ResultScaledWithoutUnit {
        code: "result-scaled-without-unit", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["LAB-002"],
    }
}

impl Rule for ResultScaledWithoutUnit {
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
            let factors = before.loinc().flat_map(factors);
            let (Some(one), Some(other)) = (before.quantity(), after.quantity()) else {
                return;
            };
            let (Some(value), Some(now)) = (before.number(), after.number()) else {
                return;
            };
            if same_unit(one, other) != Some(true) {
                return;
            }
            for factor in factors {
                subject.applies();
                if is_times(value, now, factor) || is_times(now, value, factor) {
                    subject.violated_at(before.field("valueQuantity"));
                    return;
                }
            }
        });
        Ok(())
    }
}

/// The factors between the units of an analyte.
fn factors(loinc: &str) -> impl Iterator<Item = Decimal> {
    static FACTORS: LazyLock<Vec<(&str, Decimal)>> = LazyLock::new(|| {
        let lines = include_str!("factors.tsv").lines();
        lines
            .filter_map(|line| {
                let mut cells = line.split('\t');
                Some((cells.next()?, cells.next()?.parse().ok()?))
            })
            .collect()
    });
    let of_test = FACTORS.iter().filter(move |(test, _)| *test == loinc);
    of_test.map(|(_, factor)| *factor)
}

/// Whether an amount is `factor` times another one within one percent.
fn is_times(amount: Decimal, other: Decimal, factor: Decimal) -> bool {
    let ratio = amount
        .checked_div(other)
        .and_then(|ratio| ratio.checked_div(factor));
    ratio.is_some_and(|ratio| (ratio - Decimal::ONE).abs() <= Decimal::new(1, 2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    #[test]
    fn fires() {
        let of = |value| [(VALUE, value), (UNIT, "mg/dL")];
        let wrong = ["Observation a valueQuantity"];
        assert_eq!(
            between(&ResultScaledWithoutUnit, &of("90"), &of("5.0")),
            wrong
        );
        assert_eq!(
            between(&ResultScaledWithoutUnit, &of("5"), &of("90.08")),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        let of = |value, unit| [(VALUE, value), (UNIT, unit)];
        assert_eq!(
            between(
                &ResultScaledWithoutUnit,
                &of("90", "mg/dL"),
                &of("90", "mg/dL")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultScaledWithoutUnit,
                &of("90", "mg/dL"),
                &of("5.0", "mmol/L")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultScaledWithoutUnit,
                &of("90", "mg/dL"),
                &of("9", "mg/dL")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultScaledWithoutUnit,
                &of("0", "mg/dL"),
                &of("0", "mg/dL")
            ),
            NONE
        );
    }
}
