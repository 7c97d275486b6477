//! What stops the reading of a document, and what makes one unreadable.

use std::io;
use std::sync::Arc;

use ehr_model::issue::IssueCode;

use super::MAX_DOCUMENT;

/// Why a file cannot be read at all.
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

    /// The file is longer than a document may be, so that not even its bytes can be kept.
    #[error("{source_name}: the file is longer than {} MiB", MAX_DOCUMENT >> 20)]
    TooLarge {
        /// The name of the source.
        source_name: Arc<str>,
    },
}

/// Why the text of a document is no tree, and where; it becomes a reject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, byte {byte}: {reason}")]
#[non_exhaustive]
pub struct Unreadable {
    /// One of the constants of this module.
    pub reason: IssueCode,
    /// The byte of the text at which it was noticed.
    pub byte: u64,
    /// The line of the text, counted from 1.
    pub line: u64,
    /// About how many values the text holds, as far as tags and quotes can be told apart.
    pub leaves: u64,
}
