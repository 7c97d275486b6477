//! A sig as tokens. What could be read in two ways becomes a token that no clause accepts.

use crate::dose::Amount;

/// A piece of a sig, with its place in the text.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// In lower case, as phrases are compared.
    pub(super) text: String,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it touches the token before it.
    pub(super) glued: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Digits.
    Number(Amount),
    /// Digits that only a clock time may have: `0800`.
    ClockDigits,
    /// A fraction character.
    Fraction(Amount),
    Word,
    Mark,
    /// Two readings, or no character of a sig.
    Unclear,
}

/// Words that, glued to a number, may be something else: `1OU` is a misread 100 U.
const UNCLEAR_AFTER_DIGITS: &[&str] = &[
    "o", "ou", "od", "os", "ol", "l", "i", "ii", "iii", "iv", "v", "as", "au", "ad", "s", "e",
    "oo", "omg", "oml", "omcg", "b", "z",
];

pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        chars: text.char_indices().collect(),
        len: text.len(),
        at: 0,
        tokens: Vec::new(),
    };
    while let Some(c) = lexer.peek(0) {
        match c {
            _ if c.is_whitespace() => lexer.at += 1,
            _ if c.is_ascii_digit() => lexer.number(),
            '.' if lexer.begins_decimal() => lexer.number(),
            _ if c.is_alphabetic() => lexer.word(),
            _ => lexer.mark(c),
        }
    }
    lexer.tokens
}

