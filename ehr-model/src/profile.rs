//! What an export holds, before any mapping exists: tables, columns, shapes, keys.
//!
//! The audit makes a [`SourceProfile`] and a first mapping document is drafted from it. It is made
//! of names, shapes and counts; a value of a patient is in it only where somebody asked for the
//! [top values](ColumnProfile::top) by name, and then it hides itself as every [`Text`] does.
//!
//! [`Text`]: crate::value::Text

mod column;
mod dates;
mod relation;
mod table;

pub use column::{CodeEvidence, CodeShare, ColumnProfile, Lengths, TopValue, ValueShape};
pub use dates::{DateOrder, DateProfile, DateShare};
pub use relation::Relation;
pub use table::{Delimited, TableFormat, TableProfile};

use serde::Serialize;

/// What an export holds, table by table.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SourceProfile {
    /// The tables, in the order of their names.
    pub tables: Vec<TableProfile>,
    /// Which columns refer to which keys.
    pub relations: Vec<Relation>,
}

impl SourceProfile {
    /// The table with this name.
    pub fn table(&self, name: &str) -> Option<&TableProfile> {
        self.tables.iter().find(|table| &*table.name == name)
    }

    /// Where the values of a column are keys of another table, the best guess first.
    pub fn references<'p>(
        &'p self,
        table: &'p str,
        column: &'p str,
    ) -> impl Iterator<Item = &'p Relation> {
        self.relations
            .iter()
            .filter(move |one| &*one.table == table && &*one.column == column)
    }
}

/// A count, and whether it is one or an estimate from a sample.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Count {
    /// How many.
    pub count: u64,
    /// Whether it was counted; an estimate is within about two percent in two of three cases.
    pub exact: bool,
}

impl Count {
    /// Something that was counted.
    pub const fn exact(count: u64) -> Self {
        Self { count, exact: true }
    }

    /// Something that a sample says.
    pub const fn estimate(count: u64) -> Self {
        Self {
            count,
            exact: false,
        }
    }
}
