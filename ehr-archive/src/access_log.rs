//! The access log: who did what, sealed, append-only, under a Merkle tree whose root is signed with every entry.
//!
//! `log/` is a C2SP tlog-tiles log whose entries are sealed AuditEvents: `checkpoint`, `tile/entries/…`, `tile/0/…` and so on.
//! Since a tile cannot grow in place, the newest entries stand in `log/tail`, each batch of them with the signed checkpoint
//! that it leads to: one durable append. When the log is closed, and every 256 entries, the tail is folded into tiles.
//! An entry is durable before the key it speaks of is released or destroyed: no log, no read, no shred.

mod first_layout;
mod fold;
mod stored;
mod tail;
mod view;

use std::io::{Seek, SeekFrom, Write};

use ehr_crypto::tree::tile::TILE_WIDTH;
use ehr_crypto::tree::{self, Checkpoint, Frontier};
use ehr_crypto::{DataKey, SigningKey};

use crate::audit_event;
use crate::error::Located;
use crate::files::{DiskFile, Folder, try_again_later};
use crate::names::{LOG_CHECKPOINT, LOG_TAIL, log_origin};
use crate::{ArchiveId, Error, ErrorKind};

pub(crate) use stored::{StoredLog, read_tile};
pub use view::{AccessLogView, InclusionProof};

/// The tail is folded when it has as many entries as a tile.
const FOLD_AT: usize = TILE_WIDTH as usize;
/// A tail that could not be folded for so long stops the log: something is wrong with the disk.
const MAX_BEHIND: usize = 16 * FOLD_AT;

