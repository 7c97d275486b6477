//! The program `rounds` on the rounds of the sample practice.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::practice::{AS_OF, Practice, SOURCE, json};

/// What became of how many findings.
fn counted(report: &Value) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for one in report["counts"].as_array().unwrap() {
        let change = one["change"].as_str().unwrap().to_owned();
        *counts.entry(change).or_default() += one["count"].as_u64().unwrap();
    }
    counts
}

#[test]
fn rounds_are_compared_finding_by_finding() {
    let practice = Practice::rehearsed();
    let compare = |rounds: &[&str]| {
        let always = ["--key", "r1.key", "--json", "compare"];
        json(&practice.done("rounds", &[&always[..], rounds].concat()))
    };
    let report = compare(&["round-1.json", "round-2.json"]);
    assert_eq!(
        (&report["format"], &report["round"]),
        (&"ehr-rounds/1".into(), &2.into())
    );
    let counts = counted(&report);
    let all = report["changes"].as_object().unwrap().len() as u64;
    assert!(all > 20, "{report:#}");
    assert_eq!(counts, BTreeMap::from([("still-open".to_owned(), all)]));
    // alone, everything is new
    let counts = counted(&compare(&["round-1.json"]));
    assert_eq!(counts, BTreeMap::from([("new".to_owned(), all)]));

    // somebody corrects a row of the export: its finding is gone, and the data is why
    super::practice::copy(&practice.path("sample"), &practice.path("corrected"));
    let path = practice.path("corrected/DOCINDEX.TXT");
    let index = fs::read_to_string(&path).unwrap();
    let gone = index
        .lines()
        .filter(|line| !is_without_file(practice, line));
    fs::write(&path, gone.collect::<Vec<_>>().join("\n") + "\n").unwrap();
    let mut run = [&SOURCE[..], &AS_OF].concat();
    run[1] = "corrected";
    run.extend([
        "--key",
        "r1.key",
        "--out",
        "r3",
        "--round",
        "round-3.json",
        "--after",
        "round-2.json",
    ]);
    practice.done("migrate", &run);
    let report = compare(&["round-1.json", "round-2.json", "round-3.json"]);
    let fixed: Vec<&Value> = report["counts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["change"] == "data-fixed")
        .collect();
    assert_eq!(fixed.len(), 1, "{report:#}");
    assert_eq!(fixed[0]["code"], "document-file-missing");
    assert_eq!(fixed[0]["causes"], serde_json::json!(["source"]));

    // for people: the words of the field, not of the program
    let lines = practice.done(
        "rounds",
        &["--key", "r1.key", "compare", "round-2.json", "round-3.json"],
    );
    let lines = String::from_utf8(lines.stdout).unwrap();
    assert!(
        lines.contains("data-fixed") && lines.contains("still-open"),
        "{lines}"
    );
    assert!(!lines.contains(['{', '[', '"']), "{lines}");
}

/// Whether a line of the index of documents names a file that is not there.
fn is_without_file(practice: &Practice, line: &str) -> bool {
    let names = line
        .split('|')
        .filter(|cell| cell.ends_with(".pdf") || cell.ends_with(".PDF"));
    names.into_iter().any(|name| {
        let name = name.replace('\\', "/");
        let file = name.rsplit('/').next().unwrap();
        !practice.path("sample/scans").join(file).is_file()
    })
}

#[test]
fn the_gate_says_what_is_not_met_and_a_foreign_comparison_is_not_attached() {
    let practice = Practice::rehearsed();
    let gate = [
        "--key",
        "r1.key",
        "gate",
        "round-1.json",
        "--document",
        "sha256:x",
        "--source",
        "y",
    ];
    let more = ["--begins", "2031-05-05T06:00:00Z", "--signed", "clinician"];
    let refused = practice.run("rounds", &[&gate[..], &more].concat());
    assert_eq!(refused.status.code(), Some(1));
    let text = String::from_utf8(refused.stdout).unwrap();
    assert!(text.contains("not met: two-complete-rounds\n"), "{text}");
    assert!(
        text.contains("not met: document-signed: migration-lead (1)\n"),
        "{text}"
    );
    assert!(!text.contains(['{', '[', '"']), "{text}");

    let compared = fs::read(practice.path("compare-2.json")).unwrap();
    let mut other: Value = serde_json::from_slice(&compared).unwrap();
    other["source_fingerprint"] = "of another export".into();
    practice.write("foreign.json", &other);
    let attach = [
        "--key",
        "r1.key",
        "attach",
        "bare-2.json",
        "--out",
        "attached.json",
    ];
    let refused = practice.run(
        "rounds",
        &[&attach[..], &["--compare", "foreign.json"]].concat(),
    );
    assert_eq!(refused.status.code(), Some(2));
    let error = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(
        error,
        "error: foreign.json: the comparison read another export than round 2\n"
    );
    assert!(!practice.path("attached.json").exists());
    // a record is never written over another
    let over = [
        "--key",
        "r1.key",
        "attach",
        "bare-2.json",
        "--out",
        "round-2.json",
    ];
    assert_eq!(practice.run("rounds", &over).status.code(), Some(2));
}
