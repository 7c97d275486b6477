//! Releases: what is asked for, all of it and nothing else, with proofs; and the export of everything.

use std::fs;
use std::path::Path;

use ehr_archive::release::{ReleaseRequest, Undated, verify_release};
use ehr_archive::*;
use serde_json::Value;
use uuid::Uuid;

use crate::sample::{self, ACCESS};

const CHART: &str = r#"{"resourceType": "Bundle", "type": "collection", "entry": [
 {"resource": {"resourceType": "Patient", "id": "p", "name": [{"family": "<script>alert(1)</script>", "given": ["Ann"]}]}},
 {"resource": {"resourceType": "Organization", "id": "o", "name": "Harbor"}},
 {"resource": {"resourceType": "AllergyIntolerance", "id": "a", "code": {"text": "Penicillin"},
   "verificationStatus": {"coding": [{"code": "refuted"}]}, "recordedDate": "2015-03-01"}},
 {"resource": {"resourceType": "Observation", "id": "r1", "status": "final", "code": {"text": "Potassium"},
   "effectiveDateTime": "2019-05-05T08:00:00-05:00", "valueQuantity": {"value": 4.10, "unit": "mmol/L"}}},
 {"resource": {"resourceType": "Observation", "id": "r2", "status": "final", "code": {"text": "Sodium"},
   "effectiveDateTime": "2022-05-05", "valueQuantity": {"value": 140, "comparator": ">", "unit": "mmol/L"}}},
 {"resource": {"resourceType": "Immunization", "id": "i", "status": "not-done", "vaccineCode": {"text": "Influenza"}}},
 {"resource": {"resourceType": "DocumentReference", "id": "d1", "date": "2019-06-01T00:00:00Z"}},
 {"resource": {"resourceType": "DocumentReference", "id": "d2", "date": "2023-06-01T00:00:00Z"}},
 {"resource": {"resourceType": "Provenance", "id": "v1", "target": [{"reference": "Observation/r1"}]}},
 {"resource": {"resourceType": "Provenance", "id": "v2", "target": [{"reference": "Observation/r2"}]}}
]}"#;

