//! How well one word fits another.

use super::Match;
use crate::sound;

/// A word that is searched for.
pub(super) struct Word<'a> {
    text: &'a str,
    codes: Vec<String>,
}

impl<'a> Word<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Word {
            text,
            codes: sound::codes(text),
        }
    }

    /// How well a word of the archive fits.
    pub(super) fn compare(&self, word: &str) -> Option<Match> {
        if word.starts_with(self.text) {
            return Some(Match::Exact);
        }
        let (wanted, found) = (self.text.chars().count(), word.chars().count());
        let allowed = slips(wanted.max(found));
        if wanted.abs_diff(found) <= allowed {
            let distance = strsim::osa_distance(self.text, word);
            if distance <= allowed {
                return Some(Match::Typo(distance as u8));
            }
        }
        let sounds = sound::codes(word);
        let alike = self.codes.iter().any(|code| sounds.contains(code));
        alike.then_some(Match::Sound)
    }
}

/// The most slips that any word may have.
pub(super) const MAX_SLIPS: usize = 2;

/// How many slips a word of this many letters may have.
pub(super) fn slips(letters: usize) -> usize {
    match letters {
        0..=2 => 0,
        3..=5 => 1,
        _ => MAX_SLIPS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fit_exactly_by_slip_or_by_sound() {
        for (wanted, word, fits) in [
            ("hern", "hernandez", Some(Match::Exact)),
            ("hernandes", "hernandez", Some(Match::Typo(1))),
            ("hernadnez", "hernandez", Some(Match::Typo(1))),
            ("hrnandes", "hernandez", Some(Match::Typo(2))),
            ("jon", "john", Some(Match::Typo(1))),
            ("fisher", "vischer", Some(Match::Typo(2))),
            ("katherine", "catherine", Some(Match::Typo(1))),
            ("kathryn", "catherine", Some(Match::Sound)),
            ("schmidt", "smith", Some(Match::Sound)),
            ("li", "le", Some(Match::Sound)),
            ("nguyen", "garcia", None),
            ("42", "43", None),
            ("王", "李", None),
        ] {
            assert_eq!(Word::new(wanted).compare(word), fits, "{wanted} {word}");
        }
    }
}
