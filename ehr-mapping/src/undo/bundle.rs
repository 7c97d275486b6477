//! The transactions that take an import back.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Change, Inventory, ManifestEntry, Receipt, Refusal, Undo, order};
use crate::delta::ResourceKey;

/// A FHIR Bundle of type `transaction`: deletes, what refers before what is referred to, and the
/// earlier versions of what the import had replaced.
#[derive(Debug, Serialize)]
pub struct UndoBundle {
    #[serde(rename = "resourceType")]
    resource_type: &'static str,
    #[serde(rename = "type")]
    type_: &'static str,
    entry: Vec<Entry>,
}

#[derive(Debug, Serialize)]
struct Entry {
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<Resource>,
    request: Request,
}

/// An earlier version, digit for digit. `Debug` shows none of it.
#[derive(Serialize)]
#[serde(transparent)]
struct Resource(Box<RawValue>);

#[derive(Debug, Serialize)]
struct Request {
    method: &'static str,
    url: String,
    #[serde(rename = "ifMatch", skip_serializing_if = "Option::is_none")]
    if_match: Option<String>,
}

impl std::fmt::Debug for Resource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Resource({} bytes)", self.0.get().len())
    }
}

impl UndoBundle {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.entry.len()
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.entry.is_empty()
    }

    /// Method and address of each entry, in their order.
    pub fn requests(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let requests = self.entry.iter().map(|entry| &entry.request);
        requests.map(|request| (request.method, request.url.as_str()))
    }
}

impl Undo {
    /// Everything that speaks against taking the import back.
    pub fn refusals(&self, target: &Inventory, receipt: &Receipt) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for entry in self.entries.values() {
            if entry.key.id.as_uuid().get_version_num() != 5 {
                refusals.push(Refusal::NotOurId(entry.key));
            }
            let name = entry.key.to_string();
            let Some(held) = target.held.get(&name) else {
                continue;
            };
            if entry.change == Change::Deleted {
                // somebody put there again what the import had taken away
                refusals.push(Refusal::ChangedSince(entry.key));
            } else if !held.has_tag(&self.batch) {
                refusals.push(Refusal::NotOfThisBatch(entry.key));
            } else if let (Some(written), Some(found)) = (receipt.version(&name), &held.version)
                && written != found
            {
                refusals.push(Refusal::ChangedSince(entry.key));
            }
        }
        for (name, held) in &target.held {
            let known =
                super::manifest::parse_key(name).is_some_and(|key| self.entries.contains_key(&key));
            if known {
                continue;
            }
            if held.has_tag(&self.batch) {
                refusals.push(Refusal::NotInManifest(name.clone()));
            }
            for key in held
                .refers
                .iter()
                .filter_map(|key| super::manifest::parse_key(key))
            {
                let created = self.entries.get(&key);
                if created.is_some_and(|entry| entry.change == Change::Created) {
                    refusals.push(Refusal::ReferredTo {
                        key,
                        by: name.clone(),
                    });
                }
            }
        }
        refusals.sort();
        refusals
    }

    /// The transactions, in the order in which they are to be sent: patients first, what they share
    /// last. `earlier` gives what an earlier import had written where this one replaced or deleted
    /// it, as one JSON resource.
    ///
    /// # Errors
    ///
    /// All [refusals](Undo::refusals), and those of missing earlier versions; then there is no
    /// bundle at all.
    pub fn bundles(
        &self,
        target: &Inventory,
        receipt: &Receipt,
        earlier: impl Fn(ResourceKey) -> Option<String>,
    ) -> Result<Vec<UndoBundle>, Vec<Refusal>> {
        let mut refusals = self.refusals(target, receipt);
        let mut bundles = Vec::new();
        for group in order::groups(self.entries.values()) {
            let mut bundle = UndoBundle {
                resource_type: "Bundle",
                type_: "transaction",
                entry: Vec::new(),
            };
            for entry in group {
                match self.entry(entry, target, receipt, &earlier) {
                    Ok(entry) => bundle.entry.extend(entry),
                    Err(refusal) => refusals.push(refusal),
                }
            }
            if !bundle.is_empty() {
                bundles.push(bundle);
            }
        }
        if refusals.is_empty() {
            Ok(bundles)
        } else {
            refusals.sort();
            Err(refusals)
        }
    }

    fn entry(
        &self,
        entry: &ManifestEntry,
        target: &Inventory,
        receipt: &Receipt,
        earlier: &impl Fn(ResourceKey) -> Option<String>,
    ) -> Result<Option<Entry>, Refusal> {
        let key = entry.key;
        let url = key.to_string();
        let held = target.held.get(&url);
        let version = receipt
            .version(&url)
            .or(held.and_then(|held| held.version.as_deref()));
        let if_match = version
            .filter(|_| held.is_some())
            .map(|version| format!("W/\"{version}\""));
        if entry.change == Change::Created {
            // what is gone already needs no delete
            return Ok(held.is_some().then_some(Entry {
                resource: None,
                request: Request {
                    method: "DELETE",
                    url,
                    if_match,
                },
            }));
        }
        let json = earlier(key).ok_or(Refusal::NoEarlierVersion(key))?;
        let is_it = serde_json::from_str::<serde_json::Value>(&json).is_ok_and(|resource| {
            resource["resourceType"] == key.kind.fhir() && resource["id"] == key.id.to_string()
        });
        let raw = RawValue::from_string(json).ok().filter(|_| is_it);
        let resource = raw.map(Resource).ok_or(Refusal::OtherResource(key))?;
        Ok(Some(Entry {
            resource: Some(resource),
            request: Request {
                method: "PUT",
                url,
                if_match,
            },
        }))
    }
}
