//! The journal of an unfinished archive: one sealed frame for each durable batch.
//!
//! A frame is its length (four bytes, big-endian) and the sealed JSON of a [`Batch`]; the first frame holds the options.
//! It is sealed because it holds what the catalogues and the keyring will hold.

use std::fs::TryLockError;
use std::io::{BufReader, ErrorKind as IoErrorKind, Read, Seek, SeekFrom, Write};

use ehr_crypto::DataKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

use super::ArchiveOptions;
use super::pack::PackState;
use crate::catalogue::Person;
use crate::error::Located;
use crate::files::{DiskFile, Folder};
use crate::names::{FIRST_BAG, JOURNAL, JOURNAL_BEGUN, UNFINISHED};
use crate::{ArchiveId, Error, ErrorKind};

pub(super) struct Journal {
    file: DiskFile,
    archive: ArchiveId,
    key: DataKey,
    frames: u64,
}

/// What is being written: the first frame.
#[derive(Serialize, Deserialize)]
pub(super) struct Head {
    #[serde(flatten)]
    pub(super) options: ArchiveOptions,
    /// Number of the accession.
    #[serde(default = "first_bag")]
    pub(super) bag: u32,
}

/// What one batch made durable.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Batch {
    pub(super) entries: Vec<EntryRecord>,
    /// The packs that changed, as they stand after the batch.
    pub(super) packs: Vec<PackState>,
    pub(super) cursor: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct EntryRecord {
    pub(crate) person: Person,
    #[serde(serialize_with = "write_key", deserialize_with = "read_key")]
    pub(crate) key: DataKey,
    pub(crate) original_len: u64,
    pub(crate) objects: Vec<ObjectRecord>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ObjectRecord {
    pub(crate) class: String,
    pub(crate) id: [u8; 16],
    pub(crate) place: Place,
}

/// Where an object was appended.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) pack: u32,
    /// Which object of the pack, from zero.
    pub(crate) index: u64,
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

impl Journal {
    /// Takes the place of the one writer. Until [`create`](Self::create), nothing was begun.
    pub(super) fn begin(folder: &Folder) -> Result<DiskFile, Error> {
        open_alone(folder, JOURNAL_BEGUN)
    }

    /// A journal that appears under its name with its first frame, or not at all.
    pub(super) fn create(
        begun: DiskFile,
        folder: &Folder,
        head: &Head,
        epoch_key: &DataKey,
    ) -> Result<Self, Error> {
        let file = begun;
        file.set_len(0).in_file(JOURNAL_BEGUN)?;
        let archive = head.options.archive_id.clone();
        let mut journal = Journal {
            file,
            archive,
            key: journal_key(epoch_key)?,
            frames: 0,
        };
        journal.append_json(head)?;
        folder.rename(JOURNAL_BEGUN, JOURNAL)?;
        folder.sync_folder(UNFINISHED)?;
        Ok(journal)
    }

    /// Reads the journal, cuts off a torn last frame, and stands ready to append.
    pub(super) fn resume(
        folder: &Folder,
        archive: &ArchiveId,
        epoch_key: &DataKey,
        mut each: impl FnMut(Batch) -> Result<(), Error>,
    ) -> Result<(Self, Head), Error> {
        let file = open_alone(folder, JOURNAL)?;
        let mut journal = Journal {
            file,
            archive: archive.clone(),
            key: journal_key(epoch_key)?,
            frames: 0,
        };
        let head = journal.read(&mut each)?;
        Ok((journal, head))
    }

    pub(super) fn append(&mut self, batch: &Batch) -> Result<(), Error> {
        self.append_json(batch)
    }

    /// Calls `each` for every batch from the beginning.
    pub(super) fn read(
        &mut self,
        each: &mut dyn FnMut(Batch) -> Result<(), Error>,
    ) -> Result<Head, Error> {
        self.read_unlocated(each).in_file(JOURNAL)
    }

    fn read_unlocated(
        &mut self,
        each: &mut dyn FnMut(Batch) -> Result<(), Error>,
    ) -> Result<Head, Error> {
        self.frames = 0;
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(self.file.try_clone()?);
        let mut end = 0;
        let mut head = None;
        while let Some(sealed) = read_frame(&mut reader)? {
            let place = |error: Error| error.at_offset(end);
            let json = self.open_frame(&sealed).map_err(place)?;
            match head {
                None => head = Some(parse(&json).map_err(place)?),
                Some(_) => each(parse(&json).map_err(place)?)?,
            }
            self.frames += 1;
            end += 4 + sealed.len() as u64;
        }
        // Bytes behind the last whole frame belong to a batch that never became durable.
        self.file.set_len(end)?;
        self.file.seek(SeekFrom::Start(end))?;
        head.ok_or_else(|| ErrorKind::NotAnArchive.into())
    }

    fn append_json(&mut self, value: &impl Serialize) -> Result<(), Error> {
        self.append_unlocated(value).in_file(JOURNAL)
    }

    fn append_unlocated(&mut self, value: &impl Serialize) -> Result<(), Error> {
        let json = Zeroizing::new(serde_json::to_vec(value).map_err(|_| malformed())?);
        self.append_bytes(&json)
    }

    fn append_bytes(&mut self, json: &[u8]) -> Result<(), Error> {
        let sealed = ehr_crypto::seal(&self.key, &self.context(), json)?;
        let len = u32::try_from(sealed.len()).map_err(|_| ErrorKind::TooLarge {
            limit: u32::MAX.into(),
        })?;
        let end = self.file.stream_position()?;
        let written = self
            .file
            .write_all(&len.to_be_bytes())
            .and_then(|()| self.file.write_all(&sealed))
            .and_then(|()| self.file.sync_data());
        if written.is_err() {
            // A frame that could be read and is not durable must not be taken for one that is.
            let _ = self.file.set_len(end);
        }
        written?;
        self.frames += 1;
        Ok(())
    }

    fn open_frame(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        Ok(Zeroizing::new(ehr_crypto::open(
            &self.key,
            &self.context(),
            sealed,
        )?))
    }

    /// The number of the frame is part of its context, so that none can be moved or left out.
    fn context(&self) -> Vec<u8> {
        self.archive
            .context(format_args!("journal {}", self.frames))
    }
}

/// Opens the journal for this writer and no other at the same time; the lock goes with the file.
fn open_alone(folder: &Folder, path: &str) -> Result<DiskFile, Error> {
    let file = folder.open_to_change(path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(ErrorKind::Refused {
            reason: "another program is writing this archive",
        }
        .into()),
        Err(TryLockError::Error(error)) => Err(error).in_file(path),
    }
}

/// The next frame; `None` at the end and for a frame that is cut off.
fn read_frame(reader: &mut impl Read) -> Result<Option<Vec<u8>>, Error> {
    let mut len = [0; 4];
    match reader.read_exact(&mut len) {
        Ok(()) => {}
        Err(error) if error.kind() == IoErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let len = u32::from_be_bytes(len) as usize;
    let mut sealed = Vec::new();
    reader.take(len as u64).read_to_end(&mut sealed)?;
    Ok((sealed.len() == len).then_some(sealed))
}

fn parse<T: for<'a> Deserialize<'a>>(json: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|_| malformed())
}

fn journal_key(epoch_key: &DataKey) -> Result<DataKey, Error> {
    Ok(epoch_key.derive(b"ehr-archive journal")?)
}

fn first_bag() -> u32 {
    FIRST_BAG
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "a journal frame",
    }
    .into()
}

