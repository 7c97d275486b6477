use ehr_model::chart::Chart;
use rust_decimal::Decimal;

use super::measure::{Sign, all, series};
use super::table::bounds;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Weight, height or temperature that fits the patient only in another unit
    ///
    /// ## What it does
    ///
    /// Compares each weight and height of a patient with the ones before and after it. A value that is
    /// 2.2046 times (pounds for kilograms) or 2.54 times (inches for centimetres) higher or lower than
    /// both neighbours, within three percent, or than its only neighbour within half a year, is named. A
    /// temperature outside of what is possible that is possible in the other unit is named as well.
    ///
    /// ## Why it matters
    ///
    /// Doses by weight are twice too high or half of what they must be. This is one of the commonest
    /// harmful errors in children.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the unit of the record in the source. A column without unit may hold both; the practice
    /// decides, by device or by day.
    ///
    /// ### Who uses the data
    ///
    /// Weigh again before a dose is computed.
    ///
    /// ## Source
    ///
    /// An engineering default; the factors are exact conversions.
    MeasureInSwappedUnit {
        code: "measure-in-swapped-unit", category: Plausibility, severity: Fatal, since: "0.1.0",
        covers: ["VIT-004"],
    }
}

impl Rule for MeasureInSwappedUnit {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (sign, factor) in [(Sign::Weight, POUNDS), (Sign::Height, INCHES)] {
            let series = series(chart, sign);
            for (number, (day, measure)) in series.iter().enumerate() {
                let before = number.checked_sub(1).and_then(|number| series.get(number));
                let neighbours: Vec<_> = before.into_iter().chain(series.get(number + 1)).collect();
                if neighbours.is_empty() {
                    continue;
                }
                let mut subject = findings.applies_to(measure.record);
                let ratios = |up: bool| {
                    neighbours
                        .iter()
                        .all(|(_, other)| is_ratio(measure.amount, other.amount, factor, up))
                };
                let is_near = neighbours
                    .iter()
                    .all(|(other, _)| (*other - *day).num_days().abs() <= NEAR_DAYS);
                // of two alone nobody knows which is wrong: the later one is named
                let decides = neighbours.len() > 1 || is_near && before.is_some();
                if decides && (ratios(true) || ratios(false)) {
                    subject.violated_at(measure.field.as_str());
                }
            }
        }
        for measure in all(chart).filter(|measure| measure.sign == Sign::Temperature) {
            let mut subject = findings.applies_to(measure.record);
            let written = measure
                .quantity
                .value
                .value()
                .and_then(|number| number.value());
            let is_possible = |amount: Decimal| {
                bounds(Sign::Temperature)
                    .is_some_and(|bounds| bounds.low <= amount && amount <= bounds.high)
            };
            let in_other = |unit| {
                written
                    .and_then(|written| Sign::Temperature.convert(written, unit))
                    .is_some_and(is_possible)
            };
            if !is_possible(measure.amount) && (in_other("Cel") || in_other("[degF]")) {
                subject.violated_at(measure.field);
            }
        }
        Ok(())
    }
}

/// Pounds in a kilogram.
const POUNDS: Decimal = Decimal::from_parts(22_046, 0, 0, false, 4);
/// Centimetres in an inch.
const INCHES: Decimal = Decimal::from_parts(254, 0, 0, false, 2);
/// How far a ratio may be off the factor.
const SLACK: Decimal = Decimal::from_parts(3, 0, 0, false, 2);
/// Within this time a single neighbour decides: half a year.
const NEAR_DAYS: i64 = 183;

/// Whether an amount is `factor` times another one, or a `factor`th of it.
fn is_ratio(amount: Decimal, other: Decimal, factor: Decimal, up: bool) -> bool {
    let (high, low) = if up { (amount, other) } else { (other, amount) };
    let ratio = high
        .checked_div(low)
        .and_then(|ratio| ratio.checked_div(factor));
    ratio.is_some_and(|ratio| (ratio - Decimal::ONE).abs() <= SLACK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::found;
    use crate::rules::vital::fixture::*;

    #[test]
    fn fires() {
        let records = vec![
            sign("a", WEIGHT, "80", "kg", "2028-01-15"),
            sign("b", WEIGHT, "176.4", "kg", "2029-01-15"),
            sign("c", WEIGHT, "81", "kg", "2030-01-15"),
            sign("d", HEIGHT, "178", "cm", "2029-01-15"),
            sign("e", HEIGHT, "70", "cm", "2029-03-15"),
            sign("f", "8310-5", "98.6", "Cel", "2029-03-15"),
        ];
        assert_eq!(
            found(&MeasureInSwappedUnit, records),
            [
                "Observation b valueQuantity",
                "Observation e valueQuantity",
                "Observation f valueQuantity",
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            sign("a", WEIGHT, "80", "kg", "2028-01-15"),
            sign("b", WEIGHT, "176.4", "[lb_av]", "2029-01-15"),
            sign("c", HEIGHT, "70", "cm", "2020-01-15"),
            sign("d", HEIGHT, "178", "cm", "2039-01-15"),
            sign("f", "8310-5", "98.6", "[degF]", "2029-03-15"),
            sign("g", "8310-5", "986", "Cel", "2029-03-15"),
        ];
        assert_eq!(found(&MeasureInSwappedUnit, records), NONE);
    }
}
