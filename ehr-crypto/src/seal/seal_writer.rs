//! Seals a stream.

use std::fmt;
use std::io::{self, Write};

use zeroize::Zeroizing;

use super::message::{CHUNK_LEN, HEADER_LEN, Message, SEALED_CHUNK_LEN};
use crate::{DataKey, Error};

/// Chunks that are collected before they are written: 64 KiB a write costs no more a byte than any larger one.
const CHUNKS_A_WRITE: usize = 4;

/// Seals what is written to it and writes that to `W`.
///
/// The end of the message is written by [`finish`](SealWriter::finish) and by nothing else: after a drop without it, the
/// output is complete chunks without a last one, which never opens as a whole.
pub struct SealWriter<W: Write> {
    inner: W,
    message: Message,
    /// Room for the header, then for [`CHUNKS_A_WRITE`] chunks with their tags.
    buffer: Zeroizing<Vec<u8>>,
    /// Where the unwritten bytes begin: 0 until the header was written, then behind it.
    start: usize,
    /// End of the last sealed chunk in `buffer`.
    sealed: usize,
    /// Plaintext bytes behind `sealed`; always less than a chunk.
    pending: usize,
    chunks: u64,
    /// After a failed write nobody knows what reached `inner`.
    failed: bool,
}

impl<W: Write> SealWriter<W> {
    /// Starts a message under `key` for `context`.
    pub fn new(key: &DataKey, context: &[u8], inner: W) -> Result<Self, Error> {
        let message = Message::new(key, context)?;
        let mut buffer = Zeroizing::new(vec![0; HEADER_LEN + CHUNKS_A_WRITE * SEALED_CHUNK_LEN]);
        buffer[..HEADER_LEN].copy_from_slice(message.header());
        Ok(SealWriter {
            inner,
            message,
            buffer,
            start: 0,
            sealed: HEADER_LEN,
            pending: 0,
            chunks: 0,
            failed: false,
        })
    }

    /// Writes the last chunk, flushes, and gives `W` back.
    pub fn finish(mut self) -> io::Result<W> {
        self.check()?;
        self.seal_pending()?;
        self.write_sealed()?;
        self.inner.flush()?;
        Ok(self.inner)
    }

    fn seal_pending(&mut self) -> io::Result<()> {
        let end = self.sealed + self.pending;
        let tag = self
            .message
            .seal_chunk(self.chunks, &mut self.buffer[self.sealed..end])?;
        self.buffer[end..end + tag.len()].copy_from_slice(&tag);
        self.sealed = end + tag.len();
        self.pending = 0;
        self.chunks += 1;
        Ok(())
    }

    /// Writes the sealed chunks; what is pending moves to the front.
    fn write_sealed(&mut self) -> io::Result<()> {
        self.failed = true;
        self.inner
            .write_all(&self.buffer[self.start..self.sealed])?;
        self.failed = false;
        self.buffer
            .copy_within(self.sealed..self.sealed + self.pending, HEADER_LEN);
        (self.start, self.sealed) = (HEADER_LEN, HEADER_LEN);
        Ok(())
    }

    fn check(&self) -> io::Result<()> {
        if self.failed {
            Err(io::Error::other(
                "an earlier write failed; the sealed bytes are incomplete",
            ))
        } else {
            Ok(())
        }
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.check()?;
        let taken = bytes.len().min(CHUNK_LEN - self.pending);
        let end = self.sealed + self.pending;
        self.buffer[end..end + taken].copy_from_slice(&bytes[..taken]);
        self.pending += taken;
        if self.pending == CHUNK_LEN {
            self.seal_pending()?;
            if self.sealed == self.buffer.len() {
                self.write_sealed()?;
            }
        }
        Ok(taken)
    }

    /// Writes the chunks that are complete. Bytes of an incomplete chunk stay until more follow or the end comes.
    fn flush(&mut self) -> io::Result<()> {
        self.check()?;
        self.write_sealed()?;
        self.inner.flush()
    }
}

impl<W: Write> fmt::Debug for SealWriter<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealWriter")
            .field("chunks", &self.chunks)
            .finish_non_exhaustive()
    }
}
