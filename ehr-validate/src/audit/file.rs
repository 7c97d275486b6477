//! The files of an export: what they are, and whether an index knows the documents.

use std::collections::BTreeMap;

use serde::Serialize;

/// A file of an export.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ExportFile<'f> {
    /// What it is: a format, or a media type.
    pub kind: &'f str,
    /// Its size.
    pub bytes: u64,
    /// The encoding of its text, where it is text.
    pub encoding: Option<&'f str>,
    /// Whether lines of another encoding stand in it.
    pub mixed: bool,
    /// Whether it is a document of its own: a scan, a letter, an image.
    pub document: bool,
    /// Whether it cannot be read as what it is.
    pub unreadable: bool,
}

/// The files of an export, counted: a file name may name a patient.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FileCounts {
    /// How many files there are.
    pub files: u64,
    /// Their size together.
    pub bytes: u64,
    /// Files without a byte.
    pub empty: u64,
    /// Files that are documents of their own.
    pub documents: u64,
    /// Files by what they are.
    pub kinds: BTreeMap<String, u64>,
    /// Texts by their encoding.
    pub encodings: BTreeMap<String, u64>,
    /// Texts in two encodings.
    pub mixed: u64,
    /// Files that cannot be read as what they are.
    pub unreadable: u64,
}

/// What the index of a folder of documents names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DocumentIndex {
    /// The file that holds the index.
    pub file: String,
    /// The column with the names of files.
    pub column: String,
    /// Rows whose file is there.
    pub found: u64,
    /// Rows whose file is not there, or which could mean several.
    pub without_file: u64,
    /// Files that no row names.
    pub without_row: u64,
}

impl<'f> ExportFile<'f> {
    /// A file of a kind.
    pub fn new(kind: &'f str, bytes: u64) -> Self {
        Self {
            kind,
            bytes,
            encoding: None,
            mixed: false,
            document: false,
            unreadable: false,
        }
    }
}

impl DocumentIndex {
    /// An index and its counts.
    pub fn new(
        file: String,
        column: String,
        found: u64,
        without_file: u64,
        without_row: u64,
    ) -> Self {
        Self {
            file,
            column,
            found,
            without_file,
            without_row,
        }
    }
}

impl FileCounts {
    pub(super) fn add(&mut self, file: &ExportFile<'_>) {
        self.files += 1;
        self.bytes += file.bytes;
        self.empty += u64::from(file.bytes == 0);
        self.documents += u64::from(file.document);
        self.mixed += u64::from(file.mixed);
        self.unreadable += u64::from(file.unreadable);
        *self.kinds.entry(file.kind.to_owned()).or_default() += 1;
        if let Some(encoding) = file.encoding {
            *self.encodings.entry(encoding.to_owned()).or_default() += 1;
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.empty += other.empty;
        self.documents += other.documents;
        self.mixed += other.mixed;
        self.unreadable += other.unreadable;
        for (kind, count) in &other.kinds {
            *self.kinds.entry(kind.clone()).or_default() += count;
        }
        for (encoding, count) in &other.encodings {
            *self.encodings.entry(encoding.clone()).or_default() += count;
        }
    }
}
