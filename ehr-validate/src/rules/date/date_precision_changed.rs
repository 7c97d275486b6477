use ehr_model::value::Precision;

use super::pair::each_date;
use crate::Context;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Date that is more or less precise in the target.
    ///
    /// ## What it does
    ///
    /// Compares every date of every entry with the one at the same place in the target. A year must
    /// stay a year, a month a month, a day a day, and a point in time must keep its time. Seconds
    /// and their fractions are not compared. Lines on onsets and on vaccinations are one check.
    ///
    /// ## Why it matters
    ///
    /// A year that became the first of January is a day that nobody stated: ages, intervals and
    /// vaccine schedules are computed from it. A day that became a year loses the order of events.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look for what pads dates, mostly the type of a column or a library of the target. Carry the
    /// precision, and leave out what the target cannot hold.
    ///
    /// ### Who uses the data
    ///
    /// Take a first of January, and a midnight, for what they may be.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, `dateTime` may be partial and is not padded; CDC CDSi asks that partial dates
    /// are kept partial.
    DatePrecisionChanged {
        code: "date-precision-changed", category: Conformance, severity: Error, since: "0.1.0",
        scope: Comparison, covers: ["PRB-004", "IMM-002"],
    }
}

impl Rule for DatePrecisionChanged {
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
            let coarse = |precision: Precision| precision.min(Precision::Minute);
            coarse(source.precision()) != coarse(target.precision())
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
        let of = |date| {
            vec![record(
                Kind::Problem,
                "a",
                &[("code.text", "gout"), ("onsetDateTime", date)],
            )]
        };
        found_between(&DatePrecisionChanged, of(source), of(target))
    }

    #[test]
    fn fires() {
        assert_eq!(between("2010", "2010-01-01"), ["Problem a onsetDateTime"]);
        assert_eq!(between("2010-03-04", "2010"), ["Problem a onsetDateTime"]);
        assert_eq!(
            between("2010-03-04", "2010-03-04T00:00:00Z"),
            ["Problem a onsetDateTime"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(between("2010", "2010"), NONE);
        assert_eq!(
            between("2010-03-04T08:00", "2010-03-04T08:00:00.000Z"),
            NONE
        );
        let none = vec![record(Kind::Problem, "a", &[("code.text", "gout")])];
        assert_eq!(
            found_between(&DatePrecisionChanged, none.clone(), none),
            NONE
        );
    }
}
