//! Faults in dates.

use ehr_model::kind::{Encounter, EncounterStatus};
use ehr_model::record::Kind;
use ehr_model::value::{Field, PartialDate};

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "encounter-end-before-start",
        "encounter-end-before-start",
        |m| m.overwrite(Kind::Encounter, "period.end", "2001-01-01T09:00:00Z"),
    ),
    Fault::new("event-after-death", "event-after-death", |m| {
        let birth = m.birth()?.earliest().to_string();
        m.fill(Kind::Patient, "deceasedDateTime", &birth)
    }),
    Fault::new("event-before-birth", "event-before-birth", |m| {
        let year = m.birth()?.year() - 9;
        let start = PartialDate::parse(&format!("{year}-01-01T09:00:00Z")).ok()?;
        let took_place = |e: &Encounter| {
            e.status.value() == Some(&EncounterStatus::Finished) && e.period.value().is_some()
        };
        let visit = m.change("period.start", took_place)?;
        visit.period.value_mut()?.start = Field::Value(start);
        Some(())
    }),
    Fault::new("event-in-future", "event-in-future", |m| {
        m.overwrite(Kind::Immunization, "occurrenceDateTime", "2099-10-12")
    }),
    Fault::new("placeholder-date", "placeholder-date", |m| {
        m.overwrite(Kind::Allergy, "recordedDate", "1900-01-01")
    }),
    Fault::new("day-and-month-swapped", "day-and-month-swapped", |m| {
        m.swap_day_and_month(Kind::Allergy, "recordedDate")
    }),
    Fault::new("century-shifted", "century-shifted", |m| {
        m.shift(Kind::Patient, "birthDate", 100, 0)
    }),
    Fault::new(
        "birth-date-shifted-by-a-day",
        "date-shifted-by-a-day",
        |m| m.shift(Kind::Patient, "birthDate", 0, -1),
    ),
    Fault::new("onset-padded", "date-precision-changed", |m| {
        m.pad(Kind::Allergy, "onsetDateTime")
    }),
    Fault::new("vaccination-date-padded", "date-precision-changed", |m| {
        m.pad(Kind::Immunization, "occurrenceDateTime")
    }),
];
