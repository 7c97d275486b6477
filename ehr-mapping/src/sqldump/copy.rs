//! Rows between `COPY .. FROM stdin;` and `\.`: one a line, cells between tabs.

use std::borrow::Cow;

use memchr::memchr;

use super::escape::backslash_byte;

/// Finds the end of a row, which is a line; a backslash before a line end makes it text.
pub(super) fn line_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr(b'\n', &bytes[at..])?;
        let backslashes = bytes[..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if backslashes % 2 == 0 {
            return Some(at);
        }
        at += 1;
    }
}

/// The end of the cell that begins at `at`: the place of a tab, or the end of the row.
#[inline]
pub(super) fn cell_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    loop {
        end += match memchr(b'\t', &bytes[end..]) {
            Some(found) => found,
            None => return bytes.len(),
        };
        let backslashes = bytes[at..end]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count();
        if backslashes % 2 == 0 {
            return end;
        }
        end += 1;
    }
}

/// What a cell says; `\N` is nothing.
#[inline]
pub(super) fn content(cell: &str) -> Cow<'_, str> {
    if cell == r"\N" {
        Cow::Borrowed("")
    } else if memchr(b'\\', cell.as_bytes()).is_none() {
        Cow::Borrowed(cell)
    } else {
        // the reader rejects what is no text
        Cow::Owned(String::from_utf8(unescape(cell.as_bytes())).unwrap_or_default())
    }
}

pub(super) fn unescape(cell: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(cell.len());
    let mut at = 0;
    while let Some(found) = memchr(b'\\', &cell[at..]) {
        out.extend_from_slice(&cell[at..at + found]);
        at = backslash_byte(cell, at + found + 1, &mut out);
    }
    out.extend_from_slice(&cell[at..]);
    out
}

/// Whether escapes by number (`\x41`, `\101`) are among the row's, which could be any bytes.
pub(super) fn has_numbers(row: &[u8]) -> bool {
    let mut rest = row;
    while let Some(at) = memchr(b'\\', rest) {
        match rest.get(at + 1) {
            Some(b'0'..=b'7' | b'x') => return true,
            Some(_) => rest = &rest[at + 2..],
            None => return false,
        }
    }
    false
}

/// How many cells hold something.
pub(super) fn filled(row: &[u8]) -> u64 {
    let cells = row.split(|byte| *byte == b'\t');
    cells
        .filter(|cell| !cell.is_empty() && *cell != br"\N")
        .count() as u64
}
