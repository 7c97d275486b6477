//! Faults of whole entries: dropped, doubled, on another chart, with another visit, denied.

use ehr_model::catalogue::FieldPath;
use ehr_model::element::Leaf;
use ehr_model::kind::Problem;
use ehr_model::record::{Kind, Namespace, Record, RecordId, ResourceType as _};

use super::copy::{FaultyCopy, Spot, Touch, patient};
use crate::compare::denying_field;

/// Entries of a patient; the patient and who are shared stay where they are.
fn is_entry(record: &Record) -> bool {
    record.kind().patient_field().is_some()
}

pub(super) fn drop(copy: &mut FaultyCopy) -> Option<Touch> {
    let spot = copy.record(is_entry)?;
    let touch = copy.touched_at(&spot);
    copy.charts[spot.chart].records.remove(spot.record);
    Some(touch)
}

pub(super) fn duplicate(copy: &mut FaultyCopy) -> Option<Touch> {
    let spot = copy.record(is_entry)?;
    let mut twin = copy.at(&spot).clone();
    copy.touch(twin.id);
    let key = twin.id.to_string();
    twin.id = Namespace::of_system("urn:ehr-validate:faults").id(twin.kind(), &key);
    let touch = Touch {
        chart: spot.chart,
        kind: twin.kind(),
        record: twin.id,
        field: String::new(),
    };
    copy.charts[spot.chart].records.push(twin);
    Some(touch)
}

pub(super) fn move_entry(copy: &mut FaultyCopy) -> Option<Touch> {
    let spot = copy.record(|record| is_entry(record) && record.kind() != Kind::Document)?;
    move_to_other(copy, &spot)
}

pub(super) fn move_document(copy: &mut FaultyCopy) -> Option<Touch> {
    let spot = copy.record(|record| record.kind() == Kind::Document)?;
    move_to_other(copy, &spot)
}

fn move_to_other(copy: &mut FaultyCopy, spot: &Spot) -> Option<Touch> {
    let others = (0..copy.charts.len()).filter(|chart| *chart != spot.chart);
    let other = copy.draw(others.collect())?;
    let owner = patient(&copy.charts[other])?;
    let touch = copy.touched_at(spot);
    let mut record = copy.charts[spot.chart].records.remove(spot.record);
    let field = record.kind().patient_field()?;
    point(
        &mut record,
        &format!("{field}.reference"),
        Kind::Patient,
        owner,
    )?;
    copy.charts[other].records.push(record);
    Some(touch)
}

/// The field that says with which visit an entry was made.
fn visit_of(record: &Record) -> Option<(FieldPath, RecordId)> {
    let paths = [
        "encounter.reference",
        "context.reference",
        "context.encounter[0].reference",
    ];
    paths.iter().find_map(|path| {
        let path = FieldPath::resolve_leaf(record.kind(), path).ok()?;
        match path.leaf(record.resource.element(), 0)? {
            Leaf::Target(Kind::Encounter, id) => Some((path, id)),
            _ => None,
        }
    })
}

pub(super) fn swap_visit(copy: &mut FaultyCopy) -> Option<Touch> {
    let mut spot = copy.record(|record| visit_of(record).is_some())?;
    let (path, visit) = visit_of(copy.at(&spot))?;
    let records = &copy.charts[spot.chart].records;
    let is_other = |record: &&Record| record.kind() == Kind::Encounter && record.id != visit;
    let others = records
        .iter()
        .filter(is_other)
        .map(|record| record.id)
        .collect();
    let other = copy.draw(others)?;
    spot.field = path.text().to_string();
    let field = spot.field.clone();
    point(copy.at_mut(&spot), &field, Kind::Encounter, other)?;
    Some(copy.touched_at(&spot))
}

pub(super) fn lose_visit(copy: &mut FaultyCopy) -> Option<Touch> {
    let is_plain = |record: &Record| {
        visit_of(record).is_some_and(|(path, _)| &**path.text() == "encounter.reference")
    };
    let mut spot = copy.record(is_plain)?;
    spot.field = "encounter".to_owned();
    let path = FieldPath::resolve(copy.at(&spot).kind(), "encounter").ok()?;
    path.clear(copy.at_mut(&spot).resource.element_mut(), 0);
    Some(copy.touched_at(&spot))
}

/// The entry as it was before the problem was resolved.
pub(super) fn stale(copy: &mut FaultyCopy) -> Option<Touch> {
    let resolved = |record: &Record| {
        Problem::of(&record.resource).is_some_and(|problem| {
            problem.abatement.value().is_some()
                && status(record, "clinicalStatus").as_deref() == Some("resolved")
        })
    };
    let mut spot = copy.record(resolved)?;
    spot.field = "clinicalStatus".to_owned();
    let record = copy.at_mut(&spot);
    if let Some(problem) = Problem::of_mut(&mut record.resource) {
        problem.abatement = Default::default();
    }
    set(record, "clinicalStatus", "active")?;
    Some(copy.touched_at(&spot))
}

pub(super) fn drop_negation(copy: &mut FaultyCopy) -> Option<Touch> {
    let by_status = |record: &Record| denying_field(record).is_some_and(|field| field != "code");
    let mut spot = copy.record(by_status)?;
    let field = denying_field(copy.at(&spot))?;
    spot.field = field.to_owned();
    let record = copy.at_mut(&spot);
    match field {
        "verificationStatus" => set(record, field, "confirmed")?,
        "doNotPerform" => {
            let path = FieldPath::resolve_leaf(record.kind(), field).ok()?;
            path.clear(record.resource.element_mut(), 0);
        }
        _ => set(record, field, "completed")?,
    }
    Some(copy.touched_at(&spot))
}

pub(super) fn add_negation(copy: &mut FaultyCopy) -> Option<Touch> {
    let denial = |record: &Record| match record.kind() {
        Kind::Allergy | Kind::Problem => Some(("verificationStatus", "refuted")),
        Kind::Medication => Some(("doNotPerform", "true")),
        Kind::Immunization | Kind::Procedure => Some(("status", "not-done")),
        _ => None,
    };
    let mut spot =
        copy.record(|record| denial(record).is_some() && denying_field(record).is_none())?;
    let (field, value) = denial(copy.at(&spot))?;
    spot.field = field.to_owned();
    set(copy.at_mut(&spot), field, value)?;
    Some(copy.touched_at(&spot))
}

fn status(record: &Record, field: &str) -> Option<String> {
    let path = FieldPath::resolve_leaf(record.kind(), field).ok()?;
    match path.leaf(record.resource.element(), 0)? {
        Leaf::Text(text) => Some(text.into_owned()),
        _ => None,
    }
}

pub(super) fn set(record: &mut Record, field: &str, value: &str) -> Option<()> {
    let path = FieldPath::resolve_leaf(record.kind(), field).ok()?;
    path.set(record.resource.element_mut(), 0, Leaf::Text(value.into()))
        .ok()
}

fn point(record: &mut Record, field: &str, kind: Kind, id: RecordId) -> Option<()> {
    let path = FieldPath::resolve_leaf(record.kind(), field).ok()?;
    path.set(record.resource.element_mut(), 0, Leaf::Target(kind, id))
        .ok()
}
