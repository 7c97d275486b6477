//! Pages of a TIFF: its directories, each of which leads to the next.

use super::pages::PagesUnknown;

/// More directories than any scanner writes; a chain of this length is a circle.
const MAX_DIRECTORIES: usize = 1 << 16;

/// The tag that says what a directory shows.
const NEW_SUBFILE_TYPE: u16 = 254;

/// Its bits for a smaller copy of another page, and for a mask of one.
const NO_PAGE: u32 = 1 | 4;

pub(super) fn pages(bytes: &[u8]) -> Result<u32, PagesUnknown> {
    let file = File {
        bytes,
        little: bytes.starts_with(b"II"),
        big: bytes.get(2..4).is_some_and(|version| version.contains(&43)),
    };
    let mut at = if file.big {
        file.number(8, 8)?
    } else {
        file.number(4, 4)?
    };
    let mut pages = 0;
    let mut seen = 0;
    while at != 0 {
        seen += 1;
        if seen > MAX_DIRECTORIES {
            return Err(PagesUnknown::Damaged);
        }
        let (count, entries, size) = match file.big {
            true => (file.number(at, 8)?, at.saturating_add(8), 20),
            false => (file.number(at, 2)?, at.saturating_add(2), 12),
        };
        let end = count
            .checked_mul(size)
            .and_then(|length| entries.checked_add(length));
        let end = end
            .filter(|end| *end <= bytes.len() as u64)
            .ok_or(PagesUnknown::Damaged)?;
        let mut kind = 0;
        for entry in (entries..end).step_by(size as usize) {
            if file.number(entry, 2)? == u64::from(NEW_SUBFILE_TYPE) {
                kind = file.number(entry + if file.big { 12 } else { 8 }, 4)? as u32;
            }
        }
        pages += u32::from(kind & NO_PAGE == 0);
        at = file.number(end, if file.big { 8 } else { 4 })?;
    }
    if pages == 0 {
        Err(PagesUnknown::Damaged)
    } else {
        Ok(pages)
    }
}

struct File<'b> {
    bytes: &'b [u8],
    little: bool,
    big: bool,
}

impl File<'_> {
    fn number(&self, at: u64, length: usize) -> Result<u64, PagesUnknown> {
        let at = usize::try_from(at).map_err(|_| PagesUnknown::Damaged)?;
        let end = at.checked_add(length).ok_or(PagesUnknown::Damaged)?;
        let bytes = self.bytes.get(at..end).ok_or(PagesUnknown::Damaged)?;
        let shift = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Ok(match self.little {
            true => bytes.iter().rev().fold(0, shift),
            false => bytes.iter().fold(0, shift),
        })
    }
}
