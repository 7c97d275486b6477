//! An export in one ZIP file.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use ::zip::{CompressionMethod, ZipArchive};
use flate2::Crc;
use flate2::read::DeflateDecoder;

use super::{SourceFile, SourceFolder};

/// How long all files of an archive may be together: 1 TiB, ten times the scans of a large
/// practice. What claims to be longer is a bomb or damaged.
pub const MAX_UNPACKED: u64 = 1 << 40;

/// How much longer than its packed form a file may be, beyond [`MAX_UNPACKED_SMALL`]. Exports
/// shrink to a tenth, the most monotonous tables to a hundredth; bombs to a thousandth.
pub const MAX_RATIO: u64 = 250;

/// Up to here the ratio is not asked: what hurts nobody may be as monotonous as it likes.
pub const MAX_UNPACKED_SMALL: u64 = 16 << 20;

/// Why an archive, or a file in it, cannot be read. It comes wrapped in an [`io::Error`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZipFault {
    /// The table of contents cannot be read.
    #[error("the archive is damaged or no ZIP file")]
    NotAnArchive(#[source] zip::result::ZipError),
    /// A file whose name leads out of the archive, or is none.
    #[error("file {number} of the archive has a name that leads out of it")]
    UnsafeName {
        /// Its place in the table of contents, counted from 1.
        number: usize,
    },
    /// Two files have the same name, so that one of them could not be read.
    #[error("file {number} of the archive has the name of another one")]
    SameName {
        /// The place of the second in the table of contents, counted from 1; 0 if unknown.
        number: usize,
    },
    /// Files share bytes, as they do in bombs.
    #[error("files of the archive overlap")]
    Overlap,
    /// All files together are longer than [`MAX_UNPACKED`].
    #[error("the files of the archive are longer than {} GiB", MAX_UNPACKED >> 30)]
    TooLarge,
    /// A file is encrypted; it must be unpacked by whoever has the password.
    #[error("{name}: encrypted")]
    Encrypted {
        /// The name of the file.
        name: String,
    },
    /// A file is packed in a way other than `stored` and `deflate`.
    #[error("{name}: packed by method {method}, which is not read")]
    Method {
        /// The name of the file.
        name: String,
        /// What the archive says.
        method: CompressionMethod,
    },
    /// A file grows by more than [`MAX_RATIO`].
    #[error("{name}: unpacks to more than {MAX_RATIO} times its length")]
    Ratio {
        /// The name of the file.
        name: String,
    },
    /// A file is not as long as the archive says, or its checksum is another one.
    #[error("{name}: damaged in the archive")]
    Damaged {
        /// The name of the file.
        name: String,
    },
}

/// The files of a ZIP archive, read from it as they are needed. Nothing is written to disk.
///
/// Names are relative with `/` between parts: drives and leading slashes are taken off, a name
/// with `..` makes the archive unreadable, because a file must not be left out silently. Folders
/// and links are no files.
pub struct ZipFolder<R = File> {
    inner: Mutex<R>,
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Copy)]
struct Entry {
    start: u64,
    packed: u64,
    unpacked: u64,
    crc32: u32,
    method: CompressionMethod,
    encrypted: bool,
}

impl ZipFolder<File> {
    /// Opens the archive at a path.
    ///
    /// # Errors
    ///
    /// Those of [`ZipFolder::new`], and what the operating system says.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }
}

impl<R: Read + Seek + Send> ZipFolder<R> {
    /// Reads the table of contents.
    ///
    /// # Errors
    ///
    /// A [`ZipFault`] if the archive is damaged, claims to be too large or has names that cannot
    /// be told apart or lead out of it.
    pub fn new(inner: R) -> io::Result<Self> {
        let not_an_archive = |error| fault(ZipFault::NotAnArchive(error));
        let mut archive = ZipArchive::new(BufReader::new(inner)).map_err(not_an_archive)?;
        if archive.has_duplicate_names() {
            return Err(fault(ZipFault::SameName { number: 0 }));
        }
        if archive.has_overlapping_entries().map_err(not_an_archive)? {
            return Err(fault(ZipFault::Overlap));
        }
        let mut entries = BTreeMap::new();
        let mut total = 0_u64;
        for place in 0..archive.len() {
            let number = place + 1;
            let file = archive.by_index_raw(place).map_err(not_an_archive)?;
            if !file.is_file() {
                continue;
            }
            let name = file.name().map_err(not_an_archive)?;
            let name = safe(&name).ok_or_else(|| fault(ZipFault::UnsafeName { number }))?;
            let Some(start) = file.data_start() else {
                return Err(fault(ZipFault::Damaged { name }));
            };
            let entry = Entry {
                start,
                packed: file.compressed_size(),
                unpacked: file.size(),
                crc32: file.crc32(),
                method: file.compression(),
                encrypted: file.encrypted(),
            };
            total = total.saturating_add(entry.unpacked);
            if entries.insert(name, entry).is_some() {
                return Err(fault(ZipFault::SameName { number }));
            }
        }
        if total > MAX_UNPACKED {
            return Err(fault(ZipFault::TooLarge));
        }
        Ok(Self {
            inner: Mutex::new(archive.into_inner().into_inner()),
            entries,
        })
    }
}