fn archive(path: &Path) -> ArchiveReader {
    let mut writer = ArchiveWriter::create(path, sample::options("a"), &sample::key()).unwrap();
    let object = |class, media_type, source_id, bytes| ObjectEntry {
        class,
        media_type,
        source_id,
        bytes,
    };
    let objects = [
        object(
            ObjectClass::Chart,
            "application/fhir+json",
            "chart",
            CHART.as_bytes(),
        ),
        object(
            ObjectClass::Document,
            "application/pdf",
            "DocumentReference/d1",
            b"one",
        ),
        object(
            ObjectClass::Document,
            "text/html",
            "DocumentReference/d2",
            b"two",
        ),
        object(
            ObjectClass::Document,
            "image/png",
            "../../scan.png",
            b"loose",
        ),
        object(ObjectClass::Source, "text/plain", "PATIENT.TXT", b"p|Ann"),
    ];
    for number in 1..=2u128 {
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

/// `Type/id` of the resources in a released bundle.
fn released(folder: &Path) -> Vec<String> {
    let bundle: Value =
        serde_json::from_slice(&fs::read(folder.join("bundle.json")).unwrap()).unwrap();
    let entries = bundle["entry"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["resource"]["id"].as_str().unwrap().to_owned())
        .collect()
}

fn files(folder: &Path) -> Vec<String> {
    let names = sample::files(folder).into_keys();
    names
        .map(|path| {
            path.strip_prefix(folder)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn a_whole_record_goes_out_and_proves_itself() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = archive(&folder.path().join("archive"));
    let entries = reader.find_by_mrn("1", &ACCESS).unwrap();
    let out = folder.path().join("out");
    let request = ReleaseRequest::new("Dr. Next").authorized_by("the patient");
    let summary = reader.release(&entries, &request, &out, &ACCESS).unwrap();
    assert_eq!(
        (summary.resources, summary.left_out, summary.files),
        (10, 0, 3)
    );
    assert_eq!(
        files(&out),
        [
            "README.txt",
            "bundle.json",
            "chart.html",
            "disclosure.json",
            "files/document-0001.pdf",
            "files/document-0002.bin",
            "files/document-0003.png",
            "manifest-sha256.txt",
            "proofs.json"
        ]
    );
    assert!(
        fs::read_to_string(out.join("bundle.json"))
            .unwrap()
            .contains("\"value\":4.10,"),
        "every digit"
    );
    assert_eq!(
        fs::read(out.join("files/document-0001.pdf")).unwrap(),
        b"one"
    );

    let page = fs::read_to_string(out.join("chart.html")).unwrap();
    assert!(
        !page.contains("<script") && page.contains("&#60;script&#62;alert(1)"),
        "hostile text is text"
    );
    assert!(page.contains("4.10 mmol/L") && page.contains("&#62; 140 mmol/L"));
    for turned in ["refuted", "not-done"] {
        assert!(
            page.contains(&format!("<span class=\"turns\">{turned}</span>")),
            "{turned}"
        );
    }
    let key = verify(&folder.path().join("archive"), None)
        .verifying_key
        .unwrap();
    let report = verify_release(&out, &key).unwrap();
    assert_eq!((report.files, report.objects), (6, 4));
    // The log says the same, and the archive is as sound as before.
    let mut last = Value::Null;
    reader
        .read_log(&ACCESS, |number, event| {
            if number == report.log_entry {
                last = serde_json::from_slice(event).unwrap();
            }
            Ok(())
        })
        .unwrap();
    let disclosure: Value =
        serde_json::from_slice(&fs::read(out.join("disclosure.json")).unwrap()).unwrap();
    assert_eq!(last, disclosure);
    assert_eq!(disclosure["agent"][1]["who"]["display"], "Dr. Next");
    assert!(verify(&folder.path().join("archive"), Some(&sample::key())).is_sound());
}

#[test]
fn days_types_and_classes_cut_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = archive(&folder.path().join("archive"));
    let entries = reader.find_by_mrn("1", &ACCESS).unwrap();
    let mut number = 0;
    let mut release = |request: ReleaseRequest<'_>| {
        number += 1;
        let out = folder.path().join(format!("out-{number}"));
        let summary = reader.release(&entries, &request, &out, &ACCESS).unwrap();
        let ids = if out.join("bundle.json").exists() {
            released(&out)
        } else {
            vec![]
        };
        (
            ids,
            summary,
            fs::read_to_string(out.join("README.txt")).unwrap(),
        )
    };
    let request = ReleaseRequest::new("Court");
    let (ids, summary, readme) =
        release(request.between("2019-01-01", "2019-12-31", Undated::LeaveOut));
    assert_eq!(ids, ["p", "o", "r1", "d1", "v1"]);
    assert_eq!(
        (summary.files, summary.left_out, summary.undated),
        (1, 5, 0)
    );
    assert!(readme.contains("days: 2019-01-01 to 2019-12-31\n"));
    let (ids, summary, readme) =
        release(request.between("2019-01-01", "2019-12-31", Undated::Include));
    assert_eq!(ids, ["p", "o", "r1", "i", "d1", "v1"]);
    assert_eq!((summary.files, summary.undated), (2, 1));
    assert!(readme.contains("without a date, included: 2\n"), "{readme}");
    let (ids, summary, _) = release(request.resource_types(&["Immunization"]));
    assert_eq!(
        (ids, summary.files),
        (vec!["p".to_owned(), "o".into(), "i".into()], 0)
    );
    let (ids, summary, _) = release(request.classes(&[ObjectClass::Source]));
    assert_eq!((ids.len(), summary.resources, summary.files), (0, 0, 1));
}

#[test]
fn what_is_no_release_leaves_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = archive(&folder.path().join("archive"));
    let both = reader.find_by_name("doe", &ACCESS).unwrap();
    let out = folder.path().join("out");
    let request = ReleaseRequest::new("Court");
    let one = "cannot be used: a release is of entries of one patient";
    for (entries, request, message) in [
        (&both[..], request, one),
        (&[], request, one),
        (
            &both[..1],
            request.between("2019-01", "2020-01-01", Undated::Include),
            "cannot be used: the days of a release are written as YYYY-MM-DD",
        ),
        (
            &both[..1],
            request.between("2021-01-01", "2020-01-01", Undated::Include),
            "cannot be used: the first day of a release is not after the last",
        ),
        (
            &both[..1],
            ReleaseRequest::new(""),
            "cannot be used: agent, query, reason and recipient have 1 to 2000 bytes",
        ),
    ] {
        assert_eq!(
            reader
                .release(entries, &request, &out, &ACCESS)
                .unwrap_err()
                .to_string(),
            message
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{message}");
    }
    // No log, no release.
    let log = folder.path().join("archive/log");
    fs::rename(log.join("checkpoint"), log.join("elsewhere")).unwrap();
    fs::create_dir(log.join("checkpoint")).unwrap();
    reader
        .release(&both[..1], &request, &out, &ACCESS)
        .unwrap_err();
    assert!(!out.exists());
}

#[test]
fn every_change_of_a_release_is_noticed() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = archive(&folder.path().join("archive"));
    let entries = reader.find_by_mrn("1", &ACCESS).unwrap();
    let out = folder.path().join("out");
    reader
        .release(&entries, &ReleaseRequest::new("Court"), &out, &ACCESS)
        .unwrap();
    let key = verify(&folder.path().join("archive"), None)
        .verifying_key
        .unwrap();
    for (path, bytes) in sample::files(&out) {
        // In disclosure.json, beside the manifest's digest, only the archive's own log can tell.
        let is_told_elsewhere = path.ends_with("disclosure.json");
        for place in (0..bytes.len()).step_by(41) {
            let mut wrong = bytes.clone();
            wrong[place] ^= 1;
            fs::write(&path, &wrong).unwrap();
            let is_plain = path.ends_with("proofs.json") && wrong[place].is_ascii_whitespace();
            assert!(
                verify_release(&out, &key).is_err() || is_told_elsewhere || is_plain,
                "{} {place}",
                path.display()
            );
        }
        fs::remove_file(&path).unwrap();
        assert!(verify_release(&out, &key).is_err());
        fs::write(&path, bytes).unwrap();
    }
    fs::write(out.join("more.txt"), b"").unwrap();
    assert_eq!(
        verify_release(&out, &key).unwrap_err().to_string(),
        "not part of the archive"
    );
    fs::remove_file(out.join("more.txt")).unwrap();
    verify_release(&out, &key).unwrap();
    let other = tempfile::tempdir().unwrap();
    sample::write(other.path(), "a", &[]);
    assert!(verify_release(&out, &verify(other.path(), None).verifying_key.unwrap()).is_err());
}

#[test]
fn an_export_has_every_resource_and_every_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut reader = archive(&folder.path().join("archive"));
    let out = folder.path().join("out");
    let summary = reader.export(&out, &ACCESS).unwrap();
    assert_eq!(summary.resources["Observation"], 4);
    assert_eq!(summary.resources["Organization"], 1, "the same for both");
    assert_eq!((summary.files, summary.erased), (8, 0));
    let lines = fs::read_to_string(out.join("fhir/Observation.ndjson")).unwrap();
    assert_eq!(lines.lines().count(), 4);
    assert!(
        lines.lines().all(
            |line| serde_json::from_str::<Value>(line).unwrap()["resourceType"] == "Observation"
        )
    );
    assert!(lines.contains("\"value\":4.10,"));
    for line in fs::read_to_string(out.join("files.ndjson"))
        .unwrap()
        .lines()
    {
        let about: Value = serde_json::from_str(line).unwrap();
        let bytes = fs::read(out.join(about["file"].as_str().unwrap())).unwrap();
        assert_eq!(
            about["sha256"],
            ehr_crypto::Digest::sha256(&bytes).to_string()
        );
    }
    assert!(matches!(
        reader.export(&out, &ACCESS).unwrap_err().kind(),
        ErrorKind::AlreadyThere
    ));
}
