//! Files of an archive: written whole, made durable, with their digest on the way.

mod disk;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use ehr_crypto::{Digest, Hasher};

use crate::error::Located;
use crate::{Error, ErrorKind};

#[cfg(test)]
pub(crate) use disk::fail;
pub(crate) use disk::{DiskFile, try_again_later};

/// One read or write of a large file.
const BUFFER_LEN: usize = 256 * 1024;

/// The folder of an archive. Paths in it are the format's own, with slashes, never ones that were stored.
#[derive(Clone)]
pub(crate) struct Folder(PathBuf);

/// A new file that knows its length and digest when it is finished.
pub(crate) struct FileOut {
    path: String,
    file: BufWriter<DiskFile>,
    hasher: Hasher,
    len: u64,
}

/// What a manifest says of a file.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) path: String,
    pub(crate) len: u64,
    pub(crate) sha256: Digest,
}

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Folder(path.to_owned())
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        if path.is_empty() {
            self.0.clone()
        } else {
            self.0.join(path)
        }
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    pub(crate) fn create_folder(&self, path: &str) -> Result<(), Error> {
        fs::create_dir_all(self.path(path)).in_file(path)
    }

    pub(crate) fn open(&self, path: &str) -> Result<File, Error> {
        File::open(self.path(path)).map_err(missing).in_file(path)
    }

    /// Opens for reading and writing, keeping what is there.
    pub(crate) fn open_to_change(&self, path: &str) -> Result<DiskFile, Error> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        DiskFile::open(&options, &self.path(path)).in_file(path)
    }

    /// Reads a file of the archive's own small ones.
    pub(crate) fn read(&self, path: &str, limit: u64) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        self.open(path)?
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .in_file(path)?;
        if bytes.len() as u64 > limit {
            Err(ErrorKind::TooLarge { limit }).in_file(path)
        } else {
            Ok(bytes)
        }
    }

    pub(crate) fn read_text(&self, path: &str, limit: u64) -> Result<String, Error> {
        let text = String::from_utf8(self.read(path, limit)?);
        text.map_err(|_| ErrorKind::Malformed {
            what: "not UTF-8 text",
        })
        .in_file(path)
    }

    /// A new file, in place of an unfinished one of that name.
    pub(crate) fn create(&self, path: &str) -> Result<FileOut, Error> {
        let file = self.create_file(path)?;
        let file = BufWriter::with_capacity(BUFFER_LEN, file);
        Ok(FileOut {
            path: path.to_owned(),
            file,
            hasher: Hasher::sha256(),
            len: 0,
        })
    }

    /// A new file whose digest nobody asks for.
    pub(crate) fn create_file(&self, path: &str) -> Result<DiskFile, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        DiskFile::open(&options, &self.path(path)).in_file(path)
    }

    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> Result<Written, Error> {
        let mut file = self.create(path)?;
        file.write_all(bytes).in_file(path)?;
        file.finish()
    }

    /// Writes a file so that at any instant either the old or the new one is there, whole.
    pub(crate) fn replace(&self, path: &str, bytes: &[u8]) -> Result<Written, Error> {
        let beside = format!("{path}.new");
        let mut written = self.write(&beside, bytes)?;
        self.rename(&beside, path)?;
        self.sync_folder(path.rsplit_once('/').map_or("", |(folder, _)| folder))?;
        written.path = path.to_owned();
        Ok(written)
    }

    /// Makes the names in a folder durable. Folders cannot be opened as files on every system.
    pub(crate) fn sync_folder(&self, path: &str) -> Result<(), Error> {
        if cfg!(unix) {
            disk::sync_folder(&self.path(path)).in_file(path)
        } else {
            Ok(())
        }
    }

    pub(crate) fn rename(&self, from: &str, to: &str) -> Result<(), Error> {
        disk::rename(&self.path(from), &self.path(to)).in_file(to)
    }

    pub(crate) fn remove(&self, path: &str) -> Result<(), Error> {
        disk::remove_file(&self.path(path)).in_file(path)
    }

    /// Removes a folder with all that is in it.
    pub(crate) fn remove_folder(&self, path: &str) -> Result<(), Error> {
        disk::remove_folder(&self.path(path)).in_file(path)
    }

    pub(crate) fn digest(&self, path: &str) -> Result<Written, Error> {
        let mut hasher = Hasher::sha256();
        let len = io::copy(
            &mut io::BufReader::with_capacity(BUFFER_LEN, self.open(path)?),
            &mut hasher,
        )
        .in_file(path)?;
        Ok(Written {
            path: path.to_owned(),
            len,
            sha256: hasher.finish(),
        })
    }

    /// Paths of all files below a folder, in order.
    pub(crate) fn walk(&self, path: &str) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        for item in fs::read_dir(self.path(path))
            .map_err(missing)
            .in_file(path)?
        {
            let item = item.in_file(path)?;
            // Names that are not UTF-8 are not ours; they show up as unexpected files.
            let name = item.file_name().to_string_lossy().into_owned();
            let below = if path.is_empty() {
                name
            } else {
                format!("{path}/{name}")
            };
            if item.file_type().in_file(&below)?.is_dir() {
                found.extend(self.walk(&below)?);
            } else {
                found.push(below);
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

impl FileOut {
    /// Makes the file durable.
    pub(crate) fn finish(self) -> Result<Written, Error> {
        let FileOut {
            path,
            file,
            hasher,
            len,
        } = self;
        let file = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .in_file(&path)?;
        file.sync_all().in_file(&path)?;
        Ok(Written {
            path,
            len,
            sha256: hasher.finish(),
        })
    }
}

impl Write for FileOut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        self.len += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn missing(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::NotFound {
        ErrorKind::Missing.into()
    } else {
        error.into()
    }
}

/// Copies a folder with all that is in it.
#[cfg(test)]
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        let target = to.join(item.file_name());
        if item.file_type().unwrap().is_dir() {
            copy(&item.path(), &target);
        } else {
            fs::copy(item.path(), target).unwrap();
        }
    }
}
