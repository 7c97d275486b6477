//! Invented charts that compress about as well as real ones.

use std::error::Error;
use std::fmt::Write;
use std::path::Path;
use std::{env, fs};

use ehr_archive::{
    ArchiveId, ArchiveOptions, ArchiveWriter, Cohort, ObjectClass, ObjectEntry, PatientEntry,
    SealedEntry, Sealer,
};
use ehr_crypto::DataKey;
use serde_json::Value;

/// The mean of 20,000 charts that were measured.
pub(crate) const CHART_LEN: usize = 41_000;
pub(crate) const STUB_LEN: usize = 2_000;
/// A number that stands nowhere else in a stub.
const MARK: u32 = 4_123_456_789;
const BEGIN: &str = r#"{"resourceType":"Bundle","type":"collection","entry":["#;
const END: &str = "]}";
const MEASURES: [(&str, &str, &str); 8] = [
    ("8480-6", "Systolic blood pressure", "mm[Hg]"),
    ("8462-4", "Diastolic blood pressure", "mm[Hg]"),
    ("29463-7", "Body weight", "kg"),
    ("8302-2", "Body height", "cm"),
    ("2339-0", "Glucose [Mass/volume] in Blood", "mg/dL"),
    ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%"),
    ("8867-4", "Heart rate", "/min"),
    ("8310-5", "Body temperature", "Cel"),
];
const WORDS: [&str; 32] = [
    "patient",
    "reports",
    "denies",
    "chest",
    "pain",
    "cough",
    "since",
    "morning",
    "mild",
    "severe",
    "hypertension",
    "diabetes",
    "asthma",
    "follow",
    "up",
    "weeks",
    "continue",
    "lisinopril",
    "metformin",
    "daily",
    "exam",
    "normal",
    "lungs",
    "clear",
    "heart",
    "regular",
    "labs",
    "ordered",
    "discussed",
    "risks",
    "tolerated",
    "well",
];

pub(crate) fn key() -> DataKey {
    DataKey::from_bytes([0x4b; 32])
}

pub(crate) fn options() -> Result<ArchiveOptions, ehr_archive::Error> {
    Ok(ArchiveOptions {
        archive_id: ArchiveId::new("bench")?,
        created: "2026-01-31T09:30:00Z".into(),
        software: "bench".into(),
    })
}

pub(crate) fn mrn(number: u32) -> String {
    format!("MRN-{number:07}")
}

/// As many different charts as are written at once: what is repeated is compressed faster than real charts are.
pub(crate) fn invented(len: usize) -> Vec<String> {
    let charts = u32::try_from(len / CHART_LEN).unwrap_or(u32::MAX);
    (0..charts).map(|number| chart(number, CHART_LEN)).collect()
}

/// Bundles of about the length of a chart, each of other entries of an export of patients, where `EHR_CORPUS` names a folder that
/// has one. Its own bundles are a hundred times as long and written with much white space, which compresses 24 times.
pub(crate) fn corpus() -> Result<Option<Vec<String>>, Box<dyn Error>> {
    let Some(corpus) = env::var_os("EHR_CORPUS") else {
        return Ok(None);
    };
    let folder = Path::new(&corpus).join("synthea-fhir/ma-2024-11pts");
    if !folder.is_dir() {
        return Ok(None);
    }
    let mut charts = vec![String::new()];
    for item in fs::read_dir(folder)? {
        let mut bundle: Value = serde_json::from_slice(&fs::read(item?.path())?)?;
        let Value::Array(entries) = bundle["entry"].take() else {
            return Err("a file of the corpus is no bundle".into());
        };
        for entry in entries {
            let chart = charts.last_mut().ok_or("there is always one")?;
            let before = if chart.is_empty() { BEGIN } else { "," };
            let _ = write!(chart, "{before}{entry}");
            if chart.len() >= CHART_LEN {
                chart.push_str(END);
                charts.push(String::new());
            }
        }
    }
    charts.pop();
    Ok(Some(charts))
}

/// Numbers that look random and are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 32
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.next() as usize % words.len()]
    }
}

/// A FHIR bundle of this many bytes or a little more.
fn chart(number: u32, len: usize) -> String {
    let mut random = Random(u64::from(number) + 1);
    let mut text = BEGIN.to_owned();
    while text.len() < len {
        if text.len() > BEGIN.len() {
            text.push(',');
        }
        resource(number, &mut random, &mut text);
    }
    text + END
}

fn resource(number: u32, random: &mut Random, text: &mut String) {
    let id = random.next() << 32 | random.next();
    let (year, month, day) = (
        random.next() % 25,
        random.next() % 12 + 1,
        random.next() % 28 + 1,
    );
    let (hour, minute) = (random.next() % 10 + 8, random.next() % 60);
    let time = format!("20{year:02}-{month:02}-{day:02}T{hour:02}:{minute:02}:00-05:00");
    let (code, display, unit) = MEASURES[random.next() as usize % MEASURES.len()];
    let word = random.pick(&WORDS);
    let of = format!(r#""id":"{id:016x}","subject":{{"reference":"Patient/{number}"}}"#);
    let _ = match random.next() % 4 {
        0 => write!(
            text,
            r#"{{"resource":{{"resourceType":"Condition",{of},"clinicalStatus":{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}}]}},"code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{}","display":"{word}"}}],"text":"{word}"}},"onsetDateTime":"{time}"}}}}"#,
            random.next() % 900_000 + 100_000
        ),
        1 => {
            let note: Vec<&str> = (0..40).map(|_| random.pick(&WORDS)).collect();
            write!(
                text,
                r#"{{"resource":{{"resourceType":"DocumentReference",{of},"status":"current","date":"{time}","description":"{}"}}}}"#,
                note.join(" ")
            )
        }
        _ => write!(
            text,
            r#"{{"resource":{{"resourceType":"Observation",{of},"status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}","display":"{display}"}}],"text":"{display}"}},"effectiveDateTime":"{time}","valueQuantity":{{"value":{}.{},"unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}"}}}}}}"#,
            random.next() % 200,
            random.next() % 10
        ),
    };
}

/// A chart of two kilobytes for those who look one up among a million: all are alike but for their number.
pub(crate) struct Stubs {
    text: String,
    places: Vec<usize>,
}

impl Stubs {
    pub(crate) fn new() -> Self {
        let marked = chart(MARK, STUB_LEN);
        let mark = MARK.to_string();
        let places = marked.match_indices(&mark).map(|(at, _)| at).collect();
        Stubs {
            text: marked,
            places,
        }
    }

    pub(crate) fn of(&mut self, number: u32) -> &str {
        let digits = format!("{number:010}");
        for &at in &self.places {
            self.text.replace_range(at..at + digits.len(), &digits);
        }
        &self.text
    }
}

pub(crate) fn append(
    writer: &mut ArchiveWriter,
    number: u32,
    chart: &[u8],
) -> Result<(), ehr_archive::Error> {
    with_entry(number, chart, |entry| writer.append(entry, b""))
}

pub(crate) fn seal(
    sealer: &Sealer,
    number: u32,
    chart: &[u8],
) -> Result<SealedEntry, ehr_archive::Error> {
    with_entry(number, chart, |entry| sealer.seal(entry))
}

fn with_entry<T>(
    number: u32,
    chart: &[u8],
    work: impl FnOnce(&PatientEntry<'_>) -> Result<T, ehr_archive::Error>,
) -> Result<T, ehr_archive::Error> {
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
    work(&entry)
}
