//! The target before and after.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Change, Inventory, Undo};

/// What taking an import back did to the target. Counts by FHIR type; lists are empty if it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UndoProof {
    /// Resources of the import that are gone.
    pub removed: BTreeMap<String, u64>,
    /// Resources that the import had replaced or deleted and that are there again.
    pub restored: BTreeMap<String, u64>,
    /// Other resources that are to the byte as they were.
    pub untouched: BTreeMap<String, u64>,
    /// Resources of the import that are still there.
    pub left: Vec<String>,
    /// Resources that should be there again and are not.
    pub not_restored: Vec<String>,
    /// Other resources that changed.
    pub changed: Vec<String>,
    /// Other resources that are gone.
    pub lost: Vec<String>,
    /// Other resources that are new.
    pub appeared: Vec<String>,
}

impl UndoProof {
    /// Whether the import is gone and nothing else was touched.
    pub fn holds(&self) -> bool {
        [
            &self.left,
            &self.not_restored,
            &self.changed,
            &self.lost,
            &self.appeared,
        ]
        .into_iter()
        .all(Vec::is_empty)
    }
}

impl Undo {
    /// Compares two exports of the target, taken before and after.
    pub fn prove(&self, before: &Inventory, after: &Inventory) -> UndoProof {
        let mut proof = UndoProof::default();
        let count = |counts: &mut BTreeMap<String, u64>, name: &str| {
            let type_ = name.split('/').next().unwrap_or_default();
            *counts.entry(type_.to_owned()).or_default() += 1;
        };
        let entry_of =
            |name: &str| super::manifest::parse_key(name).and_then(|key| self.entries.get(&key));
        for entry in self.entries.values() {
            let name = entry.key.to_string();
            match (entry.change, after.held.get(&name)) {
                (Change::Created, None) => count(&mut proof.removed, &name),
                (Change::Created, Some(_)) => proof.left.push(name),
                // the tag of this batch would show that it is not the earlier version
                (_, Some(held)) if !held.has_tag(&self.batch) => {
                    count(&mut proof.restored, &name);
                }
                (..) => proof.not_restored.push(name),
            }
        }
        for (name, held) in before
            .held
            .iter()
            .filter(|(name, _)| entry_of(name).is_none())
        {
            match after.held.get(name) {
                None => proof.lost.push(name.clone()),
                Some(now) if now.digest == held.digest => count(&mut proof.untouched, name),
                Some(_) => proof.changed.push(name.clone()),
            }
        }
        let is_new = |name: &&String| !before.held.contains_key(*name) && entry_of(name).is_none();
        proof.appeared = after.held.keys().filter(is_new).cloned().collect();
        proof
    }
}
