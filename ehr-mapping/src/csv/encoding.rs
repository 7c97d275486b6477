//! From the bytes of a file to text, without ever replacing what has no meaning.
//!
//! UTF-8 and encodings of one byte a character are cut into records first and decoded record by
//! record, since a delimiter is the same byte in all of them. UTF-16 is rewritten while it is
//! read: into UTF-8, with an unpaired surrogate as the three bytes it would have there and a lone
//! last byte behind a mark. Both are invalid in UTF-8, so that they surface when the record is
//! checked, and both can be undone, so that a reject holds the bytes of the file.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::dialect::Dialect;
use super::error::NotText;

/// How the bytes of a file become characters.
pub(crate) enum Charset {
    Utf8,
    SingleByte(Box<[Option<char>; 128]>),
    Utf16(ByteOrder),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum ByteOrder {
    Little,
    Big,
}

/// Marks a byte that is no character; never occurs in UTF-8.
const STRAY_BYTE: u8 = 0xFF;

impl Charset {
    /// The charset of a file that begins with `block`, and the length of its byte order mark.
    pub(crate) fn detect(block: &[u8], encoding: &'static Encoding) -> (Self, usize) {
        match Encoding::for_bom(block) {
            Some((marked, length)) => (Self::new(marked), length),
            None => (Self::new(encoding), 0),
        }
    }

    fn new(encoding: &'static Encoding) -> Self {
        if encoding == UTF_8 {
            Self::Utf8
        } else if encoding == UTF_16LE {
            Self::Utf16(ByteOrder::Little)
        } else if encoding == UTF_16BE {
            Self::Utf16(ByteOrder::Big)
        } else {
            Self::SingleByte(Box::new(std::array::from_fn(|index| {
                upper_half(encoding, index as u8 | 0x80)
            })))
        }
    }

    /// The text of one record, or `None` if a byte has no meaning.
    pub(crate) fn decode<'a>(&self, bytes: &'a [u8], buffer: &'a mut String) -> Option<&'a str> {
        match self {
            Self::SingleByte(table) if !bytes.is_ascii() => {
                buffer.clear();
                for byte in bytes {
                    buffer.push(match byte {
                        0..0x80 => char::from(*byte),
                        _ => table[usize::from(byte & 0x7F)]?,
                    });
                }
                Some(buffer)
            }
            _ => std::str::from_utf8(bytes).ok(),
        }
    }

    /// The bytes of the file behind `bytes` of the buffer, if they are others.
    pub(crate) fn original(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Utf16(order) => Some(to_utf16(bytes, *order)),
            Self::Utf8 | Self::SingleByte(_) => None,
        }
    }

    /// How many bytes of the file `bytes` of the buffer stand for.
    pub(crate) fn width(&self, bytes: &[u8]) -> u64 {
        match self {
            Self::Utf16(_) => bytes.iter().map(|byte| utf16_width(*byte)).sum(),
            Self::Utf8 | Self::SingleByte(_) => bytes.len() as u64,
        }
    }
}

/// What a byte of 0x80 and above means. WHATWG gives unassigned bytes of the Windows encodings
/// the C1 control of the same number; no text holds those, in any of these encodings.
fn upper_half(encoding: &'static Encoding, byte: u8) -> Option<char> {
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(std::slice::from_ref(&byte))?;
    text.chars()
        .next()
        .filter(|character| !character.is_control())
}

/// Rewrites UTF-16 as described above, chunk by chunk.
pub(crate) struct Utf16Decoder {
    order: ByteOrder,
    odd: Option<u8>,
    high: Option<u16>,
}

impl Utf16Decoder {
    pub(crate) fn new(order: ByteOrder) -> Self {
        Self {
            order,
            odd: None,
            high: None,
        }
    }

    /// Appends what `bytes` stand for: at most three bytes for two, and six of earlier chunks.
    pub(crate) fn decode(&mut self, mut bytes: &[u8], text: &mut Vec<u8>) {
        if let (Some(first), Some((second, rest))) = (self.odd, bytes.split_first()) {
            self.odd = None;
            self.unit([first, *second], text);
            bytes = rest;
        }
        let mut pairs = bytes.chunks_exact(2);
        for pair in &mut pairs {
            self.unit([pair[0], pair[1]], text);
        }
        if let [last] = pairs.remainder() {
            self.odd = Some(*last);
        }
    }

    /// Appends what is left when the input has ended.
    pub(crate) fn finish(&mut self, text: &mut Vec<u8>) {
        if let Some(high) = self.high.take() {
            push_code_point(u32::from(high), text);
        }
        if let Some(odd) = self.odd.take() {
            text.extend([STRAY_BYTE, 0x80 | (odd >> 4), 0x80 | (odd & 0x0F)]);
        }
    }

