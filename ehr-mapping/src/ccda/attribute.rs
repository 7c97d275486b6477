//! Cuts a start tag into attributes.

use std::ops::Range;

use ehr_model::issue::IssueCode;
use memchr::{memchr2, memchr3};

use super::reason::{XML_NOT_WELL_FORMED, XML_TOO_MANY_ATTRIBUTES};

/// How many attributes one element may have: CDA needs about ten, and they are compared with one
/// another.
pub const MAX_ATTRIBUTES: usize = 64;

/// An attribute as it is written.
pub(super) struct Attribute<'t> {
    pub(super) name: &'t str,
    /// Where the value stands in the text, without its quotes.
    pub(super) value: Range<usize>,
    /// Whether the value has references.
    pub(super) escaped: bool,
}

impl<'t> Attribute<'t> {
    /// The prefix that it declares, if it is a declaration of a namespace.
    #[inline]
    pub(super) fn declared_prefix(&self) -> Option<&'t str> {
        match self.name.strip_prefix("xmlns")? {
            "" => Some(""),
            rest => rest.strip_prefix(':'),
        }
    }
}

/// Cuts `text[from..to]`, which is a start tag behind the name of its element.
///
/// # Errors
///
/// The reason, and where in the text.
pub(super) fn cut<'t>(
    text: &'t str,
    tag: Range<usize>,
    attributes: &mut Vec<Attribute<'t>>,
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
            let rest = &bytes[end..];
            let found = match escaped {
                false => memchr3(quote, b'&', b'<', rest),
                true => memchr2(quote, b'<', rest),
            };
            end += found.ok_or((XML_NOT_WELL_FORMED, start))?;
            match bytes[end] {
                b'&' => escaped = true,
                b'<' => return Err((XML_NOT_WELL_FORMED, end)),
                _ => break,
            }
        }
        let name = &text[gap..name_end];
        if attributes.iter().any(|other| other.name == name) {
            return Err((XML_NOT_WELL_FORMED, gap));
        }
        if attributes.len() == MAX_ATTRIBUTES {
            return Err((XML_TOO_MANY_ATTRIBUTES, gap));
        }
        attributes.push(Attribute {
            name,
            value: start..end,
            escaped,
        });
        at = end + 1;
    }
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
