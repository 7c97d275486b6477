//! Tables for analysts, read back by the crate that wrote them, by pyarrow and by DuckDB.
//!
//! The last two run where `EHR_PYTHON_PARQUET` names a Python with both packages.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use ehr_archive::*;
use ehr_crypto::{Credential, DataKey};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use serde_json::Value;
use uuid::Uuid;

use crate::sample::{self, ACCESS};

const CHART: &str = r#"{"resourceType": "Bundle", "type": "collection", "entry": [
 {"resource": {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1962-03", "deceasedDateTime": "2021-02-11",
   "name": [{"family": "Núñez", "given": ["Ann", "B."]}], "address": [{"state": "MA", "postalCode": "02199"}]}},
 {"resource": {"resourceType": "Organization", "id": "o", "name": "Harbor"}},
 {"resource": {"resourceType": "AllergyIntolerance", "id": "a", "recordedDate": "2015-03-01",
   "code": {"text": "Penicillin", "coding": [{"system": "urn:one", "code": "1", "display": "Pen"}, {"system": "urn:two", "code": "2"}]},
   "clinicalStatus": {"coding": [{"code": "inactive"}]}, "verificationStatus": {"coding": [{"code": "refuted"}]}}},
 {"resource": {"resourceType": "Condition", "id": "c", "code": {"text": "Gout"}, "onsetDateTime": "1969-12-31T23:30:00-05:00",
   "abatementDateTime": "2001", "clinicalStatus": {"coding": [{"code": "resolved"}]}}},
 {"resource": {"resourceType": "MedicationRequest", "id": "m", "status": "active", "doNotPerform": true, "authoredOn": "2020-01-05",
   "medicationCodeableConcept": {"text": "Aspirin"}, "encounter": {"reference": "urn:uuid:e1"}}},
 {"resource": {"resourceType": "Observation", "id": "r1", "status": "final", "code": {"text": "Potassium"},
   "effectiveDateTime": "2019-05-05T08:00:00-05:00", "valueQuantity": {"value": 4.10, "comparator": "<", "unit": "mmol/L", "code": "mmol/L"}}},
 {"resource": {"resourceType": "Observation", "id": "r2", "status": "final", "code": {"text": "Smoking"},
   "effectivePeriod": {"start": "2018-01", "end": "2019-01-31"},
   "valueCodeableConcept": {"coding": [{"system": "urn:two", "code": "77", "display": "Never"}]}}},
 {"resource": {"resourceType": "Observation", "id": "r3", "status": "final", "code": {"text": "Blood pressure"},
   "dataAbsentReason": {"coding": [{"code": "asked-declined"}]},
   "component": [{"code": {"text": "Systolic"}, "valueQuantity": {"value": 120.0, "unit": "mm[Hg]"}},
     {"code": {"text": "Diastolic"}, "dataAbsentReason": {"coding": [{"code": "unknown"}]}}]}},
 {"resource": {"resourceType": "Claim", "id": "k", "status": "active", "type": {"coding": [{"code": "professional"}]},
   "created": "2020-02-30", "total": {"value": 99999999999999999.05, "currency": "USD"}}}
]}"#;

type Rows = Vec<BTreeMap<String, Value>>;

fn archive(path: &Path) -> ArchiveReader {
    let mut writer = ArchiveWriter::create(path, sample::options("a"), &sample::key()).unwrap();
    for number in 1..=2u128 {
        // the second one is another person at the same place
        let chart = CHART.replace(r#""id": "p""#, &format!(r#""id": "p{number}""#));
        let of_class = |class, media_type| ObjectEntry {
            class,
            media_type,
            source_id: "x",
            bytes: b"a scan".as_slice(),
        };
        let objects = [
            ObjectEntry {
                bytes: chart.as_bytes(),
                ..of_class(ObjectClass::Chart, "application/fhir+json")
            },
            of_class(ObjectClass::Document, "application/pdf"),
        ];
        let entry = PatientEntry {
            patient_id: Uuid::from_u128(number),
            mrns: &[&number.to_string()],
            names: &["Doe, Ann"],
            birth_date: None,
            cohort: Cohort::KEEP,
            facts: RetentionFacts::default(),
            objects: &objects,
        };
        writer.append(&entry, b"").unwrap();
    }
    writer.finish(b"").unwrap();
    sample::open(path).unwrap()
}

fn read(folder: &Path, table: &str) -> Rows {
    let file = File::open(folder.join(format!("{table}.parquet"))).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        let columns = row.get_column_iter().map(|(name, field)| {
            let value = match field {
                Field::Null => Value::Null,
                Field::Str(text) => text.as_str().into(),
                Field::Long(number) => (*number).into(),
                Field::Double(number) => (*number).into(),
                Field::Bool(truth) => (*truth).into(),
                Field::Date(days) => (*days).into(),
                other => panic!("{name} is of another type: {other:?}"),
            };
            (name.clone(), value)
        });
        columns.collect()
    });
    rows.collect()
}

