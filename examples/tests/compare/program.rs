//! The comparison as its users run it: exit codes, the JSON, messages.

use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

/// Runs the example; cargo builds it where it is not fresh.
fn run(arguments: &[&str], folder: &Path) -> Output {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "run",
        "--quiet",
        "--package",
        "examples",
        "--example",
        "compare",
    ]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    command.arg("--").args(arguments).current_dir(folder);
    command.output().unwrap()
}

fn patient(id: &str, family: &str, birth: &str) -> Value {
    json!({"resourceType": "Patient", "id": id, "name": [{"family": family, "given": ["Ilse"]}],
        "gender": "female", "birthDate": birth,
        "identifier": [{"system": "urn:test:mrn", "value": format!("M-{id}")}]})
}

fn order(id: &str, patient: &str, dose: f64) -> Value {
    json!({"resourceType": "MedicationRequest", "id": id, "status": "active", "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm",
            "code": "11289"}], "text": "Warfarin"},
        "subject": {"reference": format!("Patient/{patient}")}, "authoredOn": "2024-02-03",
        "dosageInstruction": [{"doseAndRate": [{"doseQuantity": {"value": dose, "unit": "mg",
            "system": "http://unitsofmeasure.org", "code": "mg"}}]}]})
}

fn bundle(resources: &[Value]) -> String {
    let entries: Vec<Value> = resources
        .iter()
        .map(|one| json!({"resource": one}))
        .collect();
    json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string()
}

/// Compares two bundles, and returns the exit code with the JSON.
fn compared(source: &[Value], target: &[Value]) -> (Option<i32>, Value) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("source.json"), bundle(source)).unwrap();
    fs::write(folder.path().join("target.json"), bundle(target)).unwrap();
    let arguments = [
        "--source",
        "source.json",
        "--target",
        "target.json",
        "--json",
    ];
    let output = run(&arguments, folder.path());
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    let text = String::from_utf8(output.stdout).unwrap();
    for value in ["Zweig", "Ilse", "Warfarin", "1961", "M-p1"] {
        assert!(!text.contains(value), "{value} is shown");
    }
    let json = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{error}"));
    (output.status.code(), json)
}

fn source() -> Vec<Value> {
    vec![
        patient("p1", "Zweig", "1961-04-05"),
        patient("p2", "Adler", "1974-11-30"),
        order("m1", "p1", 2.5),
    ]
}

#[test]
fn nothing_differs() {
    let (code, json) = compared(&source(), &source());
    assert_eq!(code, Some(0), "{json:#}");
    assert_eq!(json["counts"]["differences"], 0);
    assert_eq!(json["patients"], json!({"id": 2}));
}

#[test]
fn a_dose_ten_times_as_high() {
    let mut target = source();
    target[2] = order("m1", "p1", 25.0);
    let (code, json) = compared(&source(), &target);
    assert_eq!(code, Some(1));
    assert_eq!(json["counts"]["differences"], 1, "{json:#}");
    let one = &json["differences"][0];
    assert_eq!(one["class"], "dose-factor");
    assert_eq!(one["pattern"], "ten-times");
    assert_eq!(one["safety"], "safety-critical");
    assert_eq!(one["kind"], "Medication");
    assert_eq!(one["patient"], "p1");
    assert_eq!(one["source"]["resource"], "MedicationRequest/m1");
    assert_eq!(
        one["field"],
        "dosageInstruction[0].doseAndRate[0].doseQuantity.value"
    );
    let address = one["target"]["address"].as_str().unwrap();
    assert!(address.starts_with("target.json: record "), "{address}");
}

#[test]
fn an_entry_on_the_chart_of_another_patient() {
    let mut target = source();
    target[2] = order("m1", "p2", 2.5);
    let (code, json) = compared(&source(), &target);
    assert_eq!(code, Some(1));
    assert_eq!(json["counts"]["differences"], 1, "{json:#}");
    let one = &json["differences"][0];
    assert_eq!(one["class"], "wrong-patient");
    assert_eq!(
        (&one["patient"], &one["target"]["patient"]),
        (&json!("p1"), &json!("p2"))
    );
}

#[test]
fn a_target_that_counts_anew() {
    let target = [
        patient("2", "Zweig", "1961-04-05"),
        patient("1", "Adler", "1974-11-30"),
        order("1", "2", 2.5),
    ];
    let numbered = |old: &str, new: &str, family: &str, birth: &str| {
        let mut one = patient(new, family, birth);
        one["identifier"][0]["value"] = json!(format!("M-{old}"));
        one
    };
    let target_with_numbers = vec![
        numbered("1", "2", "Zweig", "1961-04-05"),
        numbered("2", "1", "Adler", "1974-11-30"),
        target[2].clone(),
    ];
    let source = vec![
        patient("1", "Zweig", "1961-04-05"),
        patient("2", "Adler", "1974-11-30"),
        order("m1", "1", 2.5),
    ];
    let (code, json) = compared(&source, &target_with_numbers);
    assert_eq!(code, Some(0), "{json:#}");
    assert_eq!(json["patients"], json!({"identifier": 2}));
}

#[test]
fn what_is_not_there_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        &["--source", "nowhere", "--target", "nowhere"],
        folder.path(),
    );
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(message, "error: nowhere: no such folder or file\n");
    fs::write(folder.path().join("t.csv"), "a,b\n1,2\n").unwrap();
    let output = run(&["--source", "t.csv", "--target", "t.csv"], folder.path());
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("--source-map"), "{message}");
}
