//! Faults in dates.

use ehr_model::record::Kind;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "encounter-end-before-start",
        "encounter-end-before-start",
        |m| m.overwrite(Kind::Encounter, "period.end", "2001-01-01T09:00:00Z"),
    ),
    Fault::new("event-after-death", "event-after-death", |m| {
        m.fill(Kind::Patient, "deceasedDateTime", "2025-06-01")
    }),
    Fault::new("event-before-birth", "event-before-birth", |m| {
        m.overwrite(Kind::Encounter, "period.start", "1971-01-01T09:00:00Z")
    }),
];
