//! The access log: who opened what, sealed, append-only, under a Merkle tree whose root is signed after every entry.
//!
//! `log/entries` is a sequence of entries, each a two-byte big-endian length and the sealed JSON of an
//! [audit event](crate::AuditEvent). `log/checkpoint` is the signed size and root. An entry is durable before the key it
//! speaks of is released: no log, no read.

use std::fs::File;
use std::io::{BufReader, ErrorKind as IoErrorKind, Read, Seek, SeekFrom, Write};

use ehr_crypto::tree::{self, Checkpoint, Frontier};

use crate::error::Located;
use crate::files::Folder;
use crate::keys::Keys;
use crate::names::{LOG_CHECKPOINT, LOG_ENTRIES};
use crate::{ArchiveId, Error, ErrorKind};

const MAX_CHECKPOINT_LEN: u64 = 1 << 16;

/// An open access log. Several programs may append to the same one: each append locks the file and catches up first.
pub(crate) struct AccessLog {
    folder: Folder,
    archive: ArchiveId,
    entries: File,
    frontier: Frontier,
    /// End of the entries that `frontier` covers.
    end: u64,
}

/// Where a log stood at some time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LogHead {
    pub(crate) size: u64,
    pub(crate) root: tree::Hash,
}

impl AccessLog {
    /// Begins an empty log and gives back its head.
    pub(crate) fn create(
        folder: &Folder,
        archive: &ArchiveId,
        keys: &Keys,
    ) -> Result<LogHead, Error> {
        folder.write(LOG_ENTRIES, b"")?;
        let frontier = Frontier::new();
        folder.replace(LOG_CHECKPOINT, sign(archive, &frontier, keys)?.as_bytes())?;
        Ok(LogHead {
            size: 0,
            root: frontier.root(),
        })
    }

    /// Opens a log and checks all of it: it begins with the entries of `known`, and its checkpoint is signed and true.
    pub(crate) fn open(
        folder: &Folder,
        archive: &ArchiveId,
        keys: &Keys,
        known: LogHead,
    ) -> Result<Self, Error> {
        if !folder.exists(LOG_ENTRIES) {
            return Err(ErrorKind::Missing).in_file(LOG_ENTRIES);
        }
        let entries = folder.open_to_change(LOG_ENTRIES)?;
        let mut log = AccessLog {
            folder: folder.clone(),
            archive: archive.clone(),
            entries,
            frontier: Frontier::new(),
            end: 0,
        };
        log.entries.lock().in_file(LOG_ENTRIES)?;
        let checked = log.check(keys, known);
        log.entries.unlock().in_file(LOG_ENTRIES)?;
        checked.map(|()| log)
    }

    /// Appends one event and makes it durable; gives back the new signed checkpoint.
    pub(crate) fn append(&mut self, event: &[u8], keys: &Keys) -> Result<String, Error> {
        self.entries.lock().in_file(LOG_ENTRIES)?;
        let appended = self.append_locked(event, keys);
        self.entries.unlock().in_file(LOG_ENTRIES)?;
        appended
    }

    fn append_locked(&mut self, event: &[u8], keys: &Keys) -> Result<String, Error> {
        self.catch_up(keys).in_file(LOG_ENTRIES)?;
        let sealed = ehr_crypto::seal(
            &keys.log,
            &entry_context(&self.archive, self.frontier.size()),
            event,
        )?;
        let len = u16::try_from(sealed.len()).map_err(|_| ErrorKind::TooLarge {
            limit: u16::MAX.into(),
        })?;
        let frame = [&len.to_be_bytes(), &sealed[..]].concat();
        self.entries
            .seek(SeekFrom::Start(self.end))
            .in_file(LOG_ENTRIES)?;
        self.entries.write_all(&frame).in_file(LOG_ENTRIES)?;
        self.entries.sync_data().in_file(LOG_ENTRIES)?;
        self.frontier.push(tree::leaf_hash(&sealed));
        self.end += frame.len() as u64;
        let checkpoint = sign(&self.archive, &self.frontier, keys)?;
        self.folder.replace(LOG_CHECKPOINT, checkpoint.as_bytes())?;
        Ok(checkpoint)
    }

    fn check(&mut self, keys: &Keys, known: LogHead) -> Result<(), Error> {
        let checkpoint =
            read_checkpoint(&self.folder, &self.archive, keys.signing.verifying_key())?;
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
        let end = read_entries(&mut BufReader::new(&self.entries), |sealed| {
            // An entry without a checkpoint was left by a crash; one that does not open was never complete.
            if self.frontier.size() >= checkpoint.size
                && ehr_crypto::open(
                    &keys.log,
                    &entry_context(&self.archive, self.frontier.size()),
                    sealed,
                )
                .is_err()
            {
                return Ok(false);
            }
            self.frontier.push(tree::leaf_hash(sealed));
            // Roots are computed only where one is expected.
            if heads.iter().any(|head| head.size == self.frontier.size()) {
                compare(&self.frontier);
            }
            Ok(true)
        })
        .in_file(LOG_ENTRIES)?;
        self.end = end;
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
    fn catch_up(&mut self, keys: &Keys) -> Result<(), Error> {
        let mut reader = BufReader::new(&self.entries);
        reader.seek(SeekFrom::Start(self.end))?;
        self.end += read_entries(&mut reader, |sealed| {
            if ehr_crypto::open(
                &keys.log,
                &entry_context(&self.archive, self.frontier.size()),
                sealed,
            )
            .is_err()
            {
                return Ok(false);
            }
            self.frontier.push(tree::leaf_hash(sealed));
            Ok(true)
        })?;
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
    key: &ehr_crypto::VerifyingKey,
) -> Result<Checkpoint, Error> {
    let note = folder.read_text(LOG_CHECKPOINT, MAX_CHECKPOINT_LEN)?;
    let checkpoint = Checkpoint::verify(&note, key).in_file(LOG_CHECKPOINT)?;
    if checkpoint.origin != origin(archive) {
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

fn sign(archive: &ArchiveId, frontier: &Frontier, keys: &Keys) -> Result<String, Error> {
    let checkpoint = Checkpoint {
        origin: origin(archive),
        size: frontier.size(),
        root: frontier.root(),
    };
    Ok(checkpoint.sign(&keys.signing)?)
}

fn origin(archive: &ArchiveId) -> String {
    format!("{}/log", archive.signer())
}
