//! Packets and answers as folders.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::answer::{AnswerError, Answers};
use super::packet::ReviewPacket;
use crate::Error;

/// Why a packet cannot be written or its answers cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The operating system refused.
    #[error("{}: {source}", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A packet is never written over anything.
    #[error("{}: is there already", .0.display())]
    Exists(PathBuf),
    /// A page cannot be made.
    #[error(transparent)]
    Page(#[from] Error),
    /// A file is no answer to the packet.
    #[error("{}: {source}", .path.display())]
    Answer {
        /// The file.
        path: PathBuf,
        /// Why.
        source: AnswerError,
    },
}

impl FolderError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

impl ReviewPacket {
    /// Writes all pages into a new folder, as a whole or not at all. **They show data of patients.**
    ///
    /// # Errors
    ///
    /// If the folder is there already, or a page cannot be made or written.
    pub fn write_with_phi(&self, folder: &Path) -> Result<(), FolderError> {
        if folder.exists() {
            return Err(FolderError::Exists(folder.to_owned()));
        }
        let mut name = folder.as_os_str().to_owned();
        name.push(".part");
        let part = Part(PathBuf::from(name));
        fs::create_dir(&part.0).map_err(FolderError::io(&part.0))?;
        for page in self.expose_pages() {
            let (name, html) = page?;
            let path = part.0.join(name);
            fs::write(&path, html).map_err(FolderError::io(&path))?;
        }
        fs::rename(&part.0, folder).map_err(FolderError::io(folder))
    }
}

impl Answers<'_> {
    /// Reads all answers of a folder: its files whose names end with `.json`, in the order of their names.
    ///
    /// # Errors
    ///
    /// If the folder or a file cannot be read, or a file is no answer to the packet. Files before it
    /// were read then.
    pub fn read_folder(&mut self, folder: &Path) -> Result<(), FolderError> {
        let files = fs::read_dir(folder).map_err(FolderError::io(folder))?;
        let files = files.map(|file| Ok(file?.path()));
        let mut paths = files
            .collect::<io::Result<Vec<PathBuf>>>()
            .map_err(FolderError::io(folder))?;
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "json"));
        paths.sort();
        for path in paths {
            let bytes = fs::read(&path).map_err(FolderError::io(&path))?;
            self.read(&bytes)
                .map_err(|source| FolderError::Answer { path, source })?;
        }
        Ok(())
    }
}

/// A folder that is removed unless it was moved away.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
