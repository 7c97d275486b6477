//! Documents and images beside the tables.

use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::sync::Mutex;

use super::{SourceFile, SourceFolder};
use crate::format::{Format, detect_file};

/// The largest document that is loaded into a chart; larger ones are reported as missing.
const MAX_DOCUMENT: u64 = 512 << 20;

/// Reads the files that rows name.
pub trait SourceFiles {
    /// The bytes of a file, or `None` where the export has none of that name.
    fn read(&self, name: &str) -> Option<Vec<u8>>;
}

/// No files at all.
pub(crate) struct NoFiles;

impl SourceFiles for NoFiles {
    fn read(&self, _name: &str) -> Option<Vec<u8>> {
        None
    }
}

/// The files of an export, with a note of which were read.
///
/// A name is looked up among the files that exist, without regard to case and with either kind of
/// slash; it is never joined to a path, so that a row cannot reach outside of the export.
pub(crate) struct ClaimedFiles<'f> {
    folder: &'f dyn SourceFolder,
    /// All files of one name, which differ in case at most.
    by_name: HashMap<String, Vec<SourceFile>>,
    claimed: Mutex<BTreeSet<String>>,
}

impl<'f> ClaimedFiles<'f> {
    pub(crate) fn new(folder: &'f dyn SourceFolder, files: Vec<SourceFile>) -> Self {
        let mut by_name: HashMap<String, Vec<SourceFile>> = HashMap::new();
        for file in files {
            let name = normalised(&file.name);
            by_name.entry(name).or_default().push(file);
        }
        Self {
            folder,
            by_name,
            claimed: Mutex::default(),
        }
    }

    /// The names of all files.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        self.by_name
            .values()
            .flatten()
            .map(|file| file.name.as_str())
            .collect()
    }

    /// The names of files that were read.
    pub(crate) fn claimed(&self) -> BTreeSet<String> {
        self.claimed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl ClaimedFiles<'_> {
    /// The format of a file, told by its first bytes; an empty file has none.
    pub(crate) fn format(&self, name: &str) -> Option<Format> {
        detect_file(self.folder, name).ok().flatten()
    }

    /// Whether a file has no byte.
    pub(crate) fn is_empty(&self, name: &str) -> bool {
        let mut files = self.by_name.get(&normalised(name)).into_iter().flatten();
        files.any(|file| file.name == name && file.bytes == 0)
    }
}

impl SourceFiles for ClaimedFiles<'_> {
    fn read(&self, name: &str) -> Option<Vec<u8>> {
        // where only case tells two files apart, the row must have it right
        let file = match self.by_name.get(&normalised(name))?.as_slice() {
            [file] => file,
            files => files.iter().find(|file| file.name == name)?,
        };
        if file.bytes > MAX_DOCUMENT {
            return None;
        }
        let mut bytes = Vec::new();
        self.folder
            .open(&file.name)
            .ok()?
            .take(MAX_DOCUMENT)
            .read_to_end(&mut bytes)
            .ok()?;
        self.claimed
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(file.name.clone());
        Some(bytes)
    }
}

pub(crate) fn normalised(name: &str) -> String {
    let name = name.replace('\\', "/").to_lowercase();
    name.strip_prefix("./").unwrap_or(&name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::MemoryFolder;

    #[test]
    fn a_row_cannot_reach_outside_of_the_export() {
        let folder = MemoryFolder::default().with("scans/A1.PDF", "%PDF-1.4");
        let files = ClaimedFiles::new(&folder, folder.list().unwrap());
        assert!(files.read("..\\..\\etc\\passwd").is_none());
        assert!(files.read("/etc/passwd").is_none());
        assert_eq!(
            files.read("Scans\\a1.pdf").as_deref(),
            Some(&b"%PDF-1.4"[..])
        );
        assert_eq!(files.claimed().len(), 1);
    }
}