fn row<'a>(rows: &'a Rows, id: &str) -> &'a BTreeMap<String, Value> {
    rows.iter().find(|row| row["id"] == id).unwrap()
}

#[track_caller]
fn assert_row(row: &BTreeMap<String, Value>, expected: &[(&str, Value)]) {
    for (column, value) in expected {
        assert_eq!(row[*column], *value, "{column}");
    }
}

#[test]
fn tables_say_what_the_charts_say() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tables");
    let summary = archive(&folder.path().join("archive"))
        .export_parquet(&out, &ACCESS)
        .unwrap();
    assert_eq!(summary.resources["Observation"], 6);
    assert_eq!(summary.resources["Organization"], 1, "the same for both");
    assert_eq!((summary.files, summary.erased), (0, 0));
    let null = Value::Null;

    let patients = read(&out, "Patient");
    assert_eq!(patients.len(), 2);
    // days since 1970-01-01
    assert_row(
        row(&patients, "p2"),
        &[
            ("patient", "p2".into()),
            ("entry", 1.into()),
            ("family_name", "Núñez".into()),
            ("given_names", "Ann B.".into()),
            ("birth_text", "1962-03".into()),
            ("birth_date", null.clone()),
            ("is_deceased", true.into()),
            ("death_date", 18669.into()),
            ("state", "MA".into()),
            ("postal_code", "02199".into()),
            ("country", null.clone()),
        ],
    );
    let allergies = read(&out, "AllergyIntolerance");
    assert_row(
        row(&allergies, "a"),
        &[
            ("resource_type", "AllergyIntolerance".into()),
            ("patient", "p1".into()),
            ("status", "inactive".into()),
            ("verification_status", "refuted".into()),
            ("code_system", "urn:one".into()),
            ("code", "1".into()),
            ("code_display", "Pen".into()),
            ("code_text", "Penicillin".into()),
            ("recorded_date", 16495.into()),
            ("start_text", null.clone()),
        ],
    );
    let conditions = read(&out, "Condition");
    // the day as it was said there, not the one in Greenwich; a year is no day
    assert_row(
        row(&conditions, "c"),
        &[
            ("start_text", "1969-12-31T23:30:00-05:00".into()),
            ("start_date", (-1).into()),
            ("end_text", "2001".into()),
            ("end_date", null.clone()),
        ],
    );
    let medications = read(&out, "MedicationRequest");
    assert_row(
        row(&medications, "m"),
        &[
            ("do_not_perform", true.into()),
            ("encounter", "e1".into()),
            ("code_text", "Aspirin".into()),
        ],
    );
    let observations = read(&out, "Observation");
    assert_row(
        row(&observations, "r1"),
        &[
            ("value", "4.10".into()),
            ("value_number", 4.1.into()),
            ("value_comparator", "<".into()),
            ("value_unit", "mmol/L".into()),
            ("value_unit_code", "mmol/L".into()),
            ("do_not_perform", null.clone()),
        ],
    );
    assert_row(
        row(&observations, "r2"),
        &[
            ("value", "Never".into()),
            ("value_number", null.clone()),
            ("value_code", "77".into()),
            ("start_text", "2018-01".into()),
            ("start_date", null.clone()),
            ("end_date", 17927.into()),
        ],
    );
    assert_row(
        row(&observations, "r3"),
        &[
            ("value", null.clone()),
            ("absent_reason", "asked-declined".into()),
        ],
    );
    let claims = read(&out, "Claim");
    assert_row(
        row(&claims, "k"),
        &[
            ("value", "99999999999999999.05".into()),
            ("value_unit", "USD".into()),
            ("recorded_text", "2020-02-30".into()),
            ("recorded_date", null.clone()),
            ("code", "professional".into()),
        ],
    );
    let components = read(&out, "ObservationComponent");
    assert_eq!(components.len(), 4);
    assert_row(
        &components[0],
        &[
            ("observation", "r3".into()),
            ("position", 0.into()),
            ("code_text", "Systolic".into()),
            ("value", "120.0".into()),
        ],
    );
    assert_row(
        &components[1],
        &[
            ("position", 1.into()),
            ("value", null.clone()),
            ("absent_reason", "unknown".into()),
        ],
    );
    let codings = read(&out, "Coding");
    let of_allergy: Vec<_> = codings
        .iter()
        .filter(|coding| coding["id"] == "a" && coding["patient"] == "p1")
        .collect();
    assert_eq!(of_allergy.len(), 2);
    assert_row(
        of_allergy[1],
        &[
            ("field", "code".into()),
            ("position", 1.into()),
            ("system", "urn:two".into()),
            ("code", "2".into()),
        ],
    );
    assert!(
        codings
            .iter()
            .any(|coding| coding["field"] == "valueCodeableConcept" && coding["code"] == "77")
    );

    // every resource as it stands in the chart, in tables of the same columns
    let mut all = 0;
    for (kind, count) in &summary.resources {
        let rows = read(&out, kind);
        assert_eq!(rows.len() as u64, *count, "{kind}");
        for row in rows {
            let json: Value = serde_json::from_str(row["json"].as_str().unwrap()).unwrap();
            assert_eq!(
                (&json["resourceType"], &json["id"]),
                (&row["resource_type"], &row["id"])
            );
            assert_eq!(row.len(), if kind == "Patient" { 40 } else { 29 }, "{kind}");
            all += 1;
        }
    }
    assert_eq!(all, 17);
    assert!(
        row(&observations, "r1")["json"]
            .as_str()
            .unwrap()
            .contains("\"value\":4.10,")
    );
}

