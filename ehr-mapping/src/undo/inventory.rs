//! What the target holds, and what it answered to the import.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;

use ehr_crypto::Digest;
use ehr_model::fhir::BatchTag;
use serde_json::Value;

use super::ManifestError;

/// The resources of the target, from its own FHIR export: ids, versions, tags, references and
/// digests. Nothing else is kept.
#[derive(Debug, Clone, Default)]
pub struct Inventory {
    pub(super) held: BTreeMap<String, Held>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) digest: Digest,
    pub(super) version: Option<String>,
    tags: BTreeSet<(String, String)>,
    pub(super) refers: BTreeSet<String>,
}

/// The versions that the target gave to what the import wrote, from its answers to the transactions.
#[derive(Debug, Clone, Default)]
pub struct Receipt {
    versions: BTreeMap<String, String>,
}

impl Held {
    pub(super) fn has_tag(&self, batch: &BatchTag) -> bool {
        let tag = (batch.system().to_owned(), batch.code().to_owned());
        self.tags.contains(&tag)
    }
}

impl Inventory {
    /// Adds resources, one a line, as FHIR bulk data gives them.
    ///
    /// # Errors
    ///
    /// If a line is no resource with an id.
    pub fn add_ndjson(&mut self, lines: impl BufRead) -> Result<(), ManifestError> {
        for (number, line) in (1..).zip(lines.lines()) {
            let line = line.map_err(|source| ManifestError::Io {
                line: number,
                source,
            })?;
            if line.trim().is_empty() {
                continue;
            }
            self.add(&line).ok_or(ManifestError::Malformed {
                line: number,
                expected: "a resource with its type and id",
            })?;
        }
        Ok(())
    }

    /// How many resources the target holds.
    pub fn len(&self) -> usize {
        self.held.len()
    }

    /// Whether the target holds nothing.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    fn add(&mut self, json: &str) -> Option<()> {
        let resource: Value = serde_json::from_str(json).ok()?;
        let name = format!(
            "{}/{}",
            resource.get("resourceType")?.as_str()?,
            resource.get("id")?.as_str()?
        );
        let meta = resource.get("meta").unwrap_or(&Value::Null);
        let text = |value: &Value, name: &str| {
            let text = value.get(name).and_then(Value::as_str);
            text.unwrap_or_default().to_owned()
        };
        let tags = meta.get("tag").and_then(Value::as_array);
        let mut refers = BTreeSet::new();
        references(&resource, &mut refers);
        let held = Held {
            digest: Digest::sha256(json.trim().as_bytes()),
            version: meta
                .get("versionId")
                .and_then(Value::as_str)
                .map(str::to_owned),
            tags: tags
                .into_iter()
                .flatten()
                .map(|tag| (text(tag, "system"), text(tag, "code")))
                .collect(),
            refers,
        };
        self.held.insert(name, held);
        Some(())
    }
}

/// References to other resources, reduced to type and id.
fn references(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "reference" => {
                        let mut parts = text.rsplit('/');
                        if let (Some(id), Some(type_)) = (parts.next(), parts.next()) {
                            found.insert(format!("{type_}/{id}"));
                        }
                    }
                    member => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

impl Receipt {
    /// Adds the target's answer to a transaction, a Bundle of type `transaction-response`.
    ///
    /// # Errors
    ///
    /// If it is none, or an answer lacks the place and the version of its resource.
    pub fn add(&mut self, response: &[u8]) -> Result<(), ManifestError> {
        let malformed = ManifestError::Malformed {
            line: 1,
            expected: "a transaction-response whose entries have location and etag",
        };
        match self.read(response) {
            Some(()) => Ok(()),
            None => Err(malformed),
        }
    }

    pub(super) fn version(&self, name: &str) -> Option<&str> {
        self.versions.get(name).map(String::as_str)
    }

    fn read(&mut self, response: &[u8]) -> Option<()> {
        let bundle: Value = serde_json::from_slice(response).ok()?;
        if bundle.get("type")?.as_str()? != "transaction-response" {
            return None;
        }
        for entry in bundle.get("entry")?.as_array()? {
            let answer = entry.get("response")?;
            // Patient/8b1c…/_history/1, with or without the address of the server before it
            let location = answer.get("location")?.as_str()?;
            let (place, in_history) = match location.split_once("/_history/") {
                Some((place, version)) => (place, Some(version)),
                None => (location, None),
            };
            let mut parts = place.rsplit('/');
            let (id, type_) = (parts.next()?, parts.next()?);
            let etag = answer.get("etag").and_then(Value::as_str);
            let etag = etag.map(|etag| etag.trim_start_matches("W/").trim_matches('"'));
            let version = etag.or(in_history)?.to_owned();
            self.versions.insert(format!("{type_}/{id}"), version);
        }
        Some(())
    }
}
