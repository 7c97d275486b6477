//! The books of records that are trees: leaves by path, rules by subtree.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};
use std::num::NonZeroU32;
use std::sync::Arc;

use ehr_model::record::RecordId;
use ehr_model::source::{Fate, NameId, Names, NodeId, SourceRecord};
use ehr_model::tally::{LeafCounts, RecordCounts, Tally};

use super::leaves::Visit;
use super::{MISSING_WORD_RULE, Row, SourceKey};
use crate::mapper::{At, ById};
use crate::plan::{Column, Plan, Rule, Test};

/// Counts the records of one source.
pub(super) fn count(
    rows: &[Row<'_>],
    plan: &Plan,
    migrates: &HashSet<RecordId>,
    keys: &ById<SourceKey>,
    tally: &mut Tally,
    visit: Visit<'_>,
) {
    let Some(table) = rows.first().map(|row| &plan.tables[row.table]) else {
        return;
    };
    // a source may be counted apart by a value of its records, such as their type
    let mut books: BTreeMap<Arc<str>, (Paths, RecordCounts)> = BTreeMap::new();
    for row in rows {
        let name = match table.books_by.and_then(|column| word(row, plan, column)) {
            Some(word) => format!("{}: {word}", table.name).into(),
            None => table.name.clone(),
        };
        let (paths, records) = books.entry(name).or_default();
        count_row(row, plan, migrates, keys, paths, records, tally, visit);
    }
    for (name, (paths, records)) in books {
        let source = tally.source(&name);
        source.records += records;
        for (path, counts) in paths.named.into_iter().zip(paths.counts) {
            if counts.nonempty > 0 {
                source.leaves += counts;
                *source.paths.entry(path).or_default() += counts;
            }
        }
    }
}

/// A value that is a single word, as names of types are: nothing else may become part of a report.
fn word<'r>(row: &'r Row<'_>, plan: &Plan, column: Column) -> Option<&'r str> {
    const LONGEST: usize = 40;
    let path = plan.tables[row.table].columns[column].path.as_ref()?;
    let node = path.first(&row.record, NodeId::ROOT)?;
    let word = row.record.expose(node)?;
    let is_word = word.len() <= LONGEST && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_word.then_some(word)
}

/// The paths of leaves, each named once.
#[derive(Default)]
struct Paths {
    /// By the number of the path above, and the name.
    numbers: HashMap<(u32, Arc<str>), u32>,
    /// The same for the names of the plan, by their numbers.
    of_plan: HashMap<(u32, NameId), u32, BuildHasherDefault<Mix>>,
    named: Vec<Arc<str>>,
    counts: Vec<LeafCounts>,
}

/// Hashes two small numbers.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes
            .iter()
            .for_each(|byte| self.write_u32(u32::from(*byte)));
    }

    fn write_u32(&mut self, number: u32) {
        self.0 = (self.0.rotate_left(26) ^ u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

/// Stands above the paths of a record.
const TOP: u32 = u32::MAX;

impl Paths {
    fn below(&mut self, above: u32, name: &Arc<str>) -> u32 {
        if let Some(number) = self.numbers.get(&(above, name.clone())) {
            return *number;
        }
        let text: Arc<str> = match self.named.get(above as usize) {
            Some(above) => format!("{above}/{name}").into(),
            None => name.clone(),
        };
        let number = self.named.len() as u32;
        self.named.push(text);
        self.counts.push(LeafCounts::default());
        self.numbers.insert((above, name.clone()), number);
        number
    }
}

/// The numbers of the paths of all nodes of a record.
fn paths_of(record: &SourceRecord<'_>, names: &Names, paths: &mut Paths) -> Vec<u32> {
    // names repeat under one parent path far more often than they are new
    let mut own: HashMap<(u32, NameId), u32> = HashMap::new();
    let mut of_nodes = vec![TOP; record.len()];
    for node in (1..record.len()).map(NodeId::at) {
        let above = of_nodes[record.parent(node).index()];
        let name = record.name(node);
        // names of the plan have one number in all records, others only in theirs
        let text = record.names().name(name);
        let known = match names.has(name) {
            true => paths.of_plan.get(&(above, name)).copied(),
            false => own.get(&(above, name)).copied(),
        };
        of_nodes[node.index()] = known.unwrap_or_else(|| {
            let number = paths.below(above, text);
            match names.has(name) {
                true => paths.of_plan.insert((above, name), number),
                false => own.insert((above, name), number),
            };
            number
        });
    }
    of_nodes
}

#[expect(
    clippy::too_many_arguments,
    reason = "the parts of the books, one by one"
)]
fn count_row(
    row: &Row<'_>,
    plan: &Plan,
    migrates: &HashSet<RecordId>,
    keys: &ById<SourceKey>,
    paths: &mut Paths,
    records: &mut RecordCounts,
    tally: &mut Tally,
    visit: Visit<'_>,
) {
    let record = &row.record;
    let outputs = row.outputs.borrow();
    let rejected = row.rejected.borrow().is_some() && outputs.is_empty();
    let of_nodes = paths_of(record, &plan.names, paths);
    let ruled = if rejected {
        Vec::new()
    } else {
        // people and places are made wherever they stand: that says nothing about what they are in
        let own = |output: usize| {
            let key = outputs.get(output).and_then(|id| keys.get(id));
            key.is_none_or(|key| !key.kind.is_shared())
        };
        rules_of(row, plan, own)
    };
    let looked_up = looked_up(row, plan);
    let (mut taken, mut unaccounted, mut lent) = (0u64, 0u64, false);
    for leaf in record.filled_leaves() {
        let mut reason = None;
        let fate = if rejected {
            Fate::Rejected
        } else {
            match record.fate(leaf, |output| {
                outputs.get(output).is_some_and(|id| migrates.contains(id))
            }) {
                Fate::Unaccounted => {
                    let value = record.expose(leaf).unwrap_or_default();
                    if looked_up.get(leaf.index()).copied().unwrap_or_default() {
                        lent = true;
                        Fate::Mapped
                    } else if plan.missing.iter().any(|word| word == value) {
                        tally.rule(&Arc::from(MISSING_WORD_RULE), 0, 1);
                        reason = Some(MISSING_WORD_RULE);
                        Fate::Ignored
                    } else if let Some(rule) =
                        ruled[leaf.index()].map(|rule| &plan.rules[rule.get() as usize - 1])
                    {
                        taken += 1;
                        tally.rule(&rule.reason, 0, 1);
                        reason = Some(&*rule.reason);
                        if rule.archive {
                            Fate::Archived
                        } else {
                            Fate::Ignored
                        }
                    } else {
                        unaccounted += 1;
                        Fate::Unaccounted
                    }
                }
                fate => fate,
            }
        };
        paths.counts[of_nodes[leaf.index()] as usize].count(fate);
        visit(row, leaf, fate, reason);
    }
    records.read += 1;
    if rejected {
        records.rejected += 1;
    } else if !outputs.is_empty() || lent {
        records.mapped += 1;
    } else if unaccounted == 0 && taken > 0 {
        records.ignored += 1;
    } else {
        records.unaccounted += 1;
    }
}

