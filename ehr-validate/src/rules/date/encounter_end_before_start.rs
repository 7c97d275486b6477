use ehr_model::chart::Chart;
use ehr_model::kind::Encounter;

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;

rule! {
    /// Encounter that ends before it starts.
    ///
    /// ## What it does
    ///
    /// Compares the end of an encounter with its start, where both are stated and their precision
    /// says enough.
    ///
    /// ## Why it matters
    ///
    /// Targets refuse such a period, or sort the visit to the wrong place. It shows that two columns
    /// were swapped, that a time zone was lost on one side, or that midnight was crossed by a time
    /// without a date.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether it is one record or a pattern. A pattern is a fault of the mapping document: swapped
    /// columns, or an end that is built from the date of the start. Single records stay as they are, with
    /// the issue.
    ///
    /// ### Who uses the data
    ///
    /// Trust the date of the visit, not its length.
    ///
    /// ## Source
    ///
    /// FHIR R4, invariant per-1 of Period; OHDSI Data Quality Dashboard, check `plausibleStartBeforeEnd`.
    EncounterEndBeforeStart {
        code: "encounter-end-before-start", category: Plausibility, severity: Error, since: "0.1.0",
    }
}

impl Rule for EncounterEndBeforeStart {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, encounter) in chart.of::<Encounter>() {
            let Some(period) = encounter.period.value() else {
                continue;
            };
            if let (Some(start), Some(end)) = (period.start.value(), period.end.value()) {
                let mut subject = findings.applies_to(record);
                if is_before(end, start, 0) {
                    subject.violated_at("period.end");
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind::Encounter as Kind;

    fn from_to(start: &str, end: &str) -> Vec<String> {
        let fields = [("period.start", start), ("period.end", end)];
        found(&EncounterEndBeforeStart, vec![record(Kind, "e", &fields)])
    }

    #[test]
    fn fires() {
        let fired = ["Encounter e period.end"];
        assert_eq!(from_to("2020-03-02", "2020-03-01"), fired);
        assert_eq!(from_to("2020-03-02T09:00", "2020-03-02T08:00"), fired);
        assert_eq!(
            from_to("2020-03-02T09:00:00Z", "2020-03-02T09:30:00+02:00"),
            fired
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        assert_eq!(from_to("2020-03-02T09:00", "2020-03-02"), none);
        assert_eq!(from_to("2020-03-02", "2020-03"), none);
        assert_eq!(
            from_to("2020-03-02T09:00:00Z", "2020-03-02T09:00:00Z"),
            none
        );
        let open = record(Kind, "e", &[("period.start", "2020")]);
        assert_eq!(found(&EncounterEndBeforeStart, vec![open]), none);
    }
}
