//! The log as it stands in its files, without the key of its entries: tiles and the tail behind them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use ehr_crypto::VerifyingKey;
use ehr_crypto::tree::tile::{
    TILE_WIDTH, TileBuilder, TileId, TileKind, TiledTree, decode_entries, decode_tile,
};
use ehr_crypto::tree::{Checkpoint, Frontier, Hash, leaf_hash};

use super::{LogHead, first_layout, rewritten, tail};
use crate::error::Located;
use crate::files::Folder;
use crate::names::{self, LOG_CHECKPOINT, LOG_ENTRIES, LOG_TAIL};
use crate::{ArchiveId, Error, ErrorKind};

const MAX_CHECKPOINT_LEN: u64 = 1 << 16;
const MAX_TILE_LEN: u64 = TILE_WIDTH * 32;
/// As many entries as a bundle holds, each as long as it can be.
const MAX_BUNDLE_LEN: u64 = TILE_WIDTH * ((1 << 16) + 1);

/// What a tile holds, or why it cannot be read.
type Hashes = Result<Vec<Hash>, Error>;

/// A log that was read as far as its end; entries in tiles are read when they are asked for.
pub(crate) struct StoredLog {
    pub(super) folder: Folder,
    pub(super) origin: String,
    pub(super) verifying_key: VerifyingKey,
    /// Number of entries in tiles.
    pub(super) tiles: u64,
    /// The entries behind them.
    pub(super) behind: Vec<Vec<u8>>,
    /// The tree over all.
    pub(super) frontier: Frontier,
    /// The signed checkpoint of all.
    pub(super) note: String,
    /// Where the last whole batch of the tail ends.
    pub(super) tail_end: u64,
}

impl StoredLog {
    /// Reads the end of a log. The tiles on its right edge must lead to the root that is signed.
    pub(crate) fn read(
        folder: &Folder,
        archive: &ArchiveId,
        key: &VerifyingKey,
    ) -> Result<Self, Error> {
        let origin = names::log_origin(archive);
        let (note, checkpoint) = read_checkpoint(folder, &origin, key)?;
        if folder.exists(LOG_ENTRIES) {
            return first_layout::read(folder, origin, key, note, &checkpoint);
        }
        let builder = TileBuilder::resume(checkpoint.size, |tile| read_tile(folder, tile))?;
        let mut log = StoredLog {
            folder: folder.clone(),
            origin,
            verifying_key: key.clone(),
            tiles: checkpoint.size,
            behind: Vec::new(),
            frontier: builder.frontier(),
            note,
            tail_end: 0,
        };
        if log.frontier.root() != checkpoint.root {
            return Err(rewritten()).in_file(LOG_CHECKPOINT);
        }
        let bytes = folder.read(LOG_TAIL, tail::MAX_LEN)?;
        let tail = tail::read(&bytes, log.frontier.clone(), &log.signer()).in_file(LOG_TAIL)?;
        log.take(tail);
        Ok(log)
    }

