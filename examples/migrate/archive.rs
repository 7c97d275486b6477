//! What goes into the archive: everything, whether it migrates or not.

use std::collections::BTreeMap;

use ehr_archive::{
    Cohort, ObjectClass, ObjectEntry, PatientEntry, RetentionFacts, SealedEntry, Sealer,
};
use ehr_mapping::mapper::PatientUnit;
use ehr_mapping::scope::ScopeDecision;
use ehr_model::datatype::Identifier;
use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, write_bundle};
use ehr_model::kind::{Document, Patient};
use ehr_model::reject::Reject;
use ehr_model::value::Field;
use examples::chart_page::patient::with_hyphens;
use serde_json::json;

use crate::retention;

const SSN: &str = "http://hl7.org/fhir/sid/us-ssn";

/// A patient's entry: chart, verbatim rows, documents, decisions, issues and rejects.
pub(crate) fn patient_entry(
    unit: &PatientUnit<'_>,
    decisions: &[ScopeDecision],
    batch: &BatchTag,
    practice: &RetentionFacts,
    sealer: &Sealer,
) -> Result<Option<SealedEntry>, ehr_archive::Error> {
    let Some(patient) = unit.patient else {
        return Ok(None);
    };
    let objects = objects(unit, decisions, batch);
    let entries: Vec<ObjectEntry<'_>> = objects.iter().map(Object::entry).collect();
    let Some((_, person)) = unit.chart.of::<Patient>().next() else {
        // rows of a patient who is not in the export: kept, and found among what belongs to nobody
        return sealer.seal_unassigned(Cohort::KEEP, &entries).map(Some);
    };
    let mrns: Vec<String> = person.identifier.iter().filter_map(number).collect();
    let mrns: Vec<&str> = mrns.iter().map(String::as_str).collect();
    let names: Vec<String> = person
        .name
        .iter()
        .map(full_name)
        .filter(|name| !name.is_empty())
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let birth_date = person.birth_date.value().map(|date| date.get().to_iso());
    let entry = PatientEntry {
        patient_id: *patient.as_uuid(),
        mrns: &mrns,
        names: &names,
        birth_date: birth_date.as_deref(),
        cohort: Cohort::KEEP, // no rule was given by which anything may expire
        facts: retention::facts(unit, person, practice),
        objects: &entries,
    };
    sealer.seal(&entry).map(Some)
}

/// The entry of what all patients share: the directory and its rows.
pub(crate) fn shared_entry(
    unit: &PatientUnit<'_>,
    batch: &BatchTag,
    sealer: &Sealer,
) -> Result<SealedEntry, ehr_archive::Error> {
    let mut objects = objects(unit, &[], batch);
    for object in objects
        .iter_mut()
        .filter(|object| object.class == ObjectClass::Chart)
    {
        object.class = ObjectClass::Directory;
    }
    let entries: Vec<ObjectEntry<'_>> = objects.iter().map(Object::entry).collect();
    sealer.seal_unassigned(Cohort::KEEP, &entries)
}

/// The entry of rows that could not be read or placed.
pub(crate) fn rejects_entry(
    rejects: &[Reject],
    sealer: &Sealer,
) -> Result<SealedEntry, ehr_archive::Error> {
    let objects: Vec<Object> = rejects.iter().map(reject_object).collect();
    let entries: Vec<ObjectEntry<'_>> = objects.iter().map(Object::entry).collect();
    sealer.seal_unassigned(Cohort::KEEP, &entries)
}

struct Object {
    class: ObjectClass,
    media_type: String,
    source_id: String,
    bytes: Vec<u8>,
}

impl Object {
    fn entry(&self) -> ObjectEntry<'_> {
        ObjectEntry {
            class: self.class,
            media_type: &self.media_type,
            source_id: &self.source_id,
            bytes: &self.bytes,
        }
    }
}

fn objects(unit: &PatientUnit<'_>, decisions: &[ScopeDecision], batch: &BatchTag) -> Vec<Object> {
    let mut objects = Vec::new();
    if !unit.chart.records.is_empty() {
        let mut bytes = Vec::new();
        write_bundle(
            &unit.chart.records,
            BundleType::Collection,
            batch,
            &mut bytes,
        );
        objects.push(Object {
            class: ObjectClass::Chart,
            media_type: "application/fhir+json".to_owned(),
            source_id: "chart".to_owned(),
            bytes,
        });
    }
    let mut tables: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for record in unit.source_records() {
        let table = tables.entry(record.source()).or_default();
        table.extend_from_slice(record.expose_text().as_bytes());
        table.push(b'\n');
    }
    for (name, bytes) in tables {
        objects.push(Object {
            class: ObjectClass::Source,
            media_type: "text/plain; charset=utf-8".to_owned(),
            source_id: name.to_owned(),
            bytes,
        });
    }
    for (record, document) in unit.chart.of::<Document>() {
        for attachment in document
            .content
            .iter()
            .filter_map(|content| content.attachment.value())
        {
            let Some(data) = attachment.data.value() else {
                continue;
            };
            objects.push(Object {
                class: ObjectClass::Document,
                media_type: attachment
                    .content_type
                    .value()
                    .map_or("application/octet-stream", |text| text.expose())
                    .to_owned(),
                source_id: format!("DocumentReference/{}", record.id),
                bytes: data.expose().to_vec(),
            });
        }
    }
    if !decisions.is_empty() {
        let mut bytes = Vec::new();
        for decision in decisions {
            let line = json!({
                "resource": format!("{}/{}", decision.kind.fhir(), decision.record),
                "decision": decision.decision.to_string(),
                "rule": decision.rule,
            });
            bytes.extend_from_slice(line.to_string().as_bytes());
            bytes.push(b'\n');
        }
        objects.push(Object {
            class: ObjectClass::Decisions,
            media_type: "application/x-ndjson".to_owned(),
            source_id: "scope".to_owned(),
            bytes,
        });
    }
    if !unit.chart.issues.is_empty() {
        let mut bytes = Vec::new();
        for issue in &unit.chart.issues {
            bytes.extend_from_slice(serde_json::to_string(issue).unwrap_or_default().as_bytes());
            bytes.push(b'\n');
        }
        objects.push(Object {
            class: ObjectClass::Report,
            media_type: "application/x-ndjson".to_owned(),
            source_id: "issues".to_owned(),
            bytes,
        });
    }
    objects.extend(unit.rejects.iter().map(reject_object));
    objects
}

fn reject_object(reject: &Reject) -> Object {
    Object {
        class: ObjectClass::Rejects,
        media_type: "application/octet-stream".to_owned(),
        source_id: format!("{}: {}", reject.address, reject.reason),
        bytes: reject.verbatim.expose().clone(),
    }
}

/// A number under which the patient is found. A social security number has hyphens, by which programs know it and show the
/// last four digits.
fn number(identifier: &Identifier) -> Option<String> {
    let text = identifier.value.value()?.expose();
    let is_ssn = identifier
        .system
        .value()
        .is_some_and(|system| system.expose() == SSN);
    let written = is_ssn.then(|| with_hyphens(text)).flatten();
    Some(written.unwrap_or_else(|| text.to_owned()))
}

fn full_name(name: &ehr_model::datatype::HumanName) -> String {
    let mut words: Vec<&str> = Vec::new();
    if let Field::Value(family) = &name.family {
        words.push(family.expose());
    }
    words.extend(name.given.iter().map(|given| given.expose()));
    if words.is_empty()
        && let Field::Value(text) = &name.text
    {
        words.push(text.expose());
    }
    words.join(" ")
}
