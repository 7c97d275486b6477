//! The part of a file that is in memory, decompressed and without its byte order mark.

use std::io::{self, Cursor, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;

use flate2::read::MultiGzDecoder;

use super::error::Error;

/// The longest line of NDJSON: 64 MiB.
///
/// A Binary or DocumentReference may hold a scanned document of 48 MB in base64. Beyond that a
/// missing line end is the likelier cause, and memory must stay bounded.
pub const MAX_LINE: usize = 64 << 20;

/// The longest document that is no NDJSON: 512 MiB.
///
/// A Bundle says what it is only at its end, so all of it must be there before its first record.
/// Servers write larger exports as NDJSON.
pub const MAX_DOCUMENT: usize = 512 << 20;

/// How much is read at once: large enough to hide the cost of a call, small enough for a cache.
const BLOCK: usize = 64 << 10;

/// How gzip begins (RFC 1952).
pub(super) const GZIP: [u8; 2] = [0x1F, 0x8B];

/// The byte order mark in UTF-8, which JSON forbids to write and allows to read.
pub(super) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// The sizes above; smaller in tests, so that every record meets the edge of a block.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) block: usize,
    pub(super) line: usize,
    pub(super) document: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block: BLOCK,
            line: MAX_LINE,
            document: MAX_DOCUMENT,
        }
    }
}

type Begun<R> = io::Chain<Cursor<Vec<u8>>, R>;

enum Stream<R> {
    Plain(Begun<R>),
    Gzip(Box<MultiGzDecoder<Begun<R>>>),
}

impl<R: Read> Read for Stream<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(inner) => inner.read(buffer),
            Self::Gzip(inner) => inner.read(buffer),
        }
    }
}

/// A file, of which [`Input::rest`] is in memory and comes next.
pub(super) struct Input<R> {
    stream: Stream<R>,
    source: Arc<str>,
    pub(super) limits: Limits,
    buffer: Vec<u8>,
    filled: Range<usize>,
    ended: bool,
    failed: bool,
    /// Where the rest begins in the decompressed file.
    byte: u64,
}

impl<R: Read> Input<R> {
    /// Looks whether the file is compressed, and passes over a byte order mark.
    pub(super) fn open(mut inner: R, source: Arc<str>, limits: Limits) -> Result<Self, Error> {
        let mut start = vec![0; GZIP.len()];
        let read = fill(&mut inner, &mut start).map_err(|error| Error::Io {
            source_name: source.clone(),
            source: error,
        })?;
        start.truncate(read);
        let compressed = start == GZIP;
        let begun = Cursor::new(start).chain(inner);
        let mut input = Self {
            stream: match compressed {
                true => Stream::Gzip(Box::new(MultiGzDecoder::new(begun))),
                false => Stream::Plain(begun),
            },
            source,
            limits,
            buffer: Vec::new(),
            filled: 0..0,
            ended: false,
            failed: false,
            byte: 0,
        };
        while input.rest().len() < MARK.len() && !input.ended {
            input.more(input.limits.block.max(MARK.len()))?;
        }
        if input.rest().starts_with(MARK) {
            input.consume(MARK.len());
        }
        Ok(input)
    }

    /// What is in memory and was not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.filled.clone()]
    }

    /// The last bytes that were consumed. They are there until [`Input::more`] is called.
    pub(super) fn consumed(&self, length: usize) -> &[u8] {
        &self.buffer[self.filled.start - length..self.filled.start]
    }

    /// The byte of the decompressed file at which the rest begins.
    pub(super) fn byte(&self) -> u64 {
        self.byte
    }

    /// Whether the rest ends where the file ends.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Goes past the first bytes of the rest.
    pub(super) fn consume(&mut self, length: usize) {
        self.byte += length as u64;
        self.filled.start += length;
    }

    /// Reads on, by a block or as much again as there is, so that looking for the end of a long
    /// line anew each time costs twice its length at most. The rest grows up to `limit`.
    pub(super) fn more(&mut self, limit: usize) -> Result<(), Error> {
        if self.ended || self.filled.len() >= limit {
            return Ok(());
        }
        if self.failed {
            return Err(self.error(io::Error::other("an earlier read failed")));
        }
        self.buffer.copy_within(self.filled.clone(), 0);
        self.filled = 0..self.filled.len();
        let length = self.filled.len();
        let room = self.limits.block.max(length).min(limit - length);
        if self.buffer.len() < length + room {
            // exact, because a large document shall not take twice its size
            self.buffer.reserve_exact(length + room - self.buffer.len());
            self.buffer.resize(length + room, 0);
        }
        match fill(&mut self.stream, &mut self.buffer[length..length + room]) {
            Ok(read) => {
                self.ended = read < room;
                self.filled.end = length + read;
                Ok(())
            }
            Err(error) => Err(self.error(error)),
        }
    }

    /// Reads until the file has ended.
    pub(super) fn all(&mut self) -> Result<(), Error> {
        while !self.ended {
            if self.filled.len() > self.limits.document {
                return Err(Error::DocumentTooLong {
                    source_name: self.source.clone(),
                    limit: self.limits.document,
                });
            }
            self.more(self.limits.document + 1)?;
        }
        Ok(())
    }

    /// Reading on after an error could miss bytes; it fails for good.
    fn error(&mut self, source: io::Error) -> Error {
        self.failed = true;
        Error::Io {
            source_name: self.source.clone(),
            source,
        }
    }
}

/// Reads until the buffer is full or the input has ended.
pub(super) fn fill(inner: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match inner.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}
