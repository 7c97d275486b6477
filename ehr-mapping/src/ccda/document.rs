//! Documents inside of documents: PDF, RTF and images as base64.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Groups of four before the last one: no padding may stand there.
const INNER: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// The last group. Bits that stand for nothing are passed over, as every decoder does.
const LAST: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

/// How many characters are decoded at once; a multiple of four that fits in a cache.
const BLOCK: usize = 16 << 10;

/// Why a text is no base64. Places are bytes of the text, counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotBase64 {
    /// A character that base64 does not have, or padding before the end.
    #[error("byte {at}: not a character of base64")]
    Character {
        /// Where it stands.
        at: usize,
    },
    /// The text ends inside of a group of four: the document was cut off.
    #[error("byte {at}: base64 ends in the middle of a group")]
    Truncated {
        /// Where the text ends.
        at: usize,
    },
}

/// Decodes base64 as it stands in XML, with white space anywhere.
///
/// # Errors
///
/// If there is anything but base64, or not all of it: half a document is never handed out.
pub fn decode_base64(text: &str) -> Result<Vec<u8>, NotBase64> {
    let mut decoded = Vec::with_capacity(text.len() / 4 * 3);
    let mut block = Vec::with_capacity(BLOCK.min(text.len()));
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let mut start = 0;
    for (at, byte) in text.bytes().enumerate() {
        if is_space(&byte) {
            continue;
        }
        if block.len() == BLOCK {
            decode(&INNER, &block, &mut decoded).ok_or_else(|| character(text, start))?;
            block.clear();
            start = at;
        }
        block.push(byte);
    }
    if let Some(wrong) = wrong(text, start) {
        return Err(NotBase64::Character { at: wrong });
    }
    if block.len() % 4 != 0 {
        return Err(NotBase64::Truncated { at: text.len() });
    }
    decode(&LAST, &block, &mut decoded).ok_or_else(|| character(text, start))?;
    Ok(decoded)
}

fn decode(engine: &GeneralPurpose, block: &[u8], decoded: &mut Vec<u8>) -> Option<()> {
    engine.decode_vec(block, decoded).ok()
}

fn character(text: &str, start: usize) -> NotBase64 {
    let at = wrong(text, start).unwrap_or(start);
    NotBase64::Character { at }
}

/// The first character from here on that does not belong there.
fn wrong(text: &str, start: usize) -> Option<usize> {
    let mut padding = 0;
    let mut rest = text.bytes().enumerate().skip(start);
    rest.find(|(_, byte)| match byte {
        b' ' | b'\t' | b'\r' | b'\n' => false,
        b'=' => {
            padding += 1;
            padding > 2
        }
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => padding > 0,
        _ => true,
    })
    .map(|(at, _)| at)
}
