//! What a table holds.

use std::sync::Arc;

use serde::Serialize;

use super::{ColumnProfile, Count};
use crate::record::DataClass;

/// A table of an export; records of one sort where the export has trees and no tables.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TableProfile {
    /// Its name in the profile.
    pub name: Arc<str>,
    /// How it is written.
    pub format: TableFormat,
    /// The class of data that it seems to hold.
    pub class: DataClass,
    /// Why.
    pub class_reasons: Vec<String>,
    /// Its records, without those that cannot be read.
    pub records: u64,
    /// Records that cannot be read.
    pub unreadable: u64,
    /// Records that repeat another one value by value.
    pub duplicates: Count,
    /// Its columns, in their order; for trees the paths, in the order in which they were met.
    pub columns: Vec<ColumnProfile>,
    /// The column that says when something happened, by which the years are told.
    pub dated_by: Option<Arc<str>>,
}

/// How a table is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[non_exhaustive]
pub enum TableFormat {
    /// Delimited text.
    Csv(Delimited),
    /// A table of a dump script.
    SqlDump,
    /// A sheet of a workbook.
    Xlsx {
        /// The name of the sheet.
        sheet: String,
    },
    /// Records that are trees; the name of their format.
    Tree {
        /// The format, as a mapping document names it; `xml` for what has none.
        format: &'static str,
    },
    /// Lines of text without columns.
    Lines,
}

/// A file of delimited text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delimited {
    /// The file; the first of several with the same columns.
    pub file: String,
    /// How many files have these columns and were taken for one table.
    pub files: u64,
    /// What stands between cells.
    pub delimiter: char,
    /// The encoding, by its WHATWG name in small letters.
    pub encoding: String,
    /// Whether the first line names the columns.
    pub header: bool,
}

impl TableProfile {
    /// A table of which only the name and the format are known.
    pub fn new(name: impl Into<Arc<str>>, format: TableFormat) -> Self {
        Self {
            name: name.into(),
            format,
            class: DataClass::Administrative,
            class_reasons: Vec::new(),
            records: 0,
            unreadable: 0,
            duplicates: Count::exact(0),
            columns: Vec::new(),
            dated_by: None,
        }
    }

    /// The column with this name.
    pub fn column(&self, name: &str) -> Option<&ColumnProfile> {
        self.columns.iter().find(|column| &*column.name == name)
    }
}

impl TableFormat {
    /// Whether its records are rows, and not trees or lines.
    pub const fn is_table(&self) -> bool {
        matches!(self, Self::Csv(_) | Self::SqlDump | Self::Xlsx { .. })
    }
}

impl Delimited {
    /// A file with a header.
    pub fn new(
        file: impl Into<String>,
        delimiter: char,
        encoding: impl Into<String>,
        header: bool,
    ) -> Self {
        Self {
            file: file.into(),
            files: 1,
            delimiter,
            encoding: encoding.into(),
            header,
        }
    }
}
