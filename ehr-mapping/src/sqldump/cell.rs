//! One value of a tuple: where it stands, and what it says.

use std::borrow::Cow;

use super::binary::{self, Moment};
use super::cast::{cast, type_until};
use super::escape::{unescape_mysql, unescape_postgresql};
use super::lexer::{is_word, skip_space, string_end, word_end};
use super::variant::Variant;

/// How the content of a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `NULL`, or `DEFAULT`, which says that the value is not in the dump.
    Empty,
    /// As it stands.
    Plain,
    /// With this quote doubled.
    Doubled(u8),
    /// As MySQL escapes text in this quote.
    Backslash(u8),
    /// As PostgreSQL escapes text in `E'..'`.
    EscapeString,
    /// Bytes as MySQL escapes text in this quote.
    Binary(u8),
    /// Hex digits.
    Hex,
    /// Hex digits of a date or time, as old SQL Server scripts have them.
    Moment(Moment),
}

/// The form of a value and the place of its content.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cell {
    pub(super) form: Form,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What stands at the beginning of a value.
pub(super) enum Scan {
    /// A value, and the place of the `,` or `)` behind it.
    Cell(Cell, usize),
    /// An expression, and the same place.
    Computed(usize),
    /// More input is needed.
    More,
    /// Neither, as is seen at this place.
    Broken(usize),
}

/// How deep `CAST`s may be nested; scripts nest two.
const MAX_CASTS: usize = 4;

/// Reads the value that begins at `at`, after spaces.
#[inline]
pub(super) fn scan(bytes: &[u8], at: usize, variant: Variant, last: bool) -> Scan {
    let literal = match bytes.get(at) {
        None => return Scan::More,
        Some(b'\'') => quoted(bytes, at, b'\'', variant.backslash(), last),
        Some(b'0'..=b'9' | b'-' | b'.') => number(bytes, at, variant),
        Some(b'N') if bytes[at..].starts_with(b"NULL") => Literal::Cell(
            Cell {
                form: Form::Empty,
                start: at,
                end: at,
            },
            at + 4,
        ),
        Some(_) => word(bytes, at, variant, last, 0),
    };
    match literal {
        Literal::Cell(cell, after) => match bytes.get(after) {
            Some(b',' | b')') => Scan::Cell(cell, after),
            _ => behind(bytes, at, cell, after, variant, last),
        },
        Literal::None => computed(bytes, at, variant, last),
        Literal::More => Scan::More,
    }
}

/// A literal value, without what may follow it.
pub(super) enum Literal {
    Cell(Cell, usize),
    None,
    More,
}

#[inline]
fn quoted(bytes: &[u8], at: usize, quote: u8, backslash: bool, last: bool) -> Literal {
    let start = at + 1;
    // most texts are short: a call of a library costs more than looking
    let mut plain = start;
    while plain < bytes.len()
        && plain < start + 16
        && bytes[plain] != quote
        && bytes[plain] != b'\\'
    {
        plain += 1;
    }
    if bytes.get(plain) == Some(&quote) && bytes.get(plain + 1).is_some_and(|next| *next != quote) {
        let cell = Cell {
            form: Form::Plain,
            start,
            end: plain,
        };
        return Literal::Cell(cell, plain + 1);
    }
    let Some(after) = string_end(bytes, plain, quote, backslash, last) else {
        return Literal::More;
    };
    let end = after - 1;
    let content = &bytes[start..end];
    let form = match backslash {
        true if memchr::memchr2(b'\\', quote, content).is_some() => Form::Backslash(quote),
        false if memchr::memchr(quote, content).is_some() => Form::Doubled(quote),
        _ => Form::Plain,
    };
    Literal::Cell(Cell { form, start, end }, after)
}

#[inline]
fn number(bytes: &[u8], at: usize, variant: Variant) -> Literal {
    if bytes[at] == b'0'
        && matches!(bytes.get(at + 1), Some(b'x' | b'X'))
        && variant != Variant::PostgreSql
    {
        let start = at + 2;
        let end = start
            + bytes[start..]
                .iter()
                .take_while(|byte| byte.is_ascii_hexdigit())
                .count();
        return Literal::Cell(
            Cell {
                form: Form::Hex,
                start,
                end,
            },
            end,
        );
    }
    let mut end = at + usize::from(bytes[at] == b'-');
    let digits = end;
    while let Some(byte) = bytes.get(end) {
        let exponent = || matches!(bytes[end - 1], b'e' | b'E');
        match byte {
            b'0'..=b'9' | b'.' => {}
            b'e' | b'E'
                if end > digits && !bytes[digits..end].iter().any(u8::is_ascii_alphabetic) => {}
            b'+' | b'-' if end > digits && exponent() => {}
            _ => break,
        }
        end += 1;
    }
    // without a digit it is an operator or a name
    if !bytes[digits..end].iter().any(u8::is_ascii_digit) {
        return Literal::None;
    }
    Literal::Cell(
        Cell {
            form: Form::Plain,
            start: at,
            end,
        },
        end,
    )
}

