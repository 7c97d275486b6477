//! Where the next segment or the next interchange stands.

use std::io::Read;

use memchr::{memchr, memmem};

use super::error::Error;
use super::input::Input;
use super::segment::SegmentId;
use super::separators::{ISA_LENGTH, Separators, is_filler};
use super::split::{Binary, Segment, filler};

/// The last byte of a text file in CP/M and DOS.
const DOS_END_OF_FILE: u8 = 0x1A;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether the first bytes of a file look like an interchange: an ISA segment whose separators
/// stand where its fixed widths put them, after nothing but a byte order mark and spaces.
pub fn detect(start: &[u8]) -> bool {
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    let blank = start.iter().take_while(|byte| is_filler(**byte)).count();
    Separators::of(&start[blank..]).is_some()
}

/// What stands next where no interchange is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    End,
    /// Text of this length, before an interchange or not.
    Text {
        length: usize,
        before_interchange: bool,
    },
    Interchange,
}

/// What stands next inside of an interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    End,
    /// A piece of a segment that is too long, and whether it is the last.
    Part {
        length: usize,
        is_last: bool,
    },
    /// A segment, by the separators that hold for it.
    Segment {
        separators: Separators,
        /// What stands before it means nothing.
        start: usize,
        /// One past its terminator.
        end: usize,
        id: SegmentId,
        is_terminated: bool,
    },
}

/// Passes over blanks outside of interchanges, and looks for the next one.
pub(super) fn outside<R: Read>(input: &mut Input<R>) -> Result<Outside, Error> {
    loop {
        let rest = input.rest();
        let mut blank = rest
            .iter()
            .take_while(|byte| is_filler(**byte) || **byte == DOS_END_OF_FILE)
            .count();
        if rest[blank..].starts_with(BYTE_ORDER_MARK) {
            blank += BYTE_ORDER_MARK.len();
        }
        if blank > 0 {
            input.consume(blank);
            continue;
        }
        let next =
            memmem::find_iter(rest, b"ISA").find(|at| Separators::of(&rest[*at..]).is_some());
        match next {
            Some(0) => return Ok(Outside::Interchange),
            Some(length) => {
                return Ok(Outside::Text {
                    length,
                    before_interchange: true,
                });
            }
            None if input.ended() && rest.is_empty() => return Ok(Outside::End),
            None if input.ended() || input.full() => {
                // a header may begin at the end of what is in memory
                let kept = if input.ended() { 0 } else { ISA_LENGTH - 1 };
                return Ok(Outside::Text {
                    length: rest.len().saturating_sub(kept).max(1),
                    before_interchange: false,
                });
            }
            None => input.more()?,
        }
    }
}

/// Looks for the next segment. `separators` are those of the interchange that is open; if none
/// is, an ISA segment stands next.
pub(super) fn find<R: Read>(
    input: &mut Input<R>,
    separators: Option<Separators>,
    in_long_segment: bool,
) -> Result<Found, Error> {
    loop {
        let rest = input.rest();
        let last = input.ended();
        if let (true, Some(separators)) = (in_long_segment, separators) {
            let ends = memchr(separators.segment, rest);
            match ends {
                None if last && rest.is_empty() => return Ok(Found::End),
                None if !last && !input.full() => {
                    input.more()?;
                    continue;
                }
                _ => {
                    return Ok(Found::Part {
                        length: ends.map_or(rest.len(), |at| at + 1),
                        is_last: ends.is_some() || last,
                    });
                }
            }
        }
        let start = separators.map_or(0, |separators| filler(rest, separators));
        if start == rest.len() {
            if last {
                return Ok(Found::End);
            }
            if input.full() {
                input.consume(start);
            }
            input.more()?;
            continue;
        }
        let mut separators = separators;
        if rest[start..].starts_with(b"ISA") {
            if rest.len() < start + ISA_LENGTH && !last && !input.full() {
                input.more()?;
                continue;
            }
            separators = Separators::of(&rest[start..]).or(separators);
        }
        let Some(separators) = separators else {
            return Ok(Found::End);
        };
        let segment = Segment::at(rest, start, separators);
        let is_cut =
            matches!(segment.binary(), Some(Binary::Beyond(_))) || !segment.is_terminated();
        if is_cut && !last && !input.full() {
            input.more()?;
            continue;
        }
        if !segment.is_terminated() && !last {
            return Ok(Found::Part {
                length: rest.len(),
                is_last: false,
            });
        }
        return Ok(Found::Segment {
            separators,
            start,
            end: segment.end() + usize::from(segment.is_terminated()),
            id: segment.known_id(),
            is_terminated: segment.is_terminated(),
        });
    }
}
