//! Where an export lies: a folder on disk, a ZIP file, or a folder in memory.

mod directory;
mod files;
mod memory;
mod zip;

pub use crate::documents::media_type;
pub use directory::{DirectoryFolder, SingleFile};
pub use files::SourceFiles;
pub(crate) use files::{ClaimedFiles, NoFiles, normalised};
pub use memory::MemoryFolder;
pub use zip::{MAX_RATIO, MAX_UNPACKED, MAX_UNPACKED_SMALL, ZipFault, ZipFolder};

use std::io::{self, Read};

/// A folder with an export: the one joint of this crate for strangers.
///
/// Names are relative, with `/` between parts. An implementation is asked for the list once and
/// for each file at most twice.
pub trait SourceFolder: Sync {
    /// Every file with its size in bytes, in the order of names.
    fn list(&self) -> io::Result<Vec<SourceFile>>;

    /// Opens a file of the list.
    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceFile {
    /// The name, relative to the folder.
    pub name: String,
    /// The size in bytes.
    pub bytes: u64,
}

impl SourceFile {
    /// A file by its name and size.
    pub fn new(name: impl Into<String>, bytes: u64) -> Self {
        Self {
            name: name.into(),
            bytes,
        }
    }
}
