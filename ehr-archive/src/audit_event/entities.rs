//! What an event was about: whose data, which entries, which change.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ehr_crypto::Digest;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Event;
use super::codes::{ENTITY_TYPE, OBJECT_ROLE, coding};

/// The detail of an event that says which change of the archive's state is done.
const CHANGE_DONE: &str = "change-done";

/// Longer lists of entries are named by their number and digest; the certificate has them whole.
const MAX_ORDINALS_LEN: usize = 8000;

impl Event<'_> {
    pub(super) fn entities(&self) -> Vec<Value> {
        let object = |ordinal: u64| {
            json!({
                "what": {"identifier": {"value": ordinal.to_string()}},
                "type": coding(ENTITY_TYPE, "2"),
                "role": coding(OBJECT_ROLE, "4"),
            })
        };
        let person = |id: Uuid| {
            json!({
                "what": {"reference": format!("Patient/{id}")},
                "type": coding(ENTITY_TYPE, "1"),
                "role": coding(OBJECT_ROLE, "1"),
            })
        };
        let details = |details: Vec<(&str, String)>| {
            let details: Vec<Value> = details
                .into_iter()
                .map(|(name, value)| json!({"type": name, "valueString": value}))
                .collect();
            json!({"type": coding(ENTITY_TYPE, "2"), "role": coding(OBJECT_ROLE, "4"), "detail": details})
        };
        match self {
            Event::Open | Event::ReadLog | Event::Export | Event::Verify => vec![],
            Event::BreakGlass { reason } => vec![details(vec![("reason", (*reason).to_owned())])],
            Event::FailedUnlock { attempts } => {
                vec![details(vec![("attempts", attempts.to_string())])]
            }
            Event::Search { query } => vec![json!({
                "type": coding(ENTITY_TYPE, "2"),
                "role": coding(OBJECT_ROLE, "24"),
                "query": STANDARD.encode(query),
            })],
            Event::Read { patient, ordinal } => patient
                .map(person)
                .into_iter()
                .chain([object(*ordinal)])
                .collect(),
            Event::Disclosure(disclosure) => {
                let manifest = details(vec![
                    ("manifest-sha256", disclosure.manifest.to_string()),
                    ("entries", ordinals_text(disclosure.ordinals)),
                ]);
                vec![person(disclosure.patient), manifest]
            }
            Event::Change(change) => {
                let number = if change.done {
                    CHANGE_DONE
                } else {
                    "change-begun"
                };
                let mut list = vec![
                    ("kind", change.kind.as_str().to_owned()),
                    (number, change.number.to_string()),
                ];
                if !change.ordinals.is_empty() {
                    list.push(("entries", ordinals_text(change.ordinals)));
                }
                vec![details(list)]
            }
        }
    }
}

/// The change of the archive's state that an event says is done.
pub(crate) fn change_done(event: &[u8]) -> Option<u64> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let details = event["entity"]
        .as_array()?
        .iter()
        .filter_map(|entity| entity["detail"].as_array())
        .flatten();
    let mut numbers = details.filter(|detail| detail["type"] == CHANGE_DONE);
    numbers.next()?["valueString"].as_str()?.parse().ok()
}

/// Numbers as ranges: `1-3 7`. A very long list is named by count and digest.
fn ordinals_text(ordinals: &[u64]) -> String {
    let text = crate::ranges::to_text(ordinals);
    if text.len() > MAX_ORDINALS_LEN {
        format!(
            "{} entries, sha256 {}",
            ordinals.len(),
            Digest::sha256(text.as_bytes())
        )
    } else {
        text
    }
}