    /// Takes in what was appended to the tail since it was read.
    pub(super) fn read_on(&mut self, mut file: &File) -> Result<(), Error> {
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(self.tail_end))?;
        file.take(tail::MAX_LEN).read_to_end(&mut bytes)?;
        let (size, end) = (self.frontier.size(), self.tail_end);
        let mut tail = tail::continue_from(&bytes, size, self.frontier.clone(), &self.signer())?;
        tail.end += end;
        self.take(tail);
        Ok(())
    }

    fn take(&mut self, tail: tail::Tail) {
        self.behind.extend(tail.entries);
        self.frontier = tail.frontier;
        self.note = tail.note.unwrap_or_else(|| std::mem::take(&mut self.note));
        self.tail_end = tail.end;
    }

    fn signer(&self) -> tail::Signer<'_> {
        tail::Signer {
            origin: &self.origin,
            key: &self.verifying_key,
        }
    }

    /// Number of entries and root.
    pub(crate) fn head(&self) -> LogHead {
        LogHead {
            size: self.frontier.size(),
            root: self.frontier.root(),
        }
    }

    /// The signed checkpoint of the last entry.
    pub(crate) fn checkpoint(&self) -> &str {
        &self.note
    }

    /// Number of entries that are in tiles.
    pub(crate) fn tiles(&self) -> u64 {
        self.tiles
    }

    /// Calls `each` with the number and the sealed bytes of every entry from `from` on, until it says no.
    pub(crate) fn entries(
        &self,
        from: u64,
        mut each: impl FnMut(u64, &[u8]) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut next = from;
        while next < self.tiles {
            let tile = in_tree(TileKind::Entries, next / TILE_WIDTH, self.tiles)?;
            let bundle = read_bundle(&self.folder, tile)?;
            let entries = decode_entries(tile, &bundle).in_file(names::log_tile(tile))?;
            for entry in &entries[(next % TILE_WIDTH) as usize..] {
                if !each(next, entry).in_file(names::log_tile(tile))? {
                    return Ok(());
                }
                next += 1;
            }
        }
        for entry in &self.behind[(next - self.tiles) as usize..] {
            if !each(next, entry).in_file(LOG_TAIL)? {
                return Ok(());
            }
            next += 1;
        }
        Ok(())
    }

    /// The sealed bytes of one entry; `None` if there are not so many.
    pub(crate) fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, Error> {
        let mut found = None;
        if index < self.frontier.size() {
            self.entries(index, |_, entry| {
                found = Some(entry.to_vec());
                Ok(false)
            })?;
        }
        Ok(found)
    }

    /// The tree, for proofs. It reads a few tiles for each.
    pub(crate) fn tree(&self) -> Result<TiledTree<impl FnMut(TileId) -> Hashes>, Error> {
        let behind = self.tiles_behind()?;
        let (size, root) = (self.frontier.size(), self.frontier.root());
        TiledTree::open(size, root, move |tile| match behind.get(&tile) {
            Some(hashes) => Ok(hashes.clone()),
            None => read_tile(&self.folder, tile),
        })
    }

    /// The tiles that the entries of the tail will make.
    pub(super) fn tiles_behind(&self) -> Result<BTreeMap<TileId, Vec<Hash>>, Error> {
        let mut tiles = BTreeMap::new();
        let mut keep = |tile: TileId, hashes: &[Hash]| {
            if TileId::in_tree(tile.kind, tile.index, self.tiles) != Some(tile) {
                tiles.insert(tile, hashes.to_vec());
            }
            Ok::<(), Error>(())
        };
        let mut builder = TileBuilder::resume(self.tiles, |tile| read_tile(&self.folder, tile))?;
        for entry in &self.behind {
            builder.push(leaf_hash(entry), &mut keep)?;
        }
        builder.write_partial(&mut keep)?;
        Ok(tiles)
    }

    /// Whether a head of this log that is known from elsewhere is a beginning of it.
    pub(crate) fn contains(&self, known: LogHead) -> Result<bool, Error> {
        if known.size > self.frontier.size() {
            return Ok(false);
        }
        Ok(match self.tree()?.consistency_proof(known.size)? {
            Some((root, _)) => root == known.root,
            None => known.root == Frontier::new().root(),
        })
    }
}

/// The checkpoint of what is in tiles, and its text.
fn read_checkpoint(
    folder: &Folder,
    origin: &str,
    key: &VerifyingKey,
) -> Result<(String, Checkpoint), Error> {
    let note = folder.read_text(LOG_CHECKPOINT, MAX_CHECKPOINT_LEN)?;
    let checkpoint = Checkpoint::verify(&note, key).in_file(LOG_CHECKPOINT)?;
    if checkpoint.origin == origin {
        return Ok((note, checkpoint));
    }
    Err(ErrorKind::Changed {
        what: "the checkpoint of another log",
    })
    .in_file(LOG_CHECKPOINT)
}

/// The tile of a tree that is known to have it.
pub(super) fn in_tree(kind: TileKind, index: u64, size: u64) -> Result<TileId, Error> {
    TileId::in_tree(kind, index, size).ok_or_else(|| ErrorKind::Missing.into())
}

pub(crate) fn read_tile(folder: &Folder, tile: TileId) -> Hashes {
    let path = names::log_tile(tile);
    let bytes = folder.read(&path, MAX_TILE_LEN)?;
    decode_tile(tile, &bytes).in_file(path)
}

pub(super) fn read_bundle(folder: &Folder, tile: TileId) -> Result<Vec<u8>, Error> {
    folder.read(&names::log_tile(tile), MAX_BUNDLE_LEN)
}
