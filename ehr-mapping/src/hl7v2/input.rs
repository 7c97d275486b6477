//! The part of a file that is in memory.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr2_iter;

use super::error::Error;

/// How much is read at once: large enough to hide the cost of a call, small enough for a cache.
const BLOCK: usize = 64 << 10;

/// How much is in memory; smaller in tests, so that every message meets the edge of a block.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) block: usize,
    pub(super) message: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block: BLOCK,
            message: super::MAX_MESSAGE,
        }
    }
}

/// A file, of which [`Input::rest`] is in memory and comes next.
pub(super) struct Input<R> {
    inner: R,
    source: Arc<str>,
    limits: Limits,
    buffer: Vec<u8>,
    filled: Range<usize>,
    ended: bool,
    failed: bool,
    byte: u64,
    line: u64,
    after_cr: bool,
}

impl<R: Read> Input<R> {
    pub(super) fn new(inner: R, source: Arc<str>, limits: Limits) -> Self {
        Self {
            inner,
            source,
            limits,
            buffer: Vec::new(),
            filled: 0..0,
            ended: false,
            failed: false,
            byte: 0,
            line: 1,
            after_cr: false,
        }
    }

    /// What is in memory and was not consumed.
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.filled.clone()]
    }

    /// The last bytes that were consumed. They are there until [`Input::more`] is called.
    pub(super) fn consumed(&self, length: usize) -> &[u8] {
        &self.buffer[self.filled.start - length..self.filled.start]
    }

    /// The byte of the file at which the rest begins.
    pub(super) fn byte(&self) -> u64 {
        self.byte
    }

    /// The line on which the rest begins.
    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// Whether the rest ends where the file ends.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the rest is as long as a message may be.
    pub(super) fn full(&self) -> bool {
        self.filled.len() >= self.limits.message
    }

    /// The longest message.
    pub(super) fn limit(&self) -> usize {
        self.limits.message
    }

    /// Goes past the first bytes of the rest.
    pub(super) fn consume(&mut self, length: usize) {
        let bytes = &self.buffer[self.filled.start..self.filled.start + length];
        self.line += line_ends(bytes, self.after_cr);
        self.after_cr = match bytes.last() {
            Some(last) => *last == b'\r',
            None => self.after_cr,
        };
        self.byte += length as u64;
        self.filled.start += length;
    }

    /// Reads on, unless the file has ended or the rest is [`full`](Self::full).
    ///
    /// The buffer doubles when a message fills half of it, so that moving the beginning of a long
    /// message costs twice its length at most.
    pub(super) fn more(&mut self) -> Result<(), Error> {
        if self.ended || self.full() {
            return Ok(());
        }
        if self.failed {
            return Err(self.error(io::Error::other("an earlier read failed")));
        }
        self.buffer.copy_within(self.filled.clone(), 0);
        self.filled = 0..self.filled.len();
        let length = self.filled.len();
        let room = self
            .limits
            .block
            .max(length)
            .min(self.limits.message - length);
        if self.buffer.len() < length + room {
            self.buffer.resize(length + room, 0);
        }
        match fill(&mut self.inner, &mut self.buffer[length..length + room]) {
            Ok(read) => {
                self.ended = read < room;
                self.filled.end = length + read;
                Ok(())
            }
            Err(error) => Err(self.error(error)),
        }
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

/// How many lines end in these bytes; LF, CRLF and CR each end one.
pub(super) fn line_ends(bytes: &[u8], after_cr: bool) -> u64 {
    let ends = memchr2_iter(b'\r', b'\n', bytes).filter(|at| {
        let after_cr = match at.checked_sub(1) {
            Some(before) => bytes[before] == b'\r',
            None => after_cr,
        };
        bytes[*at] == b'\r' || !after_cr
    });
    ends.count() as u64
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
