//! The access log: who did what, sealed, append-only, under a Merkle tree whose root is signed after every entry.
//!
//! `log/entries` is a sequence of entries, each a two-byte big-endian length and the sealed JSON of an AuditEvent.
//! `log/checkpoint` is the signed size and root. An entry is durable before the key it speaks of is released or destroyed:
//! no log, no read, no shred.

use std::fs::File;
use std::io::{BufReader, ErrorKind as IoErrorKind, Read, Seek, SeekFrom, Write};

use ehr_crypto::tree::{self, Checkpoint, Frontier};
use ehr_crypto::{DataKey, SigningKey, VerifyingKey};

use crate::audit_event;
use crate::error::Located;
use crate::files::Folder;
use crate::names::{LOG_CHECKPOINT, LOG_ENTRIES, log_origin};
use crate::{ArchiveId, Error, ErrorKind};

const MAX_CHECKPOINT_LEN: u64 = 1 << 16;

/// An open access log. Several programs may append to the same one: each append locks the file and catches up first.
pub(crate) struct AccessLog {
    folder: Folder,
    archive: ArchiveId,
    key: DataKey,
    signer: SigningKey,
    entries: File,
    frontier: Frontier,
    /// End of the entries that `frontier` covers.
    end: u64,
    /// The last change of the archive's state that an entry says was done.
    last_change: u64,
}

/// Where a log stood at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LogHead {
    pub(crate) size: u64,
    pub(crate) root: tree::Hash,
}

/// An entry with what shows, without any key, that it is in the log.
pub(crate) struct ProvenEntry {
    pub(crate) sealed: Vec<u8>,
    pub(crate) index: u64,
    pub(crate) proof: Vec<tree::Hash>,
    pub(crate) checkpoint: String,
}

impl AccessLog {
    /// Begins an empty log and gives back its head.
    pub(crate) fn create(
        folder: &Folder,
        archive: &ArchiveId,
        signer: &SigningKey,
    ) -> Result<LogHead, Error> {
        folder.write(LOG_ENTRIES, b"")?;
        let frontier = Frontier::new();
        folder.replace(LOG_CHECKPOINT, sign(archive, &frontier, signer)?.as_bytes())?;
        Ok(LogHead {
            size: 0,
            root: frontier.root(),
        })
    }

    /// Opens a log and checks all of it: it begins with the entries of `known`, and its checkpoint is signed and true.
    pub(crate) fn open(
        folder: &Folder,
        archive: &ArchiveId,
        key: DataKey,
        signer: SigningKey,
        known: LogHead,
    ) -> Result<Self, Error> {
        if !folder.exists(LOG_ENTRIES) {
            return Err(ErrorKind::Missing).in_file(LOG_ENTRIES);
        }
        let entries = folder.open_to_change(LOG_ENTRIES)?;
        let mut log = AccessLog {
            folder: folder.clone(),
            archive: archive.clone(),
            key,
            signer,
            entries,
            frontier: Frontier::new(),
            end: 0,
            last_change: 0,
        };
        log.entries.lock().in_file(LOG_ENTRIES)?;
        let checked = log.check(known);
        log.entries.unlock().in_file(LOG_ENTRIES)?;
        checked.map(|()| log)
    }

    /// Appends one event and makes it durable; gives back the new signed checkpoint.
    pub(crate) fn append(&mut self, event: &[u8]) -> Result<String, Error> {
        self.entries.lock().in_file(LOG_ENTRIES)?;
        let appended = self.append_locked(event);
        self.entries.unlock().in_file(LOG_ENTRIES)?;
        appended
    }

    /// Number of entries and root.
    pub(crate) fn head(&self) -> LogHead {
        LogHead {
            size: self.frontier.size(),
            root: self.frontier.root(),
        }
    }

    /// The last change of the archive's state that an entry behind the known head says was done.
    pub(crate) fn last_change(&self) -> u64 {
        self.last_change
    }

    /// Calls `each` with the number and the JSON of every entry from the beginning.
    pub(crate) fn read(
        &self,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut index = 0;
        let mut file = BufReader::new(self.folder.open(LOG_ENTRIES)?);
        read_entries(&mut file, |sealed| {
            if index >= self.frontier.size() {
                return Ok(false);
            }
            each(index, &self.open_entry(index, sealed)?)?;
            index += 1;
            Ok(true)
        })
        .in_file(LOG_ENTRIES)
        .map(drop)
    }

    /// The last entry that this program appended, with its proof.
    pub(crate) fn prove_last(&self, checkpoint: &str) -> Result<ProvenEntry, Error> {
        let size = self.frontier.size();
        let mut leaves = Vec::new();
        let mut last = Vec::new();
        let mut file = BufReader::new(self.folder.open(LOG_ENTRIES)?);
        read_entries(&mut file, |sealed| {
            if leaves.len() as u64 == size {
                return Ok(false);
            }
            leaves.push(tree::leaf_hash(sealed));
            last = sealed.to_vec();
            Ok(true)
        })
        .in_file(LOG_ENTRIES)?;
        let index = size
            .checked_sub(1)
            .ok_or(ErrorKind::Missing)
            .in_file(LOG_ENTRIES)?;
        let proof = tree::inclusion_proof(&leaves, index as usize);
        Ok(ProvenEntry {
            sealed: last,
            index,
            proof: proof.ok_or(ErrorKind::Missing).in_file(LOG_ENTRIES)?,
            checkpoint: checkpoint.to_owned(),
        })
    }

    fn open_entry(&self, index: u64, sealed: &[u8]) -> Result<Vec<u8>, Error> {
        let context = entry_context(&self.archive, index);
        Ok(ehr_crypto::open(&self.key, &context, sealed)?)
    }

