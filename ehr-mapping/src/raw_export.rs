//! Reading an export before a mapping document exists: every file as what its bytes say it is.
//!
//! [`RawExport::open`] looks at the first bytes of every file and decides what it is: delimited
//! text (its delimiter, its encoding, whether its first line names columns), a dump, a workbook, a
//! format of trees, XML, lines of text, or a document. [`RawExport::read`] then gives its records
//! one by one. Nothing is mapped and nothing is repaired; it is what an audit looks at.
//!
//! Names of files may name patients. Tables have the name of their file, because a mapping
//! document has to name it; where several files have the same columns they are one table, named by
//! how many they are. All else is named by its format.
//!
//! ```
//! use ehr_mapping::raw_export::{RawExport, RawItem};
//! use ehr_mapping::source::MemoryFolder;
//!
//! let folder = MemoryFolder::default()
//!     .with("VISITS.TXT", "ID|SEEN\n1|12/31/2019\n2|01/02/2020\n")
//!     .with("letter.txt", "Dear colleague,\nthank you.\n");
//! let export = RawExport::open(&folder)?;
//! let mut seen = Vec::new();
//! for file in export.files() {
//!     export.read(file, &mut |item| if let RawItem::Record { table, record } = item {
//!         seen.push((table.name.to_string(), record.filled_leaves().count()));
//!     })?;
//! }
//! assert_eq!(seen, [
//!     ("VISITS".to_owned(), 2), ("VISITS".to_owned(), 2),
//!     ("(text)".to_owned(), 1), ("(text)".to_owned(), 1),
//! ]);
//! # Ok::<(), ehr_mapping::Error>(())
//! ```

mod delimited;
mod read;
mod sniff;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use ehr_model::profile::TableFormat;
use ehr_model::source::SourceRecord;

use crate::Error;
use crate::csv::Dialect;
use crate::format::Format;
use crate::source::SourceFolder;

/// An export whose files were looked at.
pub struct RawExport<'f> {
    folder: &'f dyn SourceFolder,
    files: Vec<RawFile>,
}

/// A file of an export, and what it seems to be.
#[derive(Debug, Clone, PartialEq)]
pub struct RawFile {
    /// Its name in the export. It may name a patient.
    pub(crate) name: String,
    /// Its size.
    pub bytes: u64,
    /// What it is.
    pub kind: RawKind,
    /// The encoding of a text, by its WHATWG name in small letters.
    pub encoding: Option<String>,
    /// The name of its table, where it is one table.
    table: Arc<str>,
    /// Its place among the files, counted from 1, and how many there are.
    place: (usize, usize),
}

/// What a file is.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum RawKind {
    /// No byte.
    Empty,
    /// Delimited text with these columns.
    Delimited {
        /// How it is cut.
        dialect: Dialect,
        /// The columns; `column 1` and so on where the first line does not name them.
        columns: Vec<String>,
    },
    /// One of the formats with marks of their own.
    Format(Format),
    /// XML of another sort, whose elements are read as trees.
    Xml,
    /// Text without columns.
    Lines,
    /// A document; its media type.
    Document(&'static str),
}

/// The table that a record belongs to.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RawTable {
    /// Its name.
    pub name: Arc<str>,
    /// How it is written.
    pub format: TableFormat,
    /// Its columns in their order; none for trees.
    pub columns: Vec<String>,
}

/// What is read of a file.
///
/// Exhaustive on purpose: a `_` arm would be a place where records get lost.
#[derive(Debug)]
pub enum RawItem<'i, 'r> {
    /// A table begins, which may have no record at all.
    Table(&'i RawTable),
    /// A record.
    Record {
        /// The table.
        table: &'i RawTable,
        /// The record.
        record: &'i SourceRecord<'r>,
    },
    /// Something that cannot be read as a record of the table.
    Unreadable {
        /// The table.
        table: &'i RawTable,
    },
    /// A line that is written in another encoding than the file; its record follows.
    OtherEncoding,
}

impl<'f> RawExport<'f> {
    /// Looks at the first bytes of every file.
    ///
    /// # Errors
    ///
    /// If the folder or a file cannot be read.
    pub fn open(folder: &'f dyn SourceFolder) -> Result<Self, Error> {
        let listed = folder
            .list()
            .map_err(Error::io("the export", "listing its files"))?;
        let of = listed.len();
        let mut files = Vec::with_capacity(of);
        for (place, file) in listed.into_iter().enumerate() {
            let (kind, encoding) = sniff::file(folder, &file)?;
            files.push(RawFile {
                table: named(&file.name, &kind),
                name: file.name,
                bytes: file.bytes,
                kind,
                encoding,
                place: (place + 1, of),
            });
        }
        join_alike(&mut files);
        Ok(Self { folder, files })
    }

    /// The files, in the order of their names.
    pub fn files(&self) -> &[RawFile] {
        &self.files
    }

    /// Reads a file record by record.
    ///
    /// # Errors
    ///
    /// If the file cannot be read at all, because the system refuses or because it is not what its
    /// first bytes promised. Records that were visited before stay visited.
    pub fn read(
        &self,
        file: &RawFile,
        visit: &mut dyn FnMut(RawItem<'_, '_>),
    ) -> Result<(), Error> {
        read::file(self.folder, file, visit)
    }
}

impl RawFile {
    /// The file by its place: its name may name a patient.
    pub fn place(&self) -> String {
        let (place, of) = self.place;
        format!("(file {place} of {of} in the export)")
    }

    /// What it is, in a word: a format or a media type.
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            RawKind::Empty => "empty",
            RawKind::Delimited { .. } => "csv",
            RawKind::Format(format) => format.name(),
            RawKind::Xml => "xml",
            RawKind::Lines => "text",
            RawKind::Document(media_type) => media_type,
        }
    }

    /// Whether it is a document of its own and not data.
    pub fn is_document(&self) -> bool {
        matches!(self.kind, RawKind::Document(_) | RawKind::Lines)
    }
}

impl std::fmt::Debug for RawExport<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RawExport")
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

/// The name of the table of a file: without folder and ending.
fn named(file: &str, kind: &RawKind) -> Arc<str> {
    match kind {
        RawKind::Delimited { .. } => {
            let name = file.rsplit('/').next().unwrap_or(file);
            name.rsplit_once('.').map_or(name, |(stem, _)| stem).into()
        }
        RawKind::Lines => "(text)".into(),
        _ => "".into(),
    }
}

/// Files of delimited text with the same columns are one table, which is not named after one of
/// them; two that only share a name keep their folders.
fn join_alike(files: &mut [RawFile]) {
    let mut alike: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        if let RawKind::Delimited { columns, dialect } = &file.kind
            && dialect.header()
        {
            alike.entry(columns.clone()).or_default().push(number);
        }
    }
    let mut groups = 0;
    for numbers in alike.values().filter(|numbers| numbers.len() > 1) {
        groups += 1;
        let name: Arc<str> = format!("({} files alike, group {groups})", numbers.len()).into();
        for number in numbers {
            files[*number].table = name.clone();
        }
    }
    let mut seen: BTreeMap<Arc<str>, Vec<String>> = BTreeMap::new();
    for file in files {
        if let RawKind::Delimited { columns, .. } = &file.kind {
            match seen.get(&file.table) {
                Some(other) if other != columns => file.table = file.name.as_str().into(),
                Some(_) => {}
                None => {
                    seen.insert(file.table.clone(), columns.clone());
                }
            }
        }
    }
}
