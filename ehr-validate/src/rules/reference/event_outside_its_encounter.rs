use std::collections::HashMap;

use ehr_model::element::Leaf;
use ehr_model::kind::Encounter;
use ehr_model::record::{Kind, Record, RecordId};

use crate::Context;
use crate::codes::{Judgement, judge_events};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::time::is_before;
use crate::walk;
use ehr_model::chart::Chart;

rule! {
    /// Event more than a week away from the visit that it belongs to.
    ///
    /// ## What it does
    ///
    /// Compares the dates of results, vital signs, reports, vaccinations, procedures, imaging and
    /// orders with the time of the visit that they refer to, less and plus seven days. Visits that
    /// state no start, and ends that nobody states, are open. Onsets and histories are left out.
    ///
    /// ## Why it matters
    ///
    /// The event hangs on the wrong visit, or its date or that of the visit is wrong.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look whether the visit was found by a key or by a date, and whether events of old years hang
    /// on the first visit in the new system.
    ///
    /// ### Who uses the data
    ///
    /// Look at the date of the event, not at that of the visit.
    ///
    /// ## Source
    ///
    /// OHDSI Data Quality Dashboard, check `withinVisitDates`, which leaves seven days as well.
    EventOutsideItsEncounter {
        code: "event-outside-its-encounter", category: Plausibility, severity: Error, since: "0.1.0",
        covers: ["REF-005"],
    }
}

impl Rule for EventOutsideItsEncounter {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let visits: HashMap<_, _> = chart
            .of::<Encounter>()
            .filter_map(|(record, visit)| Some((record.id, visit.period.value()?)))
            .collect();
        if visits.is_empty() {
            return Ok(());
        }
        let mut of = HashMap::new();
        for record in &chart.records {
            if KINDS.contains(&record.kind())
                && let Some(visit) = visit_of(record).and_then(|id| visits.get(&id))
            {
                of.insert(record.id, *visit);
            }
        }
        judge_events(chart, context, findings, |record, date, at| {
            let Some(visit) = of.get(&record.id) else {
                return Judgement::LeftOut;
            };
            if at.path(|path| path.last() == "end" || path.top() == "effectivePeriod") {
                return Judgement::LeftOut;
            }
            let (start, end) = (visit.start.value(), visit.end.value());
            let early = start.is_some_and(|start| is_before(date, start, DAYS));
            let late = end.is_some_and(|end| is_before(end, date, DAYS));
            Judgement::violated_if(early || late)
        });
        Ok(())
    }
}

/// The visit that a record names.
fn visit_of(record: &Record) -> Option<RecordId> {
    let mut visit = None;
    let mut on_leaf = |_: &walk::Path<'_>, leaf: &Leaf<'_>| {
        if let Leaf::Target(Kind::Encounter, id) = leaf {
            visit = Some(*id);
        }
    };
    let element = record.resource.element();
    walk::field(element, "encounter", &mut on_leaf, &mut |_, _| {});
    visit
}

/// Results and reports arrive within a week.
const DAYS: u64 = 7;

const KINDS: &[Kind] = &[
    Kind::Medication,
    Kind::Immunization,
    Kind::Procedure,
    Kind::Observation,
    Kind::DiagnosticReport,
    Kind::ImagingStudy,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};

    const NONE: [&str; 0] = [];

    fn of(period: &[(&str, &str)], taken: &str) -> Vec<String> {
        let result = [
            ("effectiveDateTime", taken),
            ("encounter.reference", "Encounter/e"),
        ];
        let chart = vec![
            record(Kind::Encounter, "e", period),
            record(Kind::Observation, "a", &result),
        ];
        found(&EventOutsideItsEncounter, chart)
    }

    const DAY: [(&str, &str); 2] = [("period.start", "2020-05-01"), ("period.end", "2020-05-01")];

    #[test]
    fn fires() {
        assert_eq!(of(&DAY, "2020-05-09"), ["Observation a effectiveDateTime"]);
        assert_eq!(of(&DAY, "2020-04-23"), ["Observation a effectiveDateTime"]);
        assert_eq!(of(&DAY[..1], "2019"), ["Observation a effectiveDateTime"]);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(of(&DAY, "2020-05-08"), NONE);
        assert_eq!(of(&DAY, "2020-04-24"), NONE);
        assert_eq!(of(&DAY, "2020"), NONE);
        assert_eq!(of(&DAY[..1], "2020-09-01"), NONE, "the visit has no end");
        assert_eq!(of(&[], "1999-01-01"), NONE);
        let onset = [
            ("onsetDateTime", "1999"),
            ("encounter.reference", "Encounter/e"),
        ];
        let chart = vec![
            record(Kind::Encounter, "e", &DAY),
            record(Kind::Problem, "a", &onset),
        ];
        assert_eq!(found(&EventOutsideItsEncounter, chart), NONE);
    }
}
