//! An export in memory.

use std::collections::BTreeMap;
use std::io::{self, Read};

use super::{SourceFile, SourceFolder};

/// A folder in memory, for samples and tests. `Debug` shows names and sizes only.
#[derive(Clone, Default)]
pub struct MemoryFolder {
    files: BTreeMap<String, Vec<u8>>,
}

impl MemoryFolder {
    /// Adds a file.
    pub fn with(mut self, name: impl Into<String>, content: impl Into<Vec<u8>>) -> Self {
        self.files.insert(name.into(), content.into());
        self
    }
}

impl SourceFolder for MemoryFolder {
    fn list(&self) -> io::Result<Vec<SourceFile>> {
        Ok(self
            .files
            .iter()
            .map(|(name, content)| SourceFile::new(name, content.len() as u64))
            .collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let content = self.files.get(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(content.as_slice()))
    }
}

impl std::fmt::Debug for MemoryFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(
                self.files
                    .iter()
                    .map(|(name, content)| (name, content.len())),
            )
            .finish()
    }
}
