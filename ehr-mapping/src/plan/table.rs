//! Tables of rows and sources of trees, and what joins them.

use std::collections::HashMap;
use std::sync::Arc;

use ehr_model::issue::IssueCode;

use super::{Alias, Condition, Key};
use crate::format::Format;
use crate::path::SourcePath;
use crate::source::SourceFile;

/// A column of a table, as a position in [`Table::columns`].
pub(crate) type Column = usize;

/// A table of rows, or a source of trees.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: Arc<str>,
    pub(crate) format: Format,
    /// Of a source: which records of the format it takes; the first source that takes one has it.
    pub(crate) when: Vec<Condition>,
    /// Of a source: its records are set aside with this code.
    pub(crate) reject: Option<IssueCode>,
    /// Of a source: the value by which its records are counted apart.
    pub(crate) books_by: Option<Column>,
    /// Of a source: whose patient a record has that names none: that of the record with this key.
    pub(crate) through: Option<Key>,
    /// Of a source: other identifiers of the patient that its records name.
    pub(crate) also: Vec<Alias>,
    /// Of a source: whether its records are looked up by their own keys.
    pub(crate) lookup: bool,
    /// Of a source: what orders the records of a patient, before file and place.
    pub(crate) order: Option<Column>,
    /// Of a source: how its records spell "delete what was said before".
    pub(crate) delete: Option<Arc<str>>,
    pub(crate) file: String,
    pub(crate) columns: Vec<ColumnSpec>,
    /// Header in the file (as it is) to the name used in the document.
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) patient: PatientKey,
    pub(crate) may_be_missing: bool,
    /// Columns that a join reads; a leaf there counts as mapped when nothing else takes it.
    pub(crate) joined_columns: Vec<Column>,
}

impl Table {
    /// The file of the export that the table reads: of two names that differ in case, the first.
    pub(crate) fn file_in<'f>(&self, files: &'f [SourceFile]) -> Option<&'f SourceFile> {
        files
            .iter()
            .find(|file| file.name.eq_ignore_ascii_case(&self.file))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnSpec {
    pub(crate) name: Arc<str>,
    pub(crate) required: bool,
    /// Of a source: the path, from the node that a map is at.
    pub(crate) path: Option<SourcePath>,
}

#[derive(Debug, Clone)]
pub(crate) enum PatientKey {
    /// The rows belong to no patient.
    Shared,
    /// The patient's key stands in the row.
    Column(Column),
    /// The patient's key stands in the tree.
    Key(Key),
    /// The patient is found through another table.
    Via {
        column: Column,
        table: usize,
        key: Column,
    },
}

/// A row of another table, found by the value of a column.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) on: Column,
    pub(crate) table: usize,
    pub(crate) key: Column,
}
