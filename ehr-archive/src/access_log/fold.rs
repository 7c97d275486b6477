//! Puts the entries of the tail into tiles, as C2SP tlog-tiles lays them out.
//!
//! New tiles are written beside the old ones and made durable; then the checkpoint switches to them; only then is the tail
//! emptied and what a wider tile replaces removed. A crash anywhere leaves either the old tiles with the tail, or the new ones
//! with a tail that adds nothing.

use std::collections::BTreeSet;
use std::io::{Seek, SeekFrom, Write};

use ehr_crypto::tree::leaf_hash;
use ehr_crypto::tree::tile::{
    TILE_WIDTH, TileId, TileKind, decode_entries, encode_entries, encode_tile,
};

use super::stored::{StoredLog, in_tree, read_bundle, read_tile};
use super::{rewritten, tail};
use crate::Error;
use crate::error::Located;
use crate::files::DiskFile;
use crate::names::{self, LOG, LOG_CHECKPOINT, LOG_TAIL};

impl StoredLog {
    /// Folds the tail, which the caller has locked, into tiles.
    pub(super) fn fold(&mut self, file: &DiskFile) -> Result<(), Error> {
        if self.behind.is_empty() {
            return Ok(());
        }
        let (old, new) = (self.tiles, self.frontier.size());
        let mut folders = BTreeSet::new();
        for (tile, hashes) in self.tiles_behind()? {
            self.write(tile, &encode_tile(&hashes), &mut folders)?;
        }
        for index in old / TILE_WIDTH..=(new - 1) / TILE_WIDTH {
            let tile = in_tree(TileKind::Entries, index, new)?;
            self.write(tile, &self.bundle(tile)?, &mut folders)?;
        }
        // A name is durable when its folder is; the deepest come first.
        for folder in folders.iter().rev() {
            self.folder.sync_folder(folder)?;
        }
        self.folder.replace(LOG_CHECKPOINT, self.note.as_bytes())?;
        begin_tail(file, new).in_file(LOG_TAIL)?;
        self.tiles = new;
        self.behind.clear();
        self.tail_end = tail::HEADER_LEN;
        self.remove_partial(old)
    }

    fn write(
        &self,
        tile: TileId,
        bytes: &[u8],
        folders: &mut BTreeSet<String>,
    ) -> Result<(), Error> {
        let path = names::log_tile(tile);
        let mut below = path.as_str();
        while let Some((folder, _)) = below.rsplit_once('/') {
            folders.insert(folder.to_owned());
            below = folder;
        }
        self.folder
            .create_folder(path.rsplit_once('/').map_or(LOG, |(folder, _)| folder))?;
        self.folder.write(&path, bytes).map(drop)
    }

    /// A bundle that the entries of the tail fill or begin.
    fn bundle(&self, tile: TileId) -> Result<Vec<u8>, Error> {
        let first = tile.index * TILE_WIDTH;
        let last = first + u64::from(tile.width);
        let mut bundle = Vec::new();
        if first < self.tiles {
            let old = in_tree(tile.kind, tile.index, self.tiles)?;
            bundle = read_bundle(&self.folder, old)?;
            // What was damaged must not be carried on as if it were sound.
            let entries = decode_entries(old, &bundle).in_file(names::log_tile(old))?;
            let hashes = in_tree(TileKind::Hashes { level: 0 }, tile.index, self.tiles)?;
            let hashes = read_tile(&self.folder, hashes)?;
            if !entries.iter().map(|entry| leaf_hash(entry)).eq(hashes) {
                return Err(rewritten()).in_file(names::log_tile(old));
            }
        }
        let behind = |index: u64| (index - self.tiles) as usize;
        let entries = &self.behind[behind(first.max(self.tiles))..behind(last)];
        bundle.extend(encode_entries(entries.iter().map(Vec::as_slice))?);
        Ok(bundle)
    }

    /// Removes the partial tiles of a smaller tree that wider ones replace.
    fn remove_partial(&self, old: u64) -> Result<(), Error> {
        let levels = (0..=5).map(|level| (TileKind::Hashes { level }, 8 * u32::from(level)));
        for (kind, shift) in levels.chain([(TileKind::Entries, 0)]) {
            let index = (old >> shift) / TILE_WIDTH;
            let partial = TileId::in_tree(kind, index, old);
            if let Some(tile) = partial
                && TileId::in_tree(kind, index, self.tiles) != Some(tile)
            {
                self.folder.remove(&names::log_tile(tile))?;
            }
        }
        Ok(())
    }
}

/// Empties the tail. Between the two steps it is empty, which says nothing, and is read as what it is.
pub(super) fn begin_tail(mut file: &DiskFile, tiles: u64) -> std::io::Result<()> {
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&tail::header(tiles))
}
