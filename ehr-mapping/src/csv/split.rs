//! Where a record ends.
//!
//! A record without quotes is found in one pass over its bytes. In the others the danger is a
//! quote that was opened and never closed: every reader that takes the next quote of the file for
//! its end glues rows together and shifts their columns. A quoted field that spans lines is
//! therefore believed only if a delimiter or a line end follows it and every later quote of its
//! record stands where a quote may. If not, the line on which it opens is given up, and reading
//! goes on with the next line.
//!
//! Two things cannot be told by quotes alone. Text that begins and ends with a delimiter
//! (`",x,"`) reads the same inside out, so a missing quote before it costs every row up to there.
//! And a line from the middle of a broken note is a row if it has as many fields as one.

use ehr_model::issue::IssueCode;
use memchr::{memchr2, memchr3};

use super::dialect::Dialect;
use super::quote::closing;
use super::reason::{STRAY_QUOTE, UNTERMINATED_QUOTE};

/// What stands at the start of some bytes that begin with a record.
pub(super) enum Split {
    /// The record does not end here; more input is needed.
    More,
    /// A record up to `end`.
    Record { end: usize, quoted: bool },
    /// Bytes up to `end` that are no record. `seen` is how far its quotes reach.
    Bad {
        end: usize,
        reason: IssueCode,
        seen: usize,
    },
}

/// Finds the end of the record that begins with `bytes`, which do not begin with a line end.
///
/// `last` says that no more input will come. `strict` also gives up records with a quote inside
/// of an unquoted field, for what follows a quote that was never closed: the line that holds the
/// end of its text would otherwise look like a row.
pub(super) fn split(bytes: &[u8], dialect: &Dialect, last: bool, strict: bool) -> Split {
    let Some(quote) = dialect.quote() else {
        return match memchr2(b'\r', b'\n', bytes) {
            Some(end) => Split::Record { end, quoted: false },
            None if last => whole(bytes, false, false),
            None => Split::More,
        };
    };
    let mut at = 0;
    let (mut quoted, mut stray) = (false, false);
    let mut line_end = None;
    // where the last quoted field that spans lines was opened
    let mut spanning = None;
    loop {
        // after a quoted field the next one often follows at once
        let next = if bytes.get(at) == Some(&quote) {
            Some(0)
        } else {
            memchr3(quote, b'\r', b'\n', &bytes[at..])
        };
        let Some(found) = next else {
            return if last {
                whole(bytes, quoted, stray)
            } else {
                Split::More
            };
        };
        let hit = at + found;
        if bytes[hit] != quote {
            return whole(&bytes[..hit], quoted, stray);
        }
        at = hit + 1;
        if hit > 0 && bytes[hit - 1] != dialect.delimiter() {
            if let Some(open) = spanning {
                return unterminated(bytes, open, at);
            }
            stray |= strict;
            continue;
        }
        quoted = true;
        let Some(close) = closing(bytes, at, quote, dialect.escape()) else {
            return if last {
                unterminated(bytes, hit, bytes.len())
            } else {
                Split::More
            };
        };
        if *line_end.get_or_insert_with(|| next_line_end(bytes, hit)) < close.at {
            spanning = Some(hit);
            line_end = Some(next_line_end(bytes, close.at));
        }
        // spaces between the quote and the delimiter are harmless: no character gets lost
        at = close.at + 1;
        while bytes
            .get(at)
            .is_some_and(|byte| b" \t".contains(byte) && *byte != dialect.delimiter())
        {
            at += 1;
        }
        match (bytes.get(at), spanning) {
            (Some(byte), _) if *byte == dialect.delimiter() => at += 1,
            (Some(b'\r' | b'\n'), _) => return whole(&bytes[..at], quoted, stray),
            (None, _) => {}
            (Some(_), Some(open)) => return unterminated(bytes, open, at),
            (Some(_), None) => stray = true,
        }
    }
}

/// The next line end from a place on, or the end of the bytes.
fn next_line_end(bytes: &[u8], from: usize) -> usize {
    memchr2(b'\r', b'\n', &bytes[from..]).map_or(bytes.len(), |found| from + found)
}

fn whole(bytes: &[u8], quoted: bool, stray: bool) -> Split {
    let end = bytes.len();
    if stray {
        Split::Bad {
            end,
            reason: STRAY_QUOTE,
            seen: end,
        }
    } else {
        Split::Record { end, quoted }
    }
}

/// Gives up the line on which the quote at `open` stands, and what precedes it in the record.
fn unterminated(bytes: &[u8], open: usize, seen: usize) -> Split {
    let end = next_line_end(bytes, open);
    Split::Bad {
        end,
        reason: UNTERMINATED_QUOTE,
        seen: seen.max(end),
    }
}
