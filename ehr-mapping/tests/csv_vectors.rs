//! Walks `tests/csv/`: odd files that say themselves what must become of them.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the bytes of the
//! file follow. `why:` is the reason of the vector. `dialect:` gives what differs from the
//! default. The other lines say, in order, what a reader must report: the header, each record
//! with its line and its fields, each row that is rejected with its bytes, or the error.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use ehr_mapping::csv::{Columns, Dialect, DialectError, Error, Escape, Reader, fields, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, NodeId};

struct Vector {
    why: String,
    dialect: Dialect,
    expect: Vec<String>,
    bytes: Vec<u8>,
}

#[test]
fn every_vector_reads_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/csv");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "vector")
        })
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
                "{path:?} ({why})\nexpected {expect:#?}\nfound {found:#?}"
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
            dialect: Dialect::default(),
            expect: Vec::new(),
            bytes: file[head + 2..].to_vec(),
        };
        for line in std::str::from_utf8(&file[..head]).unwrap().lines() {
            let (key, value) = line.strip_prefix("# ").unwrap().split_once(": ").unwrap();
            match key {
                "why" => vector.why = value.to_owned(),
                "dialect" => vector.dialect = dialect(value).unwrap(),
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
        let dialect = &self.dialect;
        let mut reader = Reader::new(&self.bytes[..], "t.csv", *dialect)?;
        let header = reader.read_header()?;
        if dialect.header() {
            report.push(format!("header {}", quoted(header.iter())));
        }
        let mut arena = Arena::default();
        while let Some(record) = reader.next_raw()? {
            let row = match record {
                RawRecord::Bad(bad) => {
                    let (line, reason) = (bad.position().line, bad.reason());
                    let bytes = bad.expose_bytes().escape_ascii();
                    report.push(format!("line {line} {reason} {bytes}"));
                    continue;
                }
                RawRecord::Text(row) => row,
            };
            let line = row.position().line;
            let names: Vec<String> = if dialect.header() {
                header.clone()
            } else {
                let width = fields(row.expose_text(), dialect).count();
                (1..=width).map(|column| column.to_string()).collect()
            };
            let columns = Columns::new("t.csv", &names)?;
            report.push(
                match parse(row.expose_text(), dialect, &columns, row.position(), arena) {
                    Ok(record) => {
                        let values = quoted(
                            (1..record.len()).filter_map(|node| record.expose(NodeId::at(node))),
                        );
                        arena = record.into_arena();
                        format!("line {line} {values}")
                    }
                    Err(ragged) => {
                        arena = Arena::default();
                        format!("line {line} ragged-row {ragged}")
                    }
                },
            );
        }
        Ok(())
    }
}

fn quoted(values: impl Iterator<Item = impl AsRef<str>>) -> String {
    values
        .map(|value| format!("{:?}", value.as_ref()))
        .collect::<Vec<_>>()
        .join(" ")
}

fn dialect(text: &str) -> Result<Dialect, DialectError> {
    let mut delimiter = b',';
    let mut quote = Some(b'"');
    let mut escape = Escape::Doubled;
    let mut header = true;
    let mut encoding = encoding_rs::UTF_8;
    for word in text.split(' ') {
        match word.split_once('=').unwrap() {
            ("delimiter", "tab") => delimiter = b'\t',
            ("delimiter", value) => delimiter = value.as_bytes()[0],
            ("quote", "none") => quote = None,
            ("quote", value) => quote = Some(value.as_bytes()[0]),
            ("escape", "backslash") => escape = Escape::Backslash,
            ("header", "false") => header = false,
            ("encoding", label) => {
                encoding = encoding_rs::Encoding::for_label(label.as_bytes()).unwrap()
            }
            _ => panic!("unknown word {word}"),
        }
    }
    Ok(Dialect::new(delimiter, quote, escape)?
        .with_encoding(encoding)?
        .with_header(header))
}
