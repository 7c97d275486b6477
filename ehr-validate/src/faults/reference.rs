//! Faults in references and identifiers.

use chrono::Days;
use ehr_model::kind::{Effective, Encounter, Observation, Problem};
use ehr_model::record::Kind;
use ehr_model::value::{Field, PartialDate};

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("duplicate-identifier", "duplicate-identifier", |m| {
        m.copy("identifier[0]", |problem: &Problem| {
            !problem.identifier.is_empty()
        })?;
        Some(())
    }),
    Fault::new("orphan-reference", "orphan-reference", |m| {
        m.overwrite(
            Kind::Observation,
            "encounter.reference",
            "Encounter/nowhere",
        )
    }),
    Fault::new(
        "result-moved-to-another-visit",
        "entry-moved-to-another-parent",
        |m| {
            let visits: Vec<_> = m
                .chart()
                .of::<Encounter>()
                .map(|(record, _)| record.id)
                .collect();
            let visit = m
                .change("encounter.reference", hangs_on_a_visit)?
                .encounter
                .value_mut()?;
            let (_, now) = visit.target()?;
            let other = visits.into_iter().find(|id| *id != now)?;
            visit.reference = Field::Value((Kind::Encounter, other));
            Some(())
        },
    ),
    Fault::new("reference-cycle", "reference-cycle", |m| {
        m.overwrite(Kind::Encounter, "partOf.reference", "Encounter/e3")
    }),
    Fault::new(
        "event-outside-its-encounter",
        "event-outside-its-encounter",
        |m| {
            let visits: Vec<_> = m
                .chart()
                .of::<Encounter>()
                .filter_map(|(record, visit)| {
                    Some((record.id, *visit.period.value()?.start.value()?))
                })
                .collect();
            let visit_of = |o: &Observation| {
                let (_, id) = o.encounter.value()?.target()?;
                visits.iter().find(|(visit, _)| *visit == id)
            };
            let result = m.change("effectiveDateTime", |o: &Observation| visit_of(o).is_some())?;
            let (_, start) = visit_of(result)?;
            let before = start.earliest().checked_sub_days(Days::new(90))?;
            let taken = PartialDate::parse(&before.to_string()).ok()?;
            result.effective = Field::Value(Effective::DateTime(Field::Value(taken)));
            Some(())
        },
    ),
    Fault::new("identifier-lost", "identifier-lost", |m| {
        m.clear(Kind::Problem, "identifier")
    }),
];

fn hangs_on_a_visit(observation: &Observation) -> bool {
    let visit = observation.encounter.value();
    visit.is_some_and(|visit| visit.target().is_some())
}