/// A literal that begins with a letter, or a rarer sign.
fn word(bytes: &[u8], at: usize, variant: Variant, last: bool, depth: usize) -> Literal {
    let first = bytes[at];
    if first == b'"' && variant == Variant::MySql {
        return quoted(bytes, at, b'"', true, last);
    }
    if first == b'$' && variant == Variant::PostgreSql {
        return match super::lexer::quoted_end(bytes, at, variant, last) {
            Some(Some(after)) => {
                let tag = bytes[at + 1..]
                    .iter()
                    .position(|byte| *byte == b'$')
                    .unwrap_or(0)
                    + 2;
                let cell = Cell {
                    form: Form::Plain,
                    start: at + tag,
                    end: after - tag,
                };
                Literal::Cell(cell, after)
            }
            Some(None) => Literal::More,
            None => Literal::None,
        };
    }
    if !is_word(first) {
        return Literal::None;
    }
    let end = word_end(bytes, at);
    if end == bytes.len() {
        return Literal::More;
    }
    let word = &bytes[at..end];
    let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
    if bytes[end] == b'\'' {
        let (quoted, binary) = match word {
            b"N" | b"n" => (quoted(bytes, end, b'\'', variant.backslash(), last), false),
            b"E" | b"e" if variant == Variant::PostgreSql => {
                return match string_end(bytes, end + 1, b'\'', true, last) {
                    Some(after) => {
                        let (start, end) = (end + 1, after - 1);
                        let form = Form::EscapeString;
                        Literal::Cell(Cell { form, start, end }, after)
                    }
                    None => Literal::More,
                };
            }
            b"X" | b"x" | b"B" | b"b" => {
                let hex = word.eq_ignore_ascii_case(b"x");
                let start = end + 1;
                let length = bytes[start..]
                    .iter()
                    .take_while(|byte| {
                        if hex {
                            byte.is_ascii_hexdigit()
                        } else {
                            b"01".contains(byte)
                        }
                    })
                    .count();
                let end = start + length;
                return match bytes.get(end) {
                    Some(b'\'') => {
                        let form = if hex { Form::Hex } else { Form::Plain };
                        Literal::Cell(Cell { form, start, end }, end + 1)
                    }
                    Some(_) => Literal::None,
                    None => Literal::More,
                };
            }
            [b'_', ..] if variant == Variant::MySql => {
                (quoted(bytes, end, b'\'', true, last), is("_binary"))
            }
            _ => return Literal::None,
        };
        return if binary {
            as_binary(quoted, b'\'')
        } else {
            quoted
        };
    }
    if is("NULL") || is("DEFAULT") {
        let start = at;
        return Literal::Cell(
            Cell {
                form: Form::Empty,
                start,
                end: start,
            },
            end,
        );
    }
    if is("TRUE") || is("FALSE") {
        return Literal::Cell(
            Cell {
                form: Form::Plain,
                start: at,
                end,
            },
            end,
        );
    }
    if (is("CAST") || is("CONVERT")) && depth < MAX_CASTS {
        return cast(bytes, end, variant, last, depth);
    }
    let Some(next) = skip_space(bytes, end, variant, last) else {
        return Literal::More;
    };
    match bytes.get(next) {
        None => Literal::More,
        Some(b'\'') if is("DATE") || is("TIME") || is("TIMESTAMP") || is("INTERVAL") => {
            quoted(bytes, next, b'\'', variant.backslash(), last)
        }
        Some(_) if first == b'_' && variant == Variant::MySql && bytes.len() < next + 3 => {
            Literal::More
        }
        Some(quote @ (b'\'' | b'"')) if first == b'_' && variant == Variant::MySql => {
            let quoted = quoted(bytes, next, *quote, true, last);
            if is("_binary") {
                as_binary(quoted, *quote)
            } else {
                quoted
            }
        }
        Some(b'0') if is("_binary") && variant == Variant::MySql => number(bytes, next, variant),
        Some(_) => Literal::None,
    }
}

fn as_binary(literal: Literal, quote: u8) -> Literal {
    match literal {
        Literal::Cell(cell, after) => {
            let form = Form::Binary(quote);
            Literal::Cell(Cell { form, ..cell }, after)
        }
        other => other,
    }
}

