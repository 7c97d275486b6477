//! Walks `tests/fhir/`: odd files that say themselves what must become of them.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the bytes of the
//! file follow. `why:` is the reason of the vector. The other lines say, in order, what a reader
//! must report: each record with its line and its tree, or its reason and its bytes, or why and
//! where it cannot be parsed; a key with what the index makes of it; or the error.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ehr_mapping::fhir::{Error, Reader, own_key, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};

#[derive(Default)]
struct Vector {
    why: String,
    /// References to look up in the index when the file has ended.
    look_up: Vec<String>,
    expect: Vec<String>,
    bytes: Vec<u8>,
}

#[test]
fn every_vector_reads_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fhir");
    let entries = fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "vector"))
        .collect();
    paths.sort();
    assert!(paths.len() > 30, "the vectors are not there");
    let mut wrong = String::new();
    for path in &paths {
        let vector = Vector::read(&fs::read(path).unwrap());
        assert!(!vector.why.is_empty(), "{path:?} does not say why");
        let found = vector.report();
        if found != vector.expect {
            let Vector { why, expect, .. } = vector;
            writeln!(wrong, "{path:?} ({why})\nexpected").unwrap();
            expect
                .iter()
                .for_each(|line| writeln!(wrong, "# expect: {line}").unwrap());
            writeln!(wrong, "found").unwrap();
            found
                .iter()
                .for_each(|line| writeln!(wrong, "# expect: {line}").unwrap());
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

impl Vector {
    fn read(file: &[u8]) -> Self {
        let head = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let mut vector = Self {
            bytes: file[head + 2..].to_vec(),
            ..Self::default()
        };
        for line in std::str::from_utf8(&file[..head]).unwrap().lines() {
            let (key, value) = line.strip_prefix("# ").unwrap().split_once(": ").unwrap();
            match key {
                "why" => vector.why = value.to_owned(),
                "look-up" => vector.look_up.push(value.to_owned()),
                "expect" => vector.expect.push(value.to_owned()),
                _ => panic!("unknown key {key}"),
            }
        }
        vector
    }

    fn report(&self) -> Vec<String> {
        let mut report = Vec::new();
        if let Err(error) = self.read_into(&mut report) {
            report.push(format!("error {error}"));
        }
        report
    }

    fn read_into(&self, report: &mut Vec<String>) -> Result<(), Error> {
        let mut reader = Reader::new(&self.bytes[..], "t.json")?;
        let source = reader.source().clone();
        let names = Arc::new(Names::default());
        let mut keys: Vec<String> = Vec::new();
        while let Some(raw) = reader.next_raw()? {
            let raw = match raw {
                RawRecord::Text(raw) => raw,
                RawRecord::Bad(bad) => {
                    let (line, reason) = (bad.position().line, bad.reason());
                    let leaves = bad.reject(&source).leaves;
                    let bytes = bad.expose_bytes().escape_ascii();
                    report.push(format!("line {line} {reason}, {leaves} leaves: {bytes}"));
                    continue;
                }
            };
            let line = raw.position().line;
            let text = raw.expose_text();
            match parse(text, &source, raw.position(), &names, Arena::default()) {
                Ok(record) => {
                    let key = own_key(&record).unwrap_or("-".into());
                    report.push(format!(
                        "line {line} {key}: {}",
                        tree(&record, NodeId::ROOT)
                    ));
                    keys.push(key);
                }
                Err(error) => report.push(format!("line {line} {error}")),
            }
        }
        for reference in &self.look_up {
            let key = reader.index().key(reference);
            report.push(format!(
                "{reference} is {}",
                key.as_deref().unwrap_or("unknown")
            ));
        }
        Ok(())
    }
}

/// The nodes below a node: `name`, `name="value"`, `name(…)`.
fn tree(record: &SourceRecord<'_>, node: NodeId) -> String {
    let child = |child: NodeId| {
        let name = record.names().name(record.name(child));
        let value = record
            .expose(child)
            .map_or(String::new(), |value| format!("={value:?}"));
        match record.children(child).next() {
            Some(_) => format!("{name}{value}({})", tree(record, child)),
            None => format!("{name}{value}"),
        }
    };
    record
        .children(node)
        .map(child)
        .collect::<Vec<_>>()
        .join(" ")
}
