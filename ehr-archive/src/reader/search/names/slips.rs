//! Compares one word with many that come sorted. Words that begin alike share the beginning of the work, and a beginning that
//! is too far off already settles all words that have it: a million words take some ten milliseconds.

use super::Match;
use super::word::{MAX_SLIPS, slips};

/// The distances of optimal string alignment (letters left out, added, exchanged, or two neighbours swapped) between every
/// beginning of the wanted word and every beginning of the last word that was compared.
pub(super) struct Slips {
    text: String,
    wanted: Vec<char>,
    /// The last word.
    word: Vec<char>,
    /// One row of distances for each letter of the last word, behind the one for none; kept from word to word.
    rows: Vec<Vec<u8>>,
    /// How many letters of the last word have a row.
    known: usize,
    /// With how many letters the last word was too far off.
    hopeless: Option<usize>,
}

impl Slips {
    pub(super) fn new(wanted: &str) -> Self {
        let letters: Vec<char> = wanted.chars().collect();
        // Farther than a byte can say is too far anyway.
        let first = (0..=letters.len())
            .map(|distance| distance.min(u8::MAX.into()) as u8)
            .collect();
        Slips {
            text: wanted.to_owned(),
            wanted: letters,
            word: Vec::new(),
            rows: vec![first],
            known: 0,
            hopeless: None,
        }
    }

    /// How well the next word fits, sounds aside. Words may come in any order; sorted ones are fast.
    pub(super) fn compare(&mut self, word: &str) -> Option<Match> {
        let same = self.take(word);
        self.known = self.known.min(same);
        if self.hopeless.is_some_and(|letters| letters > same) {
            self.hopeless = None;
        }
        if word.starts_with(&self.text) {
            return Some(Match::Exact);
        }
        let (wanted, found) = (self.wanted.len(), self.word.len());
        let allowed = slips(wanted.max(found));
        if self.hopeless.is_some() || wanted.abs_diff(found) > allowed {
            return None;
        }
        while self.known < found {
            self.add_row();
            // A swap reaches back two rows: when both are too far off, so is all that follows.
            let is_far = |row: &[u8]| {
                row.iter()
                    .all(|distance| usize::from(*distance) > MAX_SLIPS)
            };
            if is_far(&self.rows[self.known]) && is_far(&self.rows[self.known - 1]) {
                self.hopeless = Some(self.known);
                return None;
            }
        }
        let distance = usize::from(self.rows[found][wanted]);
        (distance <= allowed).then_some(Match::Typo(distance as u8))
    }

    /// Takes the next word; gives back with how many letters it begins like the last one.
    fn take(&mut self, word: &str) -> usize {
        let same = self
            .word
            .iter()
            .zip(word.chars())
            .take_while(|(last, letter)| **last == *letter)
            .count();
        self.word.truncate(same);
        self.word.extend(word.chars().skip(same));
        same
    }

    fn add_row(&mut self) {
        let (row, letter) = (self.known + 1, self.word[self.known]);
        if self.rows.len() == row {
            self.rows.push(vec![0; self.wanted.len() + 1]);
        }
        let (before, rest) = self.rows.split_at_mut(row);
        let (above, now) = (&before[row - 1], &mut rest[0]);
        now[0] = above[0].saturating_add(1);
        for (place, wanted) in self.wanted.iter().enumerate() {
            let exchanged = above[place].saturating_add(u8::from(*wanted != letter));
            let one_more = above[place + 1].min(now[place]).saturating_add(1);
            let mut distance = exchanged.min(one_more);
            let is_swapped = row > 1
                && place > 0
                && *wanted == self.word[row - 2]
                && self.wanted[place - 1] == letter;
            if is_swapped {
                distance = distance.min(before[row - 2][place - 1].saturating_add(1));
            }
            now[place + 1] = distance;
        }
        self.known = row;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever was compared before, a word gets the distance that it has.
        #[test]
        fn distances_are_those_of_words_alone(
            wanted in "[abcé]{1,8}",
            mut words in prop::collection::vec("[abcé]{0,9}", 1..60),
            sorted: bool,
        ) {
            if sorted {
                words.sort();
            }
            let mut many = Slips::new(&wanted);
            for word in &words {
                let distance = strsim::osa_distance(&wanted, word);
                let allowed = slips(wanted.chars().count().max(word.chars().count()));
                let expected = if word.starts_with(&wanted) {
                    Some(Match::Exact)
                } else {
                    (distance <= allowed).then_some(Match::Typo(distance as u8))
                };
                prop_assert_eq!(many.compare(word), expected, "{} {}", wanted, word);
            }
        }
    }
}
