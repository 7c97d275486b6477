//! How one field of a record is filled.

use ehr_model::catalogue::FieldPath;
use ehr_model::element::LeafType;
use ehr_model::record::Kind;
use ehr_model::value::DataAbsentReason;

use super::{Column, Condition, Key};
use crate::datatype::{ReadElement, ReadField, ReadLeaf};
use crate::transform::Transform;

#[derive(Debug, Clone)]
pub(crate) struct FieldMap {
    pub(crate) path: FieldPath,
    pub(crate) source: FieldSource,
    pub(crate) when: Vec<Condition>,
    /// Only where the line before, which fills the same field, found nothing.
    pub(crate) otherwise: bool,
    pub(crate) absent: Option<DataAbsentReason>,
    pub(crate) line: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct ConstantMap {
    pub(crate) path: FieldPath,
    pub(crate) value: Constant,
    /// How many elements down the path it shares with a line that reads the source: it then
    /// stands only where that element got a value. 0: it always stands.
    pub(crate) completes: usize,
    pub(crate) when: Vec<Condition>,
    pub(crate) line: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum Constant {
    Text(String),
    Boolean(bool),
    Integer(i64),
}

impl Constant {
    /// The constant on its way into a field.
    pub(crate) fn leaf(&self) -> ehr_model::element::Leaf<'_> {
        use ehr_model::element::Leaf;
        match self {
            Self::Text(text) => Leaf::Text(text.as_str().into()),
            Self::Boolean(value) => Leaf::Boolean(*value),
            Self::Integer(value) => Leaf::Integer(*value),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum FieldSource {
    Value(ValueSource),
    Coded(Box<CodedSource>),
    Reference(Box<ReferenceSource>),
    File(Box<FileSource>),
    Datatype(DatatypeSource),
    /// What earlier records said in this field no longer holds.
    Withdrawal,
}

#[derive(Debug, Clone)]
pub(crate) struct ValueSource {
    pub(crate) column: Column,
    /// Where the column stands in another table.
    pub(crate) join: Option<usize>,
    /// Reads the subtree before the transforms.
    pub(crate) datatype: Option<ReadLeaf>,
    pub(crate) transforms: Vec<Transform>,
    pub(crate) code_map: Option<usize>,
    pub(crate) leaf: LeafType,
    /// Whether every node that the path leads to adds a value to the list.
    pub(crate) every: bool,
}

/// What a datatype reads a subtree into.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReadInto {
    Element(ReadElement),
    Field(ReadField),
}

/// A subtree that a datatype reads as a whole.
#[derive(Debug, Clone)]
pub(crate) struct DatatypeSource {
    pub(crate) column: Column,
    pub(crate) read: ReadInto,
    /// Whether every node that the path leads to adds a value to the list.
    pub(crate) every: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct CodedSource {
    pub(crate) code: Column,
    pub(crate) transforms: Vec<Transform>,
    pub(crate) system: CodeSystemSource,
    pub(crate) display: Option<Column>,
    pub(crate) text: Option<Column>,
    pub(crate) translate: Option<usize>,
    pub(crate) code_path: FieldPath,
    pub(crate) system_path: FieldPath,
    pub(crate) display_path: FieldPath,
    /// Of a CodeableConcept only.
    pub(crate) concept: Option<ConceptPaths>,
}

#[derive(Debug, Clone)]
pub(crate) struct ConceptPaths {
    pub(crate) text: FieldPath,
    pub(crate) user_selected: FieldPath,
    pub(crate) target_system: FieldPath,
    pub(crate) target_code: FieldPath,
    pub(crate) target_display: FieldPath,
}

#[derive(Debug, Clone)]
pub(crate) enum CodeSystemSource {
    None,
    Constant(String),
    Column {
        column: Column,
        code_map: Option<usize>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct ReferenceSource {
    /// `None` is whatever was made.
    pub(crate) kind: Option<Kind>,
    /// The node at which the block that makes the other record is.
    pub(crate) at: Option<Column>,
    pub(crate) key: Option<Key>,
    /// Whether every node adds a reference to the list.
    pub(crate) every: bool,
    pub(crate) display: Option<(Column, FieldPath)>,
    /// The reference itself, and its target.
    pub(crate) reference: FieldPath,
    pub(crate) target: FieldPath,
}

#[derive(Debug, Clone)]
pub(crate) struct FileSource {
    pub(crate) column: Column,
    pub(crate) data: FieldPath,
    pub(crate) size: FieldPath,
    pub(crate) content_type: FieldPath,
    pub(crate) pages: FieldPath,
    pub(crate) sha_256: FieldPath,
    /// The column holds the text of the document and not the name of a file.
    pub(crate) inline: bool,
}
