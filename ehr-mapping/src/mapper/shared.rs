//! What patients' rows may look up in shared tables.

use std::collections::HashMap;

use super::{Binding, Row};
use crate::plan::{Column, PatientKey, Plan};

/// Of each join into a shared table, the joined cells by the value of its key.
///
/// Shared tables are small beside those of patients (providers, places, local code lists), and
/// only the columns that a join reads are kept.
#[derive(Debug, Default)]
pub(crate) struct SharedIndex {
    joins: HashMap<usize, HashMap<Box<str>, SharedCells>>,
}

/// The joined columns of one row. `Debug` is not derived: a list of providers is no secret, but a
/// table may hold anything.
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
            let mut index: HashMap<Box<str>, SharedCells> = HashMap::new();
            if let Some(binding) = &bindings[join.table] {
                for row in rows.iter().filter(|row| row.table == join.table) {
                    let cell = |column: Column| {
                        let value = binding
                            .node(column)
                            .and_then(|node| row.record.expose(node))?;
                        (!value.is_empty()).then(|| Box::<str>::from(value))
                    };
                    let Some(key) = cell(join.key) else { continue };
                    let cells = table
                        .joined_columns
                        .iter()
                        .filter_map(|column| Some((*column, cell(*column)?)))
                        .collect();
                    index.entry(key).or_insert(SharedCells(cells));
                }
            }
            joins.insert(number, index);
        }
        Self { joins }
    }

    /// Whether a join goes into a shared table.
    pub(crate) fn has(&self, join: usize) -> bool {
        self.joins.contains_key(&join)
    }

    /// The row that a join finds.
    pub(crate) fn find(&self, join: usize, key: &str) -> Option<&SharedCells> {
        self.joins.get(&join)?.get(key)
    }
}

impl SharedCells {
    /// The cell of a column, if it is filled.
    pub(crate) fn cell(&self, column: Column) -> Option<&str> {
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