impl<R: Read + Seek + Send> SourceFolder for ZipFolder<R> {
    fn list(&self) -> io::Result<Vec<SourceFile>> {
        let files = self.entries.iter();
        Ok(files
            .map(|(name, entry)| SourceFile::new(name, entry.unpacked))
            .collect())
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let (name, entry) = self
            .entries
            .get_key_value(name)
            .ok_or(io::ErrorKind::NotFound)?;
        if entry.encrypted {
            let name = name.clone();
            return Err(fault(ZipFault::Encrypted { name }));
        }
        let packed = Part {
            inner: &self.inner,
            next: entry.start,
            left: entry.packed,
        };
        match entry.method {
            CompressionMethod::Stored => Ok(Box::new(Checked::new(packed, name, *entry))),
            CompressionMethod::Deflated => {
                let unpacked = DeflateDecoder::new(packed);
                Ok(Box::new(Checked::new(unpacked, name, *entry)))
            }
            method => {
                let name = name.clone();
                Err(fault(ZipFault::Method { name, method }))
            }
        }
    }
}

impl<R> fmt::Debug for ZipFolder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ZipFolder({} files)", self.entries.len())
    }
}

/// A name without drive, leading slashes and empty parts; `None` if it leads elsewhere.
fn safe(name: &str) -> Option<String> {
    let name = name.replace('\\', "/");
    let mut parts: Vec<&str> = name
        .split('/')
        .filter(|part| !matches!(*part, "" | "."))
        .collect();
    if let Some([drive, b':']) = parts.first().map(|part| part.as_bytes())
        && drive.is_ascii_alphabetic()
    {
        parts.remove(0);
    }
    let leads_out = parts.contains(&"..") || name.contains('\0');
    (!leads_out && !parts.is_empty()).then(|| parts.join("/"))
}

/// A part of the archive. Several may be read at the same time.
struct Part<'z, R> {
    inner: &'z Mutex<R>,
    next: u64,
    left: u64,
}

impl<R: Read + Seek> Read for Part<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.seek(SeekFrom::Start(self.next))?;
        let read = inner.read(&mut buffer[..wanted])?;
        self.next += read as u64;
        self.left -= read as u64;
        Ok(read)
    }
}

/// An unpacked file that must be what the archive says it is.
struct Checked<'z, D> {
    inner: D,
    name: &'z str,
    entry: Entry,
    crc: Crc,
    read: u64,
}

impl<'z, D> Checked<'z, D> {
    fn new(inner: D, name: &'z str, entry: Entry) -> Self {
        Self {
            inner,
            name,
            entry,
            crc: Crc::new(),
            read: 0,
        }
    }

    fn damaged(&self) -> io::Error {
        fault(ZipFault::Damaged {
            name: self.name.to_owned(),
        })
    }
}

impl<D: Read> Read for Checked<'_, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.inner.read(buffer) {
            // what the decoder cannot make sense of
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(self.damaged()),
            read => read?,
        };
        self.read += read as u64;
        let Entry {
            packed, unpacked, ..
        } = self.entry;
        let at_end = read == 0 && !buffer.is_empty();
        if self.read > unpacked || (at_end && self.read < unpacked) {
            return Err(self.damaged());
        }
        if self.read > MAX_UNPACKED_SMALL && self.read / MAX_RATIO > packed {
            return Err(fault(ZipFault::Ratio {
                name: self.name.to_owned(),
            }));
        }
        self.crc.update(&buffer[..read]);
        if at_end && self.crc.sum() != self.entry.crc32 {
            return Err(self.damaged());
        }
        Ok(read)
    }
}

fn fault(fault: ZipFault) -> io::Error {
    let kind = match fault {
        ZipFault::Encrypted { .. } | ZipFault::Method { .. } => io::ErrorKind::Unsupported,
        _ => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, fault)
}
