//! How a delimited file is written.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, X_USER_DEFINED};

/// How a quote inside a quoted field is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Escape {
    /// As two quotes (RFC 4180).
    #[default]
    Doubled,
    /// After a backslash, as database dumps do. Two quotes are understood as well.
    Backslash,
}

/// Delimiter, quotes, encoding and header of a delimited file.
///
/// A dialect that exists is valid. The default is RFC 4180: commas, doubled quotes, UTF-8, a
/// header.
///
/// ```
/// use ehr_mapping::csv::{Dialect, Escape};
/// let dialect = Dialect::new(b'|', None, Escape::Doubled)?.with_header(false);
/// assert_eq!(dialect.delimiter(), b'|');
/// assert!(Dialect::new(b'"', Some(b'"'), Escape::Doubled).is_err());
/// # Ok::<(), ehr_mapping::csv::DialectError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    delimiter: u8,
    quote: Option<u8>,
    escape: Escape,
    encoding: &'static Encoding,
    header: bool,
}

impl Dialect {
    /// A dialect in UTF-8 with a header. `quote` of `None` switches quoting off.
    ///
    /// # Errors
    ///
    /// If the delimiter or the quote is not ASCII, is a line end or NUL, or if they are not told
    /// apart from each other and from the backslash that escapes.
    pub fn new(delimiter: u8, quote: Option<u8>, escape: Escape) -> Result<Self, DialectError> {
        for byte in [Some(delimiter), quote].into_iter().flatten() {
            if !byte.is_ascii() || matches!(byte, b'\r' | b'\n' | 0) {
                return Err(DialectError::Character { byte });
            }
        }
        let backslash = matches!((quote, escape), (Some(_), Escape::Backslash)).then_some(b'\\');
        if quote == Some(delimiter)
            || backslash == Some(delimiter)
            || (backslash.is_some() && backslash == quote)
        {
            return Err(DialectError::Ambiguous);
        }
        Ok(Self {
            delimiter,
            quote,
            escape,
            encoding: UTF_8,
            header: true,
        })
    }

    /// With the encoding of files that have no byte order mark.
    ///
    /// # Errors
    ///
    /// If it is neither UTF-8, UTF-16 nor an encoding of one byte a character. In the others
    /// (Shift_JIS, GBK, …) a delimiter may be half of a character.
    pub fn with_encoding(self, encoding: &'static Encoding) -> Result<Self, DialectError> {
        let known = [UTF_8, UTF_16LE, UTF_16BE].contains(&encoding)
            || (encoding.is_single_byte() && encoding != X_USER_DEFINED);
        if !known {
            let encoding = encoding.name();
            return Err(DialectError::Encoding { encoding });
        }
        Ok(Self { encoding, ..self })
    }

    /// With or without a first line that names the columns.
    pub fn with_header(self, header: bool) -> Self {
        Self { header, ..self }
    }

    /// The byte between two fields.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The byte around a field that holds delimiters or line ends.
    pub fn quote(&self) -> Option<u8> {
        self.quote
    }

    /// How a quote inside a quoted field is written.
    pub fn escape(&self) -> Escape {
        self.escape
    }

    /// The encoding of files that have no byte order mark.
    pub fn encoding(&self) -> &'static Encoding {
        self.encoding
    }

    /// Whether the first line names the columns.
    pub fn header(&self) -> bool {
        self.header
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self {
            delimiter: b',',
            quote: Some(b'"'),
            escape: Escape::Doubled,
            encoding: UTF_8,
            header: true,
        }
    }
}

/// Why a dialect cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DialectError {
    /// A delimiter or quote that text cannot be cut at.
    #[error(
        "byte 0x{byte:02X} cannot be a delimiter or a quote: an ASCII character other than a line end is needed"
    )]
    Character {
        /// The byte.
        byte: u8,
    },

    /// Two roles for one character.
    #[error("delimiter, quote and escape must be different characters")]
    Ambiguous,

    /// An encoding in which a delimiter may be half of a character.
    #[error("delimited text in {encoding} is not read; convert it to UTF-8 first")]
    Encoding {
        /// The name of the encoding.
        encoding: &'static str,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_valid() {
        let written = Dialect::new(b',', Some(b'"'), Escape::Doubled);
        assert_eq!(written, Ok(Dialect::default()));
    }

    #[test]
    fn a_dialect_that_cannot_be_read_says_why() {
        let message = |delimiter, quote, escape| {
            Dialect::new(delimiter, quote, escape)
                .unwrap_err()
                .to_string()
        };
        let character =
            "cannot be a delimiter or a quote: an ASCII character other than a line end is needed";
        assert_eq!(
            message(0xA7, None, Escape::Doubled),
            format!("byte 0xA7 {character}")
        );
        assert_eq!(
            message(b',', Some(b'\n'), Escape::Doubled),
            format!("byte 0x0A {character}")
        );
        let ambiguous = "delimiter, quote and escape must be different characters";
        assert_eq!(message(b'"', Some(b'"'), Escape::Doubled), ambiguous);
        assert_eq!(message(b'\\', Some(b'"'), Escape::Backslash), ambiguous);
        assert_eq!(message(b',', Some(b'\\'), Escape::Backslash), ambiguous);
        assert!(Dialect::new(b'\\', None, Escape::Backslash).is_ok());
        assert_eq!(
            Dialect::default()
                .with_encoding(encoding_rs::SHIFT_JIS)
                .unwrap_err()
                .to_string(),
            "delimited text in Shift_JIS is not read; convert it to UTF-8 first"
        );
    }

    #[test]
    fn encodings_of_one_byte_a_character_are_read() {
        for label in [
            "windows-1252",
            "latin1",
            "iso-8859-2",
            "macintosh",
            "utf-16",
        ] {
            let encoding = Encoding::for_label(label.as_bytes()).unwrap();
            assert!(Dialect::default().with_encoding(encoding).is_ok());
        }
    }
}
