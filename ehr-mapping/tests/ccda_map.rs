//! What `ccda-r2.1` makes of C-CDA documents: one small document a file under `tests/ccda_map`.
//!
//! A vector says why it is there and what must come out, then the document follows:
//!
//! ```text
//! why: a negated allergy is no allergy
//! count AllergyIntolerance = 1
//! AllergyIntolerance[0].verificationStatus.coding[0].code = refuted
//! AllergyIntolerance[0].reaction absent
//! DiagnosticReport[0].result[1] -> Observation[1]
//! Patient[0] says "valueCode":"F"
//! issue duplicate-key
//! archived = 3
//! ---
//! <ClinicalDocument …
//! ```
//!
//! Values are compared as JSON where they are JSON, else as text. No leaf may be unaccounted.

use crate::support;

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;
use support::expectation::expectation;

#[test]
fn vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ccda_map");
    let plan = MappingDocument::shipped("ccda-r2.1")
        .expect("it is shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the vectors")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "vector"))
        .collect();
    names.sort();
    assert!(names.len() > 40, "vectors are missing");
    let mut failures = Vec::new();
    for path in names {
        let text = fs::read_to_string(&path).expect("a vector is UTF-8");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let found = check(&plan, &text);
        failures.extend(found.into_iter().map(|line| format!("{name}: {line}")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

fn check(plan: &ehr_mapping::plan::Plan, text: &str) -> Vec<String> {
    let (head, documents) = text
        .split_once("\n---\n")
        .expect("`---` stands before the document");
    let mut folder = MemoryFolder::default();
    for (number, document) in documents.split("\n---\n").enumerate() {
        folder = folder.with(
            format!("{number}.xml"),
            document.trim_start().as_bytes().to_vec(),
        );
    }
    let run = support::run(plan, &folder);
    support::assert_books_add_up(&run.tally);
    let mut failures = Vec::new();
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let why = lines.next().unwrap_or_default();
    if !why.starts_with("why: ") {
        failures.push("it does not say why it is there".to_owned());
    }
    for line in lines {
        if let Some(failure) = expectation(&run, line) {
            failures.push(failure);
        }
    }
    for (_, path, leaves) in run.unaccounted() {
        failures.push(format!("{leaves} unaccounted: {path}"));
    }
    failures
}
