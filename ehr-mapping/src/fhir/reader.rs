//! Cuts a FHIR file into resources.

use std::fmt;
use std::io::Read;
use std::ops::Range;
use std::sync::Arc;
use std::vec;

use memchr::memchr2;
use memchr::memmem::Finder;

use super::bundle::{Piece, cut};
use super::error::Error;
use super::index::Index;
use super::input::{Input, Limits};
use super::reason::{RECORD_TOO_LONG, UNDECODABLE_BYTES};
use super::structure::{leaves, line_ends, skip_space, skip_value};
use crate::raw::{BadRecord, Position, RawRecord, RawText};

/// Reads a file of FHIR JSON resource by resource.
///
/// NDJSON is read line by line in bounded memory. Any other file is read as a whole and holds one
/// resource, or several one after the other. Bundles are cut into their entries in both.
pub struct Reader<R> {
    input: Input<R>,
    source: Arc<str>,
    layout: Option<Layout>,
    /// Pieces of the last bytes that were consumed.
    pieces: vec::IntoIter<Piece>,
    /// How many bytes those are.
    length: usize,
    /// As far as their line ends are counted.
    counted: usize,
    index: Index,
    number: u64,
    line: u64,
    in_long_line: bool,
    bundle: Finder<'static>,
    /// A Bundle without its entries.
    joined: Vec<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Lines,
    Document,
}

impl<R: Read> Reader<R> {
    /// Opens a source under its name in the export, and reads its first block.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn new(inner: R, source: impl Into<Arc<str>>) -> Result<Self, Error> {
        Self::with_limits(inner, source.into(), Limits::default())
    }

    pub(super) fn with_limits(inner: R, source: Arc<str>, limits: Limits) -> Result<Self, Error> {
        Ok(Self {
            input: Input::open(inner, source.clone(), limits)?,
            source,
            layout: None,
            pieces: Vec::new().into_iter(),
            length: 0,
            counted: 0,
            index: Index::default(),
            number: 0,
            line: 1,
            in_long_line: false,
            bundle: Finder::new(b"\"Bundle\""),
            joined: Vec::new(),
        })
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The keys of the Bundle of which the last record is a part, entries inside of entries
    /// included. Empty for a resource that stands alone.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The next resource, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::DocumentTooLong`]. What is wrong with one resource is a
    /// [`BadRecord`] or noticed by [`parse`](super::parse).
    pub fn next_raw(&mut self) -> Result<Option<RawRecord<'_>>, Error> {
        let piece = loop {
            if let Some(piece) = self.pieces.next() {
                break piece;
            }
            self.finish_pieces();
            let layout = match self.layout {
                Some(layout) => layout,
                None => *self.layout.insert(find_layout(&mut self.input)?),
            };
            let found = match layout {
                Layout::Lines => self.next_line()?,
                Layout::Document => self.next_document()?,
            };
            if !found {
                return Ok(None);
            }
        };
        let bytes = self.input.consumed(self.length);
        let Piece { range, hole, bad } = piece;
        self.line += line_ends(&bytes[self.counted..range.start]);
        self.counted = range.start;
        self.number += 1;
        let position = Position {
            number: self.number,
            line: self.line,
            byte: self.input.byte() - (self.length - range.start) as u64,
        };
        let bytes = match hole {
            None => &bytes[range],
            Some(hole) => {
                self.joined.clear();
                self.joined
                    .extend_from_slice(&bytes[range.start..hole.start]);
                self.joined.extend_from_slice(&bytes[hole.end..range.end]);
                &self.joined
            }
        };
        let reason = match (bad, std::str::from_utf8(bytes)) {
            (None, Ok(text)) => return Ok(Some(RawRecord::Text(RawText { text, position }))),
            (None, Err(_)) => UNDECODABLE_BYTES,
            (Some(reason), _) => reason,
        };
        Ok(Some(RawRecord::Bad(BadRecord {
            bytes,
            leaves: leaves(bytes),
            reason,
            position,
        })))
    }

    /// Cuts the next line. Whether there was one.
    fn next_line(&mut self) -> Result<bool, Error> {
        let limit = self.input.limits.line;
        loop {
            let rest = self.input.rest();
            let whole = rest.len() >= limit || self.input.ended();
            let end = match memchr2(b'\n', b'\r', &rest[..rest.len().min(limit)]) {
                Some(end) => end,
                None if whole && rest.is_empty() => return Ok(false),
                None if whole => rest.len().min(limit),
                None => {
                    self.input.more(limit)?;
                    continue;
                }
            };
            // a line end that is not in memory yet may be the CR of a CRLF
            let ends = match &rest[end..] {
                [b'\r'] if !self.input.ended() => {
                    self.input.more(limit.max(end + 2))?;
                    continue;
                }
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => 0,
            };
            let cut_off = ends == 0 && !(self.input.ended() && end == rest.len());
            let too_long = cut_off || self.in_long_line;
            self.in_long_line = cut_off;
            let line = trim(&rest[..end]);
            if too_long {
                self.take(end + ends, |_, length| {
                    let piece = Piece {
                        bad: Some(RECORD_TOO_LONG),
                        ..Piece::whole(0..length.min(end))
                    };
                    (end > 0).then_some(piece).into_iter().collect()
                });
            } else if line.is_empty() {
                self.take(end + ends, |_, _| Vec::new());
            } else if self.bundle.find(&rest[line.clone()]).is_some() {
                let mut index = Index::default();
                self.take(end + ends, |bytes, _| {
                    let mut pieces = Vec::new();
                    let cut_end = cut(bytes, line.start, &mut pieces, &mut index);
                    if cut_end == Some(line.end) {
                        return pieces;
                    }
                    index = Index::default();
                    vec![Piece::whole(line)]
                });
                self.index = index;
            } else {
                self.take(end + ends, |_, _| vec![Piece::whole(line)]);
            }
            if self.pieces.len() > 0 {
                return Ok(true);
            }
        }
    }

    /// Cuts the next resource of a file that is in memory as a whole. Whether there was one.
    fn next_document(&mut self) -> Result<bool, Error> {
        self.input.all()?;
        let rest = self.input.rest();
        let start = skip_space(rest, 0);
        if start == rest.len() {
            return Ok(false);
        }
        let mut pieces = Vec::new();
        let mut index = Index::default();
        let end = cut(rest, start, &mut pieces, &mut index).filter(|end| {
            let after = skip_space(rest, *end);
            matches!(rest.get(after), None | Some(b'{'))
        });
        let end = end.unwrap_or_else(|| {
            let end = next_resource(rest, start + 1).unwrap_or(rest.len());
            let line = trim(&rest[..end]);
            index = Index::default();
            pieces = vec![Piece::whole(line)];
            end
        });
        self.take(end, |_, _| pieces);
        self.index = index;
        Ok(true)
    }

    /// Consumes bytes and keeps the pieces of them, in the order in which they stand there.
    fn take(&mut self, length: usize, pieces: impl FnOnce(&[u8], usize) -> Vec<Piece>) {
        self.finish_pieces();
        self.pieces = pieces(&self.input.rest()[..length], length).into_iter();
        self.index = Index::default();
        self.length = length;
        self.input.consume(length);
        if self.pieces.len() == 0 {
            self.finish_pieces();
        }
    }

    /// Counts the lines behind the last piece, before its bytes make way for the next ones.
    fn finish_pieces(&mut self) {
        self.line += line_ends(&self.input.consumed(self.length)[self.counted..]);
        (self.length, self.counted) = (0, 0);
    }
}

