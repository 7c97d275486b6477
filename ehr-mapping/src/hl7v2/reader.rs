//! Cuts a stream into messages and keeps the text of each.

use std::borrow::Cow;
use std::fmt;
use std::io::Read;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use memchr::memchr;

use super::boundary::{
    AHEAD, BYTE_ORDER_MARK, DOS_END_OF_FILE, Sort, Start, VT, ends_block, find_end, utf16,
};
use super::charset::Charset;
use super::delimiters::Delimiters;
use super::envelope::Envelope;
use super::error::Error;
use super::escape::undecodable_escape;
use super::input::{Input, Limits, line_ends};
use super::layout::{inherits, message_kind};
use super::patients::{Pending, Shares};
use super::reason::{
    BAD_DELIMITERS, BLOCK_NOT_CLOSED, MESSAGE_TOO_LONG, NUL_BYTE, PATIENTS_OF_ONE_EVENT,
    STRAY_LINE, TEXT_OUTSIDE_MESSAGE, UNDECODABLE_BYTES, UNDECODABLE_ESCAPE,
};
use super::segment::leaves;
use super::split::{Splitter, segments};
use crate::raw::{BadRecord, Position, RawRecord, RawText};

/// The longest message, in bytes: 16 MiB.
///
/// OBX-5 may hold a whole scanned document: twelve megabytes of it fit in base64. Beyond that a
/// missing header is the likelier cause, and memory must stay bounded.
pub const MAX_MESSAGE: usize = 16 << 20;

/// How many times the longest message the records of one message may take together, because each
/// patient's record repeats the header.
const MAX_REPEATED: usize = 4;

/// Reads messages, batches and files of them, in bounded memory.
///
/// What is wrong with single messages is a [`BadRecord`]; what is odd about others is noticed in
/// [`Reader::issues`].
pub struct Reader<R> {
    input: Input<R>,
    source: Arc<str>,
    number: u64,
    /// Whether the file begins with the byte order mark of UTF-8.
    marked_file: bool,
    /// Whether the next message does.
    marked: bool,
    /// Where the MLLP block begins that is open.
    block: Option<Position>,
    /// The delimiters of the last header, of which trailers make use.
    delimiters: Delimiters,
    declaration: Vec<u8>,
    /// Why the bytes before the next header are bad, if they are the rest of something long.
    long: Option<IssueCode>,
    envelope: Envelope,
    issues: Vec<(IssueCode, Position)>,
    shares: Shares,
    pending: Pending,
    decoded: String,
}

/// A piece of the file. It was consumed, and still stands before the rest.
struct Piece {
    length: usize,
    line: u64,
    byte: u64,
    start: Option<Start>,
    bad: Option<IssueCode>,
}

/// What a piece turned out to be.
enum Found {
    /// Text as it stands in the file.
    Plain,
    /// Text in [`Reader::decoded`].
    Decoded,
    /// Several patients' records in [`Reader::pending`].
    Several,
    Bad(IssueCode),
}

impl<R: Read> Reader<R> {
    /// Opens a source under its name in the export, and reads its first block.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::Utf16`] if the file is UTF-16.
    pub fn new(inner: R, source: impl Into<Arc<str>>) -> Result<Self, Error> {
        Self::with_limits(inner, source.into(), Limits::default())
    }

