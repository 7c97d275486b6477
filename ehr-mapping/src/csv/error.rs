//! What stops the reading of a delimited file, with its address and never with a cell.

use std::fmt;
use std::io;
use std::sync::Arc;

use ehr_model::issue::IssueCode;

/// Why a delimited file cannot be read at all.
///
/// What is wrong with single records is not an error: see [`BadRecord`](crate::raw::BadRecord). Columns are
/// named by their place, not by their text, because a file that was declared with a header but
/// has none would show its first patient.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system could not read the source.
    #[error("{source_name}: reading failed")]
    Io {
        /// The name of the source.
        source_name: Arc<str>,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },

    /// There is not even a header.
    #[error("{source_name}: the file is empty, not even a header is there")]
    EmptyFile {
        /// The name of the source.
        source_name: Arc<str>,
    },

    /// The file is not delimited text.
    #[error("{source_name}: not delimited text: {found}")]
    NotText {
        /// The name of the source.
        source_name: Arc<str>,
        /// What it looks like instead.
        found: NotText,
    },

    /// The header line itself is damaged.
    #[error("{source_name}: line {line}: the header cannot be read: {reason}")]
    BadHeader {
        /// The name of the source.
        source_name: Arc<str>,
        /// The line on which the header begins, counted from 1.
        line: u64,
        /// What is wrong with it.
        reason: IssueCode,
    },

    /// Two columns have the same name.
    #[error("{source_name}: columns {first} and {second} have the same name")]
    DuplicateColumn {
        /// The name of the source.
        source_name: Arc<str>,
        /// The place of the first, counted from 1.
        first: usize,
        /// The place of the second, counted from 1.
        second: usize,
    },

    /// A column has no name.
    #[error("{source_name}: column {column} has no name")]
    EmptyColumnName {
        /// The name of the source.
        source_name: Arc<str>,
        /// Its place, counted from 1.
        column: usize,
    },
}

/// What a file is that is not delimited text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotText {
    /// A file of a known format, by its first bytes.
    Format(&'static str),
    /// UTF-16 without a byte order mark, in a dialect that does not say so.
    Utf16,
    /// Too many control characters for text.
    ControlCharacters,
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format(name) => write!(f, "it begins like {name}"),
            Self::Utf16 => f.write_str(
                "it looks like UTF-16 without a byte order mark; name that encoding in the dialect",
            ),
            Self::ControlCharacters => f.write_str("it is full of control characters"),
        }
    }
}
