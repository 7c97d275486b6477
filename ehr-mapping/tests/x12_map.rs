//! What `x12-837` and `x12-835` make of X12: small files under `tests/x12_map`, one trap each.
//!
//! A vector says why it is there and what must come out, then the files follow, each behind `---`:
//!
//! ```text
//! why: a void cancels
//! count Claim = 2
//! Claim[0].total.value = 120.00
//! Claim[0].related absent
//! Claim[0].insurance[0].coverage -> Coverage[0]
//! has Claim: "status":"cancelled"
//! issue original-claim-number-missing
//! rejected = 3
//! ---
//! ISA*00* …
//! ```
//!
//! Values are compared digit for digit as they are written in FHIR. No leaf may be unaccounted, no
//! reference may lead nowhere, and no issue may come up that the vector does not name.

use crate::support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::Format;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_model::issue::Severity;
use serde_json::Value;

#[test]
fn vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/x12_map");
    let plan = MappingDocument::for_formats([Format::X12], "urn:test:x12")
        .expect("both are shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the vectors")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "vector"))
        .collect();
    names.sort();
    assert!(names.len() > 35, "vectors are missing");
    let mut failures = Vec::new();
    for path in names {
        let text = fs::read_to_string(&path).expect("a vector is UTF-8");
        let name = path.file_stem().expect("a name").to_string_lossy();
        let found = check(&plan, &text);
        failures.extend(found.into_iter().map(|line| format!("{name}: {line}")));
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n"));
}

#[test]
fn a_line_of_a_shipped_document_is_a_vendors_to_take_away() {
    let vector = include_str!("x12_map/subscriber-is-patient.vector");
    let (_, file) = vector.split_once("\n---\n").expect("a file");
    let text = "[document]\nname = \"ours\"\nversion = \"1\"\nformat = \"x12\"\nsystem = \"urn:test:x12\"\n\
        extends = [\"x12-837\"]\n[[map]]\nname = \"x12-837.patient\"\n[map.fields]\n\"birthDate\" = false\n";
    let run = support::run(
        &support::plan(text),
        &MemoryFolder::default().with("a.x12", file.as_bytes().to_vec()),
    );
    let open: Vec<_> = run.unaccounted();
    let paths: Vec<_> = open.iter().map(|(_, path, _)| path.as_str()).collect();
    assert_eq!(paths, ["2000B/2010BA/DMG/DMG01", "2000B/2010BA/DMG/DMG02"]);
    assert!(run.json("Patient")[0]["birthDate"].is_null());
}

fn check(plan: &Plan, text: &str) -> Vec<String> {
    let (head, files) = text
        .split_once("\n---\n")
        .expect("`---` stands before a file");
    let mut folder = MemoryFolder::default();
    for (number, file) in files.split("\n---\n").enumerate() {
        folder = folder.with(format!("{number}.x12"), file.as_bytes().to_vec());
    }
    let run = support::run(plan, &folder);
    support::assert_books_add_up(&run.tally);
    let mut failures = Vec::new();
    let mut lines = head.lines().filter(|line| !line.trim().is_empty());
    let why = lines.next().unwrap_or_default();
    if !why.starts_with("why: ") {
        failures.push("it does not say why it is there".to_owned());
    }
    let mut foreseen = BTreeSet::new();
    for line in lines {
        foreseen.extend(line.strip_prefix("issue ").map(str::trim));
        failures.extend(expectation(&run, line));
    }
    for issue in &run.issues {
        let code = issue.code.as_str();
        if issue.severity != Severity::Information && !foreseen.contains(code) {
            failures.push(format!("nobody foresees {code}: {issue:?}"));
        }
    }
    for (_, path, leaves) in run.unaccounted() {
        failures.push(format!("{leaves} unaccounted: {path}"));
    }
    let known: BTreeSet<_> = run.records().map(|record| record.id).collect();
    for record in run.records() {
        record.visit_references(|field, _, id| {
            if !known.contains(&id) {
                failures.push(format!("{field} leads nowhere"));
            }
        });
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
    if let Some(rest) = line.strip_prefix("has ") {
        let (kind, words) = rest.split_once(": ")?;
        let lines: Vec<String> = written(run, kind).collect();
        let has = lines.iter().any(|line| line.contains(words));
        return (!has).then(|| format!("{line}, but there is {lines:#?}"));
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
    if let Some(path) = line.strip_suffix(" absent") {
        let found = find(run, path)?;
        return Some(format!("{line}, but it is {found}"));
    }
    let Some((path, want)) = line.split_once(" = ") else {
        return Some(format!("no expectation: {line}"));
    };
    match find(run, path) {
        Some(Value::String(found)) if found == want => None,
        Some(found) if format!("{found}") == want => None,
        Some(found) => Some(format!("{line}, but it is {found}")),
        None => Some(format!("{line}, but it is absent")),
    }
}

/// The records of one FHIR type as they are written.
fn written<'r>(run: &'r support::Run, kind: &'r str) -> impl Iterator<Item = String> + 'r {
    run.records()
        .filter(move |record| record.kind().fhir() == kind)
        .map(support::line)
}

/// `Kind[0].field[1].name`; numbers as the digits that were written.
fn find(run: &support::Run, path: &str) -> Option<Value> {
    let mut steps = path.trim().split('.');
    let (kind, place) = step(steps.next()?);
    let line = written(run, kind).nth(place.unwrap_or(0))?;
    let mut value: Value = serde_json::from_str(&quoted_numbers(&line)).expect("it is JSON");
    for text in steps {
        let (name, place) = step(text);
        value = value.get_mut(name)?.take();
        if let Some(place) = place {
            value = value.get_mut(place)?.take();
        }
    }
    Some(value)
}

/// JSON whose numbers are texts, so that no digit is lost on the way.
fn quoted_numbers(line: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut escaped, mut number) = (false, false, false);
    for c in line.chars() {
        let digit = !inside && (c.is_ascii_digit() || number && "+-.eE".contains(c) || c == '-');
        if digit != number {
            out.push('"');
        }
        number = digit;
        inside ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

fn step(text: &str) -> (&str, Option<usize>) {
    match text.split_once('[') {
        Some((name, place)) => (name, place.trim_end_matches(']').parse().ok()),
        None => (text, None),
    }
}
