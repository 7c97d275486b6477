//! Where a record ends.
//!
//! A record without quotes is found in one pass over its bytes. In the others the danger is a
//! quote that was opened and never closed: every reader that takes the next quote of the file for
//! its end glues rows together and shifts their columns. A quoted field that spans lines is
//! therefore believed only if a delimiter or a line end follows it. If not, the line on which it
//! opens is given up, and reading goes on with the next line.

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
    // where the last quoted field that spans lines was opened
    let mut spanning = None;
    loop {
        let Some(found) = memchr3(quote, b'\r', b'\n', &bytes[at..]) else {
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
        if memchr2(b'\r', b'\n', &bytes[hit..close.at]).is_some() {
            spanning = Some(hit);
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
            (None | Some(b'\r' | b'\n'), _) => {}
            (Some(byte), _) if *byte == dialect.delimiter() => {}
            (Some(_), Some(open)) => return unterminated(bytes, open, at),
            (Some(_), None) => stray = true,
        }
    }
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
    let end = memchr2(b'\r', b'\n', &bytes[open..]).map_or(bytes.len(), |found| open + found);
    Split::Bad {
        end,
        reason: UNTERMINATED_QUOTE,
        seen: seen.max(end),
    }
}