    fn unit(&mut self, pair: [u8; 2], text: &mut Vec<u8>) {
        let unit = match self.order {
            ByteOrder::Little => u16::from_le_bytes(pair),
            ByteOrder::Big => u16::from_be_bytes(pair),
        };
        let low = (0xDC00..0xE000).contains(&unit);
        if let Some(high) = self.high.take() {
            if low {
                let code_point =
                    0x10000 + ((u32::from(high) & 0x3FF) << 10) + (u32::from(unit) & 0x3FF);
                return push_code_point(code_point, text);
            }
            push_code_point(u32::from(high), text);
        }
        if (0xD800..0xDC00).contains(&unit) {
            self.high = Some(unit);
        } else {
            push_code_point(u32::from(unit), text);
        }
    }
}

/// Writes a code point as UTF-8 would, surrogates included.
fn push_code_point(code_point: u32, text: &mut Vec<u8>) {
    let tail = |shift: u32| 0x80 | (code_point >> shift & 0x3F) as u8;
    match code_point {
        0..0x80 => text.push(code_point as u8),
        0x80..0x800 => text.extend([0xC0 | (code_point >> 6) as u8, tail(0)]),
        0x800..0x10000 => text.extend([0xE0 | (code_point >> 12) as u8, tail(6), tail(0)]),
        _ => text.extend([0xF0 | (code_point >> 18) as u8, tail(12), tail(6), tail(0)]),
    }
}

/// How many bytes of UTF-16 the character stands for that begins with this byte.
fn utf16_width(lead: u8) -> u64 {
    match lead {
        0x80..0xC0 => 0,
        STRAY_BYTE => 1,
        0xF0.. => 4,
        _ => 2,
    }
}

/// Undoes [`Utf16Decoder`].
fn to_utf16(text: &[u8], order: ByteOrder) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() * 2);
    let mut push = |unit: u16| {
        bytes.extend(match order {
            ByteOrder::Little => unit.to_le_bytes(),
            ByteOrder::Big => unit.to_be_bytes(),
        });
    };
    let mut at = 0;
    while let Some(&lead) = text.get(at) {
        let length = text[at + 1..]
            .iter()
            .take_while(|byte| (0x80..0xC0).contains(*byte))
            .count();
        let tail = &text[at + 1..=at + length];
        if lead == STRAY_BYTE {
            // only ever the last byte of a file
            let odd = tail.iter().fold(0, |odd, byte| odd << 4 | byte & 0x0F);
            bytes.push(odd);
            return bytes;
        }
        let bits = match length {
            0 => lead,
            1 => lead & 0x1F,
            2 => lead & 0x0F,
            _ => lead & 0x07,
        };
        let code_point = tail.iter().fold(u32::from(bits), |code, byte| {
            code << 6 | u32::from(byte & 0x3F)
        });
        if let Some(above) = code_point.checked_sub(0x10000) {
            push(0xD800 | (above >> 10) as u16);
            push(0xDC00 | (above & 0x3FF) as u16);
        } else {
            push(code_point as u16);
        }
        at += 1 + length;
    }
    bytes
}

/// The first bytes of formats that are sent under the name of a CSV file.
const FORMATS: [(&[u8], &str); 12] = [
    (b"PK\x03\x04", "a ZIP archive or an XLSX workbook"),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "an old Office file such as XLS or DOC",
    ),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xFF\xD8\xFF", "a JPEG image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\x1F\x8B", "gzip-compressed data"),
    (b"\x28\xB5\x2F\xFD", "zstd-compressed data"),
    (b"7z\xBC\xAF\x27\x1C", "a 7z archive"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard ", "an Access database"),
];

/// How many control characters a file may begin with, whatever their share: a small file with a
/// few damaged rows is still text.
const FEW_CONTROLS: usize = 32;

/// The name of the binary format that begins like this.
pub(crate) fn binary_format(block: &[u8]) -> Option<&'static str> {
    let format = FORMATS.iter().find(|(magic, _)| block.starts_with(magic));
    format.map(|(_, name)| *name)
}

/// What a file that begins with `block` is, if it is not text.
pub(super) fn not_text(block: &[u8], dialect: &Dialect) -> Option<NotText> {
    if let Some(name) = binary_format(block) {
        return Some(NotText::Format(name));
    }
    let (charset, _) = Charset::detect(block, dialect.encoding());
    if matches!(charset, Charset::Utf16(_)) {
        return None;
    }
    let nuls = block.iter().filter(|byte| **byte == 0).count();
    let controls = block
        .iter()
        .filter(|byte| byte.is_ascii_control() && !b"\t\r\n".contains(byte))
        .filter(|byte| **byte != dialect.delimiter() && Some(**byte) != dialect.quote())
        .count();
    // a tenth: compressed and random bytes have an eighth, text has next to none
    if controls <= FEW_CONTROLS || controls <= block.len() / 10 {
        return None;
    }
    let utf16 = [0, 1].into_iter().any(|half| {
        let side = block.iter().skip(half).step_by(2);
        nuls > block.len() / 3 && side.filter(|byte| **byte == 0).count() == nuls
    });
    Some(if utf16 {
        NotText::Utf16
    } else {
        NotText::ControlCharacters
    })
}
