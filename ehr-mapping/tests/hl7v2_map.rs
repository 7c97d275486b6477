//! What `hl7v2` makes of messages: a few small messages a file under `tests/hl7v2_map`.
//!
//! A vector says why it is there and what must come out, as [`expectation`] reads it; then the files
//! follow, in the order in which they lie in the folder. No leaf may be unaccounted but those that
//! the vector names:
//!
//! ```text
//! why: a local segment surfaces until a document maps it
//! count Patient = 1
//! unaccounted ZPI/ZPI-2
//! ---
//! MSH|^~\&|…
//! ---
//! MSH|^~\&|…
//! ```

use crate::support;

use std::fs;
use std::path::Path;

use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_model::kind::Observation;
use support::expectation::expectation;

#[test]
fn vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hl7v2_map");
    let plan = support::hl7v2::plan();
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the vectors")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    assert!(paths.len() >= 70, "vectors are missing");
    let mut failures = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).expect("a vector is UTF-8");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let found = check(&plan, &text);
        failures.extend(found.into_iter().map(|line| format!("{name}: {line}")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn check(plan: &Plan, text: &str) -> Vec<String> {
    let (head, files) = text
        .split_once("\n---\n")
        .expect("`---` stands before the messages");
    let mut folder = MemoryFolder::default();
    for (number, file) in files.split("---\n").enumerate() {
        folder = folder.with(format!("{number}.hl7"), file.as_bytes().to_vec());
    }
    let run = support::run(plan, &folder);
    support::assert_books_add_up(&run.tally);
    let mut failures = Vec::new();
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    if !lines.next().is_some_and(|why| why.starts_with("why: ")) {
        failures.push("it does not say why it is there".to_owned());
    }
    let mut open = run.unaccounted();
    for line in lines {
        if let Some(path) = line.strip_prefix("unaccounted ") {
            let known = open.iter().position(|(_, open, _)| open == path);
            match known {
                Some(known) => drop(open.remove(known)),
                None => failures.push(format!("{path} is accounted for")),
            }
        } else {
            failures.extend(expectation(&run, line));
        }
    }
    for (_, path, leaves) in open.iter().filter(|(_, path, _)| !path.ends_with("ZPI-1")) {
        failures.push(format!("{leaves} unaccounted: {path}"));
    }
    failures
}

/// A vendor's document extends the shipped one: its local segment is a line, as anything else.
#[test]
fn a_local_segment_is_mapped_by_a_line() {
    let plan = support::plan(
        r#"
[document]
name = "harbor"
version = "1"
format = "hl7v2"
system = "https://legacy.example/harbor"
extends = ["hl7v2"]

[[map]]
name = "harbor.pets"
from = "hl7v2"
at = "ZPI[ZPI-2]"
to = "Observation"
key = [["~"]]
[map.fields]
"status" = { value = "final" }
"code.text" = { value = "Pets at home" }
"valueString" = { from = "ZPI-2", as = "ST" }

[[map]]
name = "hl7v2.patient"
[map.fields]
"gender" = false

[[rule]]
source = "hl7v2"
paths = ["ZPI/ZPI-1"]
fate = "ignore"
reason = "Set id of the local segment"

[[rule]]
source = "hl7v2"
paths = ["PID/PID-8"]
fate = "archive"
reason = "Kept in another system"
"#,
    );
    let message = "MSH|^~\\&|LAB|HARBOR|||20240301||ADT^A08|1|P|2.5.1\rPID|1||77^^^HARBOR^MR||Okafor^Ada||19540323|F\rZPI|1|Two cats\r";
    let run = support::run(&plan, &MemoryFolder::default().with("a.hl7", message));
    let chart = &run.units[1].chart;
    let (_, pets) = chart.of::<Observation>().next().expect("it is mapped");
    assert!(pets.value.value().is_some());
    assert_eq!(
        run.json("Patient")[0]["gender"],
        "unknown",
        "the writer's word for none"
    );
    assert_eq!(run.unaccounted(), []);
    let system = run.json("Patient")[0]["identifier"][0]["system"].clone();
    assert_eq!(system, "https://legacy.example/harbor/id/HARBOR");
}

/// MSH-18 names the character set of the bytes, and the text is what they mean.
#[test]
fn character_sets_are_read() {
    let head = "MSH|^~\\&|LAB|HARBOR|||20240301||ADT^A08|1|P|2.5.1";
    let patient = "PID|1||77^^^HARBOR^MR||N\u{fa}\u{f1}ez^Ren\u{e9}e||19540323|F\r";
    let latin: Vec<u8> = patient.chars().map(|letter| letter as u8).collect();
    for (name, bytes) in [
        (
            "8859/1",
            [format!("{head}||||||8859/1\r").into_bytes(), latin].concat(),
        ),
        (
            "UNICODE UTF-8",
            format!("{head}||||||UNICODE UTF-8\r{patient}").into_bytes(),
        ),
        ("", format!("{head}\r{patient}").into_bytes()),
    ] {
        let folder = MemoryFolder::default().with("a.hl7", bytes);
        let run = support::run(&support::hl7v2::plan(), &folder);
        let patient = &run.json("Patient")[0];
        assert_eq!(patient["name"][0]["family"], "N\u{fa}\u{f1}ez", "{name}");
        assert_eq!(patient["name"][0]["given"][0], "Ren\u{e9}e", "{name}");
    }
}

/// The same messages twice: the same ids, and nothing is there twice.
#[test]
fn a_second_delivery_changes_nothing() {
    let message = "MSH|^~\\&|LAB|HARBOR|||20240301||ORU^R01|1|P|2.5.1\rPID|1||77^^^HARBOR^MR||Okafor^Ada||19540323|F\rPV1|1|O|||||||||||||||||V-1^^^HARBOR^VN\rAL1|1|DA|7980^Penicillin^RXNORM|SV|Hives\rOBR|1|P-1|F-1|718-7^Hemoglobin^LN\rOBX|1|NM|718-7^Hemoglobin^LN||13.4|g/dL|||||F\r";
    let plan = support::hl7v2::plan();
    let once = support::run(&plan, &MemoryFolder::default().with("a.hl7", message));
    let folder = MemoryFolder::default()
        .with("a.hl7", message)
        .with("b.hl7", message);
    let twice = support::run(&plan, &folder);
    assert_eq!(once.fhir(), twice.fhir());
}
