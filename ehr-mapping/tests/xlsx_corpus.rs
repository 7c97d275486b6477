//! A real workbook: every value that its parts hold is a leaf. The parts are searched here without
//! the reader: for `<c>` elements and the shared strings that they name.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ehr_mapping::csv::{Columns, Dialect, parse};
use ehr_mapping::raw::RawRecord;
use ehr_mapping::xlsx::{Workbook, detect};
use ehr_model::source::{Arena, NodeId};

#[test]
fn every_value_of_the_corpus_is_a_leaf() {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut paths = Vec::new();
    walk(Path::new(&root), &mut paths);
    assert!(!paths.is_empty(), "the corpus has no workbook");
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        assert!(detect(&bytes[..bytes.len().min(64 << 10)]), "{path:?}");
        let mut expected = values(&bytes);
        assert!(
            expected.len() > 100,
            "{path:?} holds too little to say anything"
        );
        let mut workbook = Workbook::open(&bytes[..], "w.xlsx").unwrap();
        for sheet in workbook.sheets().to_vec() {
            let Ok(mut reader) = workbook.sheet(&sheet.name) else {
                continue; // empty
            };
            for name in reader.header().to_vec() {
                if !name.starts_with("column") {
                    take(&mut expected, &name);
                }
            }
            let columns = Columns::new("w.xlsx", reader.header()).unwrap();
            let dialect = Dialect::default();
            while let Some(RawRecord::Text(row)) = reader.next_raw() {
                let (text, position) = (row.expose_text(), row.position());
                let record = parse(text, &dialect, &columns, position, Arena::default()).unwrap();
                for node in 1..record.len() {
                    match record.expose(NodeId::at(node)) {
                        None | Some("") => {}
                        Some(value) => take(&mut expected, value),
                    }
                }
            }
        }
        assert!(
            expected.is_empty(),
            "{path:?}: {} values are no leaves",
            expected.len()
        );
    }
}

fn take(expected: &mut BTreeMap<String, u64>, value: &str) {
    let count = expected.get_mut(value).expect("a leaf that no part holds");
    *count -= 1;
    if *count == 0 {
        expected.remove(value);
    }
}

/// The values of all cells, and how often each occurs.
fn values(bytes: &[u8]) -> BTreeMap<String, u64> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).ok()?.read_to_string(&mut text).unwrap();
        Some(text)
    };
    let shared = part("xl/sharedStrings.xml").unwrap_or_default();
    let shared: Vec<String> = shared
        .split("<si>")
        .skip(1)
        .map(|item| {
            let texts = item.split("<t").skip(1).map(|text| {
                let text = text.split_once('>').unwrap().1;
                text.split_once("</t>").map_or("", |(text, _)| text)
            });
            plain(&texts.collect::<String>())
        })
        .collect();
    let mut values = BTreeMap::new();
    for number in 1.. {
        let Some(sheet) = part(&format!("xl/worksheets/sheet{number}.xml")) else {
            break;
        };
        for cell in sheet.split("<c ").skip(1) {
            let Some((head, rest)) = cell.split_once("<v>") else {
                continue;
            };
            if head.contains("</c>") || head.contains("/>") {
                continue;
            }
            let value = rest.split_once("</v>").unwrap().0;
            let value = match head.contains("t=\"s\"") {
                true => shared[value.parse::<usize>().unwrap()].clone(),
                false => plain(value),
            };
            if !value.is_empty() {
                *values.entry(value).or_default() += 1;
            }
        }
    }
    values
}

fn plain(text: &str) -> String {
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&amp;", "&")
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "xlsx")
        {
            paths.push(path);
        }
    }
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
