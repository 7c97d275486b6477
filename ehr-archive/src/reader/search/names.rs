//! Names as they were typed, and names as they were meant.

use std::collections::{BTreeMap, BTreeSet};

use rphonetic::{DoubleMetaphone, Encoder};

use super::Match;
use crate::catalogue::{self, BY_NAME};
use crate::reader::ArchiveReader;
use crate::{Error, ErrorKind, fold};

/// Codes are compared whole; longer than the four letters of old, so that long names are told apart.
const CODE_LEN: usize = 6;

pub(super) fn exact(reader: &ArchiveReader, name: &str) -> Result<BTreeSet<u64>, Error> {
    reader.with_prefix(BY_NAME, &fold::fold_name(name))
}

/// Entries each of whose searched words has a word of the name that fits.
pub(super) fn tolerant(reader: &ArchiveReader, name: &str) -> Result<BTreeMap<u64, Match>, Error> {
    let folded = fold::fold_name(name);
    if folded.is_empty() {
        return Err(ErrorKind::Refused {
            reason: "there is nothing to search for",
        }
        .into());
    }
    let words: Vec<Word<'_>> = folded.split(' ').map(Word::new).collect();
    let mut found: Vec<BTreeMap<u64, Match>> = vec![BTreeMap::new(); words.len()];
    let mut last = (String::new(), vec![None; words.len()]);
    // The catalogue has a line for each word of a name, sorted: equal words come together and are compared once.
    reader.state.catalogue(BY_NAME)?.from("", |line| {
        let word = line.split([' ', '\t']).next().unwrap_or_default();
        if word != last.0 {
            last = (
                word.to_owned(),
                words.iter().map(|wanted| wanted.compare(word)).collect(),
            );
        }
        for (fits, found) in last.1.iter().zip(&mut found) {
            if let Some(fits) = fits {
                let best = found
                    .entry(catalogue::ordinal_of_index_line(line)?)
                    .or_insert(*fits);
                *best = (*best).min(*fits);
            }
        }
        Ok(true)
    })?;
    let mut words = found.into_iter();
    let first = words.next().unwrap_or_default();
    let mut all = words.fold(first, |all, word| super::both(Some(all), word));
    for ordinal in exact(reader, name)? {
        all.insert(ordinal, Match::Exact);
    }
    Ok(all)
}

struct Word<'a> {
    text: &'a str,
    codes: [String; 2],
}

impl<'a> Word<'a> {
    fn new(text: &'a str) -> Self {
        Word {
            text,
            codes: codes(text),
        }
    }

    /// How well a word of the archive fits.
    fn compare(&self, word: &str) -> Option<Match> {
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
        let sounds = codes(word);
        let alike = self
            .codes
            .iter()
            .any(|code| !code.is_empty() && sounds.contains(code));
        alike.then_some(Match::Sound)
    }
}

/// How many slips a word of this many letters may have.
fn slips(letters: usize) -> usize {
    match letters {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    }
}

/// How a word sounds, in the two ways of Double Metaphone. It knows Latin letters only; other words have no code.
fn codes(word: &str) -> [String; 2] {
    if word.chars().count() < 2 || !word.chars().all(|letter| letter.is_ascii_alphabetic()) {
        return [String::new(), String::new()];
    }
    let metaphone = DoubleMetaphone::new(Some(CODE_LEN));
    [metaphone.encode(word), metaphone.encode_alternate(word)]
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