/// Whether a file is NDJSON. Its first two lines tell, the first of which may be damaged.
fn find_layout<R: Read>(input: &mut Input<R>) -> Result<Layout, Error> {
    let limit = input.limits.document;
    loop {
        let rest = input.rest();
        let start = skip_space(rest, 0);
        if let Some(length) = memchr2(b'\n', b'\r', &rest[start..]) {
            let line = trim(&rest[start..start + length]);
            let line = &rest[start..start + line.end];
            let second = skip_space(rest, start + length);
            if let Some(second) = rest.get(second) {
                return Ok(layout(line, *second));
            }
        }
        if input.ended() || rest.len() > limit {
            return Ok(Layout::Document);
        }
        input.more(limit + 1)?;
    }
}

fn layout(line: &[u8], second: u8) -> Layout {
    let last = line.last().copied().unwrap_or_default();
    match line.first() {
        Some(b'{') if skip_value(line, 0) == Some(line.len()) => Layout::Lines,
        // after any other byte no `{` can follow in JSON, so the line is a damaged one
        Some(b'{') if second == b'{' && !matches!(last, b'[' | b',' | b':') => Layout::Lines,
        Some(b'{' | b'[') => Layout::Document,
        _ => Layout::Lines,
    }
}

/// The next line that begins like a resource, for a file that is damaged before it.
fn next_resource(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at += memchr2(b'\n', b'\r', bytes.get(at..)?)? + 1;
        let line = &bytes[at..];
        if line.first() == Some(&b'{')
            && line[skip_space(line, 1)..].starts_with(b"\"resourceType\"")
        {
            return Some(at);
        }
    }
}

/// A line without the whitespace around it.
fn trim(line: &[u8]) -> Range<usize> {
    let start = skip_space(line, 0);
    let rest = &line[start..];
    let end = rest
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    start..start + end.map_or(0, |last| last + 1)
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
