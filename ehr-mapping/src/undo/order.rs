//! The order in which resources are deleted: what refers before what is referred to.

use std::collections::{BTreeMap, BTreeSet};

use super::ManifestEntry;
use crate::delta::ResourceKey;

/// Groups that must be one transaction, because something in one refers into the other. What
/// patients share comes last, as one group.
pub(super) fn groups<'e>(
    entries: impl Iterator<Item = &'e ManifestEntry>,
) -> Vec<Vec<&'e ManifestEntry>> {
    let (shared, own): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.key.kind.is_shared());
    let places: BTreeMap<ResourceKey, usize> = own
        .iter()
        .enumerate()
        .map(|(place, entry)| (entry.key, place))
        .collect();
    let mut parents: Vec<usize> = (0..own.len()).collect();
    for (place, entry) in own.iter().enumerate() {
        for other in entry.refers.iter().filter_map(|key| places.get(key)) {
            let (a, b) = (root(&mut parents, place), root(&mut parents, *other));
            parents[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<&ManifestEntry>> = BTreeMap::new();
    for (place, entry) in own.into_iter().enumerate() {
        let root = root(&mut parents, place);
        groups.entry(root).or_default().push(entry);
    }
    let mut groups: Vec<_> = groups.into_values().map(referrers_first).collect();
    if !shared.is_empty() {
        groups.push(referrers_first(shared));
    }
    groups
}

fn root(parents: &mut [usize], mut place: usize) -> usize {
    while parents[place] != place {
        parents[place] = parents[parents[place]];
        place = parents[place];
    }
    place
}

/// Kahn's order. Resources that refer to each other in a circle come last and by their ids: they
/// are deleted in one transaction, where only the end has to be whole.
fn referrers_first(group: Vec<&ManifestEntry>) -> Vec<&ManifestEntry> {
    let entries: BTreeMap<ResourceKey, &ManifestEntry> =
        group.iter().map(|entry| (entry.key, *entry)).collect();
    let inside = |entry: &ManifestEntry| -> Vec<ResourceKey> {
        let refers = entry.refers.iter().copied();
        refers
            .filter(|key| *key != entry.key && entries.contains_key(key))
            .collect()
    };
    let mut referrers: BTreeMap<ResourceKey, usize> = entries.keys().map(|key| (*key, 0)).collect();
    for entry in entries.values() {
        for key in inside(entry) {
            *referrers.entry(key).or_default() += 1;
        }
    }
    let mut free: BTreeSet<ResourceKey> = referrers
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(key, _)| *key)
        .collect();
    let mut ordered = Vec::with_capacity(entries.len());
    while let Some(key) = free.pop_first() {
        referrers.remove(&key);
        let Some(entry) = entries.get(&key) else {
            continue;
        };
        ordered.push(*entry);
        for key in inside(entry) {
            if let Some(count) = referrers.get_mut(&key) {
                *count -= 1;
                if *count == 0 {
                    free.insert(key);
                }
            }
        }
    }
    ordered.extend(referrers.keys().filter_map(|key| entries.get(key).copied()));
    ordered
}
