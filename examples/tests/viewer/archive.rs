//! Invented archives.

use std::path::Path;

use ehr_archive::{
    Access, ArchiveId, ArchiveOptions, ArchiveReader, ArchiveWriter, Cohort, ObjectClass,
    ObjectEntry, PatientEntry, Purpose,
};
use ehr_crypto::DataKey;
use serde_json::Value;
use uuid::Uuid;

/// A chart with what must not be read past: a refuted allergy, a vaccine not given, digits, an absent value, a shared name.
const CHART: &str = r#"{"resourceType": "Bundle", "type": "collection", "entry": [
 {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "id": "p", "gender": "female", "name": [{"family": "Thistlewood", "given": ["Ann"]}],
   "identifier": [{"value": "MRN 7"}, {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "999-00-0007"}]}},
 {"resource": {"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "Penicillin"},
   "verificationStatus": {"coding": [{"code": "refuted"}]}}},
 {"resource": {"resourceType": "Condition", "id": "c", "code": {"text": "Gout"}, "onsetDateTime": "2011",
   "clinicalStatus": {"coding": [{"code": "active"}]}}},
 {"resource": {"resourceType": "MedicationRequest", "id": "m", "status": "active", "doNotPerform": true,
   "medicationCodeableConcept": {"text": "Aspirin"}, "requester": {"reference": "urn:uuid:doc"}}},
 {"resource": {"resourceType": "Immunization", "id": "i", "status": "not-done", "vaccineCode": {"text": "Influenza"}}},
 {"resource": {"resourceType": "Observation", "id": "r1", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "Potassium"},
   "effectiveDateTime": "2019-05-05", "valueQuantity": {"value": 4.10, "unit": "mmol/L"}}},
 {"resource": {"resourceType": "Observation", "id": "r2", "status": "final", "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "Potassium"},
   "effectiveDateTime": "2021-05-05", "valueQuantity": {"value": 5.60, "unit": "mmol/L"}, "interpretation": [{"coding": [{"code": "H"}]}]}},
 {"resource": {"resourceType": "Observation", "id": "r3", "status": "final", "code": {"text": "Pain"},
   "dataAbsentReason": {"coding": [{"code": "asked-declined"}]}}},
 {"resource": {"resourceType": "Condition", "id": "x", "code": {"text": "Secretosis"},
   "meta": {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}}},
 {"resource": {"resourceType": "DocumentReference", "id": "d", "type": {"text": "Letter"}, "content": [
   {"attachment": {"contentType": "text/plain", "data": "RGVhciBjb2xsZWFndWU="}},
   {"attachment": {"contentType": "text/html", "data": "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="}},
   {"attachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}},
   {"attachment": {"contentType": "application/pdf", "data": "PGh0bWw+PHNjcmlwdD4="}},
   {"attachment": {"contentType": "image/svg+xml", "data": "PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+"}},
   {"attachment": {"contentType": "image/png", "data": "iVBORw0KGgo="}}]}}
]}"#;

const DIRECTORY: &str = r#"{"resourceType": "Bundle", "type": "collection", "entry": [
 {"fullUrl": "urn:uuid:doc", "resource": {"resourceType": "Practitioner", "id": "doc", "name": [{"family": "Otterbourne", "given": ["Philippa"]}]}}]}"#;

pub(crate) fn key() -> DataKey {
    DataKey::from_bytes([0x5e; 32])
}

pub(crate) fn code() -> String {
    key().expose_recovery_code().to_string()
}

pub(crate) fn writer(path: &Path) -> ArchiveWriter {
    let options = ArchiveOptions {
        archive_id: ArchiveId::new("viewer-test").unwrap(),
        created: "2026-01-31T09:30:00-05:00".into(),
        software: "tests 1.0".into(),
    };
    ArchiveWriter::create(path, options, &key()).unwrap()
}

pub(crate) fn object<'a>(
    class: ObjectClass,
    media_type: &'a str,
    source_id: &'a str,
    bytes: &'a [u8],
) -> ObjectEntry<'a> {
    ObjectEntry {
        class,
        media_type,
        source_id,
        bytes,
    }
}

pub(crate) fn append(
    writer: &mut ArchiveWriter,
    number: u128,
    mrn: &str,
    name: &str,
    objects: &[ObjectEntry<'_>],
) {
    let entry = PatientEntry {
        patient_id: Uuid::from_u128(number),
        mrns: &[mrn],
        names: &[name],
        birth_date: Some("1962-03-14"),
        cohort: Cohort::KEEP,
        facts: Default::default(),
        objects,
    };
    writer.append(&entry, b"").unwrap();
}

/// Two patients, of which the second is restricted as a whole, and the directory.
pub(crate) fn write(path: &Path) {
    let mut writer = writer(path);
    let chart = object(
        ObjectClass::Chart,
        "application/fhir+json",
        "chart",
        CHART.as_bytes(),
    );
    let source = object(
        ObjectClass::Source,
        "text/plain",
        "PATIENT.TXT",
        b"7|Thistlewood",
    );
    append(&mut writer, 7, "MRN 7", "Thistlewood Ann", &[chart, source]);
    let restricted = CHART.replace(
        r#""gender": "female","#,
        r#""meta": {"security": [{"code": "V"}]},"#,
    );
    append(
        &mut writer,
        8,
        "MRN 8",
        "Quince Peter",
        &[object(
            ObjectClass::Chart,
            "application/fhir+json",
            "chart",
            restricted.as_bytes(),
        )],
    );
    let directory = object(
        ObjectClass::Directory,
        "application/fhir+json",
        "directory",
        DIRECTORY.as_bytes(),
    );
    let sealed = writer
        .sealer()
        .seal_unassigned(Cohort::KEEP, &[directory])
        .unwrap();
    writer.append_sealed(sealed, b"").unwrap();
    writer.finish(b"").unwrap();
}

/// Entries of the access log.
pub(crate) fn log(path: &Path) -> Vec<Value> {
    let access = Access {
        agent: "auditor",
        recorded: "2026-02-01T10:00:00-05:00",
        purpose: Purpose::Operations,
    };
    let mut reader = ArchiveReader::open(path, &key(), &access).unwrap();
    let mut events = Vec::new();
    let read = reader.read_log(&access, |_, event| {
        events.push(serde_json::from_slice(event).unwrap());
        Ok(())
    });
    read.unwrap();
    events.retain(|event: &Value| agent(event) != "auditor");
    events
}

pub(crate) fn agent(event: &Value) -> &str {
    let agents = event["agent"].as_array().unwrap();
    agents.last().unwrap()["who"]["identifier"]["value"]
        .as_str()
        .unwrap()
}

/// The subtypes of events: `search`, `read`, `disclose`.
pub(crate) fn subtypes(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["subtype"][0]["code"].as_str().unwrap())
        .collect()
}

/// Ids of the objects of the first entry.
pub(crate) fn object_ids(path: &Path) -> Vec<String> {
    let access = Access {
        agent: "auditor",
        recorded: "2026-02-01T10:00:00-05:00",
        purpose: Purpose::Operations,
    };
    let mut reader = ArchiveReader::open(path, &key(), &access).unwrap();
    let entry = reader.list(0, 1, &access).unwrap().remove(0);
    let open = reader.open_entry(&entry, &access).unwrap();
    open.objects().map(|info| info.id.to_string()).collect()
}
