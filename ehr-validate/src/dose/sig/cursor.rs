//! A place in the tokens of a sig, and the matching of phrases there.

use super::token::{Token, TokenKind};

/// Where a clause is read. A clause that does not match leaves the cursor where it was.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'t> {
    tokens: &'t [Token],
    at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(tokens: &'t [Token]) -> Self {
        Self { tokens, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn second(&self) -> Option<&'t Token> {
        self.tokens.get(self.at + 1)
    }

    pub(super) fn next(&mut self) -> Option<&'t Token> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    /// Takes the token if its text is this.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let matches = self
            .peek()
            .is_some_and(|token| token.text == text && token.kind != TokenKind::Unclear);
        self.at += usize::from(matches);
        matches
    }

    /// Takes the phrase: tokens parted by spaces. A hyphen may stand between its words.
    pub(super) fn phrase(&mut self, phrase: &str) -> bool {
        // nearly all phrases end here
        let begins = self.peek().is_some_and(|token| {
            let rest = phrase.as_bytes().strip_prefix(token.text.as_bytes());
            rest.is_some_and(|rest| matches!(rest.first(), None | Some(b' ')))
        });
        if !begins {
            return false;
        }
        let mut ahead = *self;
        for (number, wanted) in phrase.split(' ').enumerate() {
            let hyphenated = number > 0 && ahead.eat_hyphen_before(wanted);
            if !hyphenated && !ahead.eat(wanted) {
                return false;
            }
        }
        *self = ahead;
        true
    }

    fn eat_hyphen_before(&mut self, wanted: &str) -> bool {
        let joined = |token: Option<&Token>, text: &str| {
            token.is_some_and(|token| token.glued && token.text == text)
        };
        let found = wanted != "-" && joined(self.peek(), "-") && joined(self.second(), wanted);
        self.at += 2 * usize::from(found);
        found
    }

    /// Takes the longest of the phrases.
    pub(super) fn any<'p>(
        &mut self,
        phrases: impl IntoIterator<Item = &'p str>,
    ) -> Option<&'p str> {
        let mut best: Option<(&'p str, usize)> = None;
        for phrase in phrases {
            let mut ahead = *self;
            if ahead.phrase(phrase) && best.is_none_or(|(_, end)| ahead.at > end) {
                best = Some((phrase, ahead.at));
            }
        }
        let (phrase, end) = best?;
        self.at = end;
        Some(phrase)
    }

    /// Takes the longest of the phrases, parted by `|`.
    pub(super) fn one_of(&mut self, phrases: &str) -> bool {
        self.any(phrases.split('|')).is_some()
    }

    /// Reads a clause; stays where it was if there is none.
    pub(super) fn read<T>(&mut self, clause: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let mut ahead = *self;
        let found = clause(&mut ahead)?;
        *self = ahead;
        Some(found)
    }
}
