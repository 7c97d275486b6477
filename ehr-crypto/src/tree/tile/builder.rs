//! Writes tiles as a log grows.

use super::{MAX_LEVEL, TILE_WIDTH, TileId, TileKind};
use crate::Error;
use crate::tree::{self, Frontier, Hash};

/// Makes the tiles of a growing tree; keeps less than one tile of each level in memory.
#[derive(Clone, Debug, Default)]
pub struct TileBuilder {
    size: u64,
    /// What each level has behind its last full tile.
    levels: Vec<Vec<Hash>>,
}

impl TileBuilder {
    /// For an empty log.
    pub fn new() -> Self {
        Self::default()
    }

    /// For a log that has `size` entries already; `read` gives the hashes of the last tile of each level.
    pub fn resume<E: From<Error>>(
        size: u64,
        mut read: impl FnMut(TileId) -> Result<Vec<Hash>, E>,
    ) -> Result<Self, E> {
        let mut levels = Vec::new();
        for level in 0..=MAX_LEVEL {
            let hashes = size >> (8 * u32::from(level));
            if hashes == 0 {
                break;
            }
            let kind = TileKind::Hashes { level };
            let partial = TileId::in_tree(kind, hashes / TILE_WIDTH, size);
            levels.push(match partial {
                None => Vec::new(),
                Some(tile) => {
                    let hashes = read(tile)?;
                    if hashes.len() != usize::from(tile.width) {
                        return Err(Error::Tile {
                            reason: "its length is not that of its hashes",
                        }
                        .into());
                    }
                    hashes
                }
            });
        }
        Ok(TileBuilder { size, levels })
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tree so far, for its root.
    pub fn frontier(&self) -> Frontier {
        let mut peaks = Vec::new();
        for hashes in self.levels.iter().rev() {
            // One complete subtree for each bit of the number of hashes, the largest first.
            let mut rest = &hashes[..];
            while !rest.is_empty() {
                let (subtree, smaller) = rest.split_at(1 << rest.len().ilog2());
                peaks.push(tree::root(subtree));
                rest = smaller;
            }
        }
        Frontier {
            size: self.size,
            peaks,
        }
    }

    /// Adds the hash of a leaf; every tile that this fills is handed to `write` before the call returns.
    pub fn push<E>(
        &mut self,
        leaf: Hash,
        mut write: impl FnMut(TileId, &[Hash]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut hash = leaf;
        self.size += 1;
        for level in 0..=MAX_LEVEL {
            let place = usize::from(level);
            if self.levels.len() == place {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[place];
            hashes.push(hash);
            if (hashes.len() as u64) < TILE_WIDTH {
                break;
            }
            let tile = TileId {
                kind: TileKind::Hashes { level },
                index: (self.size >> (8 * (u32::from(level) + 1))) - 1,
                width: TILE_WIDTH as u16,
            };
            write(tile, hashes)?;
            hash = tree::root(hashes);
            hashes.clear();
        }
        Ok(())
    }

    /// Hands the tiles that are not full yet to `write`: with them, the tree of this moment can be read.
    pub fn write_partial<E>(
        &self,
        mut write: impl FnMut(TileId, &[Hash]) -> Result<(), E>,
    ) -> Result<(), E> {
        for (level, hashes) in (0..).zip(&self.levels) {
            let kind = TileKind::Hashes { level };
            let index = (self.size >> (8 * u32::from(level))) / TILE_WIDTH;
            if let Some(tile) = TileId::in_tree(kind, index, self.size) {
                write(tile, hashes)?;
            }
        }
        Ok(())
    }
}
