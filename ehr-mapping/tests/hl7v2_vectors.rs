//! Walks `tests/hl7v2/`: odd files that say themselves what must become of them.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the bytes of the
//! file follow. `why:` is the reason of the vector. `show:` names the segments at the top whose
//! leaves are listed; without it all but those of the header are. The other lines say, in order,
//! what a reader must report: each record with its line, how many leaves it has and which, each
//! piece that is rejected with its bytes, the error, and last what was noticed.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ehr_mapping::hl7v2::{Error, Reader, detect, parse, vocabulary};
use ehr_mapping::raw::{RawRecord, RawText};
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};

struct Vector {
    why: String,
    show: Option<Vec<String>>,
    expect: Vec<String>,
    bytes: Vec<u8>,
}

#[test]
fn every_vector_reads_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hl7v2");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
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
            writeln!(
                wrong,
                "{path:?} ({why})\nexpected {expect:#?}\nfound\n# expect: {}",
                found.join("\n# expect: ")
            )
            .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

impl Vector {
    fn read(file: &[u8]) -> Self {
        let head = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let mut vector = Self {
            why: String::new(),
            show: None,
            expect: Vec::new(),
            bytes: file[head + 2..].to_vec(),
        };
        for line in std::str::from_utf8(&file[..head]).unwrap().lines() {
            let (key, value) = line.strip_prefix("# ").unwrap().split_once(": ").unwrap();
            match key {
                "why" => vector.why = value.to_owned(),
                "show" => vector.show = Some(value.split(' ').map(str::to_owned).collect()),
                "expect" => vector.expect.push(value.to_owned()),
                _ => panic!("unknown key {key}"),
            }
        }
        vector
    }

    fn report(&self) -> Vec<String> {
        let mut report = Vec::new();
        if !detect(&self.bytes) {
            report.push("not detected".to_owned());
        }
        if let Err(error) = self.read_into(&mut report) {
            report.push(format!("error {error}"));
        }
        report
    }

    fn read_into(&self, report: &mut Vec<String>) -> Result<(), Error> {
        let mut reader = Reader::new(&self.bytes[..], "t.hl7")?;
        let source = reader.source().clone();
        let bare = Arc::new(Names::default());
        let full = vocabulary(&bare);
        while let Some(record) = reader.next_raw()? {
            match record {
                RawRecord::Bad(bad) => {
                    let line = bad.position().line;
                    let (reason, bytes) = (bad.reason(), bad.expose_bytes().escape_ascii());
                    let leaves = bad.reject(&source).leaves;
                    report.push(format!("line {line} {reason}, {leaves} leaves: {bytes}"));
                }
                RawRecord::Text(text) => {
                    let lines = self.tree(&text, &source, &full);
                    let again = self.tree(&text, &source, &bare);
                    assert_eq!(lines, again, "names made in advance change nothing");
                    report.extend(lines);
                }
            }
        }
        for (code, position) in reader.issues() {
            report.push(format!(
                "noticed {code}, record {}, line {}",
                position.number, position.line
            ));
        }
        Ok(())
    }

    fn tree(&self, text: &RawText<'_>, source: &Arc<str>, names: &Arc<Names>) -> Vec<String> {
        let (line, position) = (text.position().line, text.position());
        let record = match parse(
            text.expose_text(),
            source,
            position,
            names,
            Arena::default(),
        ) {
            Ok(record) => record,
            Err(unreadable) => return vec![format!("line {line} {unreadable}")],
        };
        let own = record.filled_leaves().count();
        let leaves = (1..record.len()).map(NodeId::at);
        let inherited = leaves
            .filter(|node| record.is_inherited(*node) && record.expose(*node).is_some())
            .count();
        let mut report = vec![match inherited {
            0 => format!("line {line}, {own} leaves"),
            _ => format!("line {line}, {own} leaves and {inherited} inherited"),
        }];
        for node in (1..record.len()).map(NodeId::at) {
            let Some(value) = record.expose(node) else {
                continue;
            };
            let path = path(&record, node);
            let top = path.split(['/', '[']).next().unwrap_or_default();
            let shown = match &self.show {
                Some(show) => show.iter().any(|shown| shown == top),
                None => top != "MSH",
            };
            if shown {
                report.push(format!("- {path} {value:?}"));
            }
        }
        report
    }
}

/// The path of a node, with its place among those of its name where there are several.
fn path(record: &SourceRecord<'_>, node: NodeId) -> String {
    if node == NodeId::ROOT {
        return String::new();
    }
    let parent = record.parent(node);
    let name = record.name(node);
    let same: Vec<_> = record
        .children(parent)
        .filter(|child| record.name(*child) == name)
        .collect();
    let name = record.names().name(name);
    let above = path(record, parent);
    let above = if above.is_empty() { above } else { above + "/" };
    match &same[..] {
        [_] => format!("{above}{name}"),
        several => {
            let place = several.iter().position(|child| *child == node).unwrap();
            format!("{above}{name}[{place}]")
        }
    }
}
