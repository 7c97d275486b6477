//! One field of a record, without building its tree.

use std::borrow::Cow;

use memchr::memchr;

use super::dialect::Dialect;
use super::quote::{closing, unescape};

/// Where a field stands in the text of its record.
#[derive(Clone, Copy)]
pub(super) enum Span {
    /// The content is written as it is.
    Plain { start: usize, end: usize },
    /// The field is quoted, and its content is not one piece of the text.
    Escaped { quote: u8, start: usize, end: usize },
}

/// The field that begins at `start`, and the place of the delimiter or end behind it.
#[inline]
pub(super) fn span(bytes: &[u8], start: usize, dialect: &Dialect) -> (Span, usize) {
    if let Some(quote) = dialect.quote()
        && bytes.get(start) == Some(&quote)
    {
        return quoted(bytes, start, quote, dialect);
    }
    let end = field_end(bytes, start, dialect);
    (Span::Plain { start, end }, end)
}

fn quoted(bytes: &[u8], start: usize, quote: u8, dialect: &Dialect) -> (Span, usize) {
    let Some(closing) = closing(bytes, start + 1, quote, dialect.escape()) else {
        let end = bytes.len();
        return (Span::Escaped { quote, start, end }, end);
    };
    let end = closing.at + 1;
    if !closing.escapes
        && bytes
            .get(end)
            .is_none_or(|byte| *byte == dialect.delimiter())
    {
        let span = Span::Plain {
            start: start + 1,
            end: closing.at,
        };
        return (span, end);
    }
    let end = field_end(bytes, end, dialect);
    (Span::Escaped { quote, start, end }, end)
}

#[inline]
fn field_end(bytes: &[u8], from: usize, dialect: &Dialect) -> usize {
    memchr(dialect.delimiter(), &bytes[from..]).map_or(bytes.len(), |found| from + found)
}

/// The fields of one record, in order. Made by [`fields`].
///
/// The items are a patient's data.
#[derive(Clone)]
pub struct Fields<'a> {
    raw: &'a str,
    dialect: Dialect,
    next: Option<usize>,
}

/// The fields of a record as [`RawText::expose_text`](crate::raw::RawText::expose_text) gives it.
pub fn fields<'a>(raw: &'a str, dialect: &Dialect) -> Fields<'a> {
    Fields {
        raw,
        dialect: *dialect,
        next: Some(0),
    }
}

/// The field at a position, counted from 0, or `None` if the record is shorter.
///
/// Reads no further than that field, and copies only what an escape changed.
///
/// ```
/// use ehr_mapping::csv::{Dialect, field};
/// let row = "17,\"Doe, \"\"JD\"\" Jane\",F";
/// assert_eq!(field(row, &Dialect::default(), 1).as_deref(), Some("Doe, \"JD\" Jane"));
/// assert_eq!(field(row, &Dialect::default(), 3), None);
/// ```
pub fn field<'a>(raw: &'a str, dialect: &Dialect, index: usize) -> Option<Cow<'a, str>> {
    let bytes = raw.as_bytes();
    let mut at = 0;
    for _ in 0..index {
        let (_, end) = span(bytes, at, dialect);
        if end == bytes.len() {
            return None;
        }
        at = end + 1;
    }
    Some(content(raw, span(bytes, at, dialect).0, dialect))
}

fn content<'a>(raw: &'a str, span: Span, dialect: &Dialect) -> Cow<'a, str> {
    match span {
        Span::Plain { start, end } => Cow::Borrowed(&raw[start..end]),
        Span::Escaped { quote, start, end } => unescape(&raw[start..end], quote, dialect),
    }
}

/// How many fields of a record hold something, for records that are not even text.
pub(super) fn filled(bytes: &[u8], dialect: &Dialect) -> u64 {
    let mut count = 0;
    let mut at = 0;
    loop {
        let (span, end) = span(bytes, at, dialect);
        count += match span {
            Span::Plain { start, end } => u64::from(start < end),
            Span::Escaped { .. } => 1,
        };
        if end >= bytes.len() {
            return count;
        }
        at = end + 1;
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Cow<'a, str>;

    fn next(&mut self) -> Option<Self::Item> {
        let (span, end) = span(self.raw.as_bytes(), self.next?, &self.dialect);
        self.next = (end < self.raw.len()).then_some(end + 1);
        Some(content(self.raw, span, &self.dialect))
    }
}

impl std::fmt::Debug for Fields<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fields(..)")
    }
}
