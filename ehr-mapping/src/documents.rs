//! Documents beside the tables of an export: what each is, and which rows speak of them.
//!
//! [`Facts::of`] looks at the bytes of one document: its media type by content, and whether the
//! ending of its name promises the same; its digest; its pages. [`Index::detect`] finds the table
//! whose rows name the files of a folder.
//!
//! ```
//! use ehr_mapping::documents::{Facts, Index, Pages};
//! use ehr_mapping::source::MemoryFolder;
//!
//! let facts = Facts::of(b"%PDF-1.4 and no more", "scan.tif");
//! assert_eq!((facts.media_type, facts.promised), ("application/pdf", Some("image/tiff")));
//! assert!(!facts.agrees());
//! assert!(matches!(facts.pages, Pages::Unknown(_)));
//!
//! let folder = MemoryFolder::default()
//!     .with("index.csv", "MRN,FILE\n7,SCANS\\A1.TXT\n8,scans/gone.txt\n8,c3.txt\n")
//!     .with("scans/a1.txt", "Dear colleague")
//!     .with("scans/b2.txt", "Dear patient")
//!     .with("scans/c3.txt", "Dear nurse");
//! let index = Index::detect(&folder)?.expect("there is one");
//! assert_eq!((&*index.file, &*index.columns[index.name]), ("index.csv", "FILE"));
//! assert_eq!(index.patient, Some(0));
//! assert_eq!(index.without_row, ["scans/b2.txt"]);
//! assert_eq!(index.without_file[0].line, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod draft;
mod facts;
mod index;
mod media;
mod pages;
mod pdf;
mod reason;
mod table;
#[cfg(test)]
mod tests;
mod tiff;

pub use facts::Facts;
pub use index::Index;
pub use media::media_type;
pub use pages::{Pages, PagesUnknown};
pub use reason::{DOCUMENT_EMPTY, DOCUMENT_TRUNCATED, MEDIA_TYPE_MISMATCH, PAGES_UNKNOWN};
