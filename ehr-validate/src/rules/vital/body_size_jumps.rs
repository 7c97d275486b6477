use ehr_model::chart::Chart;
use rust_decimal::Decimal;

use super::measure::{Sign, birth, months, series};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Height that falls, or weight that changes by a fifth within a week
    ///
    /// ## What it does
    ///
    /// Compares each height with the one before: that of a child must not fall by more than one
    /// centimetre, that of an adult by more than five. A weight must not change by more than twenty
    /// percent within seven days. Children under four weeks are left out of the weights, since they lose
    /// weight after birth.
    ///
    /// ## Why it matters
    ///
    /// Two patients may stand in one chart, or a unit was swapped for one visit.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at unit and patient of the two records.
    ///
    /// ### Who uses the data
    ///
    /// Measure again, and look whether the records belong to this patient.
    ///
    /// ## Source
    ///
    /// Engineering defaults, a site may tune them.
    BodySizeJumps {
        code: "body-size-jumps", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["VIT-006"],
    }
}

impl Rule for BodySizeJumps {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let birth = birth(chart);
        let age = |day| birth.and_then(|birth| months(birth, day));
        for pair in series(chart, Sign::Height).windows(2) {
            let [(_, before), (day, after)] = pair else {
                continue;
            };
            let fall = before.amount - after.amount;
            let allowed = if age(*day).is_some_and(|age| age < ADULT_MONTHS) {
                CHILD_FALL
            } else {
                ADULT_FALL
            };
            let mut subject = findings.applies_to(after.record);
            if fall > allowed {
                subject.violated_at(after.field.as_str());
            }
        }
        for pair in series(chart, Sign::Weight).windows(2) {
            let [(earlier, before), (day, after)] = pair else {
                continue;
            };
            if (*day - *earlier).num_days() > WEEK_DAYS || age(*earlier) == Some(0) {
                continue;
            }
            let mut subject = findings.applies_to(after.record);
            let change = (after.amount - before.amount)
                .abs()
                .checked_div(before.amount);
            if change.is_some_and(|change| change > MOST_CHANGE) {
                subject.violated_at(after.field.as_str());
            }
        }
        Ok(())
    }
}

/// From this age on a patient is an adult: eighteen years.
const ADULT_MONTHS: u32 = 216;
/// Centimetres that the height of a child may fall by.
const CHILD_FALL: Decimal = Decimal::ONE;
/// Centimetres that the height of an adult may fall by.
const ADULT_FALL: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// Days within which weight is compared.
const WEEK_DAYS: i64 = 7;
/// The share by which weight may change within them.
const MOST_CHANGE: Decimal = Decimal::from_parts(2, 0, 0, false, 1);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::found;
    use crate::rules::vital::fixture::*;

    #[test]
    fn fires() {
        let records = vec![
            patient("2020-01-15", "male"),
            sign("a", HEIGHT, "120", "cm", "2028-01-15"),
            sign("b", HEIGHT, "118", "cm", "2029-01-15"),
            sign("c", WEIGHT, "25", "kg", "2028-01-15"),
            sign("d", WEIGHT, "31", "kg", "2028-01-20"),
        ];
        assert_eq!(
            found(&BodySizeJumps, records),
            ["Observation b valueQuantity", "Observation d valueQuantity"]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            patient("1980-01-15", "male"),
            sign("a", HEIGHT, "180", "cm", "2028-01-15"),
            sign("b", HEIGHT, "175", "cm", "2029-01-15"),
            sign("c", WEIGHT, "80", "kg", "2028-01-15"),
            sign("d", WEIGHT, "96", "kg", "2028-01-20"),
            sign("e", WEIGHT, "140", "kg", "2029-01-20"),
        ];
        assert_eq!(found(&BodySizeJumps, records), NONE);
    }
}
