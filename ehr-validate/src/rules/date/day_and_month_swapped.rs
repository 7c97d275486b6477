use chrono::{Datelike as _, NaiveDate};

use super::pair::each_date;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::value::Precision;

rule! {
    /// Date whose day and month are swapped in the target.
    ///
    /// ## What it does
    ///
    /// Compares every date of every entry with the one at the same place in the target. It fires
    /// where both are whole days and one is the other with day and month exchanged.
    ///
    /// ## Why it matters
    ///
    /// The third of April became the fourth of March in every chart whose day is twelve or less,
    /// and nowhere else, so that samples look right.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Say in the mapping document which order the column has; the share of days above twelve
    /// proves it.
    ///
    /// ### Who uses the data
    ///
    /// Do not trust dates of this column before they are mended.
    ///
    /// ## Source
    ///
    /// US and ISO dates mixed in one column are common in exports; engineering default.
    DayAndMonthSwapped {
        code: "day-and-month-swapped", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-004"],
    }
}

impl Rule for DayAndMonthSwapped {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each_date(pair, findings, |source, target| {
            let days = source.precision() >= Precision::Day && target.precision() >= Precision::Day;
            let (one, other) = (source.earliest(), target.earliest());
            let swapped = NaiveDate::from_ymd_opt(one.year(), one.day(), one.month());
            days && one != other && swapped == Some(other)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn between(source: &str, target: &str) -> Vec<String> {
        let of = |date| vec![record(Kind::Patient, "p", &[("birthDate", date)])];
        found_between(&DayAndMonthSwapped, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(between("1984-03-04", "1984-04-03"), ["Patient p birthDate"]);
        assert_eq!(between("1984-12-01", "1984-01-12"), ["Patient p birthDate"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between("1984-03-04", "1984-03-04"), NONE);
        assert_eq!(between("1984-03-03", "1984-03-03"), NONE);
        assert_eq!(between("1984-03-17", "1984-03-18"), NONE);
        assert_eq!(between("1984-03", "1984-03-04"), NONE);
    }
}
