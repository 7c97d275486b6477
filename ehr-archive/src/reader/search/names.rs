//! Names as they were typed, and names as they were meant.

mod slips;
mod word;

use std::collections::{BTreeMap, BTreeSet};

use super::Match;
use crate::catalogue::{self, BY_NAME, SOUNDS, WORDS};
use crate::epoch_files::first_word;
use crate::error::Located;
use crate::reader::ArchiveReader;
use crate::{Error, ErrorKind, fold, sound};

use slips::Slips;
use word::Word;

/// Entries of which each has a word that fits, and how well.
type Fitting = BTreeMap<u64, Match>;

pub(super) fn exact(reader: &ArchiveReader, name: &str) -> Result<BTreeSet<u64>, Error> {
    reader.with_prefix(BY_NAME, &fold::fold_name(name))
}

/// Entries each of whose searched words has a word of the name that fits.
pub(super) fn tolerant(reader: &ArchiveReader, name: &str) -> Result<Fitting, Error> {
    let folded = fold::fold_name(name);
    if folded.is_empty() {
        return Err(ErrorKind::Refused {
            reason: "there is nothing to search for",
        }
        .into());
    }
    let wanted: Vec<&str> = folded.split(' ').collect();
    let found = if reader.state.has_word_files() {
        look_up(reader, &wanted)?
    } else {
        scan(reader, &wanted)?
    };
    let mut words = found.into_iter();
    let first = words.next().unwrap_or_default();
    let mut all = words.fold(first, |all, word| super::both(Some(all), word));
    for ordinal in exact(reader, name)? {
        all.insert(ordinal, Match::Exact);
    }
    Ok(all)
}

/// Looks through the words of all names, each of which stands there once, and reads the lines of those that fit.
fn look_up(reader: &ArchiveReader, wanted: &[&str]) -> Result<Vec<Fitting>, Error> {
    let mut fitting: Vec<BTreeMap<u64, Match>> = vec![BTreeMap::new(); wanted.len()];
    let mut slips: Vec<Slips> = wanted.iter().map(|word| Slips::new(word)).collect();
    reader.state.catalogue(WORDS)?.at(0, |line| {
        let (word, offset) = line.split_once('\t').ok_or_else(malformed)?;
        for (slips, fitting) in slips.iter_mut().zip(&mut fitting) {
            if let Some(fits) = slips.compare(word) {
                fitting.insert(catalogue::number(offset)?, fits);
            }
        }
        Ok(true)
    })?;
    let mut sounds = reader.state.catalogue(SOUNDS)?;
    for (word, fitting) in wanted.iter().zip(&mut fitting) {
        for code in sound::codes(word) {
            sounds.with_prefix(&format!("{code}\t"), |line| {
                let (_, offset) = line.rsplit_once('\t').ok_or_else(malformed)?;
                fitting
                    .entry(catalogue::number(offset)?)
                    .or_insert(Match::Sound);
                Ok(true)
            })?;
        }
    }
    fitting
        .iter()
        .map(|words| entries(reader, words).in_file(reader.state.file(BY_NAME)))
        .collect()
}

/// The entries of words, each given by where its lines begin.
fn entries(reader: &ArchiveReader, words: &BTreeMap<u64, Match>) -> Result<Fitting, Error> {
    let mut found = Fitting::new();
    let mut by_name = reader.state.catalogue(BY_NAME)?;
    for (&offset, &fits) in words {
        let mut word: Option<String> = None;
        by_name.at(offset, |line| {
            let of_line = first_word(line);
            if word.get_or_insert_with(|| of_line.to_owned()) != of_line {
                return Ok(false);
            }
            add(&mut found, line, fits)?;
            Ok(true)
        })?;
    }
    Ok(found)
}

/// Goes through all names, where there is no list of words.
fn scan(reader: &ArchiveReader, wanted: &[&str]) -> Result<Vec<Fitting>, Error> {
    let words: Vec<Word<'_>> = wanted.iter().map(|word| Word::new(word)).collect();
    let mut found = vec![Fitting::new(); words.len()];
    let mut last = (String::new(), vec![None; words.len()]);
    // The catalogue has a line for each word of a name, sorted: equal words come together and are compared once.
    reader.state.catalogue(BY_NAME)?.at(0, |line| {
        let word = first_word(line);
        if word != last.0 {
            last = (
                word.to_owned(),
                words.iter().map(|wanted| wanted.compare(word)).collect(),
            );
        }
        for (fits, found) in last.1.iter().zip(&mut found) {
            if let Some(fits) = fits {
                add(found, line, *fits)?;
            }
        }
        Ok(true)
    })?;
    Ok(found)
}

fn add(found: &mut Fitting, line: &str, fits: Match) -> Result<(), Error> {
    let ordinal = catalogue::ordinal_of_index_line(line)?;
    let best = found.entry(ordinal).or_insert(fits);
    *best = (*best).min(fits);
    Ok(())
}

fn malformed() -> ErrorKind {
    ErrorKind::Malformed {
        what: "a line of a catalogue",
    }
}

#[cfg(test)]
mod tests;
