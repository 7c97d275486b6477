//! The fate of each leaf, for those who check the books against the source and the charts.

use std::fmt;

use ehr_model::provenance::SourceAddress;
use ehr_model::record::RecordId;
use ehr_model::source::{Fate, NodeId};

use super::Row;

/// Is told of every leaf while the books are settled: the row, the leaf, its fate, and the reason
/// of the rule that took it.
pub(crate) type Visit<'v> = &'v mut dyn FnMut(&Row<'_>, NodeId, Fate, Option<&str>);

/// What became of one leaf. `Debug` does not show its value.
pub struct LeafFate<'u> {
    row: &'u Row<'u>,
    node: NodeId,
    /// What became of it.
    pub fate: Fate,
    /// The reason of the rule that took it.
    pub reason: Option<&'u str>,
}

impl<'u> LeafFate<'u> {
    pub(crate) fn new(row: &'u Row<'u>, node: NodeId, fate: Fate, reason: Option<&'u str>) -> Self {
        Self {
            row,
            node,
            fate,
            reason,
        }
    }

    /// Where its record stands.
    pub fn address(&self) -> SourceAddress {
        self.row.record.address()
    }

    /// The names from the root of its record, joined by `/`.
    pub fn path(&self) -> String {
        self.row.record.path(self.node)
    }

    /// Its value. Every call is a place to review.
    pub fn expose(&self) -> &'u str {
        self.row.record.expose(self.node).unwrap_or_default()
    }

    /// The records that took its value. A leaf may count as mapped without any: one of a list that
    /// all patients share, whose readers took it over.
    pub fn records(&self) -> Vec<RecordId> {
        let outputs = self.row.outputs.borrow();
        let claims = self.row.record.claims(self.node);
        claims.filter_map(|one| outputs.get(one).copied()).collect()
    }
}

impl fmt::Debug for LeafFate<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LeafFate({}, {:?})", self.path(), self.fate)
    }
}
