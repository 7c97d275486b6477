//! The audit as its users get it: the program over the corpora, checked against counts that were
//! made by other means (Python's csv and re modules over the same files).

// skipped tests and measured shares are told
#![allow(clippy::print_stdout)]

mod draft;

use std::path::{Path, PathBuf};
use std::process::Output;
use std::{env, fs};

use serde_json::Value;

fn run(example: &str, arguments: &[&str]) -> Output {
    crate::program::run(example, arguments, Path::new("."))
}

/// Audits a folder, and gives the folder of the result and its data.
fn audit(source: &Path, more: &[&str]) -> (tempfile::TempDir, Value) {
    let out = tempfile::tempdir().unwrap();
    let (source, folder) = (source.to_str().unwrap(), out.path().to_str().unwrap());
    let mut arguments = vec!["--source", source, "--out", folder, "--as-of", "2025-06-01"];
    arguments.extend(more);
    let output = run("audit", &arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{errors}");
    let json = fs::read_to_string(out.path().join("audit.json")).unwrap();
    (out, serde_json::from_str(&json).unwrap())
}

fn corpus(folder: &str) -> Option<PathBuf> {
    let Some(root) = env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return None;
    };
    Some(Path::new(&root).join(folder))
}

fn table<'v>(report: &'v Value, name: &str) -> &'v Value {
    let tables = report["profile"]["tables"].as_array().unwrap();
    let found = tables.iter().find(|table| table["name"] == name);
    found.unwrap_or_else(|| panic!("no table {name}"))
}

fn column<'v>(report: &'v Value, name: &str, column: &str) -> &'v Value {
    let columns = table(report, name)["columns"].as_array().unwrap();
    let found = columns.iter().find(|one| one["name"] == column);
    found.unwrap_or_else(|| panic!("no column {name}.{column}"))
}

/// The counts of a finding at a place.
fn finding(report: &Value, code: &str, table: &str, column: Option<&str>) -> Option<(u64, u64)> {
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| {
        finding["code"] == code && finding["table"] == table && finding["column"].as_str() == column
    })?;
    Some((found["count"].as_u64()?, found["of"].as_u64()?))
}

#[test]
fn synthea_is_as_counted_by_hand() {
    let Some(source) = corpus("synthea-csv/ma-2024-11pts") else {
        return;
    };
    let (out, report) = audit(&source, &[]);
    // records, and codes by check digit
    for (name, records, system, codes) in [
        ("conditions", 273, "SNOMED CT", 273),
        ("allergies", 14, "SNOMED CT", 14),
        ("observations", 3626, "LOINC", 3290),
        ("procedures", 889, "SNOMED CT", 889),
        ("encounters", 388, "SNOMED CT", 388),
        ("careplans", 37, "SNOMED CT", 37),
        ("devices", 11, "SNOMED CT", 11),
        ("supplies", 47, "SNOMED CT", 47),
    ] {
        assert_eq!(table(&report, name)["records"], records, "{name}");
        let code = &column(&report, name, "CODE")["codes"][0];
        assert_eq!(
            (&code["name"], &code["count"]),
            (&system.into(), &codes.into()),
            "{name}"
        );
        assert_eq!(code["evidence"], "check-digit", "{name}");
    }
    for (name, class) in [
        ("claims", "billing"),
        ("claims_transactions", "billing"),
        ("observations", "structured-clinical"),
        ("patients", "administrative"),
        ("payers", "billing"),
    ] {
        assert_eq!(table(&report, name)["class"], class, "{name}");
    }
    // dates by format
    for (name, of, format, count) in [
        ("patients", "BIRTHDATE", "YYYY-MM-DD", 11),
        ("observations", "DATE", "YYYY-MM-DDThh:mm:ssZ", 3626),
        ("conditions", "START", "YYYY-MM-DD", 273),
        ("encounters", "START", "YYYY-MM-DDThh:mm:ssZ", 388),
        ("claims", "SERVICEDATE", "YYYY-MM-DDThh:mm:ssZ", 561),
    ] {
        let formats = column(&report, name, of)["dates"]["formats"]
            .as_array()
            .unwrap();
        assert_eq!(formats.len(), 1, "{name}.{of}");
        assert_eq!(
            (&formats[0]["format"], &formats[0]["count"]),
            (&format.into(), &count.into())
        );
    }
    // duplicates: one row of supplies stands there twice, and nothing else
    assert_eq!(
        finding(&report, "duplicate-rows", "supplies", None),
        Some((1, 47))
    );
    let all = report["findings"].as_array().unwrap();
    let doubled = all
        .iter()
        .filter(|finding| finding["code"] == "duplicate-rows");
    assert_eq!(doubled.count(), 1);
    // keys: 336 of 3,626 observations have no encounter, and none has one that is not there
    assert_eq!(
        column(&report, "observations", "ENCOUNTER")["records"],
        3626 - 336
    );
    assert_eq!(
        finding(&report, "orphan-keys", "observations", Some("ENCOUNTER")),
        None
    );
    assert_eq!(report["duplicate_patients"]["compared"], 11);
    assert_eq!(report["duplicate_patients"]["certain"], 0);

    // no value of a patient stands anywhere
    let patients = fs::read_to_string(source.join("patients.csv")).unwrap();
    let written: String = ["index.html", "audit.json", "draft.toml", "balance.json"]
        .iter()
        .map(|name| fs::read_to_string(out.path().join(name)).unwrap())
        .collect();
    for row in patients.lines().skip(1) {
        for (place, value) in row.split(',').enumerate() {
            // ids, names, numbers and street of each patient
            if [0, 1, 3, 4, 5, 7, 8, 16].contains(&place) && value.len() > 4 {
                assert!(
                    !written.contains(value),
                    "column {place} of patients.csv shows"
                );
            }
        }
    }
}

