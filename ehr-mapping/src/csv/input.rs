//! The part of a file that is in memory. Readers of other text formats use it too.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;

use encoding_rs::Encoding;

use super::encoding::{Charset, Utf16Decoder};

/// The longest record, in bytes of UTF-8: 16 MiB.
///
/// A cell may hold a whole scanned document: twelve megabytes of it fit in base64. Beyond that a
/// missing quote or line end is the likelier cause, and memory must stay bounded. A quoted field
/// that is still open here counts as never closed.
pub const MAX_RECORD: usize = 16 << 20;

/// How much is read at once: large enough to hide the cost of a call, small enough for a cache.
const BLOCK: usize = 64 << 10;

/// The sizes above; smaller in tests, so that every record meets the edge of a block.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) block: usize,
    pub(crate) record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block: BLOCK,
            record: MAX_RECORD,
        }
    }
}

/// A file, of which [`Input::rest`] is in memory and comes next.
pub(crate) struct Input<R> {
    inner: R,
    limits: Limits,
    charset: Charset,
    utf16: Option<Utf16Decoder>,
    buffer: Vec<u8>,
    filled: Range<usize>,
    /// Bytes of UTF-16 before they are rewritten.
    chunk: Vec<u8>,
    ended: bool,
    failed: bool,
    /// Where the rest begins in the file.
    byte: u64,
}

impl<R: Read> Input<R> {
    /// Reads the first block, which [`Input::decode`] must follow.
    pub(crate) fn open(inner: R, limits: Limits) -> io::Result<Self> {
        let mut input = Self {
            inner,
            limits,
            charset: Charset::Utf8,
            utf16: None,
            buffer: Vec::new(),
            filled: 0..0,
            chunk: Vec::new(),
            ended: false,
            failed: false,
            byte: 0,
        };
        input.more()?;
        Ok(input)
    }

    /// Goes past a byte order mark and reads on in the encoding that it names, or in this one.
    pub(crate) fn decode(&mut self, encoding: &'static Encoding) {
        let (charset, mark) = Charset::detect(self.rest(), encoding);
        self.consume(mark);
        if let Charset::Utf16(order) = charset {
            let mut decoder = Utf16Decoder::new(order);
            let mut text = Vec::with_capacity(self.limits.block * 2);
            decoder.decode(self.rest(), &mut text);
            if self.ended {
                decoder.finish(&mut text);
            }
            self.filled = 0..text.len();
            self.buffer = text;
            self.utf16 = Some(decoder);
        }
        self.charset = charset;
    }

    /// What is in memory and was not consumed.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.buffer[self.filled.clone()]
    }

    /// The last bytes that were consumed. They are there until [`Input::more`] is called.
    pub(crate) fn consumed(&self, length: usize) -> &[u8] {
        &self.buffer[self.filled.start - length..self.filled.start]
    }

    /// How the file is encoded.
    pub(crate) fn charset(&self) -> &Charset {
        &self.charset
    }

    /// The byte of the file at which the rest begins.
    pub(crate) fn byte(&self) -> u64 {
        self.byte
    }

    /// Whether the rest ends where the file ends.
    pub(crate) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the rest is as long as a record may be.
    pub(crate) fn full(&self) -> bool {
        self.filled.len() >= self.limits.record
    }

    /// Goes past the first bytes of the rest.
    pub(crate) fn consume(&mut self, length: usize) {
        self.byte += self.charset.width(&self.rest()[..length]);
        self.filled.start += length;
    }

    /// Reads on, unless the file has ended or the rest is [`full`](Self::full).
    ///
    /// The buffer doubles when a record fills half of it, so that looking for the end of a long
    /// record anew each time costs twice its length at most.
    pub(crate) fn more(&mut self) -> io::Result<()> {
        if self.ended || self.full() {
            return Ok(());
        }
        if self.failed {
            return Err(io::Error::other("an earlier read failed"));
        }
        self.buffer.copy_within(self.filled.clone(), 0);
        self.filled = 0..self.filled.len();
        let length = self.filled.len();
        let room = self
            .limits
            .block
            .max(length)
            .min(self.limits.record - length);
        let read = match self.utf16 {
            None => self.read(room),
            Some(_) => self.read_utf16(room),
        };
        // reading on after an error could miss bytes; it fails for good
        self.failed = read.is_err();
        self.filled.end = length + read?;
        Ok(())
    }

    fn read(&mut self, room: usize) -> io::Result<usize> {
        let start = self.filled.end;
        if self.buffer.len() < start + room {
            self.buffer.resize(start + room, 0);
        }
        let read = fill(&mut self.inner, &mut self.buffer[start..start + room])?;
        self.ended = read < room;
        Ok(read)
    }

    fn read_utf16(&mut self, room: usize) -> io::Result<usize> {
        // two bytes of UTF-16 become three of UTF-8
        self.chunk.resize((room / 3 * 2).max(2), 0);
        let read = fill(&mut self.inner, &mut self.chunk)?;
        self.ended = read < self.chunk.len();
        self.buffer.truncate(self.filled.end);
        if let Some(decoder) = &mut self.utf16 {
            decoder.decode(&self.chunk[..read], &mut self.buffer);
            if self.ended {
                decoder.finish(&mut self.buffer);
            }
        }
        Ok(self.buffer.len() - self.filled.end)
    }
}

/// Reads until the buffer is full or the input has ended.
fn fill(inner: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
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
