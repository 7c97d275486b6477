//! Entries that arrive in several documents under several keys: what says the same is one entry.

use std::collections::HashMap;

use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::issue::{Issue, Severity};
use ehr_model::record::{Kind, Record, RecordId};
use uuid::Uuid;

use super::{DUPLICATE_RECORD, Made, Row};

/// Entries that point at each other become the same only after what they point at has.
const ROUNDS: usize = 3;
/// Two documents number one thing differently.
const NUMBERING: &str = "identifier";

/// Merges records of different source records whose content is the same but for identifiers. The
/// first keeps the identifiers and the addresses of all.
pub(super) fn merge(rows: &[Row<'_>], made: &mut Made) {
    for _ in 0..ROUNDS {
        let mut first: HashMap<(Kind, Vec<u8>), usize> = HashMap::new();
        let mut into: HashMap<RecordId, RecordId> = HashMap::new();
        for at in 0..made.records.len() {
            let record = &made.records[at];
            if !made.mergeable.contains(&record.id) {
                continue;
            }
            let content = (record.kind(), content(record));
            match first.get(&content) {
                Some(known) if !shares_source(&made.records[*known], record) => {
                    let known = *known;
                    into.insert(made.records[at].id, made.records[known].id);
                    join(made, known, at);
                }
                Some(_) => {}
                None => {
                    first.insert(content, at);
                }
            }
        }
        if into.is_empty() {
            return;
        }
        made.records.retain(|record| !into.contains_key(&record.id));
        for record in &mut made.records {
            record.redirect_references(|_, id| into.get(&id).copied());
        }
        for (gone, stays) in &into {
            made.keys.remove(gone);
            for row in rows {
                row.rename_output(*gone, *stays);
            }
        }
        made.index = made
            .records
            .iter()
            .enumerate()
            .map(|(at, record)| (record.id, at))
            .collect();
    }
}

/// What a record says, without its own id, its identifiers and its places in lists of them.
fn content(record: &Record) -> Vec<u8> {
    let mut copy = Record {
        id: RecordId::from(Uuid::nil()),
        provenance: Vec::new(),
        resource: record.resource.clone(),
    };
    let element = copy.resource.element_mut();
    if let Some(identifiers) = element.spec().number(NUMBERING) {
        element.slot_mut(identifiers).clear();
    }
    let mut bytes = Vec::new();
    let batch = BatchTag::new("", "");
    write_resource(&copy, &batch, ReferenceStyle::Relative, &mut bytes);
    bytes
}

/// Whether two records were made from one source record, which would say a thing twice only
/// where it means two.
fn shares_source(a: &Record, b: &Record) -> bool {
    let place = |record: &Record| -> Vec<_> {
        let addresses = record
            .provenance
            .iter()
            .map(|provenance| &provenance.address);
        addresses
            .map(|address| (address.source.clone(), address.record))
            .collect()
    };
    let of_a = place(a);
    place(b).iter().any(|place| of_a.contains(place))
}

/// Adds identifiers and addresses of one record to another.
fn join(made: &mut Made, stays: usize, goes: usize) {
    let copy = made.records[goes].clone();
    let record = &mut made.records[stays];
    // the content is the same, so that nothing but identifiers is new
    record.resource.merge(&copy.resource, &mut |_| {});
    let issue = Issue::new(DUPLICATE_RECORD, Severity::Information).about(record.kind(), record.id);
    let address = copy.provenance.first().map(|first| first.address.clone());
    made.issues.push(match address {
        Some(address) => issue.at(address),
        None => issue,
    });
    made.records[stays].provenance.extend(copy.provenance);
}