    fn append_locked(&mut self, event: &[u8]) -> Result<String, Error> {
        self.catch_up().in_file(LOG_ENTRIES)?;
        let context = entry_context(&self.archive, self.frontier.size());
        let sealed = ehr_crypto::seal(&self.key, &context, event)?;
        let len = u16::try_from(sealed.len()).map_err(|_| ErrorKind::TooLarge {
            limit: u16::MAX.into(),
        })?;
        let frame = [&len.to_be_bytes(), &sealed[..]].concat();
        let write = || -> std::io::Result<()> {
            let mut entries = &self.entries;
            entries.seek(SeekFrom::Start(self.end))?;
            entries.write_all(&frame)?;
            entries.sync_data()
        };
        write().in_file(LOG_ENTRIES)?;
        self.frontier.push(tree::leaf_hash(&sealed));
        self.end += frame.len() as u64;
        let checkpoint = sign(&self.archive, &self.frontier, &self.signer)?;
        self.folder.replace(LOG_CHECKPOINT, checkpoint.as_bytes())?;
        Ok(checkpoint)
    }

    fn check(&mut self, known: LogHead) -> Result<(), Error> {
        let checkpoint = read_checkpoint(&self.folder, &self.archive, self.signer.verifying_key())?;
        let heads = [
            known,
            LogHead {
                size: checkpoint.size,
                root: checkpoint.root,
            },
        ];
        let mut seen = [false; 2];
        let mut compare = |frontier: &Frontier| {
            for (head, seen) in heads.iter().zip(&mut seen) {
                *seen |= head.size == frontier.size() && head.root == frontier.root();
            }
        };
        compare(&self.frontier);
        let (mut frontier, mut last_change) = (Frontier::new(), 0);
        let end = read_entries(&mut BufReader::new(&self.entries), |sealed| {
            // What was changed since the known head is read, so that an old state beside a new log is recognized.
            if frontier.size() >= known.size {
                match self.open_entry(frontier.size(), sealed) {
                    Ok(event) => {
                        last_change = audit_event::change_done(&event)
                            .unwrap_or(last_change)
                            .max(last_change)
                    }
                    // An entry without a checkpoint was left by a crash; one that does not open was never complete.
                    Err(_) if frontier.size() >= checkpoint.size => return Ok(false),
                    Err(error) => return Err(error),
                }
            }
            frontier.push(tree::leaf_hash(sealed));
            // Roots are computed only where one is expected.
            if heads.iter().any(|head| head.size == frontier.size()) {
                compare(&frontier);
            }
            Ok(true)
        })
        .in_file(LOG_ENTRIES)?;
        (self.frontier, self.last_change, self.end) = (frontier, last_change, end);
        if seen == [true; 2] {
            Ok(())
        } else {
            Err(ErrorKind::Changed {
                what: "entries were removed or rewritten",
            })
            .in_file(LOG_ENTRIES)
        }
    }

    /// Takes in what other programs appended, and cuts off an entry that a crash left incomplete.
    fn catch_up(&mut self) -> Result<(), Error> {
        let mut reader = BufReader::new(&self.entries);
        reader.seek(SeekFrom::Start(self.end))?;
        let mut frontier = self.frontier.clone();
        let read = read_entries(&mut reader, |sealed| {
            if self.open_entry(frontier.size(), sealed).is_err() {
                return Ok(false);
            }
            frontier.push(tree::leaf_hash(sealed));
            Ok(true)
        })?;
        self.frontier = frontier;
        self.end += read;
        if self.entries.metadata()?.len() > self.end {
            self.entries.set_len(self.end)?;
        }
        Ok(())
    }
}

pub(crate) fn entry_context(archive: &ArchiveId, index: u64) -> Vec<u8> {
    archive.context(format_args!("log {index}"))
}

pub(crate) fn read_checkpoint(
    folder: &Folder,
    archive: &ArchiveId,
    key: &VerifyingKey,
) -> Result<Checkpoint, Error> {
    let note = folder.read_text(LOG_CHECKPOINT, MAX_CHECKPOINT_LEN)?;
    let checkpoint = Checkpoint::verify(&note, key).in_file(LOG_CHECKPOINT)?;
    if checkpoint.origin != log_origin(archive) {
        return Err(ErrorKind::Changed {
            what: "the checkpoint of another log",
        })
        .in_file(LOG_CHECKPOINT);
    }
    Ok(checkpoint)
}

/// Calls `each` for every whole entry until it says no; gives back where the last one that it took ends.
pub(crate) fn read_entries(
    reader: &mut impl Read,
    mut each: impl FnMut(&[u8]) -> Result<bool, Error>,
) -> Result<u64, Error> {
    let mut end = 0;
    let mut sealed = Vec::new();
    loop {
        let mut len = [0; 2];
        match reader.read_exact(&mut len) {
            Ok(()) => {}
            Err(error) if error.kind() == IoErrorKind::UnexpectedEof => return Ok(end),
            Err(error) => return Err(error.into()),
        }
        let len = u64::from(u16::from_be_bytes(len));
        sealed.clear();
        reader.by_ref().take(len).read_to_end(&mut sealed)?;
        if (sealed.len() as u64) < len {
            return Ok(end);
        }
        if !each(&sealed).map_err(|error| error.at_offset(end))? {
            return Ok(end);
        }
        end += 2 + len;
    }
}

fn sign(archive: &ArchiveId, frontier: &Frontier, signer: &SigningKey) -> Result<String, Error> {
    let checkpoint = Checkpoint {
        origin: log_origin(archive),
        size: frontier.size(),
        root: frontier.root(),
    };
    Ok(checkpoint.sign(signer)?)
}
