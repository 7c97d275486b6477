//! Real files: every resource is read or refused with a reason, and a second, naive scan of the
//! same files finds the same values under the same names.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ehr_mapping::fhir::{Reader, detect, normalise, own_key, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, SourceRecord};
use serde_json::value::RawValue;

/// Folders of the corpus that hold FHIR, beside other files.
const FOLDERS: [&str; 3] = ["fhir", "synthea-fhir", "documents/tietai-oncology"];

/// Paths with their values, and how often each occurs.
type Values = BTreeMap<(String, String), usize>;

#[test]
fn every_value_of_the_corpus_is_one_leaf() {
    let Some(files) = corpus() else { return };
    let mut refused: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let (mut records, mut leaves) = (0, 0);
    for path in &files {
        let bytes = fs::read(path).unwrap();
        let name = short(path);
        let text = text_of(&bytes);
        let mut found = Values::new();
        let mut whole = true;
        read(&bytes, &name, |record| match record {
            Ok(record) => {
                records += 1;
                for leaf in record.filled_leaves() {
                    let value = record.expose(leaf).unwrap().to_owned();
                    *found.entry((record.path(leaf), value)).or_default() += 1;
                    leaves += 1;
                }
            }
            Err(reason) => {
                whole = false;
                *refused.entry((name.clone(), reason)).or_default() += 1;
            }
        });
        if whole {
            assert!(
                detect(&bytes[..bytes.len().min(64 << 10)]),
                "{name} is not seen"
            );
            compare(&found, &values_of(&text), &name);
        }
    }
    assert!(
        records > 9_000 && leaves > 400_000,
        "{records} records, {leaves} leaves"
    );
    let mut others = 0;
    for ((name, reason), count) in &refused {
        let (folder, file) = name.split_once('/').unwrap();
        let expected = match folder {
            "stu3-wrong-version" => "fhir-version-stu3",
            // JSON that is no resource stands between the FHIR files
            _ if file == "log.ndjson" && *count == 4 => "not-a-fhir-resource",
            _ if OTHER_JSON.iter().any(|end| file.ends_with(end)) && *count == 1 => {
                "not-a-fhir-resource"
            }
            _ => "nothing",
        };
        assert_eq!(*reason, expected, "{name}");
        others += usize::from(folder != "stu3-wrong-version");
    }
    assert_eq!((refused.len() - others, others), (8, 15));
}

/// Files of the corpus that are JSON and no FHIR.
const OTHER_JSON: [&str; 4] = [
    "expected.json",
    "fhir.schema.json.gz",
    "entities.json",
    "MANIFEST.json",
];

#[test]
fn references_inside_of_bundles_lead_to_their_resources() {
    let Some(files) = corpus() else { return };
    let (mut led, mut urns) = (0, 0);
    for path in files.iter().filter(|path| short(path).contains("ma-2024")) {
        let bytes = fs::read(path).unwrap();
        let (mut own, mut references) = (Vec::new(), Vec::new());
        let mut reader = Reader::new(&bytes[..], "bundle.json").unwrap();
        let names = Arc::new(Names::default());
        while let Some(raw) = reader.next_raw().unwrap() {
            let RawRecord::Text(raw) = raw else { panic!() };
            let (text, at) = (raw.expose_text().to_owned(), raw.position());
            let source = Arc::from("bundle.json");
            let record = parse(&text, &source, at, &names, Arena::default()).unwrap();
            own.extend(own_key(&record));
            for leaf in record.filled_leaves() {
                if record.path(leaf).ends_with("/reference") {
                    references.push(record.expose(leaf).unwrap().to_owned());
                }
            }
        }
        let index = reader.index();
        for reference in references {
            if reference.starts_with("urn:uuid:") {
                let key = index.key(&reference).unwrap();
                urns += 1;
                led += usize::from(own.iter().any(|own| *own == key));
            } else {
                assert!(
                    reference.starts_with('#') || reference.contains('?'),
                    "{reference:?}"
                );
                assert_eq!(normalise(&reference).key(), None);
            }
        }
    }
    assert!(urns > 10_000, "{urns}");
    assert_eq!(led, urns);
}

