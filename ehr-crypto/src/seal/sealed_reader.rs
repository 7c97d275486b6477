//! Opens any part of a sealed file.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};

use zeroize::Zeroizing;

use super::message::{CHUNK_LEN, HEADER_LEN, Message, SEALED_CHUNK_LEN};
use crate::provider::TAG_LEN;
use crate::{DataKey, Error};

/// Reads any part of sealed bytes, one chunk at a time. It is a [`Read`] and a [`Seek`] over the plaintext.
///
/// The last chunk is opened at the start, so that the length is known to be genuine before it is used.
pub struct SealedReader<R: Read + Seek> {
    inner: R,
    message: Message,
    len: u64,
    position: u64,
    chunk: Zeroizing<Vec<u8>>,
    /// Number of the chunk whose plaintext `chunk` holds.
    loaded: Option<u64>,
}

impl<R: Read + Seek> SealedReader<R> {
    /// Checks key, context, commitment and the last chunk.
    pub fn new(key: &DataKey, context: &[u8], mut inner: R) -> Result<Self, Error> {
        let end = inner.seek(SeekFrom::End(0))?;
        let body = end.checked_sub(HEADER_LEN as u64).ok_or(Error::Truncated)?;
        let mut header = [0; HEADER_LEN];
        inner.seek(SeekFrom::Start(0))?;
        inner.read_exact(&mut header)?;
        let message = Message::of_header(key, context, &header)?;

        let last = body / SEALED_CHUNK_LEN as u64;
        let last_len = (body % SEALED_CHUNK_LEN as u64)
            .checked_sub(TAG_LEN as u64)
            .ok_or(Error::Truncated)?;
        let len = last * CHUNK_LEN as u64 + last_len;
        let chunk = Zeroizing::new(Vec::with_capacity(SEALED_CHUNK_LEN));
        let mut reader = SealedReader {
            inner,
            message,
            len,
            position: 0,
            chunk,
            loaded: None,
        };
        reader.load(last)?;
        Ok(reader)
    }

    /// Length of the plaintext.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether the plaintext is empty.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn load(&mut self, number: u64) -> Result<(), Error> {
        if self.loaded == Some(number) {
            return Ok(());
        }
        self.loaded = None;
        let rest = self.len - number * CHUNK_LEN as u64;
        let sealed_len = rest.min(CHUNK_LEN as u64) as usize + TAG_LEN;
        self.chunk.resize(sealed_len, 0);
        self.inner.seek(SeekFrom::Start(
            HEADER_LEN as u64 + number * SEALED_CHUNK_LEN as u64,
        ))?;
        self.inner.read_exact(&mut self.chunk)?;
        let len = self.message.open_chunk(number, &mut self.chunk)?.len();
        self.chunk.truncate(len);
        self.loaded = Some(number);
        Ok(())
    }
}

impl<R: Read + Seek> Read for SealedReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if out.is_empty() || self.position >= self.len {
            return Ok(0);
        }
        self.load(self.position / CHUNK_LEN as u64)?;
        let rest = &self.chunk[(self.position % CHUNK_LEN as u64) as usize..];
        let count = out.len().min(rest.len());
        out[..count].copy_from_slice(&rest[..count]);
        self.position += count as u64;
        Ok(count)
    }
}

impl<R: Read + Seek> Seek for SealedReader<R> {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let target = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.len.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

impl<R: Read + Seek> fmt::Debug for SealedReader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedReader")
            .field("len", &self.len)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
