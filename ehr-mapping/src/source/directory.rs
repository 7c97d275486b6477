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

/// One file on disk, as a folder of its own.
#[derive(Debug, Clone)]
pub struct SingleFile {
    path: PathBuf,
}

impl SingleFile {
    /// The file at a path.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }
}

impl SourceFolder for SingleFile {
    fn list(&self) -> io::Result<Vec<SourceFile>> {
        let name = self.path.file_name().unwrap_or_default();
        let bytes = fs::metadata(&self.path)?.len();
        Ok(vec![SourceFile::new(name.to_string_lossy(), bytes)])
    }

    fn open(&self, _name: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(&self.path)?))
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
