use ehr_model::kind::Immunization;
use ehr_model::value::Precision;

use super::vaccine::{cvx, given_on, groups, was_given};
use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// Two doses of one vaccine group on one day, or too soon after each other.
    ///
    /// ## What it does
    ///
    /// Compares the days of the doses of each vaccine group that were given, by CVX code. Two doses
    /// of one code on one day are one dose told twice; two doses less than twenty-four days apart
    /// (four weeks, less the four days of grace) are too close for most groups. Rabies, cholera,
    /// typhoid, Japanese encephalitis and Ebola follow shorter schedules; COVID-19 and tick-borne
    /// encephalitis may follow after seventeen and ten days. Tetanus and the pneumococcal groups
    /// are compared within their group. Doses without a full date are not judged.
    ///
    /// ## Why it matters
    ///
    /// A dose that stands twice counts for a series that is not complete. A dose that really came
    /// too soon does not count and is repeated.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the registry and the practice told of the same dose, and give both one key. Two
    /// real doses stay two.
    ///
    /// ### Who uses the data
    ///
    /// Look at both doses before the series is called complete.
    ///
    /// ## Source
    ///
    /// ACIP General Best Practice Guidelines for Immunization, Timing and Spacing: minimum
    /// intervals and the four-day grace period.
    VaccineGivenTooSoonAgain {
        code: "vaccine-given-too-soon-again", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["IMM-005"],
    }
}

impl Rule for VaccineGivenTooSoonAgain {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let doses: Vec<_> = chart
            .of::<Immunization>()
            .filter(|(_, dose)| was_given(dose))
            .filter_map(|(record, dose)| {
                let day = given_on(dose)
                    .filter(|date| date.precision() >= Precision::Day)?
                    .earliest();
                let vaccine = dose
                    .vaccine_code
                    .value()
                    .filter(|code| cvx(code).is_some())?;
                Some((record, vaccine, day))
            })
            .collect();
        for (number, (record, vaccine, day)) in doses.iter().enumerate() {
            let mut subject = findings.applies_to(record);
            let too_soon = doses.iter().enumerate().any(|(place, (_, other, before))| {
                let days = (*day - *before).num_days();
                // Of two doses on one day the one that comes later in the chart is named.
                let is_later = days > 0 || (days == 0 && place < number);
                let shared = groups(vaccine).find(|group| groups(other).any(|one| one == *group));
                is_later && shared.is_some_and(|group| days < least_days(group))
            });
            if too_soon {
                subject.violated_at("occurrence");
            }
        }
        Ok(())
    }
}

/// Four weeks, less the four days of grace.
const LEAST_DAYS: i64 = 28 - 4;

fn least_days(group: &str) -> i64 {
    match group {
        "rabies" | "cholera" | "typhoid" | "japanese encephalitis" | "ebola" => 1,
        "covid-19" => 21 - 4,
        "tick-borne encephalitis" => 14 - 4,
        _ => LEAST_DAYS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn dose(key: &str, code: &str, day: &str) -> Record {
        let fields = [
            (
                "vaccineCode.coding[0].system",
                "http://hl7.org/fhir/sid/cvx",
            ),
            ("vaccineCode.coding[0].code", code),
            ("occurrenceDateTime", day),
        ];
        record(Kind::Immunization, key, &fields)
    }

    fn of(one: (&str, &str), other: (&str, &str)) -> Vec<String> {
        let chart = vec![dose("a", one.0, one.1), dose("b", other.0, other.1)];
        found(&VaccineGivenTooSoonAgain, chart)
    }

    #[test]
    fn fires() {
        assert_eq!(
            of(("03", "2020-01-01"), ("03", "2020-01-01")),
            ["Immunization b occurrence"]
        );
        assert_eq!(
            of(("03", "2020-01-20"), ("94", "2020-01-01")),
            ["Immunization a occurrence"]
        );
        assert_eq!(
            of(("141", "2020-10-01"), ("150", "2020-10-01")),
            ["Immunization b occurrence"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(("03", "2020-01-01"), ("03", "2020-01-25")),
            NONE,
            "within the grace"
        );
        assert_eq!(of(("03", "2020-01-01"), ("21", "2020-01-01")), NONE);
        assert_eq!(of(("03", "2020-01"), ("03", "2020-01")), NONE);
        assert_eq!(
            of(("90", "2020-01-01"), ("90", "2020-01-04")),
            NONE,
            "rabies"
        );
        assert_eq!(of(("9997", "2020-01-01"), ("9997", "2020-01-01")), NONE);
    }
}
