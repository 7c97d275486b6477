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

mod support;

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;
use serde_json::Value;

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

fn expectation(run: &support::Run, line: &str) -> Option<String> {
    let leaves = run.tally.total_leaves();
    let number = |is: u64, want: &str| {
        (want.trim().parse() != Ok(is)).then(|| format!("{line}, but it is {is}"))
    };
    if let Some(rest) = line.strip_prefix("count ") {
        let (kind, want) = rest.split_once('=')?;
        return number(run.json(kind.trim()).len() as u64, want);
    }
    if let Some(code) = line.strip_prefix("issue ") {
        let missing = !run.codes().contains(&code.trim());
        return missing.then(|| format!("{line} is missing: {:?}", run.codes()));
    }
    if let Some(want) = line.strip_prefix("archived =") {
        return number(leaves.archived, want);
    }
    if let Some(want) = line.strip_prefix("rejected =") {
        return number(leaves.rejected, want);
    }
    if let Some((path, target)) = line.split_once(" -> ") {
        let Some(id) = find(run, &format!("{target}.id")) else {
            return Some(format!("{line}, but there is no {target}"));
        };
        let reference = find(run, &format!("{path}.reference"));
        let same = reference
            .as_ref()
            .and_then(Value::as_str)
            .and_then(|reference| reference.rsplit_once('/'))
            .is_some_and(|(_, found)| id == *found);
        return (!same).then(|| format!("{line}, but it is {reference:?}"));
    }
    if let Some((record, words)) = line.split_once(" says ") {
        let text = find(run, record).map(|found| found.to_string());
        let said = text.as_ref().is_some_and(|text| text.contains(words));
        return (!said).then(|| format!("{line}, but it is {text:?}"));
    }
    if let Some(path) = line.strip_suffix(" absent") {
        let found = find(run, path)?;
        return Some(format!("{line}, but it is {found}"));
    }
    let Some((path, want)) = line.split_once(" = ") else {
        return Some(format!("no expectation: {line}"));
    };
    let want = serde_json::from_str(want).unwrap_or_else(|_| Value::from(want));
    match find(run, path) {
        Some(found) if found == want => None,
        Some(found) => Some(format!("{line}, but it is {found}")),
        None => Some(format!("{line}, but it is absent")),
    }
}

/// `Kind[0].field[1].name`
fn find(run: &support::Run, path: &str) -> Option<Value> {
    let mut steps = path.trim().split('.');
    let (kind, place) = step(steps.next()?);
    let mut value = run.json(kind).into_iter().nth(place.unwrap_or(0))?;
    for text in steps {
        let (name, place) = step(text);
        value = value.get_mut(name)?.take();
        if let Some(place) = place {
            value = value.get_mut(place)?.take();
        }
    }
    Some(value)
}

fn step(text: &str) -> (&str, Option<usize>) {
    match text.split_once('[') {
        Some((name, place)) => (name, place.trim_end_matches(']').parse().ok()),
        None => (text, None),
    }
}
