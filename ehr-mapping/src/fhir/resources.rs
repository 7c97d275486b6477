//! The resources of a file, each together with the keys of the Bundle around it.

use std::io::Read;
use std::sync::Arc;

use super::{Error, Index, Reader};
use crate::raw::{BadRecord, RawRecord, RawText};

/// A [`Reader`] that lends a resource and its [`Index`] at once, for which the text of one resource
/// is copied.
pub(crate) struct Resources<R> {
    reader: Reader<R>,
    text: Vec<u8>,
}

impl<R: Read> Resources<R> {
    pub(crate) fn new(inner: R, source: Arc<str>) -> Result<Self, Error> {
        Ok(Self {
            reader: Reader::new(inner, source)?,
            text: Vec::new(),
        })
    }

    /// The next resource.
    pub(crate) fn next(&mut self) -> Result<Option<(RawRecord<'_>, &Index)>, Error> {
        let copy = |text: &mut Vec<u8>, bytes: &[u8]| {
            text.clear();
            text.extend_from_slice(bytes);
        };
        let raw = match self.reader.next_raw()? {
            None => return Ok(None),
            Some(RawRecord::Text(raw)) => {
                copy(&mut self.text, raw.text.as_bytes());
                Ok(raw.position)
            }
            Some(RawRecord::Bad(bad)) => {
                copy(&mut self.text, bad.bytes);
                Err((bad.leaves, bad.reason, bad.position))
            }
        };
        let raw = match raw {
            Ok(position) => RawRecord::Text(RawText {
                text: std::str::from_utf8(&self.text).expect("it was text before it was copied"),
                position,
            }),
            Err((leaves, reason, position)) => RawRecord::Bad(BadRecord {
                bytes: &self.text,
                leaves,
                reason,
                position,
            }),
        };
        Ok(Some((raw, self.reader.index())))
    }
}
