//! Real files: every record is read, and every value of a file is a leaf of one record.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ehr_mapping::raw::RawRecord;
use ehr_mapping::x12::{Reader, detect, own_text, parse_with_issues};
use ehr_model::source::{Arena, Names, NodeId};

/// What the control segments of the corpus contradict: file, line, code. Most of these files were
/// made for that.
const KNOWN_ISSUES: &[(&str, u64, &str)] = &[
    ("837_5010_x223-test.txt", 49, "segment-count-differs"),
    (
        "271_005010X279A1_subscriber-health-benefit-check-error.271",
        10,
        "transaction-number-differs",
    ),
    ("elements.x12", 31, "segment-count-differs"),
    ("trailer_errors.x12", 61, "segment-count-differs"),
    ("trailer_errors.x12", 121, "group-number-differs"),
    ("trailer_errors.x12", 122, "group-count-differs"),
    ("trailer_errors.x12", 122, "interchange-number-differs"),
];

/// What the guides do not foresee in the corpus: file, path. So far there is nothing.
const KNOWN_MISPLACED: [(&str, &str); 0] = [];

#[test]
fn every_value_of_the_corpus_is_a_leaf() {
    let Some(files) = corpus() else { return };
    let (mut issues, mut misplaced) = (Vec::new(), Vec::new());
    let names = Arc::new(Names::default());
    let mut arena = Arena::default();
    for (name, bytes) in &files {
        let mut expected = scan(std::str::from_utf8(bytes).unwrap());
        let mut reader = Reader::new(&bytes[..], &**name).unwrap();
        let source = reader.source().clone();
        let mut bytes_of_records = 0;
        while let Some(record) = reader.next_raw().unwrap() {
            let RawRecord::Text(raw) = record else {
                panic!("a bad record in {name}");
            };
            let (text, position) = (raw.expose_text(), raw.position());
            let own = own_text(text);
            bytes_of_records += own
                .bytes()
                .filter(|byte| !byte.is_ascii_whitespace())
                .count();
            let first = own.split_inclusive(['~', '\n']).next().unwrap();
            assert!(bytes[position.byte as usize..].starts_with(first.as_bytes()));
            let parsed = parse_with_issues(text, &source, position, &names, arena);
            let (record, found) =
                parsed.unwrap_or_else(|error| panic!("{raw:?} of {name}: {error}"));
            for leaf in record.filled_leaves() {
                *expected
                    .entry(record.expose(leaf).unwrap().to_owned())
                    .or_default() -= 1;
            }
            misplaced.extend(
                found
                    .iter()
                    .map(|(_, node)| (name.clone(), record.path(*node))),
            );
            assert!(record.children(NodeId::ROOT).next().is_some());
            arena = record.into_arena();
        }
        let wrong = expected.values().filter(|count| **count != 0).count();
        assert_eq!(
            wrong, 0,
            "{name}: values that are leaves too often or too seldom"
        );
        let not_blank = bytes
            .iter()
            .filter(|byte| !byte.is_ascii_whitespace())
            .count();
        assert_eq!(
            bytes_of_records, not_blank,
            "{name}: bytes are in no record or in two"
        );
        for (code, position) in reader.issues() {
            issues.push((name.clone(), position.line, code.as_str()));
        }
    }
    let issues: Vec<_> = issues
        .iter()
        .map(|(name, line, code)| (&**name, *line, *code))
        .collect();
    assert_eq!(issues, KNOWN_ISSUES);
    let misplaced: Vec<_> = misplaced
        .iter()
        .map(|(name, path)| (&**name, &**path))
        .collect();
    assert_eq!(misplaced, KNOWN_MISPLACED);
}

#[test]
fn one_wrong_byte_of_the_corpus_loses_nothing() {
    let Some(files) = corpus() else { return };
    for (name, bytes) in &files {
        for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            for wrong in [b'~', b'*', b'\n', 0, 0xFF] {
                let mut file = bytes.clone();
                file[at] = wrong;
                let Ok(mut reader) = Reader::new(&file[..], &**name) else {
                    continue; // the only ISA is gone
                };
                let mut found = 0;
                while let Some(record) = reader.next_raw().unwrap() {
                    let own = match &record {
                        RawRecord::Text(text) => own_text(text.expose_text()).as_bytes(),
                        RawRecord::Bad(bad) => bad.expose_bytes(),
                    };
                    found += own.iter().filter(|byte| !is_blank(**byte)).count();
                }
                let expected = file.iter().filter(|byte| !is_blank(**byte)).count();
                assert!(
                    found == expected || found + 1 == expected && wrong == b'~',
                    "{name}: byte {at} as {wrong}: {found} of {expected} bytes"
                );
            }
        }
    }
}

/// What may stand between records. A terminator without a segment may, too.
fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

/// Every value of a file and how often it occurs, by nothing but splitting at the separators.
fn scan(file: &str) -> BTreeMap<String, i64> {
    let mut values = BTreeMap::new();
    let mut rest = file;
    while let Some(at) = rest.find("ISA*") {
        let interchange = &rest[at..];
        let characters: Vec<char> = interchange.chars().take(106).collect();
        let (element, repetition) = (characters[3], characters[82]);
        let (component, terminator) = (characters[104], characters[105]);
        let end = interchange[3..]
            .find("ISA*")
            .map_or(interchange.len(), |end| end + 3);
        for (number, segment) in interchange[..end].split(terminator).enumerate() {
            for value in segment.trim_start().split(element).skip(1) {
                let below = |c: char| {
                    number > 0 && (c == component || c == repetition && !c.is_alphabetic())
                };
                for value in value.split(below).filter(|value| !value.is_empty()) {
                    *values.entry(value.to_owned()).or_default() += 1;
                }
            }
        }
        rest = &interchange[end..];
    }
    values
}

/// The files of the corpus that hold interchanges, by name.
fn corpus() -> Option<Vec<(String, Vec<u8>)>> {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return None;
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in ["imsweb", "lfh", "pyx12"] {
        let entries = fs::read_dir(Path::new(&root).join("x12").join(folder)).unwrap();
        paths.extend(entries.map(|entry| entry.unwrap().path()));
    }
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let bytes = fs::read(&path).unwrap();
        assert_eq!(detect(&bytes), name != "LICENSE", "{name}");
        if name != "LICENSE" {
            files.push((name, bytes));
        }
    }
    assert!(files.len() > 70, "the corpus is not there");
    Some(files)
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
