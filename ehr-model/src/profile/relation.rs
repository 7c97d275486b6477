//! Which column refers to which key.

use std::sync::Arc;

use serde::Serialize;

use super::Count;

/// A column whose values stand in the key of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Relation {
    /// The table of the column that refers.
    pub table: Arc<str>,
    /// The column that refers.
    pub column: Arc<str>,
    /// The table that it refers to.
    pub to_table: Arc<str>,
    /// The key that it refers to.
    pub to_column: Arc<str>,
    /// Records whose value stands in the key.
    pub matched: Count,
    /// Records whose value does not: orphans.
    pub orphans: Count,
}

impl Relation {
    /// A relation without orphans so far.
    pub fn new(
        (table, column): (Arc<str>, Arc<str>),
        (to_table, to_column): (Arc<str>, Arc<str>),
        matched: Count,
        orphans: Count,
    ) -> Self {
        Self {
            table,
            column,
            to_table,
            to_column,
            matched,
            orphans,
        }
    }

    /// The share of records whose value stands in the key, in thousandths, rounded down.
    pub fn per_mille(&self) -> u64 {
        let all = self.matched.count + self.orphans.count;
        (self.matched.count * 1000).checked_div(all).unwrap_or(0)
    }
}
