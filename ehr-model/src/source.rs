//! One shape for every source: an ordered tree of named nodes over the bytes of one record.
//!
//! A CSV row is a flat tree, a C-CDA document a deep one. Leaves borrow from the record's own
//! text; what an escape changed stands in a side buffer. Each leaf carries its fate: who reads a
//! leaf claims it, and what nobody claimed is the unmapped data, for every format alike.

mod names;
mod tree;

pub use names::{NameId, Names};
pub use tree::{Arena, Children, NamedChildren, NodeId, SourceRecord, TreeBuilder};

/// What became of a leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Fate {
    /// Nobody read it and no rule names it.
    #[default]
    Unaccounted,
    /// It stands in a record that migrates.
    Mapped,
    /// A rule or a scope decision keeps it in the archive only.
    Archived,
    /// A rule of the mapping document leaves it out, with a reason.
    Ignored,
    /// It could not be read as what it should be; an issue names its address.
    Rejected,
}
