//! Reads a file, which is one document and one record.

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use super::error::Error;
use super::input::{Decoded, MAX_DOCUMENT, decode};
use super::leaves::count_leaves;
use crate::raw::{BadRecord, Position, RawRecord, RawText};

/// Reads a document as a whole. It is one record, however odd it is; an empty file too.
pub struct Reader<R> {
    inner: Option<R>,
    source: Arc<str>,
    document: Decoded,
    limit: usize,
}

impl<R: Read> Reader<R> {
    /// A source under its name in the export. Nothing is read yet.
    ///
    /// # Errors
    ///
    /// None so far; readers of other formats look at the first bytes here.
    pub fn new(inner: R, source: impl Into<Arc<str>>) -> Result<Self, Error> {
        Ok(Self {
            inner: Some(inner),
            source: source.into(),
            document: Decoded::Text(String::new(), 0),
            limit: MAX_DOCUMENT,
        })
    }

    /// The same with another limit.
    #[cfg(test)]
    pub(super) fn with_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The document, then `None`.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], and [`Error::TooLarge`] for a file of more than
    /// [`MAX_DOCUMENT`] bytes. A document that cannot be decoded is a [`BadRecord`].
    pub fn next_raw(&mut self) -> Result<Option<RawRecord<'_>>, Error> {
        let Some(inner) = self.inner.take() else {
            return Ok(None);
        };
        let mut bytes = Vec::new();
        let mut inner = inner.take(self.limit as u64 + 1);
        if let Err(source) = inner.read_to_end(&mut bytes) {
            return Err(Error::Io {
                source_name: self.source.clone(),
                source,
            });
        }
        if bytes.len() > self.limit {
            return Err(Error::TooLarge {
                source_name: self.source.clone(),
            });
        }
        bytes.shrink_to_fit(); // reading doubles the buffer, and the document stays for long
        self.document = decode(bytes);
        let position = |byte: usize| Position {
            number: 1,
            line: 1,
            byte: byte as u64,
        };
        Ok(Some(match &self.document {
            Decoded::Text(text, mark) => RawRecord::Text(RawText {
                text: &text[*mark..],
                position: position(*mark),
            }),
            Decoded::Bad(bytes, reason) => RawRecord::Bad(BadRecord {
                bytes,
                leaves: count_leaves(bytes),
                reason: *reason,
                position: position(0),
            }),
        }))
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .field("read", &self.inner.is_none())
            .finish_non_exhaustive()
    }
}
