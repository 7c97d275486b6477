//! What one `[[map]]` makes of a row or of a node.

use ehr_model::catalogue::FieldPath;
use ehr_model::record::Kind;

use super::{CodeSystemSource, Column, Condition, ConstantMap, FieldMap, FieldSource, Key, Test};

/// One `[[map]]`.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) table: usize,
    /// Of a source: the nodes of a record at which the block works; without, its root.
    pub(crate) at: Option<Column>,
    pub(crate) kind: Kind,
    pub(crate) key: Key,
    pub(crate) same_key: SameKey,
    /// Whether records of other documents that say the same under another key are one entry.
    pub(crate) merge_same_content: bool,
    pub(crate) when: Vec<Condition>,
    /// The number of the record's list to which each row adds a value.
    pub(crate) append: Option<usize>,
    pub(crate) create: bool,
    /// What comes from the source; constants follow in their own list because they complete.
    pub(crate) fields: Vec<FieldMap>,
    pub(crate) constants: Vec<ConstantMap>,
    pub(crate) each: Vec<Each>,
    /// The reference to the patient.
    pub(crate) patient: Option<FieldPath>,
    /// Whether it points at whatever other blocks made, and so comes after them.
    pub(crate) late: bool,
    /// Of what it points at by a node alone, those nodes: without what was made there it makes nothing.
    pub(crate) pointers: Vec<Option<Column>>,
    pub(crate) line: u32,
}

impl Block {
    /// The columns of its own table that the block reads into the record.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        let key = self.key.columns();
        let when = self
            .when
            .iter()
            .filter(|condition| matches!(condition.test, Test::In(_)))
            .map(|condition| condition.column);
        let fields = self.fields.iter().flat_map(|field| match &field.source {
            FieldSource::Value(source) if source.join.is_some() => Vec::new(),
            FieldSource::Value(source) => vec![source.column],
            FieldSource::Coded(source) => {
                let system = match &source.system {
                    CodeSystemSource::Column { column, .. } => Some(*column),
                    _ => None,
                };
                let optional = [source.display, source.text, system];
                std::iter::once(source.code)
                    .chain(optional.into_iter().flatten())
                    .collect()
            }
            FieldSource::Reference(source) => source
                .key
                .iter()
                .flat_map(Key::columns)
                .chain(source.display.as_ref().map(|(column, _)| *column))
                .collect(),
            FieldSource::File(source) => vec![source.column],
            FieldSource::Datatype(source) => vec![source.column],
            FieldSource::Withdrawal => Vec::new(),
        });
        key.chain(when).chain(fields)
    }
}

/// What happens where two source records have one key but not the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SameKey {
    /// Both stay, each with an id of its own, and an issue says so.
    #[default]
    KeepBoth,
    /// They speak of one thing: what the later one adds is added, what it says otherwise replaces
    /// what stood there, and an issue names the field.
    Merge,
    /// The later one stands in place of the earlier one, which stays in the archive.
    Latest,
}

/// A list of the record that is filled from several nodes below the one that the block is at.
#[derive(Debug, Clone)]
pub(crate) struct Each {
    pub(crate) at: Column,
    pub(crate) when: Vec<Condition>,
    /// The number of the list.
    pub(crate) list: usize,
    pub(crate) fields: Vec<FieldMap>,
    pub(crate) constants: Vec<ConstantMap>,
}