struct Lexer {
    chars: Vec<(usize, char)>,
    len: usize,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    fn is_digit(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|c| c.is_ascii_digit())
    }

    fn offset(&self, at: usize) -> usize {
        self.chars.get(at).map_or(self.len, |(offset, _)| *offset)
    }

    fn before(&self) -> Option<char> {
        let before = self.at.checked_sub(1)?;
        self.chars.get(before).map(|(_, c)| *c)
    }

    fn push(&mut self, kind: TokenKind, text: String, from: usize) {
        let (start, end) = (self.offset(from), self.offset(self.at));
        let glued = self.tokens.last().is_some_and(|last| last.end == start);
        self.tokens.push(Token {
            kind,
            text,
            start,
            end,
            glued,
        });
    }

    /// `.5` begins a number where a space, a bracket, a hyphen or nothing stands before it.
    fn begins_decimal(&self) -> bool {
        let free = self
            .before()
            .is_none_or(|c| c.is_whitespace() || "(-–—".contains(c));
        free && self.is_digit(1)
    }

    /// Digits, groups of thousands, one point. `1,5`, `05`, `1.250` and `5..5` are unclear.
    fn number(&mut self) {
        let from = self.at;
        let mut text = String::new();
        while self.is_digit(0) {
            text.extend(self.peek(0));
            self.at += 1;
        }
        let whole = text.len();
        let mut clear = !(whole > 1 && text.starts_with('0'));
        let clock = whole == 4 && !clear;
        let mut grouped = false;
        while self.peek(0) == Some(',') && self.is_digit(1) {
            let digits = (1..).take_while(|ahead| self.is_digit(*ahead)).count();
            clear &= digits == 3 && (1..=3).contains(&whole) && !text.starts_with('0');
            grouped = true;
            self.at += 1;
            for _ in 0..digits {
                text.extend(self.peek(0));
                self.at += 1;
            }
        }
        if self.peek(0) == Some('.') && self.is_digit(1) {
            let digits = (1..).take_while(|ahead| self.is_digit(*ahead)).count();
            text.push('.');
            self.at += 1;
            for _ in 0..digits {
                text.extend(self.peek(0));
                self.at += 1;
            }
            // a thousand to one reader, one to another
            let locale = digits == 3 && text.ends_with('0') && whole > 0 && !text.starts_with('0');
            let thousands = grouped && digits > 2;
            clear &= !locale && !thousands;
        }
        let odd = matches!(self.peek(0), Some('.' | ',')) && self.continues_oddly();
        let kind = match Amount::parse(&text) {
            Some(amount) if clear && !odd => TokenKind::Number(amount),
            Some(_) if clock && !odd && text.len() == 4 => TokenKind::ClockDigits,
            _ => TokenKind::Unclear,
        };
        self.push(kind, text, from);
    }

    /// After a number: a point or comma and, over nothing or spaces, a digit or another point.
    fn continues_oddly(&self) -> bool {
        let point = self.peek(0) == Some('.');
        let rest = &self.chars[self.at + 1..];
        let next = rest.first().map(|(_, c)| *c);
        let after_spaces = rest.iter().map(|(_, c)| *c).find(|c| !c.is_whitespace());
        matches!(next, Some('.' | ','))
            || point && after_spaces.is_some_and(|c| c.is_ascii_digit() || c == '.')
    }

    fn word(&mut self) {
        let from = self.at;
        let mut text = String::new();
        if self.dotted() {
            while self.peek(0).is_some_and(char::is_alphabetic) {
                text.extend(self.peek(0));
                self.at += 1;
                self.at += usize::from(self.peek(0) == Some('.'));
            }
        } else {
            let letter = |c: char| c.is_alphabetic() || c == '\'' || c == '’';
            while self.peek(0).is_some_and(letter) {
                text.extend(self.peek(0).filter(|c| c.is_alphabetic()));
                self.at += 1;
            }
        }
        let text = text.to_lowercase().replace(['µ', 'μ'], "u");
        let after_number = self.tokens.last().is_some_and(|last| {
            last.end == self.offset(from) && last.kind != TokenKind::Word && last.text != "-"
        });
        let digits_before = self
            .tokens
            .last()
            .is_some_and(|last| matches!(last.kind, TokenKind::Number(_) | TokenKind::Unclear));
        let unclear =
            after_number && digits_before && UNCLEAR_AFTER_DIGITS.contains(&text.as_str());
        if text == "s" || text == "es" {
            // tablet(s)
            let plural = self.tokens.len() >= 2
                && self.tokens[self.tokens.len() - 1].text == "("
                && self.tokens[self.tokens.len() - 1].glued
                && self.tokens[self.tokens.len() - 2].kind == TokenKind::Word
                && self.peek(0) == Some(')');
            if plural {
                self.at += 1;
                self.tokens.pop();
                let end = self.offset(self.at);
                if let Some(noun) = self.tokens.last_mut() {
                    noun.end = end;
                }
                return;
            }
        }
        let kind = match unclear {
            true => TokenKind::Unclear,
            false => TokenKind::Word,
        };
        self.push(kind, text, from);
    }

    /// `b.i.d.`, `p.o`, `q.d.`: single letters with points between them, at least two.
    fn dotted(&self) -> bool {
        let single = |at: usize| {
            self.peek(at).is_some_and(char::is_alphabetic)
                && !self.peek(at + 1).is_some_and(char::is_alphabetic)
        };
        let mut letters = 0;
        while single(letters * 2) {
            letters += 1;
            if self.peek(letters * 2 - 1) != Some('.') {
                break;
            }
        }
        // a letter with more letters behind the last point is a word of the next sentence
        letters >= 2
            && !self
                .peek(letters * 2)
                .is_some_and(|c| c.is_alphabetic() && self.peek(letters * 2 - 1) == Some('.'))
    }

    fn mark(&mut self, c: char) {
        let from = self.at;
        self.at += 1;
        let fraction = match c {
            '½' => Some((1, 2)),
            '⅓' => Some((1, 3)),
            '⅔' => Some((2, 3)),
            '¼' => Some((1, 4)),
            '¾' => Some((3, 4)),
            '⅛' => Some((1, 8)),
            _ => None,
        };
        if let Some((numerator, denominator)) = fraction {
            let amount = Amount::of(numerator, denominator);
            return self.push(TokenKind::Fraction(amount), c.to_string(), from);
        }
        let after_number = self
            .tokens
            .last()
            .is_some_and(|last| matches!(last.kind, TokenKind::Number(_)));
        let (kind, text) = match c {
            '×' => (TokenKind::Word, "x"),
            '&' | '+' => (TokenKind::Word, "and"),
            '@' => (TokenKind::Word, "at"),
            '°' | 'º' if after_number => (TokenKind::Word, "h"),
            '-' | '–' | '—' | '‑' | '−' => (TokenKind::Mark, "-"),
            '⁄' | '/' => (TokenKind::Mark, "/"),
            '.' => (TokenKind::Mark, "."),
            ',' => (TokenKind::Mark, ","),
            ';' => (TokenKind::Mark, ";"),
            ':' => (TokenKind::Mark, ":"),
            '(' | '[' => (TokenKind::Mark, "("),
            ')' | ']' => (TokenKind::Mark, ")"),
            '*' => (TokenKind::Mark, "*"),
            '#' => (TokenKind::Mark, "#"),
            _ => (TokenKind::Unclear, "?"),
        };
        self.push(kind, text.to_owned(), from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<String> {
        let shown = |token: &Token| match token.kind {
            TokenKind::Number(amount) => format!("#{}", amount.to_json()),
            TokenKind::Fraction(amount) => format!("f{}", amount.to_json()),
            TokenKind::ClockDigits => format!("c{}", token.text),
            TokenKind::Unclear => "?".to_owned(),
            TokenKind::Word | TokenKind::Mark => token.text.clone(),
        };
        tokens(text).iter().map(shown).collect()
    }

    #[test]
    fn words_and_digits_part() {
        assert_eq!(
            shape("2tabs q4-6h"),
            ["#2", "tabs", "q", "#4", "-", "#6", "h"]
        );
        assert_eq!(shape("p.o. b.i.d. prn."), ["po", "bid", "prn", "."]);
        assert_eq!(shape("1 tab q.d."), ["#1", "tab", "qd"]);
        assert_eq!(shape("1½ tablet(s)"), ["#1", "f0.5", "tablet"]);
        assert_eq!(shape("10µg q4°"), ["#10", "ug", "q", "#4", "h"]);
    }

    #[test]
    fn numbers_have_one_reading() {
        assert_eq!(shape("1,250 .5 5.0 0.25"), ["#1250", "#0.5", "#5", "#0.25"]);
        assert_eq!(shape("Take 5. Then"), ["take", "#5", ".", "then"]);
        for unclear in [
            "1,5", "05", "1.250", "1. 5", "5..5", "1,25", "1OU", "10o", "1,2,3",
        ] {
            assert!(shape(unclear).contains(&"?".to_owned()), "{unclear}");
        }
    }

    #[test]
    fn places_are_those_of_the_text() {
        for token in tokens("½ tab — µg, q.d. tablet(s) é") {
            assert!(token.start < token.end);
            assert!(
                "½ tab — µg, q.d. tablet(s) é"
                    .get(token.start..token.end)
                    .is_some()
            );
        }
    }
}
