//! Text between two tags, which may come in pieces.

use std::ops::Range;

/// Text that goes on until the next tag: pieces between entities, CDATA and comments make one.
#[derive(Default)]
pub(super) struct Run {
    /// A run of one piece.
    slice: Option<Range<usize>>,
    /// A run of several.
    decoded: String,
}

impl Run {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.slice.is_none() && self.decoded.is_empty()
    }

    /// Whether there is nothing but white space of XML; a no-break space is text.
    #[inline]
    pub(super) fn is_blank(&self, text: &str) -> bool {
        is_blank(match &self.slice {
            Some(range) => &text.as_bytes()[range.clone()],
            None => self.decoded.as_bytes(),
        })
    }

    /// Where the run stands in the text, if it stands there as it is.
    #[inline]
    pub(super) fn slice(&self) -> Option<Range<usize>> {
        self.slice.clone()
    }

    /// The run where it does not.
    pub(super) fn decoded(&self) -> &str {
        &self.decoded
    }

    #[inline]
    pub(super) fn push(&mut self, text: &str, piece: Range<usize>) {
        if piece.is_empty() {
            return;
        }
        if self.is_empty() {
            self.slice = Some(piece);
        } else {
            self.decode(text);
            self.decoded.push_str(&text[piece]);
        }
    }

    pub(super) fn push_char(&mut self, text: &str, character: char) {
        self.decode(text);
        self.decoded.push(character);
    }

    #[inline]
    pub(super) fn clear(&mut self) {
        self.slice = None;
        self.decoded.clear();
    }

    fn decode(&mut self, text: &str) {
        if let Some(range) = self.slice.take() {
            self.decoded.push_str(&text[range]);
        }
    }
}

/// Half of the texts of a document are the blanks that indent it: eight spaces are seen at once.
#[inline]
fn is_blank(bytes: &[u8]) -> bool {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    if bytes.last().is_some_and(|last| !is_space(last)) {
        return false;
    }
    let (words, rest) = bytes.as_chunks::<8>();
    let is_blank = |word: &[u8; 8]| *word == [b' '; 8] || word.iter().all(is_space);
    words.iter().all(is_blank) && rest.iter().all(is_space)
}