    pub(super) fn with_limits(inner: R, source: Arc<str>, limits: Limits) -> Result<Self, Error> {
        let mut input = Input::new(inner, source.clone(), limits);
        while input.rest().len() < AHEAD && !input.ended() {
            input.more()?;
        }
        if utf16(input.rest()).is_some() {
            return Err(Error::Utf16 {
                source_name: source,
            });
        }
        let marked_file = input.rest().starts_with(BYTE_ORDER_MARK);
        if marked_file {
            input.consume(BYTE_ORDER_MARK.len());
        }
        Ok(Self {
            input,
            source,
            number: 0,
            marked_file,
            marked: false,
            block: None,
            delimiters: Delimiters::default(),
            declaration: Vec::new(),
            long: None,
            envelope: Envelope::default(),
            issues: Vec::new(),
            shares: Shares::default(),
            pending: Pending::default(),
            decoded: String::new(),
        })
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// What was noticed so far about records that are not bad, in the order of the file; each
    /// message has at most one issue of a kind. Complete once [`Reader::next_raw`] returned `None`.
    pub fn issues(&self) -> &[(IssueCode, Position)] {
        &self.issues
    }

    /// The same, taken out, so that a long file does not gather them in memory.
    pub fn take_issues(&mut self) -> Vec<(IssueCode, Position)> {
        std::mem::take(&mut self.issues)
    }

    /// The next record, or `None` at the end of the file.
    ///
    /// # Errors
    ///
    /// [`Error::Io`].
    pub fn next_raw(&mut self) -> Result<Option<RawRecord<'_>>, Error> {
        if self.pending.is_left() {
            return Ok(Some(self.take_pending()));
        }
        let Some(piece) = self.cut()? else {
            self.envelope.end(&mut self.issues);
            self.leave_block();
            return Ok(None);
        };
        let position = Position {
            number: self.number + 1,
            line: piece.line,
            byte: piece.byte,
        };
        let found = self.find_out(&piece, position);
        if let Found::Several = found {
            return Ok(Some(self.take_pending()));
        }
        self.number += 1;
        let bytes = self.input.consumed(piece.length);
        let text = match found {
            Found::Plain => std::str::from_utf8(bytes).map_err(|_| UNDECODABLE_BYTES),
            Found::Bad(reason) => Err(reason),
            Found::Decoded | Found::Several => Ok(self.decoded.as_str()),
        };
        Ok(Some(match text {
            Ok(text) => RawRecord::Text(RawText { text, position }),
            Err(reason) => RawRecord::Bad(BadRecord {
                bytes,
                leaves: leaves(bytes, &Delimiters::of(bytes).unwrap_or_default()),
                reason,
                position,
            }),
        }))
    }

