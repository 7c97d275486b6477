use chrono::NaiveDate;
use ehr_model::chart::Chart;
use ehr_model::kind::{AdministrativeGender, Patient};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::measure::{Measure, Sign, birth, months, series};
use super::table::z_score;
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Weight, height and body mass index that do not fit each other or the age
    ///
    /// ## What it does
    ///
    /// Computes the body mass index from weight and height of the same day, where there is one of each,
    /// and compares it with the one that is stated: they must not differ by more than one. Weight and
    /// length of children up to 24 months are compared with the growth standards of the WHO: z-scores
    /// below -6 or above 5 for weight and beyond 6 for length are implausible. Weight for length and ages
    /// above 24 months have no table here and are not judged.
    ///
    /// ## Why it matters
    ///
    /// One of the three values is wrong, and doses and growth charts rest on them.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at units and columns; a body mass index that is computed anew is no repair.
    ///
    /// ### Who uses the data
    ///
    /// Measure again.
    ///
    /// ## Source
    ///
    /// WHO Child Growth Standards 2006 and the flags of the software WHO Anthro; the difference of one is
    /// an engineering default.
    BodySizeInconsistent {
        code: "body-size-inconsistent", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["VIT-005"],
    }
}

impl Rule for BodySizeInconsistent {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let (weights, heights) = (series(chart, Sign::Weight), series(chart, Sign::Height));
        for (day, measure) in series(chart, Sign::BodyMassIndex) {
            let (Some(weight), Some(height)) = (only(&weights, day), only(&heights, day)) else {
                continue;
            };
            let metres = height / Decimal::ONE_HUNDRED;
            let Some(index) = metres
                .checked_mul(metres)
                .and_then(|square| weight.checked_div(square))
            else {
                continue;
            };
            let mut subject = findings.applies_to(measure.record);
            if (index - measure.amount).abs() > Decimal::ONE {
                subject.violated_at(measure.field);
            }
        }
        let (Some(birth), Some(sex)) = (birth(chart), sex(chart)) else {
            return Ok(());
        };
        for (day, measure) in weights.into_iter().chain(heights) {
            let amount = measure.amount.to_f64();
            let Some(z) = months(birth, day)
                .zip(amount)
                .and_then(|(age, amount)| z_score(measure.sign, sex, age, amount))
            else {
                continue;
            };
            let mut subject = findings.applies_to(measure.record);
            let highest = if measure.sign == Sign::Weight {
                5.0
            } else {
                6.0
            };
            if !(-6.0..=highest).contains(&z) {
                subject.violated_at(measure.field);
            }
        }
        Ok(())
    }
}

/// The only amount of a day.
fn only(series: &[(NaiveDate, Measure<'_>)], day: NaiveDate) -> Option<Decimal> {
    let mut of_day = series.iter().filter(|(other, _)| *other == day);
    let (_, measure) = of_day.next()?;
    of_day.next().is_none().then_some(measure.amount)
}

fn sex(chart: &Chart) -> Option<&'static str> {
    let (_, patient) = chart.of::<Patient>().next()?;
    match patient.gender.value()? {
        AdministrativeGender::Male => Some("male"),
        AdministrativeGender::Female => Some("female"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::found;
    use crate::rules::vital::fixture::*;

    const INDEX: &str = "39156-5";

    #[test]
    fn fires() {
        let records = vec![
            patient("1984-01-15", "male"),
            sign("a", WEIGHT, "80", "kg", "2029-01-15"),
            sign("b", HEIGHT, "178", "cm", "2029-01-15"),
            sign("c", INDEX, "27", "kg/m2", "2029-01-15"),
        ];
        assert_eq!(
            found(&BodySizeInconsistent, records),
            ["Observation c valueQuantity"]
        );
        let child = vec![
            patient("2028-01-15", "female"),
            sign("a", WEIGHT, "22", "kg", "2029-01-15"),
            sign("b", HEIGHT, "29", "cm", "2029-01-15"),
        ];
        assert_eq!(
            found(&BodySizeInconsistent, child),
            ["Observation a valueQuantity", "Observation b valueQuantity"]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            patient("1984-01-15", "male"),
            sign("a", WEIGHT, "80", "kg", "2029-01-15"),
            sign("b", HEIGHT, "178", "cm", "2029-01-15"),
            sign("c", INDEX, "25.2", "kg/m2", "2029-01-15"),
            sign("d", INDEX, "31", "kg/m2", "2030-01-15"),
        ];
        assert_eq!(found(&BodySizeInconsistent, records), NONE);
        let child = |gender| {
            vec![
                patient("2028-01-15", gender),
                sign("a", WEIGHT, "9", "kg", "2029-01-15"),
            ]
        };
        assert_eq!(found(&BodySizeInconsistent, child("female")), NONE);
        let unknown = vec![
            patient("2028-01-15", "unknown"),
            sign("a", WEIGHT, "22", "kg", "2029-01-15"),
        ];
        assert_eq!(found(&BodySizeInconsistent, unknown), NONE);
    }
}
