//! What stops the reading of a workbook, with its address and never with a cell.

use std::io;
use std::sync::Arc;

/// Why a workbook cannot be read.
///
/// Sheets are named by their number, counted from 1, because a sheet may be named after a patient.
/// What the library below says is not repeated, because it may show a cell.
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

    /// The file is no workbook of a kind that is read.
    #[error("{source_name}: not a workbook: {found}")]
    NotWorkbook {
        /// The name of the source.
        source_name: Arc<str>,
        /// What it is instead.
        found: &'static str,
    },

    /// The workbook is larger than memory should hold.
    #[error("{source_name}: more than {limit} bytes")]
    TooLarge {
        /// The name of the source.
        source_name: Arc<str>,
        /// The limit that it exceeds.
        limit: u64,
    },

    /// The workbook, or one of its sheets, is damaged.
    #[error("{source_name}: the workbook is damaged")]
    Damaged {
        /// The name of the source, with the sheet.
        source_name: Arc<str>,
    },

    /// There is no such sheet.
    #[error("{source_name}: there is no sheet of that name with cells")]
    NoSheet {
        /// The name of the source.
        source_name: Arc<str>,
    },

    /// The sheet has no cell that holds something.
    #[error("{source_name}: the sheet is empty, not even a header is there")]
    EmptySheet {
        /// The name of the source, with the sheet.
        source_name: Arc<str>,
    },
}