/// Reads a file with trees that share one arena.
fn read(bytes: &[u8], name: &str, mut with: impl FnMut(Result<&SourceRecord<'_>, &'static str>)) {
    let source: Arc<str> = name.into();
    let names = Arc::new(Names::default());
    let mut reader = Reader::new(bytes, name).unwrap();
    let mut number = 0;
    let mut arena = Arena::default();
    while let Some(raw) = reader.next_raw().unwrap() {
        number += 1;
        let raw = match raw {
            RawRecord::Text(raw) => raw,
            RawRecord::Bad(bad) => {
                with(Err(bad.reason().as_str()));
                continue;
            }
        };
        assert_eq!(raw.position().number, number);
        match parse(raw.expose_text(), &source, raw.position(), &names, arena) {
            Ok(record) => {
                with(Ok(&record));
                arena = record.into_arena();
            }
            Err(unreadable) => {
                arena = Arena::default();
                with(Err(unreadable.reason.as_str()));
            }
        }
    }
}

/// The values of a file by `serde_json`, value by value, under the names that a tree gives them.
fn values_of(text: &str) -> Values {
    let mut values = Values::new();
    for document in serde_json::Deserializer::from_str(text).into_iter::<&RawValue>() {
        resource(document.unwrap(), &mut values);
    }
    values
}

fn resource(raw: &RawValue, values: &mut Values) {
    let mut members: BTreeMap<String, &RawValue> = serde_json::from_str(raw.get()).unwrap();
    let is_bundle = members["resourceType"].get() == "\"Bundle\"";
    let entries = match is_bundle {
        true => members.remove("entry"),
        false => None,
    };
    if let Some(entries) = entries {
        let entries: Vec<BTreeMap<String, &RawValue>> =
            serde_json::from_str(entries.get()).unwrap();
        for (name, value) in entries.into_iter().flatten() {
            match &*name {
                "resource" => resource(value, values),
                _ => scan(value, &format!("entry/{name}"), values),
            }
        }
    }
    for (name, value) in members {
        scan(value, &name, values);
    }
}

fn scan(raw: &RawValue, path: &str, values: &mut Values) {
    let text = raw.get();
    let value = match text.as_bytes()[0] {
        b'{' => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap();
            for (name, value) in members {
                scan(value, &format!("{path}/{name}"), values);
            }
            return;
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).unwrap();
            for item in items {
                scan(item, path, values);
            }
            return;
        }
        b'"' => serde_json::from_str(text).unwrap(),
        b'n' => return,
        _ => text.to_owned(),
    };
    if !value.is_empty() {
        *values.entry((path.to_owned(), value)).or_default() += 1;
    }
}

fn compare(found: &Values, expected: &Values, name: &str) {
    for (key, count) in expected {
        assert_eq!(found.get(key), Some(count), "{name}: {}", key.0);
    }
    assert_eq!(found.len(), expected.len(), "{name}: values out of nothing");
}

fn text_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    match bytes.starts_with(&[0x1F, 0x8B]) {
        true => flate2::read::GzDecoder::new(bytes).read_to_string(&mut text),
        false => (&bytes[..]).read_to_string(&mut text),
    }
    .unwrap();
    text
}

fn corpus() -> Option<Vec<PathBuf>> {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return None;
    };
    let mut files = Vec::new();
    for folder in FOLDERS {
        let before = files.len();
        walk(&Path::new(&root).join(folder), &mut files);
        assert!(files.len() > before, "{folder} holds no FHIR");
    }
    files.sort();
    Some(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            walk(&path, files);
        } else if [".json", ".json.gz", ".ndjson"]
            .iter()
            .any(|end| name.ends_with(end))
        {
            files.push(path);
        }
    }
}

/// Folder and name of a file.
fn short(path: &Path) -> String {
    let mut parts: Vec<_> = path
        .iter()
        .rev()
        .take(2)
        .map(|part| part.to_string_lossy())
        .collect();
    parts.reverse();
    parts.join("/")
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
