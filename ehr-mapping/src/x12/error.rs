//! What stops the reading of an interchange, with its address and never with a value.

use std::io;
use std::sync::Arc;

use ehr_model::issue::IssueCode;

/// Why a file of interchanges cannot be read at all.
///
/// What is wrong with single records is not an error: see [`BadRecord`](crate::raw::BadRecord).
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

    /// There is nothing in the file.
    #[error("{source_name}: the file is empty")]
    EmptyFile {
        /// The name of the source.
        source_name: Arc<str>,
    },

    /// No interchange begins within the first block of the file.
    #[error("{source_name}: not X12: no ISA segment whose elements have their fixed widths")]
    NoInterchange {
        /// The name of the source.
        source_name: Arc<str>,
    },

    /// The separators of an interchange are single bytes, which this encoding does not keep.
    #[error("{source_name}: interchanges are not read in the encoding {encoding}")]
    Encoding {
        /// The name of the source.
        source_name: Arc<str>,
        /// The name of the encoding.
        encoding: &'static str,
    },
}

/// Why the text of a record is no tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {byte} of the record")]
#[non_exhaustive]
pub struct Unreadable {
    /// What is wrong with it.
    pub reason: IssueCode,
    /// Where in the text of the record.
    pub byte: usize,
}
