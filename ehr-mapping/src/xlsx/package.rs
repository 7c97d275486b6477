//! Whether the parts of an XLSX file can be read without harm.
//!
//! The library that reads them makes room for as many texts as the file says it has, and for as
//! many shared formulas as the highest number of one. A wrong number there asks for more memory
//! than any machine has, which ends a program and cannot be caught. And what a part unpacks to is
//! not what its entry says. So the parts are unpacked and gone through here before.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// Numbers that the library makes room for: how many texts there are, and which shared formula.
const COUNTS: [&[u8]; 2] = [b"uniqueCount", b"si"];

/// What is wrong with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Harm {
    /// Its parts are larger than the limit.
    TooLarge,
    /// A part cannot be unpacked, or counts more than it has bytes for.
    Damaged,
}

/// Unpacks all parts, `limit` bytes at most, and looks for what would do harm.
pub(super) fn check(zip: &mut ZipArchive<Cursor<&[u8]>>, limit: u64) -> Option<Harm> {
    let mut left = limit;
    let mut piece = vec![0; 64 << 10];
    for place in 0..zip.len() {
        let Ok(mut part) = zip.by_index(place) else {
            return Some(Harm::Damaged);
        };
        let mut length = 0u64;
        let mut scan = Scan::default();
        loop {
            // a part that ends badly may be a picture; what the library reads of it is its matter
            let read = part.read(&mut piece).unwrap_or(0);
            if read == 0 {
                break;
            }
            length += read as u64;
            if length > left {
                return Some(Harm::TooLarge);
            }
            scan.more(&piece[..read]);
        }
        scan.end();
        // an element of either kind takes more bytes than one
        if scan.highest > length {
            return Some(Harm::Damaged);
        }
        left -= length;
    }
    None
}

/// Looks for the highest count, piece by piece.
#[derive(Default)]
struct Scan {
    /// The end of the last piece, as far as an attribute may reach over.
    rest: Vec<u8>,
    highest: u64,
}

impl Scan {
    /// The longest attribute that is understood: white space may stand around its sign.
    const REACH: usize = 256;

    fn more(&mut self, piece: &[u8]) {
        // without its zeros UTF-16 reads like any other encoding
        self.rest
            .extend(piece.iter().copied().filter(|byte| *byte != 0));
        self.look();
        let kept = self.rest.len().saturating_sub(Self::REACH);
        self.rest.drain(..kept);
    }

    fn end(&mut self) {
        self.look();
    }

    fn look(&mut self) {
        for name in COUNTS {
            for at in memchr::memmem::find_iter(&self.rest, name) {
                let after = &self.rest[at + name.len()..];
                // `si` begins many a word
                if let Some(number) = number(after) {
                    self.highest = self.highest.max(number);
                }
            }
        }
    }
}

/// The number of an attribute, behind its name; what is too large for one counts as the largest.
fn number(after: &[u8]) -> Option<u64> {
    let value = after.trim_ascii_start().strip_prefix(b"=")?;
    let (quote, value) = value.trim_ascii_start().split_first()?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let digits = value.trim_ascii_start();
    let digits = digits.strip_prefix(b"+").unwrap_or(digits);
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let mut number = None;
    for digit in digits {
        let so_far: u64 = number.unwrap_or(0);
        number = Some(
            so_far
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0')),
        );
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_found_however_they_are_written_and_cut() {
        let part = b"<sst count='9' uniqueCount = \" 123456\"><si><t>si = 7</t></si>";
        for cut in 0..part.len() {
            let mut scan = Scan::default();
            scan.more(&part[..cut]);
            scan.more(&part[cut..]);
            scan.end();
            assert_eq!(scan.highest, 123_456, "cut at {cut}");
        }
        let mut scan = Scan::default();
        assert_eq!(scan.highest, 0);
        let wide: Vec<u8> = "si='77'"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        scan.more(&wide);
        assert_eq!(scan.highest, 77);
        scan.more(b"<f t=\"shared\" si=\"99999999999999999999999\"/>");
        assert_eq!(scan.highest, u64::MAX);
    }
}
