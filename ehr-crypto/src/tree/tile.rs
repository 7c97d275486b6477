//! A tree as files (C2SP tlog-tiles): hashes of every eighth level, 256 to a tile, so that a proof reads a few small files
//! of a log of any length, and that a growing log never changes a file but the last of each level.

mod builder;
mod entries;
mod tiled_tree;

use std::fmt;
use std::str::FromStr;

pub use builder::TileBuilder;
pub use entries::{MAX_ENTRY_LEN, decode_entries, encode_entries};
pub use tiled_tree::TiledTree;

use super::Hash;
use crate::Error;

/// Hashes or entries in a full tile.
pub const TILE_WIDTH: u64 = 256;
/// Levels of a tree between two levels of tiles.
const TILE_HEIGHT: u32 = 8;
/// The highest level that the specification knows; a tree needs 2⁴⁸ entries to have it.
const MAX_LEVEL: u8 = 5;

/// What a tile holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of one level; 0 are the leaves, each hash of the next one stands for a full tile of this one.
    Hashes {
        /// The level, up to 5.
        level: u8,
    },
    /// The log's entries themselves.
    Entries,
}

/// Which tile; shown and read as its path, such as `tile/0/x001/234.p/17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// What it holds.
    pub kind: TileKind,
    /// Its number within the level.
    pub index: u64,
    /// How many hashes or entries it holds, up to 256; fewer in the last one of a level.
    pub width: u16,
}

impl TileId {
    /// The tile of `kind` and `index` in a tree with `size` entries; `None` if it has no such tile.
    pub fn in_tree(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let level = match kind {
            TileKind::Hashes { level } => level,
            TileKind::Entries => 0,
        };
        let hashes = size
            .checked_shr(u32::from(level) * TILE_HEIGHT)
            .unwrap_or(0);
        let width = hashes
            .checked_sub(index.checked_mul(TILE_WIDTH)?)?
            .min(TILE_WIDTH) as u16;
        (width > 0 && level <= MAX_LEVEL).then_some(TileId { kind, index, width })
    }
}

/// The hashes as the file of a tile holds them.
pub fn encode_tile(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// Reads the file of a tile, which must have as many hashes as its name says.
pub fn decode_tile(tile: TileId, bytes: &[u8]) -> Result<Vec<Hash>, Error> {
    match bytes.as_chunks::<32>() {
        (hashes, []) if hashes.len() == usize::from(tile.width) => Ok(hashes.to_vec()),
        _ => Err(Error::Tile {
            reason: "its length is not that of its hashes",
        }),
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes { level } => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        // three digits at a time, all but the last with an x before them
        let mut groups = vec![self.index % 1000];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for group in groups[1..].iter().rev() {
            write!(f, "x{group:03}/")?;
        }
        write!(f, "{:03}", groups[0])?;
        match u64::from(self.width) {
            TILE_WIDTH => Ok(()),
            width => write!(f, ".p/{width}"),
        }
    }
}

impl FromStr for TileId {
    type Err = Error;

    /// Reads a path; one tile has one spelling.
    fn from_str(path: &str) -> Result<Self, Error> {
        let wrong = || Error::Tile {
            reason: "its path is not that of a tile",
        };
        let (level, rest) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(wrong)?;
        let kind = match level {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes {
                level: level.parse().map_err(|_| wrong())?,
            },
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, width.parse().map_err(|_| wrong())?),
            None => (rest, TILE_WIDTH as u16),
        };
        let digits: String = number.split("/x").collect::<Vec<_>>().concat();
        let digits = digits.trim_start_matches('x').replace('/', "");
        let index = digits.parse().map_err(|_| wrong())?;
        let tile = TileId { kind, index, width };
        let known_level = !matches!(kind, TileKind::Hashes { level } if level > MAX_LEVEL);
        let fits = (1..=TILE_WIDTH as u16).contains(&width);
        // whatever was read leniently above is refused here
        if known_level && fits && tile.to_string() == path {
            Ok(tile)
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests;
