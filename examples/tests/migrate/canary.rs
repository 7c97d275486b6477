//! No value of a patient is printed, reported, traced, named in a file name or left in clear.
//!
//! Every cell of an export holds a canary; every way in which a row can go wrong is provoked. The
//! canaries may stand in `fhir/` and `transactions/` only.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::migrate::export::{CANARIES, Export, leaks_in};
use crate::migrate::program::printed;
use crate::migrate::result::{files, issues, report, total};

/// Every way in which a row of the export `trouble` goes wrong.
const PROVOKED: &[&str] = &[
    "birth-date-in-future",
    "code-without-translation",
    "document-file-missing",
    "duplicate-key",
    "duplicate-record",
    "encounter-end-before-start",
    "identifier-shared-by-patients",
    "join-orphan",
    "key-missing",
    "nul-byte",
    "orphan-patient",
    "orphan-reference",
    "parent-missing",
    "patient-ambiguous",
    "patient-key-missing",
    "patient-not-found",
    "quantity-without-unit",
    "ragged-row",
    "rows-disagree",
    "source-file-unclaimed",
    "stray-quote",
    "undecodable-bytes",
    "unterminated-quote",
    "value-unreadable",
    "value-without-translation",
];

#[test]
fn every_cell_of_the_sample_where_text_and_dates_are_canaries() {
    let export = Export::sample_of(|column, cell| match cell {
        _ if column == "CHART" => format!("Zqxjkv-{cell}"),
        date if date.len() > 9 && date.as_bytes()[5] == b'/' => {
            format!("{}2847{}", &date[..6], &date[10..])
        }
        name if name.starts_with("scans/") || name.starts_with("notes/") => cell.to_owned(),
        text if text.len() > 5 && text.parse::<f64>().is_err() => format!("Zqxjkv-{cell}"),
        code => code.to_owned(),
    });
    let (output, out) = migrate(&export);
    keeps_quiet(&export, &output, &out);
    let fhir = files(&out.join("fhir"));
    assert_eq!(leaks_in(&fhir["Patient.ndjson"]), ["zqxjkv", "2847-0"]);
    for canary in ["Zqxjkv-Thimblewick", "\"2847-03-14\"", "Zqxjkv-Peanuts"] {
        let mut written = fhir.values().map(|bytes| String::from_utf8_lossy(bytes));
        assert!(
            written.any(|text| text.contains(canary)),
            "{canary} did not even arrive"
        );
    }
}

#[test]
fn every_cell_of_the_sample_is_something_strange() {
    let export = Export::sample_of(|_, cell| format!("Zqxjkv {cell}"));
    fs::create_dir(export.file("Zqxjkv scans")).unwrap();
    fs::write(export.file("Zqxjkv scans/D6001.pdf"), "Zqxjkv").unwrap();
    let (output, out) = migrate(&export);
    keeps_quiet(&export, &output, &out);
    let report = report(&out);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    assert!(total(&report, "leaves", "rejected") > 100);
    assert!(total(&report, "leaves", "unaccounted") > 0);
}

#[test]
fn every_failure_of_a_row() {
    let export = Export::trouble();
    let (output, out) = migrate(&export);
    keeps_quiet(&export, &output, &out);
    let report = report(&out);
    let missing: Vec<&&str> = PROVOKED
        .iter()
        .filter(|code| issues(&report, code) == 0)
        .collect();
    assert!(
        missing.is_empty(),
        "not provoked: {missing:?} in {}",
        report["issues"]
    );
    assert_eq!(
        report["reconciliation"]["books_balance"], false,
        "an unknown file is open"
    );
    for source in report["sources"].as_array().unwrap() {
        let count = |fate: &str| source["leaves"][fate].as_u64().unwrap();
        let fates = ["mapped", "archived", "ignored", "rejected", "unaccounted"];
        let sum: u64 = fates.iter().map(|fate| count(fate)).sum();
        assert_eq!(sum, count("nonempty"), "{}", source["name"]);
    }
}

#[test]
fn errors_that_stop_the_run() {
    type Change = fn(&Export);
    let changes: &[Change] = &[
        |export| fs::write(export.file("people.csv"), "Zqxjkv\n").unwrap(),
        |export| fs::write(export.file("people.csv"), "Zqxjkv|Zqxjkv\n").unwrap(),
        |export| fs::write(export.file("people.csv"), "Zqxjkv|\"Zqxjkv").unwrap(),
        |export| fs::write(export.file("people.csv"), b"Zqxjkv\0|\xff\xfe").unwrap(),
        |export| {
            fs::write(
                export.file("people.csv"),
                [&b"Zqxjkv"[..], &[1; 64]].concat(),
            )
            .unwrap()
        },
        |export| fs::remove_file(export.file("visits.csv")).unwrap(),
    ];
    for change in changes {
        let export = Export::trouble();
        change(&export);
        let output = export.run(&export.out(), &["--lineage"]);
        assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
        assert_eq!(leaks_in(printed(&output).as_bytes()), [""; 0]);
    }
}

fn migrate(export: &Export) -> (Output, std::path::PathBuf) {
    let output = export.run(&export.out(), &["--lineage", "--transactions", "--json"]);
    let text = printed(&output);
    assert!(matches!(output.status.code(), Some(0 | 1)), "{text}");
    assert!(
        output.stderr.is_empty() && !text.contains("panicked"),
        "{text}"
    );
    (output, export.out())
}

/// Nothing but FHIR holds a canary: not what was printed, no other file, no file name.
fn keeps_quiet(export: &Export, output: &Output, out: &Path) {
    assert_eq!(leaks_in(printed(output).as_bytes()), [""; 0], "printed");
    for (name, bytes) in files(&export.parent()) {
        assert_eq!(leaks_in(name.as_bytes()), [""; 0], "a file name");
        if !name.starts_with("out/fhir/") && !name.starts_with("out/transactions/") {
            assert_eq!(leaks_in(&bytes), [""; 0], "{name}");
        }
    }
    assert!(out.join("lineage.ndjson").is_file() && !CANARIES.is_empty());
    // once more without --json, as people run it
    let again = export.run(&export.parent().join("again"), &[]);
    assert_eq!(again.status, output.status);
    assert_eq!(leaks_in(printed(&again).as_bytes()), [""; 0], "printed");
}
