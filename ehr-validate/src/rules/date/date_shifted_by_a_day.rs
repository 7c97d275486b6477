use ehr_model::value::Precision;

use super::pair::each_date;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Date without a time that is one day off in the target.
    ///
    /// ## What it does
    ///
    /// Compares every date that the source wrote without a time of day with the one at the same
    /// place in the target. It fires where the target names the day before or after.
    ///
    /// ## Why it matters
    ///
    /// A date became midnight in one time zone and was read in another. The date of birth of every
    /// patient is off by one, and no patient is found by it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Carry dates as dates. Where a system insists on a time, write it in the time zone in which
    /// it is read back.
    ///
    /// ### Who uses the data
    ///
    /// Identify patients by more than their date of birth until it is mended.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, `date` has no time and no time zone; an engineering default.
    DateShiftedByADay {
        code: "date-shifted-by-a-day", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["DEM-006"],
    }
}

impl Rule for DateShiftedByADay {
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
            source.precision() == Precision::Day
                && target.precision() >= Precision::Day
                && (source.earliest() - target.earliest()).num_days().abs() == 1
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
        let of = |date| vec![record(Kind::Problem, "a", &[("recordedDate", date)])];
        found_between(&DateShiftedByADay, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(
            between("1984-03-01", "1984-02-29"),
            ["Problem a recordedDate"]
        );
        assert_eq!(
            between("1984-03-17", "1984-03-16T19:00:00-05:00"),
            ["Problem a recordedDate"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between("1984-03-17", "1984-03-17"), NONE);
        assert_eq!(between("1984-03-17", "1984-03-17T00:00:00-05:00"), NONE);
        assert_eq!(
            between("1984-03-17T23:00:00-05:00", "1984-03-18T04:00:00Z"),
            NONE
        );
        assert_eq!(between("1984-03", "1984-03-02"), NONE);
    }
}
