//! Invented charts that compress about as well as real ones.

use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

use ehr_archive::{
    ArchiveId, ArchiveOptions, ArchiveWriter, Cohort, Error, ObjectClass, ObjectEntry, PatientEntry,
};
use ehr_crypto::DataKey;

/// The mean of 20,000 charts that were measured.
pub(crate) const CHART_LEN: usize = 41_000;
const CODES: [&str; 4] = ["8480-6", "8462-4", "29463-7", "2339-0"];

pub(crate) fn key() -> DataKey {
    DataKey::from_bytes([0x4b; 32])
}

pub(crate) fn options() -> Result<ArchiveOptions, Error> {
    Ok(ArchiveOptions {
        archive_id: ArchiveId::new("bench")?,
        created: "2026-01-31T09:30:00Z".into(),
        software: "bench".into(),
    })
}

pub(crate) fn mrn(number: u32) -> String {
    format!("MRN-{number:07}")
}

/// Charts that are written again and again, so that making them costs next to nothing.
pub(crate) fn templates() -> Vec<String> {
    let template = |number| {
        let mut text = String::new();
        chart(number, CHART_LEN, &mut text);
        text
    };
    (0..16).map(template).collect()
}

/// The bundles of an export of patients, where `EHR_CORPUS` names a folder that has them.
pub(crate) fn corpus() -> io::Result<Option<Vec<String>>> {
    let Some(corpus) = env::var_os("EHR_CORPUS") else {
        return Ok(None);
    };
    let folder = Path::new(&corpus).join("synthea-fhir/ma-2024-11pts");
    if !folder.is_dir() {
        return Ok(None);
    }
    let files = fs::read_dir(folder)?.map(|item| fs::read_to_string(item?.path()));
    files.collect::<io::Result<_>>().map(Some)
}

/// A FHIR bundle of observations, of about this many bytes.
pub(crate) fn chart(number: u32, len: usize, text: &mut String) {
    text.clear();
    let mut state = u64::from(number) + 1;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 32
    };
    text.push_str(r#"{"resourceType":"Bundle","type":"collection","entry":["#);
    while text.len() < len {
        let (id, more) = (random() << 32 | random(), random());
        let code = CODES[(more % 4) as usize];
        let (value, day) = (more % 20_000, more % 28 + 1);
        let _ = write!(
            text,
            r#"{{"resource":{{"resourceType":"Observation","id":"{id:016x}","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},"subject":{{"reference":"Patient/{number}"}},"effectiveDateTime":"20{:02}-{:02}-{day:02}T09:30:00-05:00","valueQuantity":{{"value":{}.{}}}}}}},"#,
            more % 25,
            more % 12 + 1,
            value / 100,
            value % 100,
        );
    }
    text.pop();
    text.push_str("]}");
}

pub(crate) fn append(writer: &mut ArchiveWriter, number: u32, chart: &[u8]) -> Result<(), Error> {
    let entry = PatientEntry {
        patient_id: uuid::Uuid::from_u128(u128::from(number) + 1),
        mrns: &[&mrn(number)],
        names: &["Doe, Jane"],
        birth_date: Some("1980-02-29"),
        cohort: Cohort::new(["2041", "2044", "2050"][(number % 3) as usize])?,
        facts: Default::default(),
        objects: &[ObjectEntry {
            class: ObjectClass::Chart,
            media_type: "application/fhir+json",
            source_id: "chart",
            bytes: chart,
        }],
    };
    writer.append(&entry, b"")
}
