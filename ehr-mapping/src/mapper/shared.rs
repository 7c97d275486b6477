//! What patients' rows may look up in shared tables.

use std::collections::HashMap;

use ehr_model::provenance::SourceAddress;
use ehr_model::source::Arena;

use super::{Binding, Row};
use crate::plan::{Column, PatientKey, Plan};
use crate::raw::Position;
use crate::tree;

/// Of each join into a shared table, the joined cells by the value of its key.
///
/// Shared tables are small beside those of patients (providers, places, local code lists), and
/// only the columns that a join reads are kept.
#[derive(Debug, Default)]
pub(crate) struct SharedIndex {
    joins: HashMap<usize, HashMap<Box<str>, Vec<SharedCells>>>,
    /// Records that are looked up, by their own keys; `None` for a key of several.
    trees: HashMap<Box<str>, Option<SharedTree>>,
}

/// A record that belongs to no patient and that patients' records point at.
pub(crate) struct SharedTree {
    table: usize,
    text: Box<str>,
    address: SourceAddress,
}

impl std::fmt::Debug for SharedTree {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SharedTree({})", self.table)
    }
}

/// What a join finds in one column.
pub(crate) enum Lookup<'i> {
    /// There is no row with this key.
    NoRow,
    /// There is one, and the column is empty.
    Empty,
    /// All rows with this key say this.
    One(&'i str),
    /// Several rows say different things.
    Several,
}

/// The joined columns of one row. `Debug` is not derived: a list of providers is no secret, but a
/// table may hold anything.
#[derive(PartialEq)]
pub(crate) struct SharedCells(Vec<(Column, Box<str>)>);

impl SharedIndex {
    /// Indexes the rows of the shared tables.
    pub(crate) fn new(plan: &Plan, bindings: &[Option<Binding>], rows: &[Row<'_>]) -> Self {
        let mut joins = HashMap::new();
        for (number, join) in plan.joins.iter().enumerate() {
            let table = &plan.tables[join.table];
            if !matches!(table.patient, PatientKey::Shared) {
                continue;
            }
            let mut index: HashMap<Box<str>, Vec<SharedCells>> = HashMap::new();
            if let Some(binding) = &bindings[join.table] {
                for row in rows.iter().filter(|row| row.table == join.table) {
                    let cell = |column: Column| {
                        let value = binding
                            .node(column)
                            .and_then(|node| row.record.expose(node))?;
                        let missing = plan.missing.iter().any(|word| word == value);
                        (!value.is_empty() && !missing).then(|| Box::<str>::from(value))
                    };
                    let Some(key) = cell(join.key) else { continue };
                    let key = Box::<str>::from(key.trim());
                    let cells = table
                        .joined_columns
                        .iter()
                        .filter_map(|column| Some((*column, cell(*column)?)))
                        .collect();
                    let cells = SharedCells(cells);
                    let known = index.entry(key).or_default();
                    if !known.contains(&cells) {
                        known.push(cells);
                    }
                }
            }
            joins.insert(number, index);
        }
        let mut trees: HashMap<Box<str>, Option<SharedTree>> = HashMap::new();
        for row in rows.iter().filter(|row| plan.tables[row.table].lookup) {
            let Some(key) = row.own_key(plan.tables[row.table].format) else {
                continue;
            };
            let text = row.record.expose_text();
            trees
                .entry(key.into())
                // two records of one key that say different things: nobody can tell
                .and_modify(|known| {
                    if known.as_ref().is_some_and(|known| *known.text != *text) {
                        *known = None;
                    }
                })
                .or_insert_with(|| {
                    Some(SharedTree {
                        table: row.table,
                        text: text.into(),
                        address: row.record.address(),
                    })
                });
        }
        Self { joins, trees }
    }

    /// The record that a key names among those that are looked up.
    pub(crate) fn tree<'s>(&'s self, plan: &Plan, key: &str) -> Option<Row<'s>> {
        let tree = self.trees.get(key)?.as_ref()?;
        let position = Position {
            number: tree.address.record.unwrap_or_default(),
            line: tree.address.line.unwrap_or_default(),
            byte: tree.address.byte.unwrap_or_default(),
        };
        let (format, source) = (plan.tables[tree.table].format, &tree.address.source);
        let record = tree::parse(
            format,
            &tree.text,
            source,
            position,
            &plan.names,
            Arena::default(),
        );
        Some(Row::new(tree.table, record.ok()?))
    }

    /// Whether a join goes into a shared table.
    pub(crate) fn has(&self, join: usize) -> bool {
        self.joins.contains_key(&join)
    }

    /// What a join finds in a column.
    pub(crate) fn find(&self, join: usize, key: &str, column: Column) -> Lookup<'_> {
        let Some(rows) = self.joins.get(&join).and_then(|index| index.get(key)) else {
            return Lookup::NoRow;
        };
        let mut cells = rows.iter().map(|row| row.cell(column));
        let first = cells.next().flatten();
        match first {
            _ if cells.any(|cell| cell != first) => Lookup::Several,
            None => Lookup::Empty,
            Some(value) => Lookup::One(value),
        }
    }
}

impl SharedCells {
    /// The cell of a column, if it is filled.
    fn cell(&self, column: Column) -> Option<&str> {
        self.0
            .iter()
            .find(|(found, _)| *found == column)
            .map(|(_, value)| &**value)
    }
}

impl std::fmt::Debug for SharedCells {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SharedCells({})", self.0.len())
    }
}
