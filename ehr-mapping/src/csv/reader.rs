//! Cuts a stream into records and keeps the text of each.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use memchr::{memchr, memchr2, memchr2_iter};

use super::dialect::Dialect;
use super::encoding::not_text;
use super::error::Error;
use super::field::{fields, filled};
use super::input::{Input, Limits};
use super::reason::{NUL_BYTE, RECORD_TOO_LONG, UNDECODABLE_BYTES, UNTERMINATED_QUOTE};
use super::record::Columns;
use super::split::{Split, split};
use crate::raw::{BadRecord, Position, RawRecord, RawText};

/// The last byte of a text file in CP/M and DOS.
const DOS_END_OF_FILE: u8 = 0x1A;

/// Reads a delimited file record by record, in bounded memory.
///
/// A byte order mark wins over the encoding of the dialect. A header is read by
/// [`Reader::read_header`] or passed over by the first [`Reader::next_raw`].
pub struct Reader<R> {
    input: Input<R>,
    source: Arc<str>,
    dialect: Dialect,
    header: Option<Vec<String>>,
    number: u64,
    line: u64,
    after_cr: bool,
    in_long_line: bool,
    /// How many of the next bytes were once taken for the inside of a quoted field.
    suspect: usize,
    after_broken_quote: bool,
    decoded: String,
    original: Vec<u8>,
}

/// A piece of the file between line ends. It was consumed, and still stands before the rest.
struct Piece {
    length: usize,
    line: u64,
    byte: u64,
    bad: Option<IssueCode>,
}

impl<R: Read> Reader<R> {
    /// Opens a source under its name in the export, and reads its first block.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::NotText`] if the file is of another kind.
    pub fn new(inner: R, source: impl Into<Arc<str>>, dialect: Dialect) -> Result<Self, Error> {
        Self::with_limits(inner, source.into(), dialect, Limits::default())
    }

    pub(super) fn with_limits(
        inner: R,
        source_name: Arc<str>,
        dialect: Dialect,
        limits: Limits,
    ) -> Result<Self, Error> {
        let io = |source| Error::Io {
            source_name: source_name.clone(),
            source,
        };
        let mut input = Input::open(inner, limits).map_err(io)?;
        if let Some(found) = not_text(input.rest(), &dialect) {
            return Err(Error::NotText { source_name, found });
        }
        input.decode(dialect.encoding());
        Ok(Self {
            input,
            source: source_name,
            dialect,
            header: None,
            number: 0,
            line: 1,
            after_cr: false,
            in_long_line: false,
            suspect: 0,
            after_broken_quote: false,
            decoded: String::new(),
            original: Vec::new(),
        })
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The names of the columns, without spaces and byte order mark around them.
    ///
    /// Empty if the dialect has no header. May be called at any time.
    ///
    /// # Errors
    ///
    /// [`Error::EmptyFile`], [`Error::BadHeader`], [`Error::DuplicateColumn`],
    /// [`Error::EmptyColumnName`] and [`Error::Io`].
    pub fn read_header(&mut self) -> Result<Vec<String>, Error> {
        if !self.dialect.header() {
            return Ok(Vec::new());
        }
        if let Some(header) = &self.header {
            return Ok(header.clone());
        }
        let source_name = self.source.clone();
        let Some(piece) = self.cut()? else {
            return Err(Error::EmptyFile { source_name });
        };
        let line = piece.line;
        let header = match piece.text(&self.input, &mut self.decoded) {
            Ok(text) => fields(text.trim_start_matches('\u{FEFF}'), &self.dialect)
                .map(|name| name.trim_start_matches('\u{FEFF}').trim().to_owned())
                .collect::<Vec<_>>(),
            Err(reason) => {
                return Err(Error::BadHeader {
                    source_name,
                    line,
                    reason,
                });
            }
        };
        Columns::new(source_name, &header)?;
        Ok(self.header.insert(header).clone())
    }

    /// The next record, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and those of [`Reader::read_header`] on the first call. What is wrong with
    /// one record is a [`BadRecord`].
    pub fn next_raw(&mut self) -> Result<Option<RawRecord<'_>>, Error> {
        if self.dialect.header() && self.header.is_none() {
            self.read_header()?;
        }
        let Some(piece) = self.cut()? else {
            return Ok(None);
        };
        self.number += 1;
        let position = Position {
            number: self.number,
            line: piece.line,
            byte: piece.byte,
        };
        let bytes = self.input.consumed(piece.length);
        let reason = match piece.text(&self.input, &mut self.decoded) {
            Ok(text) => return Ok(Some(RawRecord::Text(RawText { text, position }))),
            Err(reason) => reason,
        };
        let leaves = filled(bytes, &self.dialect);
        let bytes = match self.input.charset().original(bytes) {
            Some(original) => {
                self.original = original;
                &self.original
            }
            None => bytes,
        };
        Ok(Some(RawRecord::Bad(BadRecord {
            bytes,
            leaves,
            reason,
            position,
        })))
    }

