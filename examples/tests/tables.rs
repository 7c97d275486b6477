//! Tables of code systems as their users build them.

use std::fs;

use serde_json::Value;

use crate::program::run;

const ORDER: &str = "\
00001 A00     0 Cholera                                                      Cholera
00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01, biovar cholerae
";
const RELEASE: &[&str] = &[
    "--release",
    "FY2025",
    "--date",
    "2024-10-01",
    "--out",
    "new.table",
];

fn build(of: &str, files: &[&str], folder: &std::path::Path) -> std::process::Output {
    let arguments = [&["--of", of, "--json"], RELEASE, files].concat();
    run("tables", &arguments, folder)
}

#[test]
fn a_release_becomes_a_table() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("order.txt"), ORDER).unwrap();
    let output = build("icd-10-cm", &["order.txt"], folder.path());
    assert_eq!(output.status.code(), Some(0));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["codes"], 2);
    assert_eq!(json["release"], "FY2025");

    let again = build("icd-10-cm", &["order.txt"], folder.path());
    assert_eq!(
        again.status.code(),
        Some(2),
        "a table is never written over"
    );
}

#[test]
fn what_is_no_such_release_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("order.txt"), "code,name\nA00,Cholera\n").unwrap();
    for (of, files) in [
        ("icd-10-cm", &["order.txt"][..]),
        ("ndc", &["order.txt"]),
        ("mvx", &["order.txt", "order.txt"]),
        ("icd-10-cm", &["nowhere.txt"]),
    ] {
        let output = build(of, files, folder.path());
        assert_eq!(output.status.code(), Some(2), "{of} {files:?}");
        assert!(!folder.path().join("new.table").exists());
    }
}
