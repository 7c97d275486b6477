//! Which columns refer to which keys, and which of their values stand in none.

use std::sync::Arc;

use ehr_model::profile::{ColumnProfile, Count, Relation, TableProfile, ValueShape};

use super::table::Table;
use super::words::{squashed, stem};

/// A key has at least so many values: three numbers are found everywhere.
const LEAST_KEYS: u64 = 3;
/// A column refers to a key where at least this share of its records do, in thousandths.
const LEAST_SHARE: u64 = 500;

/// Columns of `tables` that refer to keys of others, by table, column and then the best target.
pub(super) fn relations(tables: &[(&Table, &TableProfile)]) -> Vec<Relation> {
    let mut keys = Vec::new();
    for (table, profile) in tables {
        for (column, of) in table.columns.iter().zip(&profile.columns) {
            if profile.format.is_table() && of.unique && is_key(of) && profile.records >= LEAST_KEYS
            {
                keys.push((*profile, column, of));
            }
        }
    }
    let mut found = Vec::new();
    for (table, profile) in tables {
        if !profile.format.is_table() {
            continue;
        }
        for (column, of) in table.columns.iter().zip(&profile.columns) {
            if of.filled == 0 || !is_key(of) {
                continue;
            }
            let mut targets: Vec<(u64, u64, Relation)> = keys
                .iter()
                .filter(|(target, ..)| target.name != profile.name)
                .filter(|(_, _, key)| key.shape == of.shape)
                .filter_map(|(target, keys, key)| {
                    let (matched, orphans, distinct) = column.digests.found_in(&keys.digests);
                    let affinity = affinity(&of.name, &target.name, &key.name);
                    let told = of.shape == ValueShape::Uuid || affinity > 0;
                    let all = matched.count + orphans.count;
                    let share = matched.count * 1000 / all.max(1);
                    let enough = distinct > 0 && share >= LEAST_SHARE && (told || distinct > 20);
                    // a missing number is no orphan
                    let orphans = less(orphans, of);
                    let relation = Relation::new(
                        (profile.name.clone(), of.name.clone()),
                        (target.name.clone(), key.name.clone()),
                        matched,
                        orphans,
                    );
                    enough.then_some((affinity, share, relation))
                })
                .collect();
            targets.sort_by(|a, b| {
                (b.1, b.0)
                    .cmp(&(a.1, a.0))
                    .then(name(&a.2).cmp(&name(&b.2)))
            });
            let best = targets.first().map(|(_, share, _)| *share);
            let as_good = targets.into_iter().filter(|one| Some(one.1) == best);
            // a primary key that stands in another table as well is the one that is referred to
            let referring = as_good.filter(|(affinity, ..)| !of.unique || *affinity > 0);
            found.extend(referring.take(2).map(|(_, _, relation)| relation));
        }
    }
    found
}

fn name(relation: &Relation) -> (Arc<str>, Arc<str>) {
    (relation.to_table.clone(), relation.to_column.clone())
}

fn less(orphans: Count, column: &ColumnProfile) -> Count {
    let mut orphans = orphans;
    orphans.count = orphans.count.saturating_sub(column.missing_words);
    orphans
}

fn is_key(column: &ColumnProfile) -> bool {
    matches!(
        column.shape,
        ValueShape::Uuid | ValueShape::Integer | ValueShape::Code
    ) && column.lengths.most <= 64
}

/// How much the name of a column speaks of a table: `PATIENTID` and `PATIENT` of `patients`.
fn affinity(column: &str, table: &str, key: &str) -> u64 {
    let (column, table, key) = (squashed(column), stem(table), squashed(key));
    let of_table = table.len() >= 3 && column.contains(&table);
    let of_key = key.len() >= 4 && column == key;
    u64::from(of_table) * 2 + u64::from(of_key)
}