fn write_key<S: Serializer>(key: &DataKey, serializer: S) -> Result<S::Ok, S::Error> {
    key.expose_bytes().serialize(serializer)
}

fn read_key<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DataKey, D::Error> {
    <[u8; DataKey::LEN]>::deserialize(deserializer).map(DataKey::from_bytes)
}

/// Reads any bytes as a journal, and any lines as its frames; see [`crate::fuzz`].
#[cfg(fuzzing)]
pub(crate) fn fuzz(folder: &Folder, archive: &ArchiveId, key: &DataKey, bytes: &[u8]) {
    let count = || {
        let mut batches = 0;
        let resumed = Journal::resume(folder, archive, key, |_| {
            batches += 1;
            Ok(())
        });
        resumed.map(|_| batches)
    };
    folder.write(JOURNAL, bytes).expect("room");
    assert!(count().is_err(), "nobody but the writer can make a frame");

    let mut journal = Journal {
        file: open_alone(folder, JOURNAL).expect("nobody else writes"),
        archive: archive.clone(),
        key: journal_key(key).expect("a key"),
        frames: 0,
    };
    journal.file.set_len(0).expect("a file");
    for line in bytes.split(|byte| *byte == b'\n') {
        journal.append_bytes(line).expect("room");
    }
    drop(journal);
    if let Ok(batches) = count() {
        assert_eq!(count().expect("it was read before"), batches);
    }
}
