use ehr_model::chart::Chart;
use ehr_model::kind::{Deceased, Patient};
use ehr_model::value::PartialDate;

use crate::Context;
use crate::codes::{Judgement, judge_events};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;

rule! {
    /// Event long after the death of the patient.
    ///
    /// ## What it does
    ///
    /// Compares the dates on which something happened to the patient with the date of death. The
    /// thirty days after death are left to paperwork: results, bills and closing notes. Ends of
    /// periods are left out, because systems close them by machine. Records that were planned,
    /// cancelled or entered in error are left out. Where precision or an unknown time zone leaves the
    /// order open, the rule stays silent.
    ///
    /// ## Why it matters
    ///
    /// Either the patient lives, and the target will cancel appointments and write to the family; or
    /// the events belong to somebody else, and two people stand in one chart.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether one chart is affected or many. Many mean that the date of death is mapped from
    /// the wrong column or holds a placeholder. One may be a mixed-up chart: give it to whoever keeps
    /// the records.
    ///
    /// ### Who uses the data
    ///
    /// Confirm the death, or who the patient is, before the chart is used or closed.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `plausibleBeforeDeath` (its tail of 60 days is cut to 30 here).
    EventAfterDeath {
        code: "event-after-death", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["DEM-010"],
    }
}

/// How many days after death are left to paperwork: a month in which results, bills and closing
/// notes arrive. A longer tail hides mixed-up charts, a shorter one reports every final bill.
pub const ADMINISTRATIVE_TAIL_DAYS: u64 = 30;

impl Rule for EventAfterDeath {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let Some(death) = chart
            .of::<Patient>()
            .find_map(|(_, patient)| death(patient))
        else {
            return Ok(());
        };
        judge_events(chart, context, findings, |_, date, at| {
            if at.path(|path| path.last() == "end") {
                return Judgement::LeftOut;
            }
            Judgement::violated_if(is_before(death, date, ADMINISTRATIVE_TAIL_DAYS))
        });
        Ok(())
    }
}

fn death(patient: &Patient) -> Option<&PartialDate> {
    match patient.deceased.value()? {
        Deceased::DateTime(date) => date.value(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::{Kind, Record};

    fn dead(date: &str) -> Record {
        record(Kind::Patient, "p", &[("deceasedDateTime", date)])
    }

    #[test]
    fn fires() {
        let encounter = record(Kind::Encounter, "e", &[("period.start", "2020-06-01")]);
        let lab = record(
            Kind::Observation,
            "o",
            &[("effectiveDateTime", "2021-01-01T08:00:00Z")],
        );
        assert_eq!(
            found(&EventAfterDeath, vec![dead("2020-05-01"), encounter, lab]),
            [
                "Observation o effectiveDateTime",
                "Encounter e period.start"
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        let within = |date| {
            let encounter = record(Kind::Encounter, "e", &[("period.start", date)]);
            found(&EventAfterDeath, vec![dead("2020-05-01"), encounter])
        };
        assert_eq!(within("2020-05-31"), none);
        assert_eq!(within("2020"), none);
        assert_eq!(within("2020-05"), none);

        let others = vec![
            dead("2020-05-01"),
            record(Kind::Encounter, "a", &[("period.end", "2022-01-01")]),
            record(
                Kind::Encounter,
                "b",
                &[("period.start", "2022-01-01"), ("status", "planned")],
            ),
            record(Kind::Document, "c", &[("date", "2022-01-01")]),
        ];
        assert_eq!(found(&EventAfterDeath, others), none);

        let no_date = record(Kind::Patient, "p", &[("deceasedBoolean", "true")]);
        let encounter = record(Kind::Encounter, "e", &[("period.start", "2022")]);
        assert_eq!(found(&EventAfterDeath, vec![no_date, encounter]), none);
    }
}
