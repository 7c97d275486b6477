//! Keys of source records.

use super::Column;
use crate::transform::Transform;

/// Separates the parts of a source key; no export has it inside a value.
pub(crate) const KEY_SEPARATOR: char = '\u{1f}';

/// The key of a record: the parts of the first alternative of which any is filled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Key {
    pub(crate) alternatives: Vec<Vec<KeyPart>>,
}

impl Key {
    /// The columns of all alternatives.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        self.alternatives
            .iter()
            .flatten()
            .filter_map(KeyPart::column)
    }
}

/// Numbers under one authority: those of each node that the path leads to.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    /// The literals before the number, each with the separator of keys behind it.
    pub(crate) authority: String,
    pub(crate) number: Column,
    pub(crate) via: Vec<Transform>,
}

#[derive(Debug, Clone)]
pub(crate) enum KeyPart {
    Column(Column, Vec<Transform>),
    Literal(String),
    /// The place among the rows of the patient that have the same key otherwise.
    Ordinal,
    /// The name under which other records of the format refer to this one.
    Own(Vec<Transform>),
    /// The place among the nodes of one source record that have the same key otherwise.
    OrdinalInRecord,
    /// What stands in the subtree, or in the one that a path leads to, for what has no key of its
    /// own.
    Content(Option<Column>),
}

impl KeyPart {
    /// The column that the part reads.
    pub(crate) fn column(&self) -> Option<Column> {
        match self {
            Self::Column(column, _) => Some(*column),
            Self::Literal(_)
            | Self::Ordinal
            | Self::OrdinalInRecord
            | Self::Own(_)
            | Self::Content(_) => None,
        }
    }
}