    fn take_pending(&mut self) -> RawRecord<'_> {
        self.number += 1;
        let (text, (line, byte)) = self.pending.take();
        let number = self.number;
        let position = Position { number, line, byte };
        RawRecord::Text(RawText { text, position })
    }

    /// Cuts off what stands before the next header, trailer or end of a block.
    fn cut(&mut self) -> Result<Option<Piece>, Error> {
        loop {
            let goes_on = self.long.take();
            if goes_on.is_none() && !self.skip()? {
                return Ok(None);
            }
            let start = match goes_on {
                Some(_) => None,
                None => Start::of(self.input.rest(), self.delimiters.field),
            };
            let (length, too_long) = self.find_end(start)?;
            let bad = match (goes_on, start) {
                (Some(reason), _) => Some(reason),
                (None, None) => Some(TEXT_OUTSIDE_MESSAGE),
                (None, Some(_)) => too_long.then_some(MESSAGE_TOO_LONG),
            };
            if too_long {
                self.long = bad;
            }
            let piece = Piece {
                length,
                line: self.input.line(),
                byte: self.input.byte(),
                start,
                bad,
            };
            self.input.consume(length);
            if length > 0 {
                return Ok(Some(piece));
            }
        }
    }

    /// Goes past line ends, marks and the ends of blocks. Whether anything is left.
    fn skip(&mut self) -> Result<bool, Error> {
        self.marked = self.marked_file;
        loop {
            while self.input.rest().len() < AHEAD && !self.input.ended() {
                self.input.more()?;
            }
            let rest = self.input.rest();
            let field = self.delimiters.field;
            let length = match rest {
                [] => return Ok(false),
                [DOS_END_OF_FILE] if self.input.ended() => 1,
                [b'\r' | b'\n', ..] => {
                    let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
                    rest.iter().take_while(blank).count()
                }
                [VT, behind @ ..]
                    if ends_block(behind) || Start::behind_marks(behind, field).is_some() =>
                {
                    self.leave_block();
                    self.block = Some(Position {
                        number: self.number + 1,
                        line: self.input.line(),
                        byte: self.input.byte(),
                    });
                    1
                }
                _ if ends_block(rest) => {
                    self.block = None;
                    1
                }
                _ => match rest.strip_prefix(BYTE_ORDER_MARK) {
                    Some(behind) if Start::behind_marks(behind, field).is_some() => {
                        self.marked = true;
                        BYTE_ORDER_MARK.len()
                    }
                    _ => return Ok(true),
                },
            };
            self.input.consume(length);
        }
    }

    fn leave_block(&mut self) {
        if let Some(at) = self.block.take() {
            self.issues.push((BLOCK_NOT_CLOSED, at));
        }
    }

    /// The length of the next piece without the line ends behind it, and whether it was cut for
    /// its length.
    fn find_end(&mut self, start: Option<Start>) -> Result<(usize, bool), Error> {
        let declared = Delimiters::of(self.input.rest());
        let sort = Sort {
            one_line: !matches!(start, None | Some(Start::Message)),
            in_block: self.block.is_some(),
            field: declared.unwrap_or(self.delimiters).field,
        };
        let mut at = 0;
        loop {
            let rest = self.input.rest();
            match find_end(rest, at, sort, self.input.ended()) {
                Ok(end) => {
                    let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n');
                    let ends = rest[..end].iter().rev().take_while(blank).count();
                    return Ok((end - ends, false));
                }
                Err(_) if self.input.full() => return Ok((rest.len(), true)),
                Err(next) => at = next,
            }
            self.input.more()?;
        }
    }

    /// Checks a piece, decodes it if need be, and notes what is odd about it.
    fn find_out(&mut self, piece: &Piece, position: Position) -> Found {
        let bytes = self.input.consumed(piece.length);
        let issues = &mut self.issues;
        match piece.start {
            Some(Start::Message) => self.envelope.message(),
            Some(Start::FileHeader) => self.envelope.file_header(position, issues),
            Some(Start::BatchHeader) => self.envelope.batch_header(position, issues),
            Some(Start::BatchTrailer) => self.envelope.batch_trailer(bytes, position, issues),
            Some(Start::FileTrailer) => self.envelope.file_trailer(bytes, position, issues),
            None => {}
        }
        match (piece.bad, piece.start) {
            (Some(reason), _) => Found::Bad(reason),
            _ if memchr(0, bytes).is_some() => Found::Bad(NUL_BYTE),
            (None, Some(Start::BatchTrailer | Start::FileTrailer)) => self.trailer(piece),
            _ => match Delimiters::of(bytes) {
                Some(delimiters) => self.header(piece, position, delimiters),
                None => Found::Bad(BAD_DELIMITERS),
            },
        }
    }

    /// A trailer has the delimiters of the header before it, which its text then needs.
    fn trailer(&mut self, piece: &Piece) -> Found {
        let bytes = self.input.consumed(piece.length);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Found::Bad(UNDECODABLE_BYTES);
        };
        let own = bytes
            .get(3)
            .is_some_and(|byte| *byte == self.delimiters.field);
        if !own || self.declaration.is_empty() {
            return Found::Plain;
        }
        self.decoded.clear();
        self.decoded.push_str(&inherits(self.declaration.len(), 0));
        self.decoded
            .extend(self.declaration.iter().map(|byte| char::from(*byte)));
        self.decoded.push_str(text);
        Found::Decoded
    }

    /// A message, or the header of a file or batch.
    fn header(&mut self, piece: &Piece, position: Position, delimiters: Delimiters) -> Found {
        let bytes = self.input.consumed(piece.length);
        self.delimiters = delimiters;
        self.declaration.clear();
        if delimiters != Delimiters::default() {
            let end = memchr(delimiters.field, &bytes[4..]).map_or(bytes.len(), |end| 4 + end);
            let line = segments(&bytes[..end]).next().unwrap_or_default();
            self.declaration.extend_from_slice(&bytes[line]);
            self.declaration.push(b'\r');
        }
        let splitter = Splitter::new(&delimiters);
        let (charset, switches) = match piece.start {
            Some(Start::Message) if !self.marked => Charset::of(bytes, &splitter),
            _ => (Charset::Utf8, false),
        };
        let text = match charset.decode(bytes, switches) {
            Ok(text) => text,
            Err(reason) => return Found::Bad(reason),
        };
        let kind = message_kind(bytes, &splitter);
        self.shares.of(bytes, delimiters.field, kind);
        let shares = &self.shares;
        let place = |offset: usize| {
            let line = position.line + line_ends(&bytes[..offset], false);
            (line, position.byte + offset as u64)
        };
        let mut note = |code, offset| {
            let ((line, byte), number) = (place(offset), position.number);
            self.issues.push((code, Position { number, line, byte }));
        };
        if let Some(stray) = shares.stray {
            note(STRAY_LINE, stray);
        }
        if let Some(line) = undecodable_escape(&text, &splitter, charset) {
            let offset = segments(bytes).nth(line).map_or(0, |line| line.start);
            note(UNDECODABLE_ESCAPE, offset);
        }
        if let [first, _, ..] = shares.patients[..] {
            let repeated = first + (bytes.len() - shares.tail);
            if repeated.saturating_mul(shares.patients.len()) > MAX_REPEATED * self.input.limit() {
                return Found::Bad(MESSAGE_TOO_LONG);
            }
            if kind.joins_patients() {
                note(PATIENTS_OF_ONE_EVENT, 0);
            }
            let filled = self.pending.fill(bytes, shares, position, |part| {
                charset.decode(part, switches)
            });
            if let Err(reason) = filled {
                return Found::Bad(reason);
            }
            return Found::Several;
        }
        match text {
            Cow::Borrowed(_) => Found::Plain,
            Cow::Owned(text) => {
                self.decoded = text;
                Found::Decoded
            }
        }
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
