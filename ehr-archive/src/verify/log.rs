//! The access log without a key: every tile agrees with the entries, every signed head that is known is a beginning of it.

use ehr_crypto::VerifyingKey;
use ehr_crypto::tree::tile::{TileBuilder, TileId};
use ehr_crypto::tree::{Checkpoint, Frontier, Hash, leaf_hash};

use super::VerifyReport;
use crate::access_log::{LogHead, StoredLog, read_tile};
use crate::current::Current;
use crate::error::Located;
use crate::files::Folder;
use crate::names::{self, LOG, LOG_CHECKPOINT, LOG_ENTRIES, LOG_TAIL};
use crate::{ArchiveId, Error, ErrorKind};

/// Left by a crash between writing a checkpoint and putting it in its place; it holds nothing new.
const CHECKPOINT_LEFT_OVER: &str = "log/checkpoint.new";

/// Replays the log: it must begin with what was signed when the state was written and with what was kept elsewhere, and
/// end as its last checkpoint says.
pub(super) fn verify(
    folder: &Folder,
    archive: &ArchiveId,
    current: &Current,
    key: &VerifyingKey,
    kept: Option<&str>,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let key = current.log_key.as_ref().unwrap_or(key);
    // Nobody appends in between; a copy that cannot be locked does not change.
    let tail = folder.open(LOG_TAIL).ok();
    let _ = tail.as_ref().map(|tail| tail.lock_shared());
    let log = StoredLog::read(folder, archive, key)?;
    verify_files(folder, &log, report)?;
    let known = current.log_head();
    let kept = kept
        .map(|note| kept_head(note, key, &names::log_origin(archive)))
        .transpose()?;
    let heads: Vec<LogHead> = [known, log.head()].into_iter().chain(kept).collect();
    let seen = replay(folder, &log, &heads)?;
    if let (Some(kept), Some(false)) = (kept, seen.get(2)) {
        return Err(not_continued(kept, log.head())).in_file(LOG_CHECKPOINT);
    }
    if seen.contains(&false) {
        return Err(ErrorKind::Changed {
            what: "entries were removed or rewritten",
        })
        .in_file(LOG_CHECKPOINT);
    }
    Ok(())
}

/// What is wrong with a log that does not continue a head that was kept elsewhere.
pub(crate) fn not_continued(kept: LogHead, now: LogHead) -> ErrorKind {
    if kept.size > now.size {
        ErrorKind::RolledBack {
            what: "the access log is shorter than the checkpoint that was kept",
        }
    } else {
        ErrorKind::Changed {
            what: "entries before the checkpoint that was kept were rewritten",
        }
    }
}

/// The head that a kept checkpoint speaks of.
pub(crate) fn kept_head(kept: &str, key: &VerifyingKey, origin: &str) -> Result<LogHead, Error> {
    let checkpoint = Checkpoint::verify(kept, key)?;
    if checkpoint.origin != origin {
        return Err(ErrorKind::Refused {
            reason: "the kept checkpoint is of another log",
        })
        .in_file(LOG_CHECKPOINT);
    }
    Ok(LogHead {
        size: checkpoint.size,
        root: checkpoint.root,
    })
}

/// Which of the heads the log passes; every tile on the way must be that of its entries.
fn replay(folder: &Folder, log: &StoredLog, heads: &[LogHead]) -> Result<Vec<bool>, Error> {
    let mut frontier = Frontier::new();
    let mut builder = TileBuilder::new();
    let is_at =
        |head: &LogHead, tree: &Frontier| head.size == tree.size() && head.root == tree.root();
    let mut seen: Vec<bool> = heads.iter().map(|head| is_at(head, &frontier)).collect();
    let mut compare = |tile: TileId, hashes: &[Hash]| {
        if read_tile(folder, tile)? == hashes {
            return Ok(());
        }
        Err(ErrorKind::Changed {
            what: "the tile is not that of the entries",
        })
        .in_file(names::log_tile(tile))
    };
    log.entries(0, |index, sealed| {
        let leaf = leaf_hash(sealed);
        frontier.push(leaf);
        if index < log.tiles() {
            builder.push(leaf, &mut compare)?;
        }
        for (head, seen) in heads.iter().zip(&mut seen) {
            *seen |= head.size == frontier.size() && is_at(head, &frontier);
        }
        Ok(true)
    })?;
    builder.write_partial(&mut compare)?;
    Ok(seen)
}

/// Which files the log may have: checkpoint, tail, tiles, and tiles that a crash kept from being removed or switched to.
fn verify_files(folder: &Folder, log: &StoredLog, report: &mut VerifyReport) -> Result<(), Error> {
    let size = log.head().size;
    let is_tile = |path: &str| -> Option<()> {
        let tile: TileId = path.strip_prefix(LOG)?.strip_prefix('/')?.parse().ok()?;
        let largest = TileId::in_tree(tile.kind, tile.index, size)?;
        (tile.width <= largest.width).then_some(())
    };
    for path in folder.walk(LOG)? {
        let is_known = [LOG_CHECKPOINT, LOG_TAIL, LOG_ENTRIES, CHECKPOINT_LEFT_OVER]
            .contains(&path.as_str())
            || is_tile(&path).is_some();
        if !is_known {
            report.add(Error::from(ErrorKind::Unexpected).in_file(path));
        }
    }
    Ok(())
}
