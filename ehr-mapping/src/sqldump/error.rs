//! What stops the reading of a dump script, with its address and never with a cell.

use std::io;
use std::sync::Arc;

/// Why a dump script cannot be read at all.
///
/// What is wrong with single rows or statements is not an error: see
/// [`BadRecord`](crate::raw::BadRecord).
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

    /// The file is of a binary format.
    #[error("{source_name}: not a dump script: it begins like {found}")]
    NotScript {
        /// The name of the source.
        source_name: Arc<str>,
        /// What it looks like instead.
        found: &'static str,
    },

    /// Nothing in the first block says which database wrote the file.
    #[error(
        "{source_name}: no statement of a MySQL, PostgreSQL or SQL Server dump at its beginning"
    )]
    UnknownVariant {
        /// The name of the source.
        source_name: Arc<str>,
    },

    /// The script says that it is written in an encoding that is not read.
    #[error("{source_name}: dump scripts in {encoding} are not read; convert it to UTF-8 first")]
    Encoding {
        /// The name of the source.
        source_name: Arc<str>,
        /// The encoding as the script names it.
        encoding: String,
    },
}
