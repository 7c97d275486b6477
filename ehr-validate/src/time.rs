//! Order of dates where partial precision and unknown offsets leave something open.

use std::cmp::Ordering;

use chrono::Days;
use ehr_model::record::{Kind, Record};
use ehr_model::value::PartialDate;

use crate::walk::{self, Path};

/// Whether `a` lies before `b`, with at least `days` whole days between them, whatever the open parts mean.
///
/// Where only one of the two has an offset, its day may be the neighbouring one at the place of
/// the other, so one more day is left open.
pub(crate) fn is_before(a: &PartialDate, b: &PartialDate, days: u64) -> bool {
    let offsets_differ = a.offset_minutes().is_some() != b.offset_minutes().is_some();
    let days = days + u64::from(offsets_differ);
    if days == 0 {
        return a.compare(b) == Some(Ordering::Less);
    }
    a.latest()
        .checked_add_days(Days::new(days))
        .is_some_and(|day| day < b.earliest())
}

/// The fields of a record with the dates on which something happened to the patient, or was written
/// down.
///
/// Dates that may lawfully lie outside a life are left out: births of relatives, policies,
/// validity of identifiers, manufacture and expiry, due dates, dates of documents.
pub(crate) struct EventFields<'r> {
    record: &'r Record,
    fields: &'static [&'static str],
    /// Looked at when the first date is asked for.
    happened: Option<bool>,
}

impl<'r> EventFields<'r> {
    pub(crate) fn of(record: &'r Record) -> Self {
        Self {
            record,
            fields: event_fields(record.kind()),
            happened: None,
        }
    }

    /// Whether the date at a path is one of them.
    pub(crate) fn has(&mut self, path: &Path<'_>) -> bool {
        self.fields.contains(&path.top())
            && !path.passes("identifier")
            && *self.happened.get_or_insert_with(|| happened(self.record))
    }
}

fn event_fields(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Problem => &["onset[x]", "abatement[x]", "recordedDate", "assertedDate"],
        Kind::Allergy => &[
            "onset[x]",
            "recordedDate",
            "lastOccurrence",
            "abatement",
            "reaction",
        ],
        Kind::Medication => &["authoredOn", "effectivePeriod"],
        Kind::MedicationDispense => &["whenPrepared", "whenHandedOver"],
        Kind::Immunization | Kind::Supply => &["occurrence[x]"],
        Kind::Procedure => &["performed[x]"],
        Kind::Observation | Kind::DiagnosticReport => &["effective[x]"],
        Kind::ImagingStudy => &["started"],
        Kind::Specimen => &["collection"],
        Kind::Device => &["usePeriod"],
        Kind::Goal => &["start[x]"],
        Kind::CarePlan | Kind::Encounter => &["period"],
        Kind::Referral => &["authoredOn"],
        Kind::Appointment => &["start"],
        Kind::Claim => &["billablePeriod", "item"],
        _ => &[],
    }
}

/// States in which a record tells of nothing that happened.
const DID_NOT_HAPPEN: &[&str] = &[
    "booked",
    "cancelled",
    "draft",
    "entered-in-error",
    "noshow",
    "pending",
    "planned",
    "proposed",
    "waitlist",
];

fn happened(record: &Record) -> bool {
    let element = record.resource.element();
    ["status", "lifecycleStatus", "verificationStatus"]
        .iter()
        .filter_map(|field| walk::text(element, field))
        .all(|status| !DID_NOT_HAPPEN.contains(&&*status))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn before(a: &str, b: &str, days: u64) -> bool {
        let parse = |text| PartialDate::parse(text).unwrap();
        is_before(&parse(a), &parse(b), days)
    }

    #[test]
    fn what_precision_leaves_open_is_not_before() {
        assert!(before("1999", "2000-01-01", 0));
        assert!(!before("2000", "2000-01-01", 0));
        assert!(!before("2000-01", "2000-01-01", 0));
        assert!(before("2000-01-01T08:00", "2000-01-01T09:00", 0));
    }

    #[test]
    fn an_offset_leaves_one_day_open() {
        assert!(!before("2000-01-01T23:30:00-10:00", "2000-01-02", 0));
        assert!(before("2000-01-01T23:30:00-10:00", "2000-01-04", 0));
    }

    #[test]
    fn days_between_are_whole_days() {
        assert!(!before("2000-01-01", "2000-01-31", 30));
        assert!(before("2000-01-01", "2000-02-01", 30));
        assert!(!before("9999-12-31", "9999-12-31", 30));
    }

    #[test]
    fn every_event_field_is_a_field() {
        for kind in Kind::ALL {
            for field in event_fields(*kind) {
                assert!(kind.spec().number(field).is_some(), "{kind:?} {field}");
            }
        }
    }
}
