//! What the archive must know to say how long it keeps a chart. What nobody says stays unknown, and unknown means keep.

use ehr_archive::RetentionFacts;
use ehr_mapping::mapper::PatientUnit;
use ehr_model::kind::{Deceased, Encounter, Patient};
use ehr_model::value::PartialDate;

/// Death and last encounter by the chart; jurisdiction and kind of facility as the practice said.
pub(crate) fn facts(
    unit: &PatientUnit<'_>,
    person: &Patient,
    practice: &RetentionFacts,
) -> RetentionFacts {
    RetentionFacts {
        last_encounter: last_encounter(unit),
        death: death(person),
        ..practice.clone()
    }
}

/// Who is dead without a date has no term that could run out.
fn death(person: &Patient) -> Option<String> {
    match person.deceased.value()? {
        Deceased::DateTime(date) => date.value().map(day),
        _ => None,
    }
}

/// The last day that an encounter says; unknown if there is one that does not say its day.
fn last_encounter(unit: &PatientUnit<'_>) -> Option<String> {
    let days = unit.chart.of::<Encounter>().map(|(_, encounter)| {
        let period = encounter.period.value()?;
        period.end.value().or(period.start.value()).map(day)
    });
    let days: Option<Vec<String>> = days.collect();
    // a year or a month may end later than any day in it
    days?.into_iter().max_by_key(|day| format!("{day:~<10}"))
}

fn day(date: &PartialDate) -> String {
    let iso = date.to_iso();
    iso.get(..10).unwrap_or(&iso).to_owned()
}
