//! The program `readiness` on the register of the sample practice.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["run", "--quiet", "--example", "readiness", "--", "--json"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    command.output().unwrap()
}

fn codes(output: &Output) -> Vec<String> {
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let gaps = json["gaps"].as_array().unwrap().iter();
    gaps.map(|gap| gap["code"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_sample_register_permits_until_something_ends() {
    let register = ["--register", "readiness/harbor-street.json"];
    let on = |day: &str, more: &[&str]| run(&[&register[..], &["--today", day], more].concat());
    let permitted = on("2026-03-02", &["--last-day", "2026-03-06"]);
    assert_eq!(permitted.status.code(), Some(0), "{permitted:?}");
    let json: Value = serde_json::from_slice(&permitted.stdout).unwrap();
    assert_eq!(json["permit"]["expires_on"], "2026-03-06");
    assert_eq!(json["permit"]["register"], json["register"]);

    // the probes are a month old before the extraction is over
    let long = on("2026-03-02", &["--last-day", "2026-05-01"]);
    assert_eq!(long.status.code(), Some(1));
    assert_eq!(
        codes(&long),
        ["encryption-ends-too-early", "tls-ends-too-early"]
    );
    let stranger = on("2026-03-02", &["--party", "Other Conversions Inc"]);
    assert_eq!(codes(&stranger), ["baa-missing"]);
    let other = on("2026-03-02", &["--system", "https://legacy.example/pier"]);
    assert!(codes(&other).contains(&"baa-out-of-scope".to_owned()));
}

#[test]
fn evidence_that_changed_is_no_evidence() {
    let folder = tempfile::tempdir().unwrap();
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("readiness/evidence");
    for file in std::fs::read_dir(sample).unwrap() {
        let file = file.unwrap();
        let mut bytes = std::fs::read(file.path()).unwrap();
        if file.file_name() == "mfa-attestation.txt" {
            bytes.push(b'\n');
        }
        std::fs::write(folder.path().join(file.file_name()), bytes).unwrap();
    }
    let evidence = folder.path().to_str().unwrap();
    let output = run(&[
        "--register",
        "readiness/harbor-street.json",
        "--today",
        "2026-03-02",
        "--evidence",
        evidence,
    ]);
    assert_eq!(codes(&output), ["mfa-evidence-not-shown"]);
}