    /// Passes over line ends and cuts off what stands before the next one.
    fn cut(&mut self) -> Result<Option<Piece>, Error> {
        if !self.skip_line_ends()? {
            return Ok(None);
        }
        let (length, quoted, bad) = self.find_end()?;
        let piece = Piece {
            length,
            line: self.line,
            byte: self.input.byte(),
            bad,
        };
        self.advance(length, quoted);
        Ok(Some(piece))
    }

    /// Whether anything but line ends is left.
    fn skip_line_ends(&mut self) -> Result<bool, Error> {
        loop {
            let rest = self.input.rest();
            let ends = rest
                .iter()
                .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                .count();
            if ends > 0 {
                self.in_long_line = false;
                self.advance(ends, true);
            }
            let whole_rest = match self.input.rest() {
                [] => true,
                [DOS_END_OF_FILE] => !self.in_long_line,
                _ => false,
            };
            if !whole_rest {
                return Ok(true);
            }
            if self.input.ended() {
                return Ok(false);
            }
            self.more()?;
        }
    }

    /// The length of the next piece, whether it may hold line ends, and what is wrong with it.
    fn find_end(&mut self) -> Result<(usize, bool, Option<IssueCode>), Error> {
        loop {
            let rest = self.input.rest();
            let last = self.input.ended() || self.input.full();
            if self.in_long_line {
                match memchr2(b'\r', b'\n', rest) {
                    Some(end) => return Ok((end, false, Some(RECORD_TOO_LONG))),
                    None if last => return Ok((rest.len(), false, Some(RECORD_TOO_LONG))),
                    None => {
                        self.more()?;
                        continue;
                    }
                }
            }
            let strict = self.suspect > 0 || self.after_broken_quote;
            let (end, quoted, bad) = match split(rest, &self.dialect, last, strict) {
                Split::More => {
                    self.more()?;
                    continue;
                }
                Split::Record { end, quoted } => {
                    self.after_broken_quote = false;
                    (end, quoted, None)
                }
                Split::Bad { end, reason, seen } => {
                    self.after_broken_quote = strict || reason == UNTERMINATED_QUOTE;
                    if self.after_broken_quote {
                        self.suspect = self.suspect.max(seen);
                    }
                    (end, true, Some(reason))
                }
            };
            if end == rest.len() && !self.input.ended() {
                self.in_long_line = true;
                return Ok((end, true, Some(RECORD_TOO_LONG)));
            }
            return Ok((end, quoted, bad));
        }
    }

    fn more(&mut self) -> Result<(), Error> {
        self.input.more().map_err(|source| Error::Io {
            source_name: self.source.clone(),
            source,
        })
    }

    /// Consumes bytes and counts the line ends among them.
    fn advance(&mut self, length: usize, line_ends: bool) {
        let bytes = &self.input.rest()[..length];
        if line_ends {
            for at in memchr2_iter(b'\r', b'\n', bytes) {
                let after_cr = match at.checked_sub(1) {
                    Some(before) => bytes[before] == b'\r',
                    None => self.after_cr,
                };
                self.line += u64::from(bytes[at] == b'\r' || !after_cr);
            }
        }
        self.after_cr = bytes.last() == Some(&b'\r');
        self.suspect = self.suspect.saturating_sub(length);
        self.input.consume(length);
    }
}

impl Piece {
    /// The text of the piece, or why there is none.
    fn text<'r, R: Read>(
        &self,
        input: &'r Input<R>,
        buffer: &'r mut String,
    ) -> Result<&'r str, IssueCode> {
        if let Some(reason) = self.bad {
            return Err(reason);
        }
        let bytes = input.consumed(self.length);
        if memchr(0, bytes).is_some() {
            return Err(NUL_BYTE);
        }
        input
            .charset()
            .decode(bytes, buffer)
            .ok_or(UNDECODABLE_BYTES)
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
