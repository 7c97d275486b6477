use ehr_model::chart::Chart;
use ehr_model::kind::Patient;

use crate::Context;
use crate::codes::{Judgement, judge_events};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;

rule! {
    /// Event before the birth of the patient.
    ///
    /// ## What it does
    ///
    /// Compares the dates on which something happened to the patient with the date of birth.
    /// Records that were planned, cancelled or entered in error are left out. Where precision or an
    /// unknown time zone leaves the order open, the rule stays silent: an event in the year of birth
    /// is not before birth.
    ///
    /// ## Why it matters
    ///
    /// A placeholder such as 1900-01-01 became a date, two digits of a year were read as the wrong
    /// century, or a record of the mother stands in the chart of the child.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Count the dates: one date on many records is a placeholder, and belongs into the mapping document
    /// as absent. Different dates on one chart point at a wrong date of birth or at a mixed-up chart.
    ///
    /// ### Who uses the data
    ///
    /// Do not trust the age at which something happened in this chart until the dates are settled.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `plausibleAfterBirth`.
    EventBeforeBirth {
        code: "event-before-birth", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["DEM-010"],
    }
}

impl Rule for EventBeforeBirth {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut births = chart
            .of::<Patient>()
            .filter_map(|(_, patient)| patient.birth_date.value());
        let Some(birth) = births.next() else {
            return Ok(());
        };
        judge_events(chart, context, findings, |_, date, _| {
            Judgement::violated_if(is_before(date, birth.get(), 0))
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::{Kind, Record};

    fn born(date: &str) -> Record {
        record(Kind::Patient, "p", &[("birthDate", date)])
    }

    #[test]
    fn fires() {
        let records = vec![
            born("1980-05-01"),
            record(Kind::Problem, "a", &[("onsetDateTime", "1900-01-01")]),
            record(
                Kind::Claim,
                "b",
                &[("item[0].servicedPeriod.start", "1979-12-31")],
            ),
            record(
                Kind::Allergy,
                "c",
                &[("reaction[0].onset", "1980-04-29T08:00:00-05:00")],
            ),
        ];
        assert_eq!(
            found(&EventBeforeBirth, records),
            [
                "Problem a onsetDateTime",
                "Allergy c reaction[0].onset",
                "Claim b item[0].servicedPeriod.start"
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let records = vec![
            born("1980-05-01"),
            record(Kind::Problem, "a", &[("onsetDateTime", "1980")]),
            record(
                Kind::Procedure,
                "b",
                &[("performedDateTime", "1980-05-01T03:00")],
            ),
            record(
                Kind::Observation,
                "c",
                &[("effectiveDateTime", "1980-04-30T23:50:00-05:00")],
            ),
            record(Kind::RelatedPerson, "d", &[("birthDate", "1950-01-01")]),
            record(Kind::Coverage, "e", &[("period.start", "1975-01-01")]),
            record(
                Kind::Problem,
                "f",
                &[
                    ("onsetDateTime", "1900-01-01"),
                    ("verificationStatus", "entered-in-error"),
                ],
            ),
            record(Kind::Device, "g", &[("manufactureDate", "1979")]),
        ];
        let none: [&str; 0] = [];
        assert_eq!(found(&EventBeforeBirth, records), none);
    }
}
