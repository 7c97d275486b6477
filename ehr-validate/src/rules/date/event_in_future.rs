use crate::Context;
use crate::codes::{Judgement, judge_events};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use ehr_model::chart::Chart;

rule! {
    /// Event after the day of the run.
    ///
    /// ## What it does
    ///
    /// Compares the dates on which something happened to the patient with the day of the run, and
    /// leaves one day for time zones. Ends of periods are left out, courses end in the future; so
    /// are records that were planned, booked, cancelled or entered in error, policies and due
    /// dates.
    ///
    /// ## Why it matters
    ///
    /// A dose, a result or an onset in the future is a year that was guessed from two digits, a day
    /// swapped with a month, or an order that became a fact.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at how the source writes years and at the column that the date comes from. What is
    /// planned belongs to orders and appointments.
    ///
    /// ### Who uses the data
    ///
    /// Take the entry for undated until it is corrected.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `plausibleValueHigh` of event dates.
    EventInFuture {
        code: "event-in-future", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["ALG-016", "IMM-002"],
    }
}

impl Rule for EventInFuture {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        judge_events(chart, context, findings, |_, date, at| {
            if at.path(|path| path.last() == "end") {
                return Judgement::LeftOut;
            }
            Judgement::violated_if(is_before(context.as_of.get(), date, 1))
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    #[test]
    fn fires() {
        let chart = vec![
            record(Kind::Immunization, "a", &[("occurrenceDateTime", "2032")]),
            record(Kind::Allergy, "b", &[("onsetDateTime", "2031-05-04")]),
            record(
                Kind::Observation,
                "c",
                &[("effectiveDateTime", "2091-05-04T10:00:00Z")],
            ),
        ];
        assert_eq!(
            found(&EventInFuture, chart),
            [
                "Allergy b onsetDateTime",
                "Immunization a occurrenceDateTime",
                "Observation c effectiveDateTime"
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let chart = vec![
            record(
                Kind::Observation,
                "a",
                &[("effectiveDateTime", "2031-05-02T01:00:00+14:00")],
            ),
            record(Kind::Immunization, "b", &[("occurrenceDateTime", "2031")]),
            record(
                Kind::Medication,
                "c",
                &[("effectivePeriod.end", "2032-01-01")],
            ),
            record(
                Kind::Encounter,
                "d",
                &[("period.start", "2032-01-01"), ("status", "planned")],
            ),
            record(Kind::Coverage, "e", &[("period.start", "2032-01-01")]),
        ];
        assert_eq!(found(&EventInFuture, chart), NONE);
    }
}
