//! Where a message begins and ends in a file.

use memchr::{memchr2, memchr3};

use super::delimiters::Delimiters;

/// Begins a block of the Minimal Lower Layer Protocol.
pub(super) const VT: u8 = 0x0B;

/// Ends the content of a block; a CR follows.
pub(super) const FS: u8 = 0x1C;

/// The last byte of a text file in CP/M and DOS.
pub(super) const DOS_END_OF_FILE: u8 = 0x1A;

pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// How many bytes at the start of a line tell what begins there: a mark, VT, another mark, an id,
/// and the delimiters with the byte behind them.
pub(super) const AHEAD: usize = 17;

/// What stands at the start of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Message,
    FileHeader,
    BatchHeader,
    BatchTrailer,
    FileTrailer,
}

impl Start {
    /// What begins with these bytes. `field` is the field separator of the message before.
    ///
    /// `MSH` before anything but a letter, digit or space is taken for a header even if it is a
    /// damaged one: rather a message too many than one patient inside of another's message.
    pub(super) fn of(bytes: &[u8], field: u8) -> Option<Self> {
        let (id, rest) = bytes.split_at_checked(3)?;
        let next = rest.first().copied();
        let ends = next.is_none_or(|byte| matches!(byte, b'\r' | b'\n'));
        let parted = next.is_some_and(|byte| byte == field || byte == b'|');
        match id {
            b"MSH" => next
                .is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b' ')
                .then_some(Self::Message),
            b"FHS" if parted || Delimiters::of(bytes).is_some() => Some(Self::FileHeader),
            b"BHS" if parted || Delimiters::of(bytes).is_some() => Some(Self::BatchHeader),
            b"BTS" => (parted || ends).then_some(Self::BatchTrailer),
            b"FTS" => (parted || ends).then_some(Self::FileTrailer),
            _ => None,
        }
    }

    /// The same behind marks and the beginning of a block.
    pub(super) fn behind_marks(mut bytes: &[u8], field: u8) -> Option<Self> {
        bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        bytes = bytes.strip_prefix(&[VT]).unwrap_or(bytes);
        bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
        Self::of(bytes, field)
    }
}

/// Whether a block ends here: FS, and then what may stand between blocks.
pub(super) fn ends_block(bytes: &[u8]) -> bool {
    match bytes {
        [FS] => true,
        [FS, next, ..] => matches!(next, b'\r' | b'\n' | &VT | &FS),
        _ => false,
    }
}

/// Where the piece of a file ends that begins with `bytes`, looking from `at` on; or from where to
/// look again when more of the file is there.
pub(super) fn find_end(
    bytes: &[u8],
    mut at: usize,
    sort: Sort,
    ended: bool,
) -> Result<usize, usize> {
    loop {
        let rest = &bytes[at..];
        let found = match sort.in_block {
            true => memchr3(b'\r', b'\n', FS, rest),
            false => memchr2(b'\r', b'\n', rest),
        };
        let Some(found) = found.map(|found| at + found) else {
            return if ended {
                Ok(bytes.len())
            } else {
                Err(bytes.len())
            };
        };
        if bytes.len() - found <= AHEAD && !ended {
            return Err(found);
        }
        if bytes[found] == FS {
            if ends_block(&bytes[found..]) {
                return Ok(found);
            }
        } else if sort.one_line || begins_anew(&bytes[found + 1..], sort.field) {
            return Ok(found);
        }
        at = found + 1;
    }
}

/// What is known of a piece whose end is looked for.
#[derive(Clone, Copy)]
pub(super) struct Sort {
    pub(super) one_line: bool,
    pub(super) in_block: bool,
    pub(super) field: u8,
}

/// Whether the line that begins here does not belong to the message before it.
fn begins_anew(line: &[u8], field: u8) -> bool {
    match line {
        [DOS_END_OF_FILE] => true,
        [FS, ..] => ends_block(line),
        [b'M' | b'B' | b'F' | 0xEF | VT, ..] => Start::behind_marks(line, field).is_some(),
        _ => false,
    }
}

/// Whether the first bytes of a file, up to 64 KiB, look like HL7 v2: they begin with a header
/// that declares delimiters, behind line ends, a byte order mark or the beginning of an MLLP block.
pub fn detect(start: &[u8]) -> bool {
    if let Some(text) = utf16(start) {
        return detect(&text);
    }
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    let blank = |byte: &&u8| matches!(byte, b'\r' | b'\n' | &&VT | &&FS);
    let blanks = start.iter().take_while(blank).count();
    let start = &start[blanks..];
    let start = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    Delimiters::of(start).is_some()
}

/// The ASCII characters that a file of UTF-16 begins with, if it is one.
pub(super) fn utf16(start: &[u8]) -> Option<Vec<u8>> {
    let (text, low) = match start {
        [0xFF, 0xFE, text @ ..] => (text, 0),
        [0xFE, 0xFF, text @ ..] => (text, 1),
        [b'M' | b'F' | b'B', 0, b'S' | b'H', 0, ..] => (start, 0),
        [0, b'M' | b'F' | b'B', 0, b'S' | b'H', ..] => (start, 1),
        _ => return None,
    };
    let ascii = text
        .chunks_exact(2)
        .take_while(|pair| pair[1 - low] == 0)
        .map(|pair| pair[low]);
    Some(ascii.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_look_like_messages() {
        for file in [
            &b"MSH|^~\\&|A"[..],
            b"\xEF\xBB\xBFMSH|^~\\&|",
            b"\x0BMSH|^~\\&|",
            b"\r\n\r\nFHS|^~\\&|",
            b"BHS*!",
            b"\xFF\xFEM\0S\0H\0|\0^\0~\0\\\0&\0",
            b"\0M\0S\0H\0|\0^",
        ] {
            assert!(detect(file), "{}", file.escape_ascii());
        }
        for file in [
            &b""[..],
            b"MSH",
            b"MSH,FHS,BHS",
            b"MSH_ID|NAME",
            b"PID|1||2",
            b"<?xml version=\"1.0\"?>",
            b"ISA*00*",
            b"\xFF\xFEP\0I\0D\0",
        ] {
            assert!(!detect(file), "{}", file.escape_ascii());
        }
    }

    #[test]
    fn only_headers_begin_a_record() {
        for (line, start) in [
            ("MSH|^~", Some(Start::Message)),
            ("MSH", Some(Start::Message)),
            ("MSH:", Some(Start::Message)),
            ("MSH was", None),
            ("MSH1|", None),
            ("FHS|", Some(Start::FileHeader)),
            ("FHS", None),
            ("BHS!^~", Some(Start::BatchHeader)),
            ("BHS: of", None),
            ("BTS", Some(Start::BatchTrailer)),
            ("BTS: 3", None),
            ("FTS*1", Some(Start::FileTrailer)),
            ("PID|", None),
        ] {
            assert_eq!(Start::of(line.as_bytes(), b'*'), start, "{line}");
        }
    }
}
