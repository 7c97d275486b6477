//! Any bytes: a document is read or refused, and what another parser finds in it is found.
#![no_main]

use std::sync::Arc;

use ehr_mapping::ccda::{
    NarrativeIndex, Reader, UNKNOWN_ENTITY, XML_NOT_WELL_FORMED, decode_base64, detect, parse,
    plain_text,
};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};
use libfuzzer_sys::fuzz_target;
use roxmltree::{Document, Node};

fuzz_target!(|file: &[u8]| {
    detect(file);
    let mut reader = Reader::new(file, "fuzz.xml").expect("nothing is read yet");
    match reader.next_raw().expect("memory can be read") {
        Some(RawRecord::Text(raw)) => {
            read(raw.expose_text(), raw.position());
        }
        Some(RawRecord::Bad(bad)) => assert_eq!(bad.expose_bytes(), file),
        None => panic!("a file is a record"),
    }
    assert!(reader.next_raw().expect("the file has ended").is_none());
});

fn read(text: &str, position: ehr_mapping::raw::Position) {
    let _ = decode_base64(text);
    let oracle = Document::parse(text);
    let (source, names) = (Arc::from("fuzz.xml"), Arc::new(Names::default()));
    let record = match parse(text, &source, position, &names, Arena::default()) {
        Ok(record) => record,
        Err(error) => {
            let lines = 1 + text.matches(['\n', '\r']).count() as u64;
            assert!(error.byte <= text.len() as u64 && (1..=lines).contains(&error.line));
            // the oracle takes a reference to half a character for a sign of its own, lets a
            // declaration hold its own end between quotes, names begin with a colon, and a
            // namespace be declared twice
            let rest = &text.as_bytes()[error.byte as usize..];
            let lenient = rest.starts_with(b"&#")
                || rest.starts_with(b"xmlns")
                || ["<?xml", "/:", "<:", " :"].iter().any(|odd| text.contains(odd));
            let strict = !lenient && [XML_NOT_WELL_FORMED, UNKNOWN_ENTITY].contains(&error.reason);
            assert!(!strict || oracle.is_err(), "only the oracle reads it");
            return;
        }
    };
    let index = NarrativeIndex::new(&record);
    for leaf in record.filled_leaves() {
        index.find(record.expose(leaf).expect("filled"));
    }
    plain_text(&record, NodeId::ROOT);
    if let Ok(document) = oracle {
        let mut expected = Vec::new();
        collect(document.root_element(), &mut expected);
        assert_eq!(values(&record), expected);
    }
}

/// The values in order, as the oracle shows white space; types without their prefix.
fn values(record: &SourceRecord<'_>) -> Vec<String> {
    let leaves = record.filled_leaves();
    leaves
        .map(|leaf| {
            let name = record.names().name(record.name(leaf));
            shown(record.expose(leaf).expect("filled"), &**name == "@xsi:type")
        })
        .collect()
}

fn collect(element: Node<'_, '_>, values: &mut Vec<String>) {
    let is_blank = |text: &str| text.trim_matches([' ', '\t', '\r', '\n']).is_empty();
    let mut runs = vec![String::new()];
    for child in element.children() {
        if child.is_element() {
            runs.push(String::new());
        } else if let (true, Some(text)) = (child.is_text(), child.text()) {
            runs.last_mut().expect("there is one").push_str(text);
        }
    }
    let only_text = runs.len() == 1;
    if only_text && !is_blank(&runs[0]) {
        values.push(shown(&runs[0], false));
    }
    for attribute in element.attributes() {
        if !attribute.value().is_empty() {
            let instance = Some("http://www.w3.org/2001/XMLSchema-instance");
            let is_type = attribute.namespace() == instance && attribute.name() == "type";
            values.push(shown(attribute.value(), is_type));
        }
    }
    if only_text {
        return;
    }
    let mut elements = element.children().filter(Node::is_element);
    for run in runs {
        if !is_blank(&run) {
            values.push(shown(&run, false));
        }
        if let Some(element) = elements.next() {
            collect(element, values);
        }
    }
}

fn shown(value: &str, is_type: bool) -> String {
    let value = match value.split_once(':') {
        Some((_, local)) if is_type && !local.is_empty() => local,
        _ => value,
    };
    // how many line ends a run of white space holds cannot be compared: CR and LF are one only
    // where nothing stands between them, not even a comment, and the oracle makes LF of CR
    let mut shown = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            ' ' | '\t' | '\r' | '\n' if shown.ends_with(' ') => {}
            ' ' | '\t' | '\r' | '\n' => shown.push(' '),
            other => shown.push(other),
        }
    }
    shown
}
