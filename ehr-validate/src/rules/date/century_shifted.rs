use chrono::Datelike as _;

use super::pair::each_date;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Date that is a hundred years off in the target.
    ///
    /// ## What it does
    ///
    /// Compares every date of every entry with the one at the same place in the target. It fires
    /// where both name the same day of a year and the years are one hundred apart.
    ///
    /// ## Why it matters
    ///
    /// A two-digit year needs a pivot, and a pivot makes a patient of 1925 one who is born in 2025.
    /// Doses, ranges and consent follow the age.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Say in the mapping document from which year on two digits belong to the last century; births
    /// want another pivot than visits.
    ///
    /// ### Who uses the data
    ///
    /// Correct the date before anything depends on age.
    ///
    /// ## Source
    ///
    /// POSIX `strptime` reads 69 to 99 as 1969 to 1999; an engineering default.
    CenturyShifted {
        code: "century-shifted", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-005"],
    }
}

impl Rule for CenturyShifted {
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
            let (one, other) = (source.earliest(), target.earliest());
            (one.year() - other.year()).abs() == 100
                && one.ordinal0().abs_diff(other.ordinal0()) <= 1
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
        found_between(&CenturyShifted, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(between("1925-03-04", "2025-03-04"), ["Patient p birthDate"]);
        assert_eq!(between("2004", "1904"), ["Patient p birthDate"]);
        assert_eq!(
            between("2000-03-01", "1900-03-01"),
            ["Patient p birthDate"],
            "a leap year"
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between("1925-03-04", "1925-03-04"), NONE);
        assert_eq!(between("1925-03-04", "2026-03-04"), NONE);
        assert_eq!(between("1925-03-04", "2025-09-04"), NONE);
    }
}
