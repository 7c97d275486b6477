//! The inside of a quoted field; the one place that knows both ways of escaping.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::dialect::{Dialect, Escape};

/// The quote that ends a field.
pub(super) struct Closing {
    /// Its place.
    pub(super) at: usize,
    /// Whether the field holds an escaped character.
    pub(super) escapes: bool,
}

/// Finds the quote that ends the field whose content begins at `from`.
///
/// A quote that is the last of `bytes` counts as closing; more input may prove it doubled.
pub(super) fn closing(bytes: &[u8], from: usize, quote: u8, escape: Escape) -> Option<Closing> {
    let mut at = from;
    let mut escapes = false;
    loop {
        let rest = bytes.get(at..)?;
        at += match escape {
            Escape::Doubled => memchr(quote, rest)?,
            Escape::Backslash => memchr2(quote, b'\\', rest)?,
        };
        if bytes[at] == quote && bytes.get(at + 1) != Some(&quote) {
            return Some(Closing { at, escapes });
        }
        escapes = true;
        at += 2;
    }
}

/// The content of a field written as `field`, which begins with a quote.
///
/// What follows the closing quote is kept as it stands.
pub(super) fn unescape<'a>(field: &'a str, quote: u8, dialect: &Dialect) -> Cow<'a, str> {
    let bytes = field.as_bytes();
    let Some(end) = closing(bytes, 1, quote, dialect.escape()) else {
        // only a record that the reader rejects; nothing is dropped but the quote
        return Cow::Borrowed(&field[1..]);
    };
    if !end.escapes && end.at + 1 == bytes.len() {
        return Cow::Borrowed(&field[1..end.at]);
    }
    let mut content = String::with_capacity(field.len());
    let mut copied = 1;
    let mut at = 1;
    while let Some(found) = memchr2(quote, b'\\', &bytes[at..end.at]) {
        at += found;
        let next = bytes[at + 1];
        let escaped = if bytes[at] == quote {
            true
        } else {
            dialect.escape() == Escape::Backslash
                && (next == quote || next == dialect.delimiter() || b"\\\r\n".contains(&next))
        };
        if !escaped {
            at += 1;
            continue;
        }
        content.push_str(&field[copied..at]);
        copied = at + 1;
        at = (at + 2).min(end.at);
    }
    content.push_str(&field[copied..end.at]);
    content.push_str(&field[end.at + 1..]);
    Cow::Owned(content)
}
