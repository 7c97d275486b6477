//! What stops the reading of a FHIR file, with its address and never with a value.

use std::io;
use std::sync::Arc;

/// Why a FHIR file cannot be read any further.
///
/// What is wrong with single records is not an error: see [`BadRecord`](crate::raw::BadRecord)
/// and [`Unreadable`](super::Unreadable).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system could not read the source, or its compression is damaged.
    #[error("{source_name}: reading failed")]
    Io {
        /// The name of the source.
        source_name: Arc<str>,
        /// What the operating system or the decompressor said.
        #[source]
        source: io::Error,
    },

    /// One document, or the first line, is longer than a document may be.
    #[error(
        "{source_name}: a single JSON document of more than {limit} bytes; export it as NDJSON"
    )]
    DocumentTooLong {
        /// The name of the source.
        source_name: Arc<str>,
        /// The limit, [`MAX_DOCUMENT`](super::MAX_DOCUMENT).
        limit: usize,
    },
}
