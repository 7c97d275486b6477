//! A table: a header, an ordered index of codes (fst), and the entries that it points into.

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use ehr_crypto::Digest;
use fst::{IntoStreamer, Map, Streamer};

use super::concept::{Concept, header_texts};
use super::entry::{day, take, take_day, take_varint, varint};
use super::{TerminologyError, key};

/// The format version that this library writes and reads.
pub const FORMAT_VERSION: u16 = 1;

/// What every table begins with.
const MAGIC: &[u8; 8] = b"EHRTERM\n";
const DIGEST: usize = 32;
/// Magic, version, digest of all that follows.
const PREFIX: usize = MAGIC.len() + 2 + DIGEST;

/// A code system, or a map, of one release or of several in a row.
///
/// It is read whole into shared memory: a mapped file is only as sound as every other program that
/// may write it, and an index of codes without names takes fifty kilobytes. Clones share it.
#[derive(Clone)]
pub struct Table {
    bytes: Arc<[u8]>,
    keys: Map<Section>,
    values: Range<usize>,
    system: String,
    target: Option<String>,
    release: String,
    date: NaiveDate,
    covers_from: Option<NaiveDate>,
    len: usize,
}

/// A part of the bytes.
#[derive(Clone)]
struct Section {
    bytes: Arc<[u8]>,
    range: Range<usize>,
}

impl AsRef<[u8]> for Section {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[self.range.clone()]
    }
}

impl Table {
    /// Opens a table that was built before.
    pub fn open(path: &Path) -> Result<Self, TerminologyError> {
        let file = path.display().to_string();
        match fs::read(path) {
            Ok(bytes) => Self::from_bytes(&file, bytes),
            Err(source) => Err(TerminologyError::Io { file, source }),
        }
    }

    /// Opens a table from its bytes; `file` is its name in errors.
    pub fn from_bytes(file: &str, bytes: impl Into<Arc<[u8]>>) -> Result<Self, TerminologyError> {
        let bytes = bytes.into();
        let file = file.to_owned();
        if !bytes.starts_with(MAGIC) {
            return Err(TerminologyError::NotATable { file });
        }
        let Some(version) = bytes.get(MAGIC.len()..MAGIC.len() + 2) else {
            return Err(TerminologyError::Damaged { file });
        };
        let found = u16::from_le_bytes([version[0], version[1]]);
        if found != FORMAT_VERSION {
            let supported = FORMAT_VERSION;
            return Err(TerminologyError::FormatVersion {
                file,
                found,
                supported,
            });
        }
        let whole = bytes.len() > PREFIX
            && Digest::sha256(&bytes[PREFIX..]).as_bytes() == &bytes[PREFIX - DIGEST..PREFIX];
        match whole.then(|| Self::take_apart(&bytes)).flatten() {
            Some(table) => Ok(table),
            None => Err(TerminologyError::Damaged { file }),
        }
    }

    fn take_apart(bytes: &Arc<[u8]>) -> Option<Self> {
        let mut rest = &bytes[PREFIX..];
        let [system, target, release] = header_texts(&mut rest)?;
        let date = take_day(&mut rest)??;
        let covers_from = take_day(&mut rest)?;
        let len = usize::try_from(take_varint(&mut rest)?).ok()?;
        let keys = take_varint(&mut rest)?;
        let start = bytes.len() - rest.len();
        take(&mut rest, keys)?;
        let middle = bytes.len() - rest.len();
        let section = Section {
            bytes: Arc::clone(bytes),
            range: start..middle,
        };
        Some(Self {
            bytes: Arc::clone(bytes),
            keys: Map::new(section).ok()?,
            values: middle..bytes.len(),
            system: system.to_owned(),
            target: (!target.is_empty()).then(|| target.to_owned()),
            release: release.to_owned(),
            date,
            covers_from,
            len,
        })
    }

    /// The code system; of a map, the one that it maps from.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The code system that a map maps to.
    pub fn target(&self) -> Option<&str> {
        self.target.as_deref()
    }

    /// The name of the newest release in it.
    pub fn release(&self) -> &str {
        &self.release
    }

    /// The date of that release.
    pub fn date(&self) -> NaiveDate {
        self.date
    }

    /// The day from which on it knows which codes are valid; `None` where its entries tell.
    pub fn covers_from(&self) -> Option<NaiveDate> {
        self.covers_from
    }

    /// How many codes it has.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes it takes.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// What it says of a code.
    pub fn get(&self, code: &str) -> Option<Concept<'_>> {
        let offset = self.keys.get(key(&self.system, code).as_bytes())?;
        self.at(offset)
    }

    /// Whether codes begin with this one, so that it is a header where it is a code at all.
    pub fn has_codes_below(&self, code: &str) -> bool {
        let prefix = key(&self.system, code);
        let mut below = self.keys.range().gt(prefix.as_bytes()).into_stream();
        below
            .next()
            .is_some_and(|(code, _)| code.starts_with(prefix.as_bytes()))
    }

    /// Visits all codes in their order.
    pub fn for_each(&self, mut visit: impl FnMut(&str, Concept<'_>)) {
        let mut all = self.keys.stream();
        while let Some((code, offset)) = all.next() {
            if let (Ok(code), Some(concept)) = (std::str::from_utf8(code), self.at(offset)) {
                visit(code, concept);
            }
        }
    }

    fn at(&self, offset: u64) -> Option<Concept<'_>> {
        let values = &self.bytes[self.values.clone()];
        let mut rest = values.get(usize::try_from(offset).ok()?..)?;
        let length = take_varint(&mut rest)?;
        Some(Concept {
            entry: take(&mut rest, length)?,
            covers_from: self.covers_from,
        })
    }
}

/// Puts the parts of a table together.
pub(super) fn assemble(
    texts: [&str; 3],
    date: NaiveDate,
    covers_from: Option<NaiveDate>,
    len: usize,
    keys: &[u8],
    values: &[u8],
) -> Vec<u8> {
    let mut body = Vec::with_capacity(keys.len() + values.len() + 256);
    for text in texts {
        varint(&mut body, text.len() as u64);
        body.extend_from_slice(text.as_bytes());
    }
    day(&mut body, Some(date));
    day(&mut body, covers_from);
    varint(&mut body, len as u64);
    varint(&mut body, keys.len() as u64);
    body.extend_from_slice(keys);
    body.extend_from_slice(values);
    let mut bytes = Vec::with_capacity(PREFIX + body.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(Digest::sha256(&body).as_bytes());
    bytes.extend_from_slice(&body);
    bytes
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("system", &self.system)
            .field("release", &self.release)
            .field("year", &self.date.year())
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}
