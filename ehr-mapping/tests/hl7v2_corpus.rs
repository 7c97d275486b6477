//! Real messages: every value is a leaf, however the file was saved or sent.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ehr_mapping::hl7v2::{Reader, detect, parse, vocabulary};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names};

/// Values and how often they occur.
type Values = BTreeMap<String, usize>;

/// What was read of a file: its leaves by value, its records, and the codes of what was odd.
#[derive(Debug, Default, PartialEq, Eq)]
struct Contents {
    leaves: Values,
    records: usize,
    odd: Vec<&'static str>,
}

#[test]
fn every_value_of_the_corpus_is_a_leaf() {
    let Some(files) = messages() else { return };
    let mut leaves = 0;
    for path in &files {
        let bytes = fs::read(path).unwrap();
        assert!(detect(&bytes[..bytes.len().min(64 << 10)]), "{path:?}");
        let contents = read(&bytes);
        let scanned = scan(&bytes);
        assert_eq!(contents.leaves, scanned, "{path:?}");
        assert_eq!(contents.odd, [""; 0], "{path:?}");
        leaves += scanned.values().sum::<usize>();
    }
    assert!(leaves > 30_000, "{leaves} leaves are not the corpus");
}

#[test]
fn it_makes_no_difference_how_a_file_is_saved_or_sent() {
    let Some(files) = messages() else { return };
    let mut whole = Vec::new();
    let mut blocks = Vec::new();
    let mut expected = Contents::default();
    for path in &files {
        let bytes = fs::read(path).unwrap();
        let contents = read(&bytes);
        let text = String::from_utf8(bytes.clone()).unwrap();
        let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
        for end in ["\r", "\r\n", "\n\n"] {
            let saved = text.replace('\n', end);
            assert_eq!(read(saved.as_bytes()), contents, "{path:?} {end:?}");
        }
        // a mark between two messages stays where a file had it
        whole.extend_from_slice(&bytes);
        whole.push(b'\n');
        blocks.extend_from_slice(b"\x0B");
        blocks.extend_from_slice(text.replace('\n', "\r").as_bytes());
        blocks.extend_from_slice(b"\r\x1C\r");
        expected.records += contents.records;
        for (value, count) in contents.leaves {
            *expected.leaves.entry(value).or_default() += count;
        }
    }
    assert_eq!(read(&whole), expected);
    assert_eq!(read(&blocks), expected);
    let mut batch = b"FHS|^~\\&|A\rBHS|^~\\&|A\r".to_vec();
    batch.extend_from_slice(&whole);
    batch.extend_from_slice(format!("BTS|{}\rFTS|1\r", files.len()).as_bytes());
    let batch = read(&batch);
    assert_eq!(batch.odd, [""; 0]);
    assert_eq!(batch.records, expected.records + 4);
}

#[test]
fn one_damaged_message_costs_one_message() {
    let Some(files) = messages() else { return };
    let whole: Vec<Vec<u8>> = files
        .iter()
        .map(|path| {
            let bytes = fs::read(path).unwrap();
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
            [bytes, b"\n"].concat()
        })
        .collect();
    let records: Vec<usize> = whole.iter().map(|bytes| read(bytes).records).collect();
    for damaged in (0..whole.len()).step_by(7) {
        let mut file = whole.clone();
        let middle = file[damaged].len() / 2;
        file[damaged][middle] = 0xFF;
        let contents = read(&file.concat());
        assert_eq!(contents.odd, ["undecodable-bytes"]);
        let others = records.iter().sum::<usize>() - records[damaged];
        assert_eq!(contents.records, others + 1, "{:?}", files[damaged]);
    }
}

#[test]
fn no_other_file_of_the_corpus_looks_like_messages() {
    let Some(root) = corpus() else { return };
    let mut files = Vec::new();
    walk(&root, &mut files);
    let messages = messages().unwrap_or_default();
    let mut others = 0;
    for path in files.iter().filter(|path| !messages.contains(path)) {
        let mut start = Vec::new();
        let file = File::open(path).unwrap();
        file.take(64 << 10).read_to_end(&mut start).unwrap();
        assert!(!detect(&start), "{path:?}");
        others += 1;
    }
    assert!(others > 100, "{others} files are not the corpus");
}

/// All that the reader and the parser find.
fn read(bytes: &[u8]) -> Contents {
    let mut reader = Reader::new(bytes, "corpus.hl7").unwrap();
    let source = reader.source().clone();
    let names = vocabulary(&Arc::new(Names::default()));
    let mut contents = Contents::default();
    let mut arena = Arena::default();
    while let Some(record) = reader.next_raw().unwrap() {
        contents.records += 1;
        match record {
            RawRecord::Bad(bad) => contents.odd.push(bad.reason().as_str()),
            RawRecord::Text(text) => {
                let (position, text) = (text.position(), text.expose_text());
                let record = parse(text, &source, position, &names, arena).unwrap();
                for leaf in record.filled_leaves() {
                    let value = record.expose(leaf).unwrap().to_owned();
                    *contents.leaves.entry(value).or_default() += 1;
                }
                arena = record.into_arena();
            }
        }
    }
    let noticed = reader.issues().iter().map(|(code, _)| code.as_str());
    contents.odd.extend(noticed);
    contents
}

/// The same values, found by nothing but splitting text. All files of the corpus have the
/// recommended delimiters and are UTF-8, and these are the sequences that they use.
fn scan(bytes: &[u8]) -> Values {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut values = Values::new();
    let mut add = |value: &str| {
        let value = value.replace("\\T\\", "&").replace("\\.br\\", "\n");
        if !value.is_empty() {
            *values.entry(value).or_default() += 1;
        }
    };
    for line in text.trim_start_matches('\u{FEFF}').split(['\r', '\n']) {
        if line.is_empty() {
            continue;
        }
        let mut fields: Vec<&str> = line.split('|').collect();
        let id = fields.remove(0);
        assert_eq!(id.len(), 3);
        if id == "MSH" {
            assert_eq!(fields.remove(0), "^~\\&");
            add("|");
            add("^~\\&");
        }
        for part in fields.iter().flat_map(|field| field.split(['~', '^', '&'])) {
            add(part);
        }
    }
    values
}

fn messages() -> Option<Vec<PathBuf>> {
    let mut files = Vec::new();
    let root = corpus()?;
    walk(&root, &mut files);
    let folder = root.join("hl7v2");
    files.retain(
        |path| match path.extension().and_then(|ending| ending.to_str()) {
            Some("hl7" | "hl7v2") => true,
            Some("txt") => path.starts_with(&folder),
            _ => false,
        },
    );
    files.sort();
    assert!(files.len() > 60, "the messages are not there");
    Some(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("EHR_CORPUS").map(PathBuf::from);
    if root.is_none() {
        say("skipped: EHR_CORPUS is not set");
    }
    root
}

#[expect(clippy::print_stdout, reason = "a test that did not run must say so")]
fn say(text: &str) {
    println!("{text}");
}
