//! Known faults in the copy of the target that reviewers see.

use std::sync::Arc;

use ehr_crypto::Digest;
use ehr_model::chart::Chart;
use ehr_model::record::RecordId;

use super::item::{ItemParts, ReviewField, ReviewItem};
use crate::faults;

/// A fault that was put into a page on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeededFault {
    /// Its [name](crate::faults::Fault::name).
    pub fault: &'static str,
    /// The record that was changed, added or removed, in the target.
    pub record: RecordId,
    /// The field that was changed; empty where the record was added or removed.
    pub field: Arc<str>,
}

impl SeededFault {
    /// Whether a field of a page is where the fault shows.
    pub(super) fn is_at(
        &self,
        source: Option<RecordId>,
        target: Option<RecordId>,
        path: &str,
    ) -> bool {
        let is_record = [source, target].contains(&Some(self.record));
        is_record && (self.field.is_empty() || top(&self.field) == top(path))
    }

    /// Whether the page shows the fault at all.
    fn shows(&self, item: &ReviewItem) -> bool {
        item.entries.iter().any(|entry| {
            let at = |field: &&ReviewField| self.is_at(entry.source, entry.target, &field.path);
            entry.fields.iter().filter(at).any(|field| field.differs)
        })
    }
}

/// Puts up to so many faults into the target of a chart, each at a record of its own, and returns the
/// page with them. A fault that the page would not show is not put in.
pub(super) fn seed(
    unit: RecordId,
    parts: &ItemParts<'_>,
    seed: u64,
    count: u64,
) -> (ReviewItem, Vec<SeededFault>) {
    let mut order = faults::all();
    order.sort_by_cached_key(|fault| rank(seed, unit, fault.name));
    let mut target: Chart = parts.target.clone();
    let mut item = ReviewItem::new(unit, parts);
    let mut seeded: Vec<SeededFault> = Vec::new();
    for fault in order {
        if seeded.len() as u64 >= count {
            break;
        }
        let Some(injected) = fault.inject(&target, seed) else {
            continue;
        };
        let one = SeededFault {
            fault: fault.name,
            record: injected.record,
            field: injected.field.clone(),
        };
        let taken = seeded.iter().any(|other| other.record == one.record);
        let page = ReviewItem::new(
            unit,
            &ItemParts {
                target: &injected.chart,
                ..*parts
            },
        );
        let all_show = one.shows(&page) && seeded.iter().all(|other| other.shows(&page));
        // a difference of the migration itself must not pass for the fault
        if taken || one.shows(&item) || !all_show {
            continue;
        }
        (target, item) = (injected.chart, page);
        seeded.push(one);
    }
    (item, seeded)
}

/// The field of the record in which a path begins.
fn top(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

fn rank(seed: u64, unit: RecordId, name: &str) -> Vec<u8> {
    let parts = [
        b"fault".as_slice(),
        &seed.to_be_bytes(),
        unit.as_bytes(),
        name.as_bytes(),
    ];
    Digest::sha256(&parts.concat()).as_bytes().to_vec()
}
