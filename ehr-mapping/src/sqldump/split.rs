//! Where a tuple ends, and where reading goes on after one that is broken.
//!
//! A quote that was not escaped would glue tuples together and shift their cells, so a quote is
//! believed only beside a sign that may stand there. After a broken tuple reading goes on behind
//! the next `),(` or at the end of the statement: a row may be lost to the reject, none is wrong.

use ehr_model::issue::IssueCode;
use memchr::memchr;

use super::cell::{Cell, Form, Scan, scan};
use super::lexer::skip_space;
use super::reason::{COMPUTED_VALUE, MALFORMED_TUPLE, UNTERMINATED_QUOTE};
use super::variant::Variant;

/// A cell, and all of its text with prefix, quotes and cast.
#[derive(Clone, Copy)]
pub(super) struct Piece {
    pub(super) cell: Option<Cell>,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What stands at the start of some bytes that begin with `(`.
pub(super) enum Split {
    More,
    /// A tuple up to this place, and what is wrong with it.
    Tuple {
        end: usize,
        bad: Option<IssueCode>,
    },
    /// No tuple, as is seen at this place.
    Broken {
        at: usize,
        reason: IssueCode,
    },
}

/// Finds the end of a tuple and its cells.
pub(super) fn split(bytes: &[u8], variant: Variant, last: bool, cells: &mut Vec<Piece>) -> Split {
    cells.clear();
    let mut bad = None;
    let mut at = 1;
    loop {
        if matches!(
            bytes.get(at),
            None | Some(b' ' | b'\n' | b'\r' | b'\t' | b'-' | b'/')
        ) {
            at = match skip_space(bytes, at, variant, last) {
                Some(at) if at < bytes.len() => at,
                _ if last => {
                    return Split::Broken {
                        at: 1,
                        reason: UNTERMINATED_QUOTE,
                    };
                }
                _ => return Split::More,
            };
        }
        if bytes[at] == b')' && cells.is_empty() {
            return Split::Tuple { end: at + 1, bad };
        }
        let (cell, after) = match scan(bytes, at, variant, last) {
            Scan::Cell(cell, after) => (Some(cell), after),
            Scan::Computed(after) => {
                bad = Some(COMPUTED_VALUE);
                (None, after)
            }
            Scan::More if last => {
                let at = at + 1;
                return Split::Broken {
                    at,
                    reason: UNTERMINATED_QUOTE,
                };
            }
            Scan::More => return Split::More,
            Scan::Broken(at) => {
                return Split::Broken {
                    at,
                    reason: MALFORMED_TUPLE,
                };
            }
        };
        cells.push(Piece {
            cell,
            start: at,
            end: after,
        });
        if bytes[after] == b')' {
            return Split::Tuple {
                end: after + 1,
                bad,
            };
        }
        at = after + 1;
    }
}

/// How many cells hold something.
pub(super) fn filled(cells: &[Piece]) -> u64 {
    let filled = cells.iter().filter(|piece| match piece.cell {
        Some(cell) => {
            cell.is_filled() || matches!(cell.form, Form::Binary(_)) && cell.start < cell.end
        }
        None => true,
    });
    filled.count() as u64
}

/// Where the text behind a broken tuple begins to make sense again: one past a `)` that a `,` and
/// a `(` follow, or the end of the statement. `None` if that is not in sight.
pub(super) fn resume(bytes: &[u8], from: usize, variant: Variant, last: bool) -> Option<usize> {
    let mut at = from.min(bytes.len());
    loop {
        at += memchr(b')', &bytes[at..])? + 1;
        let rest = bytes[at..].trim_ascii_start();
        if !last && (rest.len() < 8 || rest[1..].trim_ascii_start().is_empty()) {
            return None;
        }
        let found = match rest {
            [b',', rest @ ..] => rest.trim_ascii_start().first() == Some(&b'('),
            [b';', rest @ ..] => {
                rest.is_empty() || rest.starts_with(b"\n") || rest.starts_with(b"\r")
            }
            rest if variant == Variant::SqlServer => {
                let line_end = bytes[at..].iter().find(|byte| !b" \t".contains(byte));
                let word = rest
                    .iter()
                    .take_while(|byte| byte.is_ascii_alphabetic())
                    .count();
                let next = [&b"INSERT"[..], b"GO", b"SET"];
                line_end.is_some_and(|byte| b"\r\n".contains(byte))
                    && next
                        .iter()
                        .any(|next| rest[..word].eq_ignore_ascii_case(next))
            }
            _ => false,
        };
        if found {
            return Some(at);
        }
    }
}
