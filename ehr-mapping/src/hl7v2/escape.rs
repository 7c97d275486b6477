//! Escape sequences inside values.

use memchr::memmem;

use super::charset::Charset;
use super::delimiters::Delimiters;
use super::segment::SegmentId;
use super::split::{Splitter, segments};

/// The most lines that `\.sp…\` may skip; more is no layout but a way to fill the memory.
const MAX_LINES_SKIPPED: usize = 99;

/// Resolves the escape sequences of one value.
pub(super) struct Escapes {
    pub(super) delimiters: Delimiters,
    pub(super) charset: Charset,
}

impl Escapes {
    /// Appends the value to `out`. Says whether every `\X…\` could be decoded.
    ///
    /// What is no sequence that stands for text stays as it is written, both its escape
    /// characters included; the second of them may begin a sequence of its own.
    pub(super) fn resolve(&self, value: &str, out: &mut String) -> bool {
        let Some(escape) = self.delimiters.escape else {
            out.push_str(value);
            return true;
        };
        let escape = char::from(escape);
        let mut decodable = true;
        let mut rest = value;
        while let Some(at) = rest.find(escape) {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(end) = rest.find(escape) {
                let known = self.sequence(&rest[..end], out);
                if let Ok(true) = known {
                    rest = &rest[end + 1..];
                    continue;
                }
                decodable &= known.is_ok();
            }
            out.push(escape);
        }
        out.push_str(rest);
        decodable
    }

    /// Appends what a sequence stands for. Says whether it stands for text, and fails if it is
    /// made of bytes that do not.
    fn sequence(&self, sequence: &str, out: &mut String) -> Result<bool, Undecodable> {
        let Delimiters {
            field,
            component,
            repetition,
            escape,
            subcomponent,
            truncation,
        } = self.delimiters;
        let delimiter = match sequence {
            "F" => Some(field),
            "S" => Some(component),
            "R" => repetition,
            "E" => escape,
            "T" => subcomponent,
            "P" => truncation,
            _ => None,
        };
        if let Some(delimiter) = delimiter {
            out.push(char::from(delimiter));
            return Ok(true);
        }
        if sequence == ".br" {
            out.push('\n');
            return Ok(true);
        }
        if let Some(count) = sequence.strip_prefix(".sp") {
            let count = match count.strip_prefix('+').unwrap_or(count) {
                "" => Some(1),
                count => count
                    .parse()
                    .ok()
                    .filter(|count| *count <= MAX_LINES_SKIPPED),
            };
            out.extend(std::iter::repeat_n('\n', count.unwrap_or_default()));
            return Ok(count.is_some());
        }
        match sequence.strip_prefix('X') {
            Some(digits) => self.hexadecimal(digits, out),
            None => Ok(false),
        }
    }

    fn hexadecimal(&self, digits: &str, out: &mut String) -> Result<bool, Undecodable> {
        let mut bytes = Vec::with_capacity(digits.len() / 2);
        for pair in digits.as_bytes().chunks(2) {
            let value = |digit: u8| char::from(digit).to_digit(16);
            match pair {
                [high, low] => match (value(*high), value(*low)) {
                    (Some(high), Some(low)) => bytes.push((high << 4 | low) as u8),
                    _ => return Ok(false),
                },
                _ => return Ok(false),
            }
        }
        if bytes.is_empty() {
            return Ok(false);
        }
        match self.charset.decode(&bytes, false) {
            Ok(text) if !bytes.contains(&0) => {
                out.push_str(&text);
                Ok(true)
            }
            _ => Err(Undecodable),
        }
    }
}

/// Hexadecimal digits that stand for no text in the character set.
struct Undecodable;

/// The line on which the first escape sequence stands whose bytes are no text.
pub(super) fn undecodable_escape(
    text: &str,
    splitter: &Splitter,
    charset: Charset,
) -> Option<usize> {
    let delimiters = *splitter.delimiters();
    let escape = delimiters.escape?;
    let bytes = text.as_bytes();
    memmem::find(bytes, &[escape, b'X'])?;
    let escapes = Escapes {
        delimiters,
        charset,
    };
    let mut resolved = String::new();
    segments(bytes).position(|segment| {
        let Some(id) = SegmentId::of_segment(&bytes[segment.clone()], delimiters.field) else {
            return false;
        };
        splitter.values(bytes, segment).any(|value| {
            resolved.clear();
            let declares = id.declares() && value.field <= 2;
            let value = &text[value.start..value.end];
            !declares && !escapes.resolve(value, &mut resolved)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(header: &str, charset: Charset, value: &str) -> (String, bool) {
        let escapes = Escapes {
            delimiters: Delimiters::of(header.as_bytes()).unwrap(),
            charset,
        };
        let mut out = String::new();
        let decodable = escapes.resolve(value, &mut out);
        (out, decodable)
    }

    #[test]
    fn sequences_that_stand_for_text() {
        for (value, text) in [
            (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e\f"),
            (r"one\.br\two", "one\ntwo"),
            (r"one\.sp\two\.sp3\\.sp+2\", "one\ntwo\n\n\n\n\n"),
            (r"\X4A\\X6f6E\", "Jon"),
            (r"\XC3A9\t\X0D0A\", "ét\r\n"),
            (r"\E\F\E\", r"\F\"),
            (r"\E\X41\E\", r"\X41\"),
        ] {
            let found = resolve("MSH|^~\\&", Charset::Utf8, value);
            assert_eq!(found, (text.to_owned(), true), "{value}");
        }
        let latin1 = Charset::Single(encoding_rs::WINDOWS_1252);
        assert_eq!(resolve("MSH|^~\\&", latin1, r"\XE9\").0, "é");
        assert_eq!(resolve("MSH|^~\\&#", latin1, r"\P\").0, "#");
        assert_eq!(resolve("MSH*!$?%", latin1, "?F??S??R??E??T?").0, "*!$?%");
    }

    #[test]
    fn everything_else_stays_as_it_is_written() {
        for value in [
            r"C:\temp\new",
            r"\",
            r"\\",
            r"a\",
            r"\H\bold\N\",
            r"\.in+4\\.ti-2\\.fi\\.nf\\.ce\",
            r"\C2842\\M264248\\Z17\",
            r"\f\",
            r"\X\",
            r"\X4\",
            r"\XZZ\",
            r"\.sp100\",
            r"\.sp-1\",
            r"\P\",
            r"\X4é\",
            r"\Xé1\",
        ] {
            let found = resolve("MSH|^~\\&", Charset::Utf8, value);
            assert_eq!(found, (value.to_owned(), true), "{value}");
        }
        // the end of what is no sequence may begin one
        assert_eq!(
            resolve("MSH|^~\\&", Charset::Utf8, r"C:\temp\F\").0,
            r"C:\temp|"
        );
        // undeclared characters cannot be meant
        assert_eq!(resolve("MSH|^~\\", Charset::Utf8, r"\T\").0, r"\T\");
        assert_eq!(resolve("MSH|^~&", Charset::Utf8, r"\F\").0, r"\F\");
    }

    #[test]
    fn bytes_that_are_no_text_are_noticed() {
        for value in [r"\XE9\", r"\X00\", r"\X4100\"] {
            let found = resolve("MSH|^~\\&", Charset::Utf8, value);
            assert_eq!(found, (value.to_owned(), false), "{value}");
        }
    }
}
