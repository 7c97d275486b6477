//! An export on disk.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{SourceFile, SourceFolder};

/// A folder on disk, with its sub-folders. Links are not followed.
#[derive(Debug, Clone)]
pub struct DirectoryFolder {
    root: PathBuf,
}

impl DirectoryFolder {
    /// The folder at a path.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }
}

impl SourceFolder for DirectoryFolder {
    fn list(&self) -> io::Result<Vec<SourceFile>> {
        let mut files = Vec::new();
        list_into(&self.root, "", &mut files)?;
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(files)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.root.join(name))?))
    }
}

fn list_into(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if kind.is_dir() {
            list_into(&entry.path(), &format!("{name}/"), files)?;
        } else if kind.is_file() {
            files.push(SourceFile::new(name, entry.metadata()?.len()));
        }
    }
    Ok(())
}