/// Which nodes of a record that is looked up are taken over by those that point at it.
fn looked_up(row: &Row<'_>, plan: &Plan) -> Vec<bool> {
    let table = &plan.tables[row.table];
    if !table.lookup {
        return Vec::new();
    }
    let mut taken = vec![false; row.record.len()];
    for column in &table.joined_columns {
        if let Some(path) = &table.columns[*column].path {
            path.walk(&row.record, NodeId::ROOT, &mut |node| {
                taken[node.index()..row.record.subtree_end(node).index()].fill(true);
                true
            });
        }
    }
    taken
}

/// Of each node, the first rule of the plan that takes it, counted from 1.
fn rules_of(row: &Row<'_>, plan: &Plan, own: impl Fn(usize) -> bool) -> Vec<Option<NonZeroU32>> {
    let record = &row.record;
    let mut ruled = vec![None; record.len()];
    for (number, rule) in (1..).filter_map(NonZeroU32::new).zip(&plan.rules) {
        if rule.table != row.table || !applies(rule, row, plan) {
            continue;
        }
        for column in &rule.columns {
            let Some(path) = &plan.tables[row.table].columns[*column].path else {
                continue;
            };
            path.walk(record, NodeId::ROOT, &mut |node| {
                let subtree = node.index()..record.subtree_end(node).index();
                let touched = |node| {
                    let fate = record.fate(NodeId::at(node), &own);
                    !matches!(fate, Fate::Unaccounted | Fate::Archived)
                };
                if !(rule.untouched && subtree.clone().any(touched)) {
                    for taken in subtree {
                        ruled[taken].get_or_insert(number);
                    }
                }
                true
            });
        }
    }
    ruled
}

fn applies(rule: &Rule, row: &Row<'_>, plan: &Plan) -> bool {
    let columns = &plan.tables[row.table].columns;
    rule.when.iter().all(|condition| {
        let path = columns[condition.column].path.as_ref();
        let node = path.and_then(|path| {
            path.first_filled(&row.record, At::root(row).node, |value| {
                !plan.missing.iter().any(|word| word == value)
            })
        });
        let value = node.and_then(|node| row.record.expose(node));
        let test: &Test = &condition.test;
        test.holds(value)
    })
}
