//! What can fail with releases and tables.

use std::io;

/// Why a release or a table was refused. Releases hold public codes, so addresses are exact.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TerminologyError {
    /// A file cannot be read or written.
    #[error("{file}: {source}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// A line does not have the layout of the release.
    #[error("{file}: line {line}, column {column}: expected {expected}")]
    Layout {
        /// The file.
        file: String,
        /// The line, from 1.
        line: u64,
        /// The column, from 1: a character in fixed width, a field where there are separators.
        column: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The header lacks a column that the release has.
    #[error("{file}: line 1: no column {column}")]
    MissingColumn {
        /// The file.
        file: String,
        /// The column.
        column: &'static str,
    },
    /// The file has no line that could be used.
    #[error("{file}: no code")]
    NoCode {
        /// The file.
        file: String,
    },
    /// A release is put behind one that is newer, or as old.
    #[error("release {newer} does not come after {older}")]
    ReleaseOrder {
        /// The one that should be newer.
        newer: String,
        /// The one that is there.
        older: String,
    },
    /// The file is no table of this library.
    #[error("{file}: not a terminology table")]
    NotATable {
        /// The file.
        file: String,
    },
    /// The table has another format version; build it again from its release.
    #[error(
        "{file}: format version {found}, but this library reads {supported}; build it again from its release"
    )]
    FormatVersion {
        /// The file.
        file: String,
        /// The version of the file.
        found: u16,
        /// The version that is read.
        supported: u16,
    },
    /// The digest of the table is another one: it was cut or changed.
    #[error("{file}: damaged: its digest is another one")]
    Damaged {
        /// The file.
        file: String,
    },
    /// Two tables of one code system.
    #[error("two tables of {system}")]
    DuplicateTable {
        /// The code system.
        system: String,
    },
}
