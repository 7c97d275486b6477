//! Statements that hold no data, counted by kind.

use std::collections::BTreeMap;

/// How many statements of each kind were passed over because they hold no data.
///
/// Kinds are SQL key words such as `CREATE INDEX` or `SET`, never text of the dump.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped(BTreeMap<&'static str, u64>);

impl Skipped {
    /// The count of one kind.
    pub fn count(&self, kind: &str) -> u64 {
        self.0.get(kind).copied().unwrap_or(0)
    }

    /// All kinds with their counts, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.0.iter().map(|(kind, count)| (*kind, *count))
    }

    pub(super) fn add(&mut self, kind: &'static str) {
        *self.0.entry(kind).or_default() += 1;
    }
}
