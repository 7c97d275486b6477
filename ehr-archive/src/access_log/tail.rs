//! The end of the log: entries that are durable and not yet in tiles.
//!
//! `log/tail` begins with eight bytes, the number of entries that were in tiles when it was begun. Batches follow: the number
//! of entries in two bytes, each entry behind its length in two bytes, and a signed checkpoint behind its length in two bytes.
//! A batch is written and made durable in one step, and counts only if its checkpoint is the one of everything up to it: what
//! a crash tore is never taken for an entry.

use std::io::{self, Read, Seek, SeekFrom};

use ehr_crypto::tree::{Checkpoint, Frontier, leaf_hash};
use ehr_crypto::{VerifyingKey, tree};

use super::rewritten;
use crate::{Error, ErrorKind};

pub(super) const HEADER_LEN: u64 = 8;
/// A tail is folded into tiles long before.
pub(super) const MAX_LEN: u64 = 1 << 28;

/// What a tail adds to the tiles.
pub(super) struct Tail {
    /// The entries behind the tiles.
    pub(super) entries: Vec<Vec<u8>>,
    /// The tree with them.
    pub(super) frontier: Frontier,
    /// The last checkpoint, unless it is that of the tiles.
    pub(super) note: Option<String>,
    /// Where the last whole batch ends.
    pub(super) end: u64,
}

/// Who signs a log's checkpoints, and as what.
pub(super) struct Signer<'a> {
    pub(super) origin: &'a str,
    pub(super) key: &'a VerifyingKey,
}

struct Batch<'a> {
    entries: Vec<&'a [u8]>,
    note: &'a [u8],
    len: usize,
}

/// The beginning of a tail.
pub(super) fn header(tiles: u64) -> [u8; HEADER_LEN as usize] {
    tiles.to_be_bytes()
}

/// How many entries were in tiles when the tail was begun; `None` if a crash came before that was written.
pub(super) fn read_header(mut file: impl Read + Seek) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(0))?;
    let mut header = [0; HEADER_LEN as usize];
    match file.read_exact(&mut header) {
        Ok(()) => Ok(Some(u64::from_be_bytes(header))),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error),
    }
}

pub(super) fn encode(entries: &[Vec<u8>], note: &str) -> Result<Vec<u8>, Error> {
    let mut batch = two_bytes(entries.len())?.to_vec();
    for part in entries.iter().map(Vec::as_slice).chain([note.as_bytes()]) {
        batch.extend(two_bytes(part.len())?);
        batch.extend(part);
    }
    Ok(batch)
}

/// Reads a whole tail beside tiles with this tree.
pub(super) fn read(bytes: &[u8], tiles: Frontier, signer: &Signer<'_>) -> Result<Tail, Error> {
    let Some((base, batches)) = bytes.split_first_chunk() else {
        return Ok(Tail {
            entries: Vec::new(),
            frontier: tiles,
            note: None,
            end: 0,
        });
    };
    let base = u64::from_be_bytes(*base);
    if base > tiles.size() {
        return Err(rewritten()); // the tiles are older than the tail
    }
    let known = tiles.size();
    let mut tail = continue_from(batches, base, tiles, signer)?;
    // An empty tail follows the tiles; zeros are what a file system may have of one that was just begun.
    if tail.end == 0 && base != known && base != 0 {
        return Err(rewritten());
    }
    tail.end += HEADER_LEN;
    Ok(tail)
}

/// Reads batches, of which the first begins at entry `size` and all up to the size of `frontier` are known.
pub(super) fn continue_from(
    batches: &[u8],
    mut size: u64,
    frontier: Frontier,
    signer: &Signer<'_>,
) -> Result<Tail, Error> {
    let mut tail = Tail {
        entries: Vec::new(),
        frontier,
        note: None,
        end: 0,
    };
    let mut rest = batches;
    while let Some(batch) = Batch::parse(rest) {
        let next_size = size + batch.entries.len() as u64;
        let mut frontier = tail.frontier.clone();
        let is_in_tiles = next_size <= frontier.size();
        if !is_in_tiles {
            if size != frontier.size() {
                return Err(rewritten()); // tiles end between two batches
            }
            for entry in &batch.entries {
                frontier.push(leaf_hash(entry));
            }
        }
        let Some((note, checkpoint)) = signer.verify(batch.note) else {
            break;
        };
        let is_right = checkpoint.size == next_size
            && (next_size < frontier.size() || checkpoint.root == frontier.root());
        if !is_right {
            break;
        }
        if !is_in_tiles {
            tail.entries
                .extend(batch.entries.iter().map(|entry| entry.to_vec()));
            tail.frontier = frontier;
            tail.note = Some(note);
        }
        (size, rest) = (next_size, &rest[batch.len..]);
        tail.end += batch.len as u64;
    }
    if size < tail.frontier.size() && tail.end > 0 {
        return Err(rewritten()); // the tail ends before the tiles do
    }
    if is_torn(rest, signer) {
        Ok(tail)
    } else {
        Err(rewritten().at_offset(tail.end))
    }
}

/// Whether these bytes can be one batch that a crash tore. Each batch was durable before the next was begun, so more than one
/// is damage.
fn is_torn(rest: &[u8], signer: &Signer<'_>) -> bool {
    if Batch::parse(rest).is_some_and(|batch| batch.len < rest.len()) {
        return false;
    }
    let origin = signer.origin.as_bytes();
    let starts = rest
        .windows(origin.len())
        .enumerate()
        .filter(|(_, window)| *window == origin);
    let checkpoints = starts.filter(|(start, _)| {
        let len = start
            .checked_sub(2)
            .and_then(|before| rest[before..].first_chunk())
            .map_or(0, |len| usize::from(u16::from_be_bytes(*len)));
        let note = rest[*start..].get(..len);
        note.is_some_and(|note| signer.verify(note).is_some())
    });
    checkpoints.count() < 2
}

impl<'a> Batch<'a> {
    /// The batch at the beginning of these bytes; `None` if it is not whole.
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes;
        let count = u16::from_be_bytes(*take(&mut rest, 2)?.first_chunk()?);
        let mut part = || {
            let len = u16::from_be_bytes(*take(&mut rest, 2)?.first_chunk()?);
            take(&mut rest, len.into())
        };
        let entries = (0..count).map(|_| part()).collect::<Option<Vec<_>>>()?;
        let note = part()?;
        let len = bytes.len() - rest.len();
        (count > 0).then_some(Batch { entries, note, len })
    }
}

impl Signer<'_> {
    fn verify(&self, note: &[u8]) -> Option<(String, Checkpoint)> {
        let note = std::str::from_utf8(note).ok()?;
        let checkpoint = Checkpoint::verify(note, self.key).ok()?;
        (checkpoint.origin == self.origin).then(|| (note.to_owned(), checkpoint))
    }
}

fn take<'a>(rest: &mut &'a [u8], len: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(len)?;
    *rest = left;
    Some(taken)
}

fn two_bytes(len: usize) -> Result<[u8; 2], Error> {
    let limit = tree::tile::MAX_ENTRY_LEN;
    let len = u16::try_from(len).map_err(|_| ErrorKind::TooLarge {
        limit: limit as u64,
    })?;
    Ok(len.to_be_bytes())
}
