//! How many pages a document has.

use super::pdf;
use super::tiff;

/// How many pages a document has. Unknown is never 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// So many.
    Counted(u32),
    /// It has pages, but they cannot be counted.
    Unknown(PagesUnknown),
    /// A format whose pages are made when it is shown, or that has none.
    None,
}

/// Why pages cannot be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PagesUnknown {
    /// The document is encrypted.
    #[error("the document is encrypted")]
    Encrypted,
    /// What leads to the pages is not where it should be.
    #[error("the document is damaged")]
    Damaged,
    /// The pages are packed in a way that is not read here.
    #[error("the pages are packed in a way that is not read")]
    Filter,
    /// The document says another number of pages than it has.
    #[error("the document says another number of pages than it has")]
    Contradiction,
}

pub(super) fn count(bytes: &[u8], media_type: &str) -> Pages {
    let counted = match media_type {
        "application/pdf" => pdf::pages(bytes),
        "image/tiff" => tiff::pages(bytes),
        _ => return Pages::None,
    };
    match counted {
        Ok(pages) => Pages::Counted(pages),
        Err(reason) => Pages::Unknown(reason),
    }
}
