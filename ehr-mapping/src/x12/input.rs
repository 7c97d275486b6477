//! The part of a file that is in memory.

use std::io::{self, ErrorKind, Read};
use std::ops::Range;
use std::sync::Arc;

use memchr::memchr2_iter;

use super::error::Error;

/// The longest record: 16 MiB of its own segments.
///
/// A patient with the hundred claims that a guide allows, of fifty lines each, takes less than
/// two. Only a binary segment needs more; beyond this a missing terminator is the likelier cause.
pub const MAX_RECORD: usize = 16 << 20;

/// The longest context of one kind: the heading of a transaction, a billing provider, a
/// subscriber. 64 KiB.
///
/// Every record below repeats it. The guides allow some thirty segments of it.
pub const MAX_CONTEXT: usize = 64 << 10;

/// How much is read at once: large enough to hide the cost of a call, small enough for a cache.
const BLOCK: usize = 64 << 10;

/// The sizes above; smaller in tests, so that every segment meets the edge of a block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) block: usize,
    pub(super) record: usize,
    pub(super) context: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            block: BLOCK,
            record: MAX_RECORD,
            context: MAX_CONTEXT,
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
    /// Where the rest begins in the file.
    byte: u64,
    /// The line of the byte at `counted`.
    line: u64,
    /// Up to where in the buffer line ends are counted.
    counted: usize,
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
            counted: 0,
            after_cr: false,
        }
    }

    /// What is in memory and was not consumed.
    #[inline]
    pub(super) fn rest(&self) -> &[u8] {
        &self.buffer[self.filled.clone()]
    }

    /// Whether the rest ends where the file ends.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the rest is as long as a record may be.
    pub(super) fn full(&self) -> bool {
        self.filled.len() >= self.limits.record
    }

    /// The byte of the file at which the rest begins.
    pub(super) fn byte(&self) -> u64 {
        self.byte
    }

    /// The line on which a byte of the rest stands.
    pub(super) fn line_of(&mut self, offset: usize) -> u64 {
        self.count(self.filled.start);
        let (line, after_cr) = (self.line, self.after_cr);
        self.count(self.filled.start + offset);
        let found = std::mem::replace(&mut self.line, line);
        self.after_cr = after_cr;
        self.counted = self.filled.start;
        found
    }

    /// Goes past the first bytes of the rest.
    #[inline]
    pub(super) fn consume(&mut self, length: usize) {
        self.filled.start += length;
        self.byte += length as u64;
    }

    /// Reads on, unless the file has ended or the rest is [`full`](Self::full).
    ///
    /// The buffer doubles when a segment fills half of it, so that looking for the end of a long
    /// segment anew each time costs twice its length at most.
    pub(super) fn more(&mut self) -> Result<(), Error> {
        if self.ended || self.full() {
            return Ok(());
        }
        if self.failed {
            return Err(self.error(io::Error::other("an earlier read failed")));
        }
        self.count(self.filled.start);
        self.buffer.copy_within(self.filled.clone(), 0);
        self.filled = 0..self.filled.len();
        self.counted = 0;
        let length = self.filled.len();
        let room = self
            .limits
            .block
            .max(length)
            .min(self.limits.record - length);
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

    /// Counts the line ends before a place in the buffer.
    fn count(&mut self, to: usize) {
        let bytes = &self.buffer[self.counted..to];
        for at in memchr2_iter(b'\r', b'\n', bytes) {
            let after_cr = match at.checked_sub(1) {
                Some(before) => bytes[before] == b'\r',
                None => self.after_cr,
            };
            self.line += u64::from(bytes[at] == b'\r' || !after_cr);
        }
        if let Some(last) = bytes.last() {
            self.after_cr = *last == b'\r';
        }
        self.counted = to;
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
