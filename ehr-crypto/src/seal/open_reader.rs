//! Opens a stream.

use std::fmt;
use std::io::{self, Read};

use zeroize::Zeroizing;

use super::message::{HEADER_LEN, Message, SEALED_CHUNK_LEN};
use crate::{DataKey, Error};

/// Chunks that are read at once.
const CHUNKS_A_READ: usize = 4;

/// Reads sealed bytes from `R` and gives out their plaintext, each chunk only after its tag was checked.
///
/// The end of the plaintext is reached only if the message is complete; otherwise the last read is an error, and so is
/// every later one. Errors come as [`io::Error`]; `ehr_crypto::Error::from` makes them an [`Error`] again.
pub struct OpenReader<R: Read> {
    inner: R,
    message: Message,
    /// Room for [`CHUNKS_A_READ`] sealed chunks.
    buffer: Zeroizing<Vec<u8>>,
    /// Bytes in `buffer` that came from `inner`.
    filled: usize,
    /// Where the next sealed chunk begins.
    next: usize,
    /// Plaintext that was opened and not yet given out.
    plain: std::ops::Range<usize>,
    chunks: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Reading,
    /// The last chunk was opened.
    Ended,
    /// Why the last read failed; it is told again at each further one.
    Truncated,
    Damaged,
}

impl<R: Read> OpenReader<R> {
    /// Reads the header and checks that `key` and `context` are the right ones.
    pub fn new(key: &DataKey, context: &[u8], mut inner: R) -> Result<Self, Error> {
        let mut header = [0; HEADER_LEN];
        inner
            .read_exact(&mut header)
            .map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => Error::Truncated,
                _ => Error::from(error),
            })?;
        let message = Message::of_header(key, context, &header)?;
        let buffer = Zeroizing::new(vec![0; CHUNKS_A_READ * SEALED_CHUNK_LEN]);
        Ok(OpenReader {
            inner,
            message,
            buffer,
            filled: 0,
            next: 0,
            plain: 0..0,
            chunks: 0,
            state: State::Reading,
        })
    }

    /// Opens the next chunk; afterwards `plain` is its plaintext.
    fn open_next(&mut self) -> Result<(), Error> {
        match self.state {
            State::Reading => {}
            State::Ended => return Ok(()),
            State::Truncated => return Err(Error::Truncated),
            State::Damaged => return Err(Error::Damaged { chunk: self.chunks }),
        }
        if self.next == self.filled {
            self.fill()?;
        }
        let sealed = self.next..self.filled.min(self.next + SEALED_CHUNK_LEN);
        let last = sealed.len() < SEALED_CHUNK_LEN;
        match self
            .message
            .open_chunk(self.chunks, &mut self.buffer[sealed.clone()])
        {
            Ok(plaintext) => self.plain = sealed.start..sealed.start + plaintext.len(),
            Err(error) => {
                self.state = if matches!(error, Error::Truncated) {
                    State::Truncated
                } else {
                    State::Damaged
                };
                return Err(error);
            }
        }
        self.next = sealed.end;
        self.chunks += 1;
        if last {
            self.state = State::Ended;
        }
        Ok(())
    }

    /// Fills the buffer; fewer bytes than it holds mean that `inner` is at its end.
    fn fill(&mut self) -> io::Result<()> {
        (self.filled, self.next) = (0, 0);
        while self.filled < self.buffer.len() {
            match self.inner.read(&mut self.buffer[self.filled..]) {
                Ok(0) => break,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.state = State::Truncated;
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for OpenReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() {
            return Ok(0);
        }
        while self.plain.is_empty() && self.state != State::Ended {
            self.open_next()?;
        }
        let count = out.len().min(self.plain.len());
        out[..count].copy_from_slice(&self.buffer[self.plain.start..self.plain.start + count]);
        self.plain.start += count;
        Ok(count)
    }
}

impl<R: Read> fmt::Debug for OpenReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenReader")
            .field("chunks", &self.chunks)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
