//! The archive of the sample practice, opened with its key file.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ehr_archive::{Access, ArchiveReader, ObjectClass, Purpose, verify};
use ehr_crypto::{DataKey, key};
use serde_json::Value;

use crate::migrate::program::{migrate, printed, run_sample, sample};
use crate::migrate::result::names;

const ACCESS: Access<'_> = Access {
    agent: "test",
    recorded: "2021-04-01T09:00:00Z",
    purpose: Purpose::Treatment,
};

/// An object of the archive: what it is, what the source called it, its bytes.
type Kept = (ObjectClass, String, Vec<u8>);

#[test]
fn it_holds_every_patient_with_the_chart_and_the_rows_as_they_were() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run_sample(&out, &[]);
    let key = key::file::read(&folder.path().join("out.key")).unwrap();
    let archive = out.join("archive");
    assert!(verify(&archive, Some(&key)).is_sound());
    assert!(verify(&archive, None).is_sound());

    let (patients, kept) = read_all(&archive, &key);
    assert_eq!(patients.len(), 12);
    let charts: Vec<&Kept> = kept
        .iter()
        .filter(|kept| kept.0 == ObjectClass::Chart)
        .collect();
    assert_eq!(charts.len(), 12);
    for (_, _, bytes) in charts {
        let bundle: Value = serde_json::from_slice(bytes).unwrap();
        let mut entries = bundle["entry"].as_array().unwrap().iter();
        assert!(entries.any(|entry| entry["resource"]["resourceType"] == "Patient"));
    }
    every_row_is_kept(&kept);
    for pdf in ["D6001.pdf", "D6002.pdf"] {
        let bytes = fs::read(sample().join("scans").join(pdf)).unwrap();
        let mut documents = kept.iter().filter(|kept| kept.0 == ObjectClass::Document);
        assert!(documents.any(|document| document.2 == bytes), "{pdf}");
    }
}

#[test]
fn patients_are_found_by_number_name_and_birth_date() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run_sample(&out, &[]);
    let key = key::file::read(&folder.path().join("out.key")).unwrap();
    let mut reader = ArchiveReader::open(&out.join("archive"), &key, &ACCESS).unwrap();
    let by_number = reader.find_by_mrn("10003", &ACCESS).unwrap();
    let by_name = reader.find_by_name("nunez", &ACCESS).unwrap();
    let by_date = reader.find_by_birth_date("1985-07-29", &ACCESS).unwrap();
    for found in [by_number, by_name, by_date] {
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].mrns(), ["10003"]);
    }
    let evidence = reader.report(&ACCESS).unwrap();
    let report = fs::read(out.join("report/report.json")).unwrap();
    assert_eq!(evidence.bytes(), report);
}

#[cfg(unix)]
#[test]
fn the_key_lies_beside_the_result_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let text = printed(&run_sample(&out, &[]));
    let key = folder.path().join("out.key");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(
        text.contains(&key.display().to_string()),
        "the run says where the key is"
    );
    let code = fs::read_to_string(&key).unwrap();
    let code = code.lines().find(|line| !line.starts_with('#')).unwrap();
    assert!(!text.contains(code), "and does not print it");
}

#[test]
fn a_given_key_is_used_and_none_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let given = folder.path().join("practice.key");
    key::file::create(&given, &DataKey::generate().unwrap(), "a key of the test").unwrap();
    let before = fs::read(&given).unwrap();
    let out = folder.path().join("out");
    let output = migrate()
        .arg("--out")
        .arg(&out)
        .arg("--key")
        .arg(&given)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        names(folder.path()),
        ["out", "practice.key"].map(str::to_owned).into()
    );
    assert_eq!(fs::read(&given).unwrap(), before);
    let key = key::file::read(&given).unwrap();
    assert!(verify(&out.join("archive"), Some(&key)).is_sound());
    let other = DataKey::generate().unwrap();
    assert!(ArchiveReader::open(&out.join("archive"), &other, &ACCESS).is_err());
}

/// Every line of every table is in the archive: in Windows-1252 in the export, in UTF-8 here.
fn every_row_is_kept(kept: &[Kept]) {
    let mut lines = BTreeSet::new();
    for (class, _, bytes) in kept {
        if matches!(class, ObjectClass::Source | ObjectClass::Rejects) {
            let text = String::from_utf8(bytes.clone()).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    for name in names(&sample()) {
        if !name.ends_with(".TXT") || name == "README.TXT" {
            continue;
        }
        let bytes = fs::read(sample().join(&name)).unwrap();
        let text: String = bytes.iter().copied().map(char::from).collect();
        for row in text.lines().skip(1) {
            assert!(
                lines.contains(row),
                "{name} has a row that is not in the archive"
            );
        }
    }
}

fn read_all(archive: &Path, key: &DataKey) -> (BTreeSet<String>, Vec<Kept>) {
    let mut reader = ArchiveReader::open(archive, key, &ACCESS).unwrap();
    let mut patients = BTreeSet::new();
    let mut kept = Vec::new();
    for entry in reader.list(0, 1000, &ACCESS).unwrap() {
        patients.extend(entry.mrns().first().cloned());
        let open = reader.open_entry(&entry, &ACCESS).unwrap();
        for info in open.objects() {
            let object = open.read(info.id).unwrap();
            let class = object.class().unwrap();
            kept.push((class, object.source_id().to_owned(), object.into_bytes()));
        }
    }
    (patients, kept)
}
