//! An export in one ZIP file.

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

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(method);
        for (name, content) in files {
            writer.start_file(*name, options).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn read(folder: &ZipFolder<Cursor<Vec<u8>>>, name: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        folder.open(name)?.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn message(error: &io::Error) -> String {
        assert!(error.get_ref().is_some_and(|fault| fault.is::<ZipFault>()));
        error.to_string()
    }

    fn opened(bytes: Vec<u8>) -> io::Result<ZipFolder<Cursor<Vec<u8>>>> {
        ZipFolder::new(Cursor::new(bytes))
    }

    /// Replaces each occurrence of some bytes, in headers and table of contents alike.
    fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
        assert_eq!(from.len(), to.len());
        let mut bytes = bytes.to_vec();
        let places: Vec<usize> = memchr::memmem::find_iter(&bytes, from).collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at..at + to.len()].copy_from_slice(to);
        }
        bytes
    }

    #[test]
    fn files_are_listed_and_read_side_by_side() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let long = b"0123456789".repeat(20_000);
            let folder = opened(packed(
                &[("b/2.xml", &long), ("./a\\1.xml", b"one"), ("/empty", b"")],
                method,
            ))
            .unwrap();
            let list: Vec<_> = folder.list().unwrap();
            let list: Vec<_> = list.iter().map(|file| (&*file.name, file.bytes)).collect();
            assert_eq!(list, [("a/1.xml", 3), ("b/2.xml", 200_000), ("empty", 0)]);
            assert_eq!(read(&folder, "empty").unwrap(), b"");
            let mut one = folder.open("b/2.xml").unwrap();
            let mut other = folder.open("b/2.xml").unwrap();
            let (mut first, mut second) = (Vec::new(), Vec::new());
            let mut block = [0; 7000];
            loop {
                let length = one.read(&mut block).unwrap();
                first.extend_from_slice(&block[..length]);
                let more = other.read(&mut block[..999]).unwrap();
                second.extend_from_slice(&block[..more]);
                if length + more == 0 {
                    break;
                }
            }
            assert!(first == long && second == long);
            let missing = folder.open("../a/1.xml").err().unwrap();
            assert_eq!(missing.kind(), io::ErrorKind::NotFound);
            assert_eq!(format!("{folder:?}"), "ZipFolder(3 files)");
        }
    }

    #[test]
    fn folders_are_no_files() {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default();
        writer.add_directory("a", options).unwrap();
        writer.add_symlink("link", "/etc/passwd", options).unwrap();
        writer.start_file("a/1", options).unwrap();
        let folder = opened(writer.finish().unwrap().into_inner()).unwrap();
        assert_eq!(folder.list().unwrap(), [SourceFile::new("a/1", 0)]);
    }

    #[test]
    fn names_stay_inside() {
        for (name, kept) in [
            ("a/b.xml", Some("a/b.xml")),
            ("//a//./b.xml", Some("a/b.xml")),
            ("C:\\export\\b.xml", Some("export/b.xml")),
            ("a..b/..c", Some("a..b/..c")),
            ("../b.xml", None),
            ("a/../../b.xml", None),
            ("a\\..\\b.xml", None),
            ("a\0b", None),
            ("/", None),
            ("", None),
        ] {
            assert_eq!(safe(name).as_deref(), kept, "{name:?}");
        }
        let error = opened(packed(
            &[("a", b"1"), ("../x", b"2")],
            CompressionMethod::Stored,
        ));
        assert_eq!(
            message(&error.unwrap_err()),
            "file 2 of the archive has a name that leads out of it"
        );
    }

    #[test]
    fn one_name_for_two_files_is_refused() {
        let error = opened(packed(
            &[("a", b"1"), ("/a", b"2")],
            CompressionMethod::Stored,
        ));
        assert_eq!(
            message(&error.unwrap_err()),
            "file 2 of the archive has the name of another one"
        );
        let twice = packed(&[("aa", b"1"), ("ab", b"2")], CompressionMethod::Stored);
        let error = opened(replaced(&twice, b"ab", b"aa"));
        assert!(message(&error.unwrap_err()).ends_with("has the name of another one"));
    }

    #[test]
    fn damage_is_noticed() {
        let stored = packed(&[("a", b"Canary value")], CompressionMethod::Stored);
        let folder = opened(replaced(&stored, b"Canary", b"Parrot")).unwrap();
        let error = read(&folder, "a").unwrap_err();
        assert_eq!(message(&error), "a: damaged in the archive");
        let error = opened(stored[..stored.len() - 30].to_vec()).unwrap_err();
        assert_eq!(message(&error), "the archive is damaged or no ZIP file");
        assert!(opened(Vec::new()).is_err());
    }

    #[test]
    fn every_flipped_byte_is_noticed_or_harmless() {
        let content = b"<ClinicalDocument>".repeat(20);
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
            let bytes = packed(&[("a.xml", &content)], method);
            for at in 0..bytes.len() {
                for bit in [1, 16, 128] {
                    let mut wrong = bytes.clone();
                    wrong[at] ^= bit;
                    if let Ok(folder) = opened(wrong)
                        && let Some(file) = folder.list().unwrap().first()
                        && let Ok(found) = read(&folder, &file.name)
                    {
                        assert!(found == content, "byte {at} of {method}");
                    }
                }
            }
        }
    }

    #[test]
    fn bombs_do_not_go_off() {
        let zeros = vec![0; (MAX_UNPACKED_SMALL + (4 << 20)) as usize];
        let folder = opened(packed(&[("a", &zeros)], CompressionMethod::Deflated)).unwrap();
        let error = read(&folder, "a").unwrap_err();
        assert_eq!(
            message(&error),
            "a: unpacks to more than 250 times its length"
        );
        let small = &zeros[..(MAX_UNPACKED_SMALL as usize)];
        let folder = opened(packed(&[("a", small)], CompressionMethod::Deflated)).unwrap();
        assert_eq!(read(&folder, "a").unwrap().len(), small.len());
        // a claim in the table of contents that is not kept
        let bytes = packed(&[("a", &zeros[..5000])], CompressionMethod::Deflated);
        let folder = opened(replaced(
            &bytes,
            &5000_u32.to_le_bytes(),
            &100_u32.to_le_bytes(),
        ));
        let error = read(&folder.unwrap(), "a").unwrap_err();
        assert_eq!(message(&error), "a: damaged in the archive");
    }

    #[test]
    fn what_is_encrypted_or_packed_otherwise_is_said() {
        let bytes = packed(&[("a", b"1")], CompressionMethod::Stored);
        // the flag is bit 0 behind the version; it stands in both headers
        let mut encrypted = bytes.clone();
        let table = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
        encrypted[6] |= 1;
        encrypted[table + 8] |= 1;
        let folder = opened(encrypted).unwrap();
        assert_eq!(message(&read(&folder, "a").unwrap_err()), "a: encrypted");
        let mut other = bytes.clone();
        other[8] = 14;
        other[table + 10] = 14;
        let folder = opened(other).unwrap();
        let error = read(&folder, "a").unwrap_err();
        assert!(
            message(&error).starts_with("a: packed by method "),
            "{error}"
        );
        assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    }
}
