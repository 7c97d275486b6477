//! The character set that a message names in MSH-18 (HL7 table 0211).

use std::borrow::Cow;

use ehr_model::issue::IssueCode;
use encoding_rs::Encoding;

use super::reason::{UNDECODABLE_BYTES, UNSUPPORTED_CHARACTER_SET};
use super::split::Splitter;

/// The field of the header that names the character set.
const CHARACTER_SET: u32 = 18;

/// Says of a field that it has no value.
const DELETED: &[u8] = b"\"\"";

/// Switches between character sets in the encodings of ISO 2022.
const ESC: u8 = 0x1B;

/// How the bytes of a message become characters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Charset {
    Utf8,
    Ascii,
    /// One byte a character.
    Single(&'static Encoding),
    Unsupported,
}

impl Charset {
    /// The character set of a message, by the first line of its bytes, and whether it names
    /// others too.
    pub(super) fn of(message: &[u8], splitter: &Splitter) -> (Self, bool) {
        let Some(header) = super::split::segments(message).next() else {
            return (Self::Utf8, false);
        };
        let mut named = splitter
            .values(message, header)
            .skip_while(|value| value.field < CHARACTER_SET)
            .take_while(|value| value.field == CHARACTER_SET)
            .filter(|value| value.component == 1 && value.subcomponent == 1);
        let first = match named.next() {
            Some(value) if value.repetition == 1 => Self::named(&message[value.start..value.end]),
            // an empty first repetition stands for ASCII, of which UTF-8 is the superset
            Some(_) => return (Self::Utf8, true),
            None => Self::Utf8,
        };
        (first, named.next().is_some())
    }

    /// By its name in table 0211 or one that vendors use.
    ///
    /// Read without regard to case and to what is neither letter nor digit. `UNICODE` means UCS-2
    /// by the book, but the header was just read byte by byte, so that only UTF-8 is left.
    fn named(name: &[u8]) -> Self {
        if name == DELETED {
            return Self::Utf8;
        }
        let name: String = name
            .iter()
            .filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii())
            .map(|byte| char::from(byte.to_ascii_uppercase()))
            .collect();
        let label = |label: String| match Encoding::for_label(label.as_bytes()) {
            Some(encoding) if encoding.is_single_byte() => Self::Single(encoding),
            _ => Self::Unsupported,
        };
        match name.as_str() {
            "UTF8" | "UNICODEUTF8" | "UNICODE" => return Self::Utf8,
            "ASCII" | "USASCII" => return Self::Ascii,
            _ => {}
        }
        let iso = name.strip_prefix("ISO").unwrap_or(&name);
        if let Some(part) = iso.strip_prefix("8859") {
            return label(format!("iso-8859-{part}"));
        }
        let windows = ["WINDOWS", "WIN", "CP", "MSCP"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix));
        match windows {
            Some(page) if page.starts_with("125") => label(format!("windows-{page}")),
            _ => Self::Unsupported,
        }
    }

    /// The text of a message, or of a part of it.
    pub(super) fn decode(self, bytes: &[u8], switches: bool) -> Result<Cow<'_, str>, IssueCode> {
        if switches && memchr::memchr(ESC, bytes).is_some() {
            return Err(UNSUPPORTED_CHARACTER_SET);
        }
        let text = match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Ascii if bytes.is_ascii() => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Ascii => None,
            Self::Single(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(bytes)
                .filter(|text| !text.chars().any(is_c1)),
            Self::Unsupported => return Err(UNSUPPORTED_CHARACTER_SET),
        };
        text.ok_or(UNDECODABLE_BYTES)
    }
}

/// WHATWG gives unassigned bytes the control of the same number, which no text holds.
fn is_c1(character: char) -> bool {
    ('\u{80}'..='\u{9F}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::super::delimiters::Delimiters;
    use super::*;

    fn of(field: &str) -> (Charset, bool) {
        let header = format!("MSH|^~\\&{}{field}|", "|".repeat(16));
        let splitter = Splitter::new(&Delimiters::default());
        Charset::of(header.as_bytes(), &splitter)
    }

    #[test]
    fn names_of_the_table_and_of_vendors() {
        for utf8 in ["", "\"\"", "UNICODE UTF-8", "UTF-8", "utf8", "UNICODE"] {
            assert_eq!(of(utf8), (Charset::Utf8, false), "{utf8}");
        }
        assert_eq!(of("ASCII").0, Charset::Ascii);
        for (name, encoding) in [
            ("8859/1", encoding_rs::WINDOWS_1252),
            ("8859/2", encoding_rs::ISO_8859_2),
            ("8859/5", encoding_rs::ISO_8859_5),
            ("8859/9", encoding_rs::WINDOWS_1254),
            ("8859/15", encoding_rs::ISO_8859_15),
            ("ISO-8859-1", encoding_rs::WINDOWS_1252),
            ("WINDOWS-1252", encoding_rs::WINDOWS_1252),
            ("Windows 1250", encoding_rs::WINDOWS_1250),
            ("cp1252", encoding_rs::WINDOWS_1252),
        ] {
            assert_eq!(of(name).0, Charset::Single(encoding), "{name}");
        }
        for refused in [
            "8859/12",
            "8859/99",
            "ISO IR87",
            "ISO IR6",
            "UNICODE UTF-16",
            "BIG-5",
            "???",
            "GB 18030-2000",
            "EN",
            "WINDOWS-932",
        ] {
            assert_eq!(of(refused).0, Charset::Unsupported, "{refused}");
        }
        assert_eq!(of("ASCII~ISO IR87"), (Charset::Ascii, true));
        assert_eq!(of("~ISO IR87"), (Charset::Utf8, true));
    }

    #[test]
    fn bytes_without_meaning_are_refused() {
        let latin1 = Charset::named(b"8859/1");
        assert_eq!(latin1.decode(b"Ren\xE9e", false).unwrap(), "Renée");
        assert_eq!(latin1.decode(b"\x93so\x94", false).unwrap(), "“so”");
        assert_eq!(latin1.decode(b"\x81", false), Err(UNDECODABLE_BYTES));
        assert_eq!(Charset::Utf8.decode(b"\xE9", false), Err(UNDECODABLE_BYTES));
        assert_eq!(
            Charset::Ascii.decode("é".as_bytes(), false),
            Err(UNDECODABLE_BYTES)
        );
        assert_eq!(
            Charset::Ascii.decode(b"\x1B$B", true),
            Err(UNSUPPORTED_CHARACTER_SET)
        );
        assert!(Charset::Ascii.decode(b"\x1B[0m", false).is_ok());
    }
}