/// An open access log. Several programs may append to the same one: each append locks the tail and catches up first.
pub(crate) struct AccessLog {
    log: StoredLog,
    archive: ArchiveId,
    key: DataKey,
    signer: SigningKey,
    /// Where entries are appended; its lock is that of the log.
    tail: DiskFile,
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
        folder.write(LOG_TAIL, &tail::header(0))?;
        let frontier = Frontier::new();
        folder.replace(LOG_CHECKPOINT, sign(archive, &frontier, signer)?.as_bytes())?;
        Ok(LogHead {
            size: 0,
            root: frontier.root(),
        })
    }

    /// Opens a log. Its tiles must lead to the signed root and it must begin with the entries of `known`; those behind `known`
    /// must open.
    pub(crate) fn open(
        folder: &Folder,
        archive: &ArchiveId,
        key: DataKey,
        signer: SigningKey,
        known: LogHead,
    ) -> Result<Self, Error> {
        let is_first_layout = Self::is_first_layout(folder);
        if !is_first_layout && !folder.exists(LOG_TAIL) {
            return Err(ErrorKind::Missing).in_file(LOG_TAIL);
        }
        // Somebody who may not write finds out before the log is read.
        let tail = folder.open_to_change(LOG_TAIL)?;
        let open = || {
            let mut log = StoredLog::read(folder, archive, signer.verifying_key())?;
            if Self::is_first_layout(folder) {
                first_layout::convert(&mut log, archive, &key, &signer, &tail)?;
            }
            if !log.contains(known)? {
                return Err(rewritten()).in_file(LOG_CHECKPOINT);
            }
            if log.behind.is_empty() {
                // Whatever a crash left there adds nothing to the tiles.
                fold::begin_tail(&tail, log.tiles).in_file(LOG_TAIL)?;
                log.tail_end = tail::HEADER_LEN;
            }
            Ok(log)
        };
        tail.lock().in_file(LOG_TAIL)?;
        let opened = open();
        tail.unlock().in_file(LOG_TAIL)?;
        let mut log = AccessLog {
            log: opened?,
            archive: archive.clone(),
            key,
            signer,
            tail,
            last_change: 0,
        };
        // What was changed since the known head is read, so that an old state beside a new log is recognized.
        let mut last_change = 0;
        log.read(known.size, |_, event| {
            last_change = last_change.max(audit_event::change_done(event).unwrap_or(0));
            Ok(())
        })?;
        log.last_change = last_change;
        Ok(log)
    }

    /// Appends events and makes them durable in one step; gives back the new signed checkpoint.
    pub(crate) fn append(&mut self, events: &[Vec<u8>]) -> Result<String, Error> {
        self.locked(|log| log.append_locked(events))?;
        Ok(self.log.note.clone())
    }

    /// Folds the tail into tiles. Dropping the log does that too, but cannot say whether it was done.
    pub(crate) fn close(&mut self) -> Result<(), Error> {
        if self.log.behind.is_empty() {
            return Ok(());
        }
        self.locked(|log| {
            log.catch_up()?;
            log.log.fold(&log.tail)
        })
    }

    /// Number of entries and root.
    pub(crate) fn head(&self) -> LogHead {
        self.log.head()
    }

    /// The last change of the archive's state that an entry behind the known head says was done.
    pub(crate) fn last_change(&self) -> u64 {
        self.last_change
    }

    /// Calls `each` with the number and the JSON of every entry from `from` on.
    pub(crate) fn read(
        &self,
        from: u64,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.log.entries(from, |index, sealed| {
            let context = entry_context(&self.archive, index);
            each(index, &ehr_crypto::open(&self.key, &context, sealed)?)?;
            Ok(true)
        })
    }

    /// The last entry, with its proof.
    pub(crate) fn prove_last(&self) -> Result<ProvenEntry, Error> {
        let missing = || Error::from(ErrorKind::Missing).in_file(LOG_TAIL);
        let index = self.head().size.checked_sub(1).ok_or_else(missing)?;
        let proof = self.log.tree()?.inclusion_proof(index)?;
        Ok(ProvenEntry {
            sealed: self.log.entry(index)?.ok_or_else(missing)?,
            index,
            proof: proof.ok_or_else(missing)?.1,
            checkpoint: self.log.note.clone(),
        })
    }

    fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.tail.lock().in_file(LOG_TAIL)?;
        let done = work(self);
        self.tail.unlock().in_file(LOG_TAIL)?;
        done
    }

    fn append_locked(&mut self, events: &[Vec<u8>]) -> Result<(), Error> {
        self.catch_up()?;
        if self.log.behind.len() >= MAX_BEHIND {
            self.log.fold(&self.tail)?;
        }
        let mut frontier = self.log.frontier.clone();
        let mut sealed = Vec::with_capacity(events.len());
        for event in events {
            let context = entry_context(&self.archive, frontier.size());
            let entry = ehr_crypto::seal(&self.key, &context, event)?;
            frontier.push(tree::leaf_hash(&entry));
            sealed.push(entry);
        }
        let note = sign(&self.archive, &frontier, &self.signer)?;
        let mut bytes = tail::encode(&sealed, &note)?;
        if self.log.tail_end == 0 {
            bytes.splice(0..0, tail::header(self.log.tiles));
        }
        self.write(&bytes).in_file(LOG_TAIL)?;
        self.log.tail_end += bytes.len() as u64;
        self.log.behind.extend(sealed);
        (self.log.frontier, self.log.note) = (frontier, note);
        if self.log.behind.len() >= FOLD_AT {
            // The entries are durable already; what cannot be folded now is folded later.
            try_again_later(self.log.fold(&self.tail));
        }
        Ok(())
    }

    /// Writes behind the last whole batch and makes it durable. What a crash or a failure left there is cut off first.
    fn write(&self, bytes: &[u8]) -> std::io::Result<()> {
        let (mut tail, end) = (&self.tail, self.log.tail_end);
        if tail.metadata()?.len() > end {
            tail.set_len(end)?;
        }
        tail.seek(SeekFrom::Start(end))?;
        tail.write_all(bytes)?;
        tail.sync_data()
    }

    /// A log that was moved away or replaced could still be written, and nobody would find it.
    fn check_in_place(&self) -> Result<(), Error> {
        let folder = &self.log.folder;
        if !folder.path(LOG_CHECKPOINT).is_file() {
            return Err(ErrorKind::Changed {
                what: "it was taken away",
            })
            .in_file(LOG_CHECKPOINT);
        }
        let path = folder.path(LOG_TAIL);
        if self.tail.is_at(&path).in_file(LOG_TAIL)? {
            Ok(())
        } else {
            Err(ErrorKind::Changed {
                what: "another file is in its place",
            })
            .in_file(LOG_TAIL)
        }
    }

    /// Takes in what other programs appended or folded.
    fn catch_up(&mut self) -> Result<(), Error> {
        self.check_in_place()?;
        let begun = tail::read_header(&*self.tail).in_file(LOG_TAIL)?;
        let len = self.tail.metadata().in_file(LOG_TAIL)?.len();
        let known = self.head();
        if begun == Some(self.log.tiles) && len >= self.log.tail_end && self.log.tail_end > 0 {
            if len > self.log.tail_end {
                self.log.read_on(&self.tail).in_file(LOG_TAIL)?;
            }
            return Ok(());
        }
        let key = self.signer.verifying_key();
        let log = StoredLog::read(&self.log.folder, &self.archive, key)?;
        if !log.contains(known)? {
            return Err(rewritten()).in_file(LOG_CHECKPOINT);
        }
        self.log = log;
        Ok(())
    }
}

impl Drop for AccessLog {
    fn drop(&mut self) {
        // The tail holds what could not be folded; the next who opens the log goes on with it.
        try_again_later(self.close());
    }
}

pub(crate) fn entry_context(archive: &ArchiveId, index: u64) -> Vec<u8> {
    archive.context(format_args!("log {index}"))
}

fn rewritten() -> Error {
    ErrorKind::Changed {
        what: "entries were removed or rewritten",
    }
    .into()
}

fn sign(archive: &ArchiveId, frontier: &Frontier, signer: &SigningKey) -> Result<String, Error> {
    let checkpoint = Checkpoint {
        origin: log_origin(archive),
        size: frontier.size(),
        root: frontier.root(),
    };
    Ok(checkpoint.sign(signer)?)
}

#[cfg(test)]
mod tests;
