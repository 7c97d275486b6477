//! Blind review: nobody who looks knows which side is the old system, nor what the program marked.
//!
//! The order of entries within a kind, the order of the values of a list and the side on which each
//! system stands come from the seed of the plan, entry by entry: a missing entry cannot be told from an
//! extra one, and what was learned from one entry says nothing about the next.

use std::collections::BTreeMap;

use ehr_crypto::Digest;
use ehr_model::record::RecordId;

use super::item::{ReviewEntry, ReviewField, ReviewItem};

/// Puts the entries of an item, the values of their lists and their sides into an order of the seed.
pub(super) fn shuffle(item: &mut ReviewItem, seed: u64) {
    let unit = item.unit;
    for entry in &mut item.entries {
        let rank = |what: &str| rank(seed, unit, entry.source.or(entry.target), what);
        entry.turned = rank("side")[0] & 1 == 1;
        let fields = std::mem::take(&mut entry.fields);
        entry.fields = in_order(fields, &rank);
    }
    item.entries.sort_by_cached_key(|entry: &ReviewEntry| {
        let id = entry.source.or(entry.target);
        (entry.kind, rank(seed, unit, id, "entry"))
    });
}

/// Fields in the order of the catalogue; the values of a list, with all below each, in that of the seed.
fn in_order(fields: Vec<ReviewField>, rank: &dyn Fn(&str) -> [u8; 32]) -> Vec<ReviewField> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut keyed: Vec<_> = fields
        .into_iter()
        .enumerate()
        .map(|(at, field)| {
            let value = field.path.split('.').next().unwrap_or_default().to_owned();
            let list = value.split('[').next().unwrap_or_default().to_owned();
            let place = *places.entry(list).or_insert(at);
            ((place, rank(&value), at), field)
        })
        .collect();
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, field)| field).collect()
}

fn rank(seed: u64, unit: RecordId, entry: Option<RecordId>, what: &str) -> [u8; 32] {
    let entry = entry.map(|id| *id.as_bytes()).unwrap_or_default();
    let parts = [
        b"blind".as_slice(),
        &seed.to_be_bytes(),
        unit.as_bytes(),
        &entry,
        what.as_bytes(),
    ];
    let mut rank = [0; 32];
    rank.copy_from_slice(Digest::sha256(&parts.concat()).as_bytes());
    rank
}
