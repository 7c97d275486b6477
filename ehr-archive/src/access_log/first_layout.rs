//! The log of the first archives: all entries in one file, `log/entries`, each behind its length in two bytes. It is read as it
//! is, and becomes tiles when somebody opens it to append: leaves and root stay the same.

use ehr_crypto::tree::{Checkpoint, Frontier, leaf_hash};
use ehr_crypto::{DataKey, SigningKey, VerifyingKey};

use super::{AccessLog, LogHead, StoredLog, entry_context, fold, rewritten, sign};
use crate::error::Located;
use crate::files::{DiskFile, Folder};
use crate::names::{LOG, LOG_ENTRIES, LOG_TAIL};
use crate::{ArchiveId, Error};

/// Such a log is held in memory once, when it becomes tiles.
const MAX_LEN: u64 = 1 << 32;

/// What the checkpoint speaks of; entries behind it were being written when a program was interrupted.
pub(super) fn read(
    folder: &Folder,
    origin: String,
    key: &VerifyingKey,
    note: String,
    checkpoint: &Checkpoint,
) -> Result<StoredLog, Error> {
    let mut log = StoredLog {
        folder: folder.clone(),
        origin,
        verifying_key: key.clone(),
        tiles: 0,
        behind: Vec::new(),
        frontier: Frontier::new(),
        note,
        tail_end: 0,
    };
    for entry in entries(&folder.read(LOG_ENTRIES, MAX_LEN)?) {
        if log.frontier.size() == checkpoint.size {
            break;
        }
        log.frontier.push(leaf_hash(entry));
        log.behind.push(entry.to_vec());
    }
    let signed = LogHead {
        size: checkpoint.size,
        root: checkpoint.root,
    };
    if log.head() != signed {
        return Err(rewritten()).in_file(LOG_ENTRIES);
    }
    Ok(log)
}

/// Turns such a log into tiles; a crash in between leaves the file, and it is done again. The caller has locked the tail.
pub(super) fn convert(
    log: &mut StoredLog,
    archive: &ArchiveId,
    key: &DataKey,
    signer: &SigningKey,
    tail: &DiskFile,
) -> Result<(), Error> {
    let file = log.folder.open_to_change(LOG_ENTRIES)?;
    file.lock().in_file(LOG_ENTRIES)?; // against a program that knows that layout only
    let bytes = log.folder.read(LOG_ENTRIES, MAX_LEN)?;
    for entry in entries(&bytes).skip(log.behind.len()) {
        // It was durable before its checkpoint was: who waited for it may have read.
        let context = entry_context(archive, log.frontier.size());
        if ehr_crypto::open(key, &context, entry).is_err() {
            break;
        }
        log.frontier.push(leaf_hash(entry));
        log.behind.push(entry.to_vec());
    }
    log.note = sign(archive, &log.frontier, signer)?;
    fold::begin_tail(tail, 0).in_file(LOG_TAIL)?;
    log.fold(tail)?;
    log.tail_end = super::tail::HEADER_LEN;
    log.folder.remove(LOG_ENTRIES)?;
    log.folder.sync_folder(LOG)
}

fn entries(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (len, rest) = bytes.split_first_chunk()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*len).into())?;
        bytes = rest;
        Some(entry)
    })
}

impl AccessLog {
    /// Whether the log still has to become tiles.
    pub(super) fn is_first_layout(folder: &Folder) -> bool {
        folder.exists(LOG_ENTRIES)
    }
}
