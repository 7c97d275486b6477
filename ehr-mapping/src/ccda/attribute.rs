//! Cuts a start tag into attributes.

use std::ops::Range;

use ehr_model::issue::IssueCode;

use super::reason::{XML_NOT_WELL_FORMED, XML_TOO_MANY_ATTRIBUTES};

/// How many attributes one element may have: CDA needs about ten, and they are compared with one
/// another.
pub const MAX_ATTRIBUTES: usize = 64;

/// An attribute as it is written.
pub(super) struct Attribute {
    pub(super) name: Range<usize>,
    /// Where the value stands in the text, without its quotes.
    pub(super) value: Range<usize>,
    /// Whether the value has references.
    pub(super) escaped: bool,
}

impl Attribute {
    /// The prefix that it declares, if it is a declaration of a namespace.
    #[inline]
    pub(super) fn declared_prefix<'t>(&self, text: &'t str) -> Option<&'t str> {
        let name = &text.as_bytes()[self.name.clone()];
        if !name.starts_with(b"xmlns") {
            return None;
        }
        match &text[self.name.start + 5..self.name.end] {
            "" => Some(""),
            rest => rest.strip_prefix(':'),
        }
    }
}

/// Cuts a piece of the text, which is a start tag behind the name of its element.
///
/// # Errors
///
/// The reason, and where in the text.
pub(super) fn cut(
    text: &str,
    tag: Range<usize>,
    attributes: &mut Vec<Attribute>,
) -> Result<(), (IssueCode, usize)> {
    let bytes = &text.as_bytes()[..tag.end];
    attributes.clear();
    let mut at = tag.start;
    loop {
        let gap = blanks(bytes, at);
        if gap == bytes.len() {
            return Ok(());
        }
        if gap == at {
            return Err((XML_NOT_WELL_FORMED, at));
        }
        let name_end = bytes[gap..]
            .iter()
            .position(|byte| matches!(byte, b'=' | b' ' | b'\t' | b'\r' | b'\n'))
            .map_or(bytes.len(), |length| gap + length);
        let equals = blanks(bytes, name_end);
        if bytes.get(equals) != Some(&b'=') {
            return Err((XML_NOT_WELL_FORMED, name_end));
        }
        let open = blanks(bytes, equals + 1);
        let quote = match bytes.get(open) {
            Some(quote @ (b'"' | b'\'')) => *quote,
            _ => return Err((XML_NOT_WELL_FORMED, open)),
        };
        let start = open + 1;
        let mut escaped = false;
        let mut end = start;
        loop {
            end += special(&bytes[end..], quote).ok_or((XML_NOT_WELL_FORMED, start))?;
            match bytes[end] {
                b'&' => escaped = true,
                b'<' => return Err((XML_NOT_WELL_FORMED, end)),
                _ => break,
            }
            end += 1;
        }
        let is_same =
            |other: &Attribute| is_same(&bytes[other.name.clone()], &bytes[gap..name_end]);
        if attributes.iter().any(is_same) {
            return Err((XML_NOT_WELL_FORMED, gap));
        }
        if attributes.len() == MAX_ATTRIBUTES {
            return Err((XML_TOO_MANY_ATTRIBUTES, gap));
        }
        attributes.push(Attribute {
            name: gap..name_end,
            value: start..end,
            escaped,
        });
        at = end + 1;
    }
}

/// Names of one length differ in their first byte mostly, which spares a call.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    one.len() == other.len() && one.first() == other.first() && one == other
}

/// Where white space that begins here ends.
#[inline]
fn blanks(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while let Some(b' ' | b'\t' | b'\r' | b'\n') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The first quote, ampersand or angle bracket. Values are so short that the call of a vectored
/// search costs more than eight bytes at once.
#[inline]
fn special(bytes: &[u8], quote: u8) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // the high bit of each byte that is zero; above the first one it may be wrong
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let [quotes, ampersands, brackets] = [quote, b'&', b'<'].map(|byte| ONES * u64::from(byte));
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let found = zeros(word ^ quotes) | zeros(word ^ ampersands) | zeros(word ^ brackets);
        if found != 0 {
            return Some(place * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |byte: &u8| *byte == quote || matches!(byte, b'&' | b'<');
    let found = rest.iter().position(is_special);
    found.map(|place| words.len() * 8 + place)
}
