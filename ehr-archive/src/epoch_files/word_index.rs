//! The words of names, for searches that forgive slips. `words` has each word once, `sounds` each by how it sounds; both say
//! where the word's lines begin in `by-name`, so that nothing but the words has to be looked through.

use super::EpochFile;
use crate::catalogue::{SOUNDS, WORDS};
use crate::files::{Folder, Written};
use crate::keys::Keys;
use crate::sort::LineSorter;
use crate::{ArchiveId, Error, sound};

/// Follows the lines of `by-name`, which are sorted by their first words.
#[derive(Default)]
pub(crate) struct Words {
    last: String,
    offset: u64,
}

/// The two files while `by-name` is written.
pub(crate) struct WordIndex {
    following: Words,
    words: EpochFile,
    sorter: LineSorter,
    sounds: EpochFile,
}

impl Words {
    /// Where the line begins, if its first word is a new one.
    pub(crate) fn follow(&mut self, line: &str) -> Option<u64> {
        let offset = self.offset;
        self.offset += line.len() as u64 + 1;
        let word = first_word(line);
        let is_new = word != self.last;
        if is_new {
            word.clone_into(&mut self.last);
        }
        is_new.then_some(offset)
    }
}

impl WordIndex {
    /// Sorting writes runs into the folder `below`.
    pub(crate) fn create(
        folder: &Folder,
        below: &'static str,
        archive: &ArchiveId,
        generation: u32,
        keys: &Keys,
    ) -> Result<Self, Error> {
        let create = |name| EpochFile::create(folder, archive, name, generation, keys.catalogue()?);
        Ok(WordIndex {
            following: Words::default(),
            words: create(WORDS)?,
            sorter: LineSorter::new(folder, below, SOUNDS)?,
            sounds: create(SOUNDS)?,
        })
    }

    /// The next line of `by-name`.
    pub(crate) fn add(&mut self, line: &str) -> Result<(), Error> {
        let Some(offset) = self.following.follow(line) else {
            return Ok(());
        };
        let word = first_word(line);
        self.words.line(&word_line(word, offset))?;
        for line in sound_lines(word, offset) {
            self.sorter.push(line)?;
        }
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<[Written; 2], Error> {
        let mut sounds = self.sounds;
        self.sorter.finish(None, |line| sounds.line(line))?;
        Ok([self.words.finish()?, sounds.finish()?])
    }
}

/// The word with which a line of `by-name` begins.
pub(crate) fn first_word(line: &str) -> &str {
    line.split([' ', '\t']).next().unwrap_or_default()
}

/// The line of `words` for a word whose lines begin there.
pub(crate) fn word_line(word: &str, offset: u64) -> String {
    format!("{word}\t{offset}")
}

/// The lines of `sounds` for it.
pub(crate) fn sound_lines(word: &str, offset: u64) -> impl Iterator<Item = String> {
    let codes = sound::codes(word).into_iter();
    codes.map(move |code| format!("{code}\t{word}\t{offset}"))
}
