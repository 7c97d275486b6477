//! Why a sheet cannot be written or read back.

use ehr_crypto::Digest;

use crate::document::DocumentErrors;

/// A sheet that cannot be written, or that is not the one that was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewError {
    /// The document has mistakes.
    #[error(transparent)]
    Document(#[from] DocumentErrors),
    /// The workbook cannot be written.
    #[error("the workbook cannot be written")]
    Write(#[from] rust_xlsxwriter::XlsxError),
    /// The bytes are no workbook.
    #[error("this is no workbook of Excel's format")]
    Workbook(#[from] calamine::XlsxError),
    /// A sheet of the workbook is gone.
    #[error("the workbook lacks its sheet `{sheet}`")]
    SheetMissing {
        /// The sheet.
        sheet: &'static str,
    },
    /// The digest is gone.
    #[error("{sheet}!{cell}: the workbook does not say of which document it is")]
    DigestMissing {
        /// The sheet.
        sheet: &'static str,
        /// The cell.
        cell: String,
    },
    /// The sheet was made from another document, or from this one before it changed.
    #[error("the review sheet was made from document {sheet}, and this is document {document}")]
    OtherDocument {
        /// The digest in the sheet.
        sheet: String,
        /// The digest of the document.
        document: Digest,
    },
    /// A cell that is not for reviewers was changed.
    #[error("{sheet}!{cell}: this cell is not for edits, and it was changed")]
    Altered {
        /// The sheet.
        sheet: &'static str,
        /// The cell.
        cell: String,
    },
    /// A row is of no line of the document, or there twice.
    #[error("{sheet}!{cell}: {problem}")]
    Row {
        /// The sheet.
        sheet: &'static str,
        /// The cell with its id.
        cell: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// Rows were deleted.
    #[error("{sheet}: {missing} rows are gone, the first of them `{first}`")]
    RowsMissing {
        /// The sheet.
        sheet: &'static str,
        /// How many.
        missing: usize,
        /// The id of the first.
        first: String,
    },
    /// A judgement that is none.
    #[error("{sheet}!{cell}: write accept, change or reject, or nothing")]
    Judgement {
        /// The sheet.
        sheet: &'static str,
        /// The cell.
        cell: String,
    },
    /// A code that cannot stand in a code map.
    #[error(
        "{sheet}!{cell}: a target is one line of text, and not empty; to drop the row, reject it"
    )]
    Target {
        /// The sheet.
        sheet: &'static str,
        /// The cell.
        cell: String,
    },
    /// A code that some program took for a number.
    #[error(
        "{sheet}!{cell}: the code became a number, whose zeros and last digits may be lost: write it as text"
    )]
    TargetNumber {
        /// The sheet.
        sheet: &'static str,
        /// The cell.
        cell: String,
    },
    /// A code was corrected, and the words beside it are those of the old one.
    #[error(
        "{sheet}!{cell}: these are the words of the code that was replaced: correct them too, or empty the cell"
    )]
    DisplayStale {
        /// The sheet.
        sheet: &'static str,
        /// The cell.
        cell: String,
    },
    /// The row stands in a document that ships with the library.
    #[error(
        "code map row `{id}` stands in {place}, which ships with the library: give the row to your own document"
    )]
    ShippedRow {
        /// The id of the row.
        id: String,
        /// The document.
        place: String,
    },
}
