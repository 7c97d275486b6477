//! Roots and proofs from tiles.

use std::collections::BTreeMap;

use super::{TILE_HEIGHT, TILE_WIDTH, TileId, TileKind};
use crate::Error;
use crate::tree::proof::{consistency_steps, inclusion_steps};
use crate::tree::{self, Hash, node_hash};

/// A tree of known size and root, read from its tiles as they are needed.
///
/// Nothing that the tiles say is believed: the root is checked when the tree is opened, every proof before it is given out.
pub struct TiledTree<F> {
    size: u64,
    root: Hash,
    read: F,
    /// Tiles that were read; a proof touches a few and the next one most of the same.
    cache: BTreeMap<TileId, Vec<Hash>>,
}

impl<E: From<Error>, F: FnMut(TileId) -> Result<Vec<Hash>, E>> TiledTree<F> {
    /// The tree that a checkpoint with `size` and `root` names. `read` gives the hashes of a tile.
    pub fn open(size: u64, root: Hash, read: F) -> Result<Self, E> {
        let cache = BTreeMap::new();
        let mut tree = TiledTree {
            size,
            root,
            read,
            cache,
        };
        let found = match size {
            0 => tree::root(&[]),
            _ => tree.range(0, size)?,
        };
        if found == root {
            Ok(tree)
        } else {
            Err(Error::BadProof.into())
        }
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The hash of a leaf with the proof that it is in the tree; `None` if there is no such leaf.
    pub fn inclusion_proof(&mut self, index: u64) -> Result<Option<(Hash, Vec<Hash>)>, E> {
        let Some(steps) = inclusion_steps(self.size, index) else {
            return Ok(None);
        };
        let leaf = self.range(index, index + 1)?;
        let proof = self.ranges(&steps)?;
        tree::verify_inclusion(&leaf, index, self.size, &proof, &self.root)?;
        Ok(Some((leaf, proof)))
    }

    /// The proof that the tree of the first `old_size` leaves, with its root, is the beginning of this one; `None` if
    /// `old_size` is 0 or larger than the tree.
    pub fn consistency_proof(&mut self, old_size: u64) -> Result<Option<(Hash, Vec<Hash>)>, E> {
        let Some(steps) = consistency_steps(self.size, old_size) else {
            return Ok(None);
        };
        let old_root = self.range(0, old_size)?;
        let proof = self.ranges(&steps)?;
        tree::verify_consistency(old_size, &old_root, self.size, &self.root, &proof)?;
        Ok(Some((old_root, proof)))
    }

    fn ranges(&mut self, ranges: &[(u64, u64)]) -> Result<Vec<Hash>, E> {
        ranges
            .iter()
            .map(|&(start, end)| self.range(start, end))
            .collect()
    }

    /// The root over the leaves from `start` to `end`; `start` is a multiple of the largest power of two in the length.
    fn range(&mut self, start: u64, end: u64) -> Result<Hash, E> {
        let len = end - start;
        if len.is_power_of_two() {
            return self.complete(len.trailing_zeros(), start >> len.trailing_zeros());
        }
        let middle = start + len.next_power_of_two() / 2;
        Ok(node_hash(
            &self.range(start, middle)?,
            &self.range(middle, end)?,
        ))
    }

    /// The root of the complete subtree of 2^`height` leaves with this number.
    fn complete(&mut self, height: u32, number: u64) -> Result<Hash, E> {
        let (level, height) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let first = number << height;
        let kind = TileKind::Hashes { level: level as u8 };
        let tile = TileId::in_tree(kind, first / TILE_WIDTH, self.size).ok_or(Error::BadProof)?;
        if !self.cache.contains_key(&tile) {
            let hashes = (self.read)(tile)?;
            self.cache.insert(tile, hashes);
        }
        let place = (first % TILE_WIDTH) as usize;
        self.cache
            .get(&tile)
            .and_then(|hashes| hashes.get(place..place + (1 << height)))
            .map(tree::root)
            .ok_or_else(|| {
                Error::Tile {
                    reason: "its length is not that of its hashes",
                }
                .into()
            })
    }
}

impl<F> std::fmt::Debug for TiledTree<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TiledTree")
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}
