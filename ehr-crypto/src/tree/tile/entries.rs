//! Entry bundles: up to 256 entries of the log in one file, each behind its length in two bytes.

use super::TileId;
use crate::Error;

/// The longest entry that a bundle can hold.
pub const MAX_ENTRY_LEN: usize = u16::MAX as usize;

/// The bundle of some entries.
pub fn encode_entries<'a>(entries: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<u8>, Error> {
    let mut bundle = Vec::new();
    for entry in entries {
        let len = u16::try_from(entry.len()).map_err(|_| Error::Tile {
            reason: "an entry is longer than 65,535 bytes",
        })?;
        bundle.extend_from_slice(&len.to_be_bytes());
        bundle.extend_from_slice(entry);
    }
    Ok(bundle)
}

/// The entries of a bundle, which must have as many as its name says.
pub fn decode_entries(tile: TileId, mut bundle: &[u8]) -> Result<Vec<&[u8]>, Error> {
    let mut entries = Vec::new();
    while let Some((len, rest)) = bundle.split_first_chunk() {
        let Some((entry, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*len)))
        else {
            break;
        };
        entries.push(entry);
        bundle = rest;
    }
    if bundle.is_empty() && entries.len() == usize::from(tile.width) {
        Ok(entries)
    } else {
        Err(Error::Tile {
            reason: "it does not hold the entries that its name says",
        })
    }
}
