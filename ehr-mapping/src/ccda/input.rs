//! From the bytes of a file to the text of a document.
//!
//! A byte order mark wins over the declaration, as XML wants it. A declaration that can be read
//! byte by byte and says UTF-16 lies: programs write documents into strings first and declare
//! what the string was. Such a file is read as what undeclared files are, UTF-8, or not at all.

use std::borrow::Cow;

use ehr_model::issue::IssueCode;
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::reason::{NUL_BYTE, UNDECODABLE_BYTES, UNKNOWN_ENCODING};

/// The largest document, in bytes of the file and in bytes of UTF-8: 256 MiB.
///
/// The largest known C-CDA documents have 17 MB, those with embedded scans 100 MB. A document is
/// in memory as a whole, so that there must be an end.
pub const MAX_DOCUMENT: usize = 256 << 20;

/// How far into a file a declaration may reach; beyond it none is looked for.
const DECLARATION: usize = 1024;

/// A document in memory, after decoding where it succeeds.
pub(super) enum Decoded {
    /// The text, whose first bytes are to be passed over: a byte order mark.
    Text(String, usize),
    /// The bytes as they are, and what is wrong with them.
    Bad(Vec<u8>, IssueCode),
}

/// Decodes a document, without a copy where it is UTF-8.
pub(super) fn decode(bytes: Vec<u8>) -> Decoded {
    let (encoding, mark, strict_ascii) = match encoding(&bytes) {
        Ok(found) => found,
        Err(reason) => return Decoded::Bad(bytes, reason),
    };
    if encoding != UTF_8 {
        match encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..]) {
            Some(Cow::Owned(text)) => {
                let undefined = encoding.is_single_byte() && text.contains(is_c1);
                return match strict_ascii || undefined {
                    true => Decoded::Bad(bytes, UNDECODABLE_BYTES),
                    false if has_nul(&text) => Decoded::Bad(bytes, NUL_BYTE),
                    false => Decoded::Text(text, 0),
                };
            }
            // ASCII alone, which is UTF-8
            Some(Cow::Borrowed(_)) => {}
            None => return Decoded::Bad(bytes, UNDECODABLE_BYTES),
        }
    }
    match String::from_utf8(bytes) {
        Ok(text) if has_nul(&text) => Decoded::Bad(text.into_bytes(), NUL_BYTE),
        Ok(text) => Decoded::Text(text, mark),
        Err(error) => Decoded::Bad(error.into_bytes(), UNDECODABLE_BYTES),
    }
}

fn has_nul(text: &str) -> bool {
    memchr::memchr(0, text.as_bytes()).is_some()
}

/// WHATWG gives unassigned bytes of Windows encodings the C1 control of the same number; no text
/// holds those.
fn is_c1(character: char) -> bool {
    ('\u{80}'..='\u{9F}').contains(&character)
}

/// The encoding of a file, the length of its byte order mark, and whether it promises ASCII.
pub(super) fn encoding(bytes: &[u8]) -> Result<(&'static Encoding, usize, bool), IssueCode> {
    // UTF-32 begins like UTF-16
    if bytes.starts_with(b"\xFF\xFE\0\0") || bytes.starts_with(b"\0\0\xFE\xFF") {
        return Err(UNKNOWN_ENCODING);
    }
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return Ok((encoding, mark, false));
    }
    match bytes {
        [b'<', 0, next, ..] if *next != 0 => return Ok((UTF_16LE, 0, false)),
        [0, b'<', 0, ..] => return Ok((UTF_16BE, 0, false)),
        [b'L', 0x6F, 0xA7, 0x94, ..] | [b'<', 0, ..] | [0, 0, 0, b'<', ..] => {
            return Err(UNKNOWN_ENCODING); // EBCDIC, UTF-32
        }
        _ => {}
    }
    let Some(label) = declared(&bytes[..bytes.len().min(DECLARATION)]) else {
        return Ok((UTF_8, 0, false));
    };
    let encoding = Encoding::for_label(label).ok_or(UNKNOWN_ENCODING)?;
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return Ok((UTF_8, 0, false));
    }
    let ascii = label.eq_ignore_ascii_case(b"us-ascii") || label.eq_ignore_ascii_case(b"ascii");
    Ok((encoding, 0, ascii))
}

/// The encoding that the XML declaration names.
fn declared(start: &[u8]) -> Option<&[u8]> {
    let declaration = start.trim_ascii_start().strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(declaration, b"?>")?;
    let declaration = &declaration[..end];
    let at = memchr::memmem::find(declaration, b"encoding")? + b"encoding".len();
    let value = declaration[at..].trim_ascii_start().strip_prefix(b"=")?;
    let (quote, value) = value.trim_ascii_start().split_first()?;
    let end = memchr::memchr(*quote, value)?;
    matches!(quote, b'"' | b'\'').then(|| &value[..end])
}
