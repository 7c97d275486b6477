//! Walks `tests/ccda/`: odd documents that say themselves what must become of them.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the bytes of the
//! file follow. `why:` is the reason of the vector, `encoding:` says into what the bytes are to be
//! rewritten (`utf-16le`, `utf-16be`, each with or without `+mark`, `utf-8+mark`), because an
//! editor could not show them. The `expect:` lines say, in order, what a reader must report: each
//! value with its path and each element that has nothing, or why there is none; `text:` lines are
//! the plain text of the first `text`.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ehr_mapping::ccda::{Reader, parse, plain_text};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};

struct Vector {
    why: String,
    expect: Vec<String>,
    text: Vec<String>,
    bytes: Vec<u8>,
}

#[test]
fn every_vector_reads_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ccda");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "vector"))
        .collect();
    paths.sort();
    assert!(paths.len() > 30, "the vectors are not there");
    let mut wrong = String::new();
    for path in &paths {
        let vector = Vector::read(&fs::read(path).unwrap());
        assert!(!vector.why.is_empty(), "{path:?} does not say why");
        let (found, text) = report(&vector.bytes);
        if found != vector.expect || (!vector.text.is_empty() && text != vector.text) {
            let name = path.file_name();
            writeln!(wrong, "{name:?} ({})\nexpected", vector.why).unwrap();
            write_lines(&mut wrong, &vector.expect, &vector.text);
            writeln!(wrong, "found").unwrap();
            write_lines(&mut wrong, &found, &text);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The lines as they would stand in a vector.
fn write_lines(to: &mut String, expect: &[String], text: &[String]) {
    for line in expect {
        writeln!(to, "# expect: {line}").unwrap();
    }
    for line in text {
        writeln!(to, "# text: {line}").unwrap();
    }
}

impl Vector {
    fn read(file: &[u8]) -> Self {
        let head = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let mut vector = Self {
            why: String::new(),
            expect: Vec::new(),
            text: Vec::new(),
            bytes: file[head + 2..].to_vec(),
        };
        for line in std::str::from_utf8(&file[..head]).unwrap().lines() {
            let (key, value) = line.strip_prefix("# ").unwrap().split_once(": ").unwrap();
            match key {
                "why" => vector.why = value.to_owned(),
                "encoding" => vector.bytes = encode(&vector.bytes, value),
                "expect" => vector.expect.push(value.to_owned()),
                "text" => vector.text.push(value.to_owned()),
                _ => panic!("unknown key {key}"),
            }
        }
        vector
    }
}

fn encode(bytes: &[u8], how: &str) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (encoding, mark) = match how.split_once('+') {
        Some((encoding, "mark")) => (encoding, "\u{FEFF}"),
        _ => (how, ""),
    };
    let text = format!("{mark}{text}");
    match encoding {
        "utf-8" => text.into_bytes(),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf-32le" => text
            .chars()
            .flat_map(|c| (c as u32).to_le_bytes())
            .collect(),
        _ => panic!("unknown encoding {encoding}"),
    }
}

fn report(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let mut reader = Reader::new(bytes, "t.xml").unwrap();
    let names = Arc::new(Names::default());
    let report = match reader.next_raw().unwrap().unwrap() {
        RawRecord::Bad(bad) => {
            assert_eq!(bad.expose_bytes(), bytes);
            (vec![format!("bad {}", bad.reason())], Vec::new())
        }
        RawRecord::Text(raw) => {
            let source = Arc::from("t.xml");
            let text = raw.expose_text();
            match parse(text, &source, raw.position(), &names, Arena::default()) {
                Ok(record) => (tree(&record), narrative(&record)),
                Err(error) => (vec![format!("unreadable {error}")], Vec::new()),
            }
        }
    };
    assert!(reader.next_raw().unwrap().is_none(), "one file, one record");
    report
}

fn tree(record: &SourceRecord<'_>) -> Vec<String> {
    let nodes = (1..record.len()).map(NodeId::at);
    nodes
        .filter_map(|node| match record.expose(node) {
            Some(value) => Some(format!("{} = {value:?}", record.path(node))),
            None if record.children(node).next().is_none() => Some(record.path(node)),
            None => None,
        })
        .collect()
}

fn narrative(record: &SourceRecord<'_>) -> Vec<String> {
    let mut nodes = (1..record.len()).map(NodeId::at);
    let text = nodes.find(|node| &**record.names().name(record.name(*node)) == "text");
    let text = text.map(|node| plain_text(record, node));
    let lines = text.iter().flat_map(|text| text.lines());
    lines.map(|line| line.escape_debug().to_string()).collect()
}
