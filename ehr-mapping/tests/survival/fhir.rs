//! The values of FHIR resources by `serde_json`, number for number as they are written.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::value::RawValue;

use super::Value;

/// Every value of every resource of a file but the narrative.
pub(crate) fn values(file: &str, bytes: &[u8]) -> Vec<Value> {
    let mut text = String::new();
    match bytes.starts_with(&[0x1F, 0x8B]) {
        true => flate2::read::GzDecoder::new(bytes).read_to_string(&mut text),
        false => (&*bytes).read_to_string(&mut text),
    }
    .expect("text");
    let mut values = Vec::new();
    for document in serde_json::Deserializer::from_str(&text).into_iter::<&RawValue>() {
        let Ok(document) = document else { break };
        resource(file, document, &mut values);
    }
    values
}

fn resource(file: &str, raw: &RawValue, values: &mut Vec<Value>) {
    let Ok(mut members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw.get()) else {
        return;
    };
    if !members.contains_key("resourceType") {
        return; // the log of an export
    }
    let bundle = members.get("resourceType").map(|name| name.get()) == Some("\"Bundle\"");
    let entries = members.remove("entry").filter(|_| bundle);
    for entry in entries.into_iter().flat_map(|entries| {
        serde_json::from_str::<Vec<BTreeMap<String, &RawValue>>>(entries.get()).unwrap_or_default()
    }) {
        if let Some(inner) = entry.get("resource") {
            resource(file, inner, values);
        }
    }
    members.remove("text");
    for (name, value) in members {
        scan(file, value, &name, values);
    }
}

fn scan(file: &str, raw: &RawValue, path: &str, values: &mut Vec<Value>) {
    leaves(raw, path, &mut |path, text| {
        values.push(Value {
            file: file.to_owned(),
            path: path.to_owned(),
            text,
        });
    });
}

/// Every leaf of a piece of JSON, with the names above it.
pub(crate) fn leaves(raw: &RawValue, path: &str, add: &mut dyn FnMut(&str, String)) {
    let text = raw.get();
    match text.as_bytes()[0] {
        b'{' => {
            let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).expect("JSON");
            for (name, value) in members {
                leaves(value, &format!("{path}/{name}"), add);
            }
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(text).expect("JSON");
            for item in items {
                leaves(item, path, add);
            }
        }
        b'"' => {
            let text: String = serde_json::from_str(text).expect("JSON");
            if !text.is_empty() {
                add(path, text);
            }
        }
        b'n' => {}
        _ => add(path, text.to_owned()),
    }
}