#[test]
fn legacy_exports_are_as_counted_by_hand() {
    let Some(source) = corpus("legacy-exports") else {
        return;
    };
    let (_, report) = audit(&source, &[]);
    let dates = &column(&report, "(text)", "(line)")["dates"];
    let count = |day: fn(&str) -> bool| -> u64 {
        let formats = dates["formats"].as_array().unwrap();
        let of = formats
            .iter()
            .filter(|one| day(one["format"].as_str().unwrap()));
        of.map(|one| one["count"].as_u64().unwrap()).sum()
    };
    // dates inside of the four texts, whatever time follows them
    assert_eq!(
        count(|format| format.starts_with("DD MON") || format.starts_with("D MON")),
        602
    );
    assert_eq!(count(|format| format.contains("/YYYY")), 266);
    assert_eq!(
        count(|format| format.starts_with("MON ") || format.starts_with("MONTH ")),
        64
    );
    assert_eq!(count(|format| format.ends_with("/YY")), 17);
    assert_eq!(dates["order"], "month-first");
    assert_eq!(table(&report, "epic-ehi-headers")["records"], 550);
    assert_eq!(report["files"]["kinds"]["xml"], 1);
    assert_eq!(report["files"]["kinds"]["text"], 4);
}

#[test]
fn the_documents_of_the_vendors_run_through() {
    let Some(source) = corpus("ccda/vendors") else {
        return;
    };
    let (_, report) = audit(&source, &[]);
    let documents = table(&report, "ccda");
    let all = documents["records"].as_u64().unwrap() + documents["unreadable"].as_u64().unwrap();
    assert_eq!(all, 107, "107 files end in xml");
    assert!(report["duplicate_patients"]["compared"].as_u64().unwrap() > 20);
}

#[test]
fn bad_input_is_an_error_with_its_place() {
    let output = run("audit", &["--source", "no/such/folder", "--out", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        errors.contains("no/such/folder: no such folder or file"),
        "{errors}"
    );
}

#[test]
fn the_sample_practice_is_checked_and_the_rules_are_printed() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample");
    let map = sample.join("harbor-street.toml");
    let (sample, map) = (sample.to_str().unwrap(), map.to_str().unwrap());
    let output = run(
        "check",
        &[
            "--source",
            sample,
            "--map",
            map,
            "--as-of",
            "2021-04-01",
            "--json",
        ],
    );
    assert!(matches!(output.status.code(), Some(0 | 1)));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap();
    let failed = checks
        .iter()
        .any(|check| check["verdict"] == "failed" || check["verdict"] == "errored");
    assert_eq!(report["passed"], !failed);
    assert_eq!(output.status.code(), Some(i32::from(failed)));
    for page in [&[][..], &["--html"]] {
        let printed = String::from_utf8(run("rules", page).stdout).unwrap();
        for check in checks {
            assert!(printed.contains(check["code"].as_str().unwrap()));
        }
    }
    assert_eq!(
        run("check", &["--source", "no/such"]).status.code(),
        Some(2)
    );
}