#[test]
fn an_export_is_recorded_whole_or_not_there_and_asks_for_the_role_that_reads() {
    let folder = tempfile::tempdir().unwrap();
    let (path, out) = (folder.path().join("archive"), folder.path().join("tables"));
    let mut reader = archive(&path);
    reader.export_parquet(&out, &ACCESS).unwrap();
    let again = reader.export_parquet(&out, &ACCESS).unwrap_err();
    assert!(matches!(again.kind(), ErrorKind::AlreadyThere));
    assert!(
        out.join("Patient.parquet").is_file(),
        "what was there stays"
    );
    let mut events = Vec::new();
    let record = |_: u64, event: &[u8]| {
        let event: Value = serde_json::from_slice(event).unwrap();
        events.push(
            event["subtype"][0]["code"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        );
        Ok(())
    };
    reader.read_log(&ACCESS, record).unwrap();
    let export = events.iter().position(|code| code == "extract").unwrap();
    assert_eq!(
        events[export..]
            .iter()
            .filter(|code| *code == "read")
            .count(),
        2,
        "{events:?}"
    );
    drop(reader);

    let clerk = DataKey::from_bytes([9; 32]);
    let mut custodian = Custodian::open(&path, &sample::key(), &ACCESS).unwrap();
    let roles = [Role::Catalogue, Role::Log, Role::Signing];
    custodian
        .grant("clerk", Credential::Key(&clerk), &roles, &ACCESS)
        .unwrap();
    drop(custodian);
    let mut desk = ArchiveReader::open(&path, &clerk, &ACCESS).unwrap();
    for other in ["tables-of-clerk", "lines-of-clerk"] {
        let other = folder.path().join(other);
        let refused = if other.ends_with("tables-of-clerk") {
            desk.export_parquet(&other, &ACCESS)
        } else {
            desk.export(&other, &ACCESS)
        };
        assert!(matches!(
            refused.unwrap_err().kind(),
            ErrorKind::RoleMissing { role: Role::Epoch }
        ));
        assert!(!other.exists(), "nothing half-written");
    }
}

/// Counts by pyarrow and by DuckDB, and what a question of an analyst gives.
const PROGRAM: &str = r#"
import datetime, glob, json, os, sys
import duckdb, pyarrow.parquet
out = sys.argv[1]
base = duckdb.connect()
tables = {os.path.basename(path)[:-8]: path for path in sorted(glob.glob(out + "/*.parquet"))}
arrow = {name: pyarrow.parquet.read_table(path).num_rows for name, path in tables.items()}
duck = {name: base.execute(f"SELECT count(*) FROM '{path}'").fetchone()[0] for name, path in tables.items()}
types = {name: str(kind) for name, kind in zip(pyarrow.parquet.read_schema(tables["Observation"]).names, pyarrow.parquet.read_schema(tables["Observation"]).types)}
asked = base.execute(f"""SELECT p.family_name, c.code_text, c.start_date, c.json->>'$.onsetDateTime'
  FROM '{tables["Condition"]}' c JOIN '{tables["Patient"]}' p ON c.patient = p.id ORDER BY p.id""").fetchall()
print(json.dumps({"arrow": arrow, "duck": duck, "types": types, "asked": [[str(cell) for cell in row] for row in asked]}))
"#;

#[test]
#[allow(clippy::print_stderr)]
fn pyarrow_and_duckdb_read_them() {
    let Some(python) = std::env::var_os("EHR_PYTHON_PARQUET") else {
        eprintln!("skipped: pyarrow and DuckDB: no EHR_PYTHON_PARQUET");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("tables");
    let summary = archive(&folder.path().join("archive"))
        .export_parquet(&out, &ACCESS)
        .unwrap();
    let script = folder.path().join("read.py");
    fs::write(&script, PROGRAM).unwrap();
    let output = Command::new(python)
        .arg(&script)
        .arg(&out)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    for (kind, count) in &summary.resources {
        assert_eq!(
            (said["arrow"][kind].as_u64(), said["duck"][kind].as_u64()),
            (Some(*count), Some(*count)),
            "{kind}"
        );
    }
    let types = &said["types"];
    assert_eq!(
        (&types["value"], &types["value_number"]),
        (&"string".into(), &"double".into())
    );
    assert_eq!(
        (&types["start_date"], &types["do_not_perform"]),
        (&"date32[day]".into(), &"bool".into())
    );
    let first = serde_json::json!(["Núñez", "Gout", "1969-12-31", "1969-12-31T23:30:00-05:00"]);
    assert_eq!(said["asked"][0], first);
}