pub(super) fn inner(
    bytes: &[u8],
    at: usize,
    variant: Variant,
    last: bool,
    depth: usize,
) -> Literal {
    match bytes.get(at) {
        None => Literal::More,
        Some(b'\'') => quoted(bytes, at, b'\'', variant.backslash(), last),
        Some(b'0'..=b'9' | b'-' | b'.') => number(bytes, at, variant),
        Some(_) => word(bytes, at, variant, last, depth + 1),
    }
}

/// Spaces, comments and PostgreSQL's casts behind a literal.
fn behind(
    bytes: &[u8],
    begin: usize,
    cell: Cell,
    after: usize,
    variant: Variant,
    last: bool,
) -> Scan {
    let Some(next) = skip_space(bytes, after, variant, last) else {
        return Scan::More;
    };
    match bytes.get(next..next + 2) {
        None if !last => return Scan::More,
        Some(b"::") if variant == Variant::PostgreSql => {
            return match type_until(bytes, next + 2, variant, last) {
                Scan::Cell(_, end) => Scan::Cell(cell, end),
                Scan::Computed(_) => computed(bytes, begin, variant, last),
                other => other,
            };
        }
        _ => {}
    }
    match bytes.get(next) {
        Some(b',' | b')') => Scan::Cell(cell, next),
        None => Scan::More,
        Some(_) => computed(bytes, begin, variant, last),
    }
}

/// Goes past an expression. A quote right beside a word is none, but one that was not escaped.
fn computed(bytes: &[u8], begin: usize, variant: Variant, last: bool) -> Scan {
    let mut at = begin;
    let mut depth = 0;
    loop {
        let Some(next) = skip_space(bytes, at, variant, last) else {
            return Scan::More;
        };
        at = next;
        match bytes.get(at) {
            None => return if last { Scan::Broken(at) } else { Scan::More },
            Some(b'(') => (depth, at) = (depth + 1, at + 1),
            Some(b',' | b')') if depth == 0 => {
                return if at == begin {
                    Scan::Broken(at)
                } else {
                    Scan::Computed(at)
                };
            }
            Some(b')') => (depth, at) = (depth - 1, at + 1),
            Some(b';') => return Scan::Broken(at),
            Some(byte) if is_word(*byte) => {
                let end = word_end(bytes, at);
                let prefix = matches!(&bytes[at..end], [b'_', ..] | [_]);
                if bytes.get(end) == Some(&b'\'') && !prefix {
                    return Scan::Broken(end);
                }
                at = end;
            }
            Some(byte) => match super::lexer::quoted_end(bytes, at, variant, last) {
                None => at += 1,
                Some(None) => return if last { Scan::Broken(at) } else { Scan::More },
                Some(Some(end)) => {
                    if *byte == b'\'' && bytes.get(end).is_some_and(|next| is_word(*next)) {
                        return Scan::Broken(end);
                    }
                    at = end;
                }
            },
        }
    }
}

impl Cell {
    /// Whether there is anything in it.
    pub(super) fn is_filled(self) -> bool {
        self.form != Form::Empty && self.start < self.end
    }

    /// What the value says, in the text of its tuple.
    #[inline]
    pub(super) fn content(self, raw: &str) -> Cow<'_, str> {
        let text = &raw[self.start..self.end];
        match self.form {
            Form::Empty => Cow::Borrowed(""),
            Form::Plain | Form::Hex => Cow::Borrowed(text),
            Form::Doubled(quote) => {
                let quote = char::from(quote);
                let doubled = String::from_iter([quote, quote]);
                Cow::Owned(text.replace(&doubled, quote.encode_utf8(&mut [0; 4])))
            }
            Form::Backslash(quote) => {
                let mut bytes = Vec::with_capacity(text.len());
                unescape_mysql(text.as_bytes(), quote, &mut bytes);
                Cow::Owned(String::from_utf8(bytes).unwrap_or_default())
            }
            Form::EscapeString => {
                // the reader rejects what is no text
                Cow::Owned(
                    String::from_utf8(unescape_postgresql(text.as_bytes())).unwrap_or_default(),
                )
            }
            Form::Binary(quote) => {
                let mut bytes = Vec::with_capacity(text.len());
                unescape_mysql(text.as_bytes(), quote, &mut bytes);
                Cow::Owned(binary::to_hex(&bytes))
            }
            Form::Moment(moment) => match moment.read(text) {
                Some(written) => Cow::Owned(written),
                None => Cow::Borrowed(text),
            },
        }
    }
}
