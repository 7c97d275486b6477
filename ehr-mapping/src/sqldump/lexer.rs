//! Words, names, texts and signs of SQL; comments and what only looks like one.

use memchr::{memchr, memchr2, memmem};

use super::variant::Variant;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// A key word, a name without quotes, or a number.
    Word,
    /// A name or text in quotes of some kind, or a text between `$tag$`s.
    Quoted,
    /// One other character.
    Sign(u8),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether a line ends between this token and the one before.
    pub(super) begins_line: bool,
}

/// What stands next.
pub(super) enum Next {
    Token(Token),
    /// More input is needed to tell.
    More,
    End,
}

pub(super) struct Lexer<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
    pub(super) variant: Variant,
    /// Whether no more input will come.
    pub(super) last: bool,
}

impl<'b> Lexer<'b> {
    pub(super) fn next(&mut self) -> Next {
        let before = self.at;
        let Some(start) = skip_space(self.bytes, self.at, self.variant, self.last) else {
            return Next::More;
        };
        let begins_line =
            before == 0 || memchr2(b'\n', b'\r', &self.bytes[before..start]).is_some();
        let Some(&first) = self.bytes.get(start) else {
            self.at = start;
            return if self.last { Next::End } else { Next::More };
        };
        let (kind, end) = if let Some(end) = quoted_end(self.bytes, start, self.variant, self.last)
        {
            match end {
                Some(end) => (Kind::Quoted, end),
                None if self.last => (Kind::Sign(first), start + 1),
                None => return Next::More,
            }
        } else if is_word(first) {
            let end = word_end(self.bytes, start);
            if end == self.bytes.len() && !self.last {
                return Next::More;
            }
            (Kind::Word, end)
        } else {
            (Kind::Sign(first), start + 1)
        };
        self.at = end;
        Next::Token(Token {
            kind,
            start,
            end,
            begins_line,
        })
    }

    pub(super) fn text(&self, token: Token) -> &'b [u8] {
        &self.bytes[token.start..token.end]
    }

    /// Whether the token is this key word.
    pub(super) fn is(&self, token: Token, word: &str) -> bool {
        token.kind == Kind::Word && self.text(token).eq_ignore_ascii_case(word.as_bytes())
    }
}

pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'@' || byte >= 0x80
}

pub(super) fn word_end(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..]
        .iter()
        .take_while(|byte| is_word(**byte))
        .count();
    start + length
}

/// Goes past whitespace and comments; `None` if more input is needed.
///
/// MySQL executes what stands in `/*!40101 .. */`, so there both ends are whitespace.
pub(super) fn skip_space(
    bytes: &[u8],
    mut at: usize,
    variant: Variant,
    last: bool,
) -> Option<usize> {
    loop {
        let Some(byte) = bytes.get(at) else {
            return Some(at);
        };
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C => at += 1,
            b'-' | b'/' | b'*' | b'#' => {
                // the longest mark is `/*M!999999\-`
                if !last && bytes.len() - at < 12 {
                    return None;
                }
                match comment_end(bytes, at, variant, last) {
                    Comment::None => return Some(at),
                    Comment::To(end) => at = end,
                    Comment::Open if last => return Some(at),
                    Comment::Open => return None,
                }
            }
            _ => return Some(at),
        }
    }
}

enum Comment {
    None,
    To(usize),
    Open,
}

fn comment_end(bytes: &[u8], at: usize, variant: Variant, last: bool) -> Comment {
    let rest = &bytes[at..];
    let line = |from: usize| match memchr(b'\n', &rest[from..]) {
        Some(found) => Comment::To(at + from + found + 1),
        None if last => Comment::To(bytes.len()),
        None => Comment::Open,
    };
    match rest {
        [b'-', b'-', ..] if variant != Variant::MySql => line(2),
        [b'-', b'-', b' ' | b'\t' | b'\r' | b'\n', ..] | [b'-', b'-'] => line(2),
        [b'#', ..] if variant == Variant::MySql => line(1),
        [b'*', b'/', ..] if variant == Variant::MySql => Comment::To(at + 2),
        [b'/', b'*', tail @ ..] => {
            let executed = match tail {
                _ if variant != Variant::MySql => None,
                [b'!', ..] => Some(1),
                // MariaDB guards its first line by a version that never comes
                [b'M', b'!', version @ ..] if !version.starts_with(b"999999") => Some(2),
                _ => None,
            };
            match executed {
                Some(mark) => {
                    let version = tail[mark..].iter().take_while(|byte| byte.is_ascii_digit());
                    Comment::To(at + 2 + mark + version.count())
                }
                None => block_end(rest, variant).map_or(Comment::Open, |end| Comment::To(at + end)),
            }
        }
        _ => Comment::None,
    }
}

/// The end of a `/* .. */`, which may hold another except in MySQL.
fn block_end(rest: &[u8], variant: Variant) -> Option<usize> {
    if variant == Variant::MySql {
        return memmem::find(&rest[2..], b"*/").map(|found| found + 4);
    }
    let mut depth = 1;
    let mut at = 2;
    loop {
        at += memchr2(b'*', b'/', &rest[at..])?;
        match rest.get(at..at + 2)? {
            b"*/" => depth -= 1,
            b"/*" => depth += 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return Some(at);
        }
    }
}

/// If a quoted piece begins here, where it ends; the inner `None` if that is not in sight.
#[expect(clippy::option_option, reason = "not quoted, or quoted without an end")]
pub(super) fn quoted_end(
    bytes: &[u8],
    at: usize,
    variant: Variant,
    last: bool,
) -> Option<Option<usize>> {
    let first = bytes[at];
    let backslash = match first {
        b'\'' => {
            variant.backslash() || (variant == Variant::PostgreSql && is_escape_string(bytes, at))
        }
        b'"' => variant.backslash(),
        b'`' => false,
        b'[' if variant == Variant::SqlServer => {
            return Some(string_end(bytes, at + 1, b']', false, last));
        }
        b'$' if variant == Variant::PostgreSql => return dollar_end(bytes, at, last),
        _ => return None,
    };
    Some(string_end(bytes, at + 1, first, backslash, last))
}

/// Whether the quote at this place follows an `E`.
pub(super) fn is_escape_string(bytes: &[u8], at: usize) -> bool {
    matches!(bytes[..at], [.., b'E' | b'e']) && (at < 2 || !is_word(bytes[at - 2]))
}

/// One past the quote that ends the text whose content begins at `from`.
#[inline]
pub(super) fn string_end(
    bytes: &[u8],
    from: usize,
    quote: u8,
    backslash: bool,
    last: bool,
) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..)?;
        at += if backslash {
            memchr2(quote, b'\\', rest)?
        } else {
            memchr(quote, rest)?
        };
        if bytes[at] == quote {
            match bytes.get(at + 1) {
                Some(next) if *next == quote => {}
                None if !last => return None,
                _ => return Some(at + 1),
            }
        }
        at += 2;
    }
}

#[expect(clippy::option_option, reason = "as in quoted_end")]
fn dollar_end(bytes: &[u8], at: usize, last: bool) -> Option<Option<usize>> {
    let tag = bytes[at + 1..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_' || **byte >= 0x80)
        .count();
    let open = at + 1 + tag;
    if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) {
        return None; // a parameter
    }
    match bytes.get(open) {
        None if !last => Some(None),
        Some(b'$') => {
            let mark = &bytes[at..=open];
            let end = memmem::find(&bytes[open + 1..], mark);
            Some(end.map(|found| open + 1 + found + mark.len()))
        }
        _ => None,
    }
}
