//! Real files: every row is read, as the `csv` crate reads it, and one wrong quote costs one row.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::csv::{Columns, Dialect, Escape, Reader, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, NodeId};

/// Folders of the corpus that hold delimited files, and the ending of their names.
const FOLDERS: [(&str, &str); 4] = [
    ("synthea-csv", "csv"),
    ("linkage/febrl", "csv"),
    ("terminology/synthea-codes", "csv"),
    ("terminology/cdc", "txt"),
];

/// Rows of the corpus that are known to be bad: file, line, reason. So far there are none.
const KNOWN_BAD: [(&str, u64, &str); 0] = [];

#[test]
fn every_row_of_the_corpus_reads_as_in_the_csv_crate() {
    let Some(files) = corpus() else { return };
    let mut bad = Vec::new();
    for (path, dialect) in &files {
        let bytes = fs::read(path).unwrap();
        let name = path.file_name().and_then(OsStr::to_str).unwrap();
        let mut oracle = ::csv::ReaderBuilder::new()
            .has_headers(dialect.header())
            .flexible(true)
            .delimiter(dialect.delimiter())
            .quoting(dialect.quote().is_some())
            .from_reader(&bytes[..]);
        let mut expected = oracle.byte_records();
        let mut reader = Reader::new(&bytes[..], name, *dialect).unwrap();
        let mut columns = Columns::new(name, &reader.read_header().unwrap()).unwrap();
        let mut arena = Arena::default();
        while let Some(record) = reader.next_raw().unwrap() {
            let expected = expected
                .next()
                .expect("more rows than the csv crate")
                .unwrap();
            let row = match record {
                RawRecord::Text(row) => row,
                RawRecord::Bad(row) => {
                    bad.push((name.to_owned(), row.position().line, row.reason().as_str()));
                    continue;
                }
            };
            assert!(
                bytes[row.position().byte as usize..].starts_with(row.expose_text().as_bytes())
            );
            if columns.is_empty() {
                let names: Vec<String> = (1..=expected.len())
                    .map(|column| column.to_string())
                    .collect();
                columns = Columns::new(name, &names).unwrap();
            }
            let record = parse(row.expose_text(), dialect, &columns, row.position(), arena);
            let record = record.unwrap_or_else(|ragged| panic!("{row:?} of {name}: {ragged}"));
            let values =
                (1..record.len()).map(|node| record.expose(NodeId::at(node)).map(str::as_bytes));
            assert!(values.eq(expected.iter().map(Some)), "{row:?} of {name}");
            arena = record.into_arena();
        }
        assert!(
            expected.next().is_none(),
            "{name}: fewer rows than the csv crate"
        );
    }
    let bad: Vec<_> = bad
        .iter()
        .map(|(name, line, reason)| (&**name, *line, *reason))
        .collect();
    assert_eq!(bad, KNOWN_BAD);
}

#[test]
fn one_wrong_quote_costs_one_row_of_the_corpus() {
    let Some(files) = corpus() else { return };
    for (path, dialect) in files
        .iter()
        .filter(|(_, dialect)| dialect.quote().is_some())
    {
        let text = fs::read_to_string(path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for damaged in (1..lines.len()).step_by(lines.len() / 7 + 1) {
            // at the start of the second field, where it opens a quoted field
            let at = lines[damaged].find(',').unwrap() + 1;
            let (before, after) = lines[damaged].split_at(at);
            let wrong = format!("{before}\"{after}");
            let mut file = lines.clone();
            file[damaged] = &wrong;
            let file = file.join("\n");
            let mut reader = Reader::new(file.as_bytes(), "damaged.csv", *dialect).unwrap();
            let mut line = 1;
            while let Some(record) = reader.next_raw().unwrap() {
                match record {
                    RawRecord::Text(row) => {
                        assert_eq!(row.expose_text(), lines[line]);
                        assert_ne!(line, damaged);
                    }
                    RawRecord::Bad(row) => {
                        assert_eq!(row.expose_bytes(), wrong.as_bytes());
                        assert_eq!(line, damaged);
                    }
                }
                line += 1;
            }
            assert_eq!(line, lines.len());
        }
    }
}

fn corpus() -> Option<Vec<(PathBuf, Dialect)>> {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return None;
    };
    let mut files = Vec::new();
    for (folder, ending) in FOLDERS {
        let before = files.len();
        walk(&Path::new(&root).join(folder), ending, &mut files);
        assert!(files.len() > before, "{folder} holds no .{ending} file");
    }
    Some(files)
}

fn walk(folder: &Path, ending: &str, files: &mut Vec<(PathBuf, Dialect)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, ending, files);
        } else if path.extension() == Some(OsStr::new(ending)) {
            let dialect = match ending {
                "txt" => Dialect::new(b'|', None, Escape::Doubled)
                    .unwrap()
                    .with_header(false),
                _ => Dialect::default(),
            };
            files.push((path, dialect));
        }
    }
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
