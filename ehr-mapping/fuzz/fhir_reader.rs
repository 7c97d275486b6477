//! Any bytes: the reader ends, every byte stands in one place, and the leaves of a tree are those
//! that `serde_json` finds in the same text.
#![no_main]

use std::sync::Arc;

use ehr_mapping::fhir::{Reader, detect, own_key, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, NodeId};
use libfuzzer_sys::fuzz_target;
use serde::de::IgnoredAny;
use serde_json::Value;

fuzz_target!(|file: &[u8]| {
    detect(file);
    let Ok(mut reader) = Reader::new(file, "fuzz.json") else {
        return; // damaged gzip
    };
    let compressed = file.starts_with(&[0x1F, 0x8B]);
    let names = Arc::new(Names::default());
    let source = reader.source().clone();
    let mut kept = Vec::new();
    let mut number = 0;
    loop {
        let raw = match reader.next_raw() {
            Ok(Some(raw)) => raw,
            Ok(None) => break,
            Err(_) if compressed => return,
            Err(_) => panic!("only gzip can be damaged"),
        };
        number += 1;
        let (position, bytes) = match &raw {
            RawRecord::Text(raw) => (raw.position(), raw.expose_text().as_bytes()),
            RawRecord::Bad(raw) => (raw.position(), raw.expose_bytes()),
        };
        assert_eq!(position.number, number);
        assert!(!bytes.is_empty());
        kept.extend_from_slice(bytes);
        let RawRecord::Text(raw) = raw else { continue };
        let text = raw.expose_text();
        let json = serde_json::from_str::<Value>(text);
        match parse(text, &source, position, &names, Arena::default()) {
            Ok(record) => {
                own_key(&record);
                let whole = serde_json::from_str::<IgnoredAny>(text);
                assert!(whole.is_ok(), "whatever is read is JSON");
                // a number that is none in `f64` is one here
                let Ok(json) = json else { continue };
                let mut expected = Vec::new();
                leaves(&json, &mut expected);
                let mut found: Vec<String> = (1..record.len())
                    .filter_map(|node| record.expose(NodeId::at(node)))
                    .map(str::to_owned)
                    .filter(|value| !is_number(value))
                    .collect();
                expected.retain(|value| !is_number(value));
                // the members of an entry stand behind those of its resource
                found.sort();
                expected.sort();
                assert_eq!(found, expected);
            }
            Err(unreadable) => {
                assert!(unreadable.byte <= text.len());
                let reject = unreadable.reject(text, &source, position);
                assert_eq!(reject.verbatim.expose(), text.as_bytes());
                if unreadable.reason.as_str() == "json-not-well-formed" {
                    assert!(json.is_err(), "JSON was refused");
                }
            }
        }
    }
    if !compressed {
        let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
        assert_eq!(count(&kept), count(file), "bytes are lost");
    }
});

/// The values of JSON. What numbers there are is left to other tests: here they are `f64`.
fn leaves(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Null => {}
        Value::Bool(value) => found.push(value.to_string()),
        Value::Number(value) => found.push(value.to_string()),
        Value::String(value) => found.push(value.clone()),
        Value::Array(items) => items.iter().for_each(|item| leaves(item, found)),
        Value::Object(members) => members.values().for_each(|item| leaves(item, found)),
    }
}

fn is_number(value: &str) -> bool {
    value.parse::<f64>().is_ok()
}

/// How often each byte occurs; without whitespace, and without what a member `entry` and its
/// commas are made of, which stand between the records of a Bundle.
fn count(bytes: &[u8]) -> [usize; 256] {
    let mut counts = [0; 256];
    for byte in bytes {
        if !b" \t\r\n,\":[]entry".contains(byte) {
            counts[usize::from(*byte)] += 1;
        }
    }
    counts
}
