//! What can be verified with the key: every object opens and is the original; catalogues, keyring and objects agree.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::iter::Peekable;
use std::path::Path;

use ehr_crypto::tree::Hash;
use ehr_crypto::{DataKey, Digest};
use zeroize::Zeroizing;

use super::VerifyReport;
use crate::access_log::{StoredLog, entry_context};
use crate::catalogue::{
    BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, KEYRING, OBJECTS, ObjectRow, Person, PersonKind,
    WORD_FILES,
};
use crate::description::{Counts, Description};
use crate::epoch_files::{Words, first_word, sound_lines, word_line};
use crate::error::Located;
use crate::files::Folder;
use crate::keys::Unlock;
use crate::names::{self, ARCHIVE_JSON, LEAVES, REPORT};
use crate::object::{MAX_OBJECT_LEN, open_object};
use crate::reader::read_sealed;
use crate::state::State;
use crate::writer::pack_leaf;
use crate::{Error, ErrorKind};

/// A sum over lines that does not depend on their order: two catalogues with the same lines have the same sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct LineSum {
    lines: u64,
    sum: u128,
}

/// The leaf hashes of the tree, and which of them an object claimed: one bit each.
struct Leaves {
    file: File,
    seen: Vec<u64>,
    missing: u64,
}

/// One accession while its entries are checked.
struct Accession<'a> {
    number: u32,
    description: &'a Description,
    counts: Counts,
    leaves: Leaves,
    /// Whether something of it was erased: then not every original can be measured.
    is_erased: bool,
}

pub(super) fn verify(
    path: &Path,
    unlock: Unlock<'_>,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let state = State::open(path, unlock)?;
    // The log tells whether this state is the last one.
    let result = state.open_log_to_read();
    let log = report.note(result);
    let first = names::in_bag(names::FIRST_BAG, ARCHIVE_JSON);
    for (bag, description) in &state.bags {
        if state.keys.verifying_key() != &description.verifying_key(*bag)? {
            return Err(ErrorKind::Changed {
                what: "the archive is signed with another key",
            })
            .in_file(first);
        }
    }
    let keyed = Keyed { state: &state };
    let sums = keyed.verify_entries(report)?;
    let mut agrees = |name: &str, expected: LineSum| {
        let sum = report.note(keyed.sum_lines(name));
        if sum.is_some_and(|sum| sum != expected) {
            let problem = ErrorKind::Changed {
                what: "the catalogue does not list what the entries say",
            };
            report.add(Error::from(problem).in_file(state.file(name)));
        }
        sum == Some(expected)
    };
    let [_, has_names, _] = [BY_MRN, BY_NAME, BY_DOB]
        .map(|name| agrees(name, sums.get(name).copied().unwrap_or_default()));
    // The lists of words follow the names; of wrong names they say nothing more.
    if has_names && state.has_word_files() {
        for (name, expected) in WORD_FILES.into_iter().zip(keyed.sum_words()?) {
            agrees(name, expected);
        }
    }
    if let Some(log) = log {
        report.note(keyed.verify_log(&log));
    }
    Ok(())
}

struct Keyed<'a> {
    state: &'a State,
}

impl Keyed<'_> {
    /// Goes through all ordinals: person, key and objects side by side.
    fn verify_entries(
        &self,
        report: &mut VerifyReport,
    ) -> Result<BTreeMap<&'static str, LineSum>, Error> {
        let state = self.state;
        let mut sums = BTreeMap::<&'static str, LineSum>::new();
        let mut keyring = state.open_sealed(KEYRING)?;
        let mut rows = state
            .lines(OBJECTS)?
            .map(|line| ObjectRow::of_line(&line?))
            .peekable();
        let mut bags = state.bags.iter();
        let mut open_next = || {
            bags.next()
                .map(|(number, description)| Accession::open(&state.folder, *number, description))
                .transpose()
        };
        let mut accession = open_next()?;

        let path = state.file(BY_ORDINAL);
        for (line, ordinal) in state.lines(BY_ORDINAL)?.zip(0..) {
            let (number, person) = line
                .and_then(|line| Person::of_line(&line))
                .in_file(&path)?;
            if number != ordinal {
                return Err(ErrorKind::Changed {
                    what: "an ordinal is missing",
                })
                .in_file(path);
            }
            let mut key = Zeroizing::new([0; DataKey::LEN]);
            keyring
                .read_exact(&mut key[..])
                .in_file(state.file(KEYRING))?;
            if (*key == [0; DataKey::LEN]) != person.erased.is_some() {
                let problem = ErrorKind::Changed {
                    what: "an entry is half erased",
                };
                report.add(Error::from(problem).in_file(state.file(KEYRING)));
            }
            let key = DataKey::from_bytes(*key);
            for (name, line) in person.index_lines(ordinal) {
                sums.entry(name).or_default().add(&line);
            }
            let Some(current) = &mut accession else {
                return Err(ErrorKind::Changed {
                    what: "an entry belongs to no accession",
                })
                .in_file(path);
            };
            match person.kind {
                PersonKind::Patient => current.counts.patient_entries += 1,
                PersonKind::Unassigned => current.counts.unassigned_entries += 1,
                PersonKind::Report => {
                    let result = self.verify_report(current, &key, ordinal);
                    report.note(result);
                }
            }
            current.is_erased |= person.erased.is_some();
            let mut sequence = 0;
            while let Some(row) = next_of(&mut rows, ordinal).in_file(state.file(OBJECTS))? {
                let result = if row.sequence == sequence && row.bag == current.number {
                    self.verify_object(&row, &key, person.erased.is_some(), current, report)
                } else {
                    Err(ErrorKind::Changed {
                        what: "an object is missing",
                    }
                    .into())
                };
                report.note(result.of_object(row.id).in_file(row.pack_path()));
                sequence += 1;
            }
            if person.kind == PersonKind::Report {
                current.finish(report);
                accession = open_next()?;
            }
        }
        if rows.next().is_some() || keyring.read(&mut [0])? != 0 || accession.is_some() {
            let problem = ErrorKind::Changed {
                what: "keys or objects belong to no entry",
            };
            report.add(Error::from(problem).in_file(state.file(OBJECTS)));
        }
        Ok(sums)
    }

    /// Opens one object and checks its place in the tree.
    fn verify_object(
        &self,
        row: &ObjectRow,
        key: &DataKey,
        is_erased: bool,
        accession: &mut Accession<'_>,
        report: &mut VerifyReport,
    ) -> Result<(), Error> {
        accession.counts.objects += 1;
        accession.counts.sealed_bytes += row.len;
        let wrong_place = ErrorKind::Changed {
            what: "the object is not at its place in the tree",
        };
        if is_erased && self.state.current.is_purged(&row.pack_path()) {
            return if accession.leaves.see(row.leaf, None)? {
                Ok(())
            } else {
                Err(wrong_place.into())
            };
        }
        let sealed = read_sealed(self.state, row)?;
        if !is_erased {
            let object = open_object(&self.state.archive, key, row.id, &sealed)?;
            if object.class() != row.class() {
                return Err(ErrorKind::Changed {
                    what: "the object is of another class than the catalogue says",
                }
                .into());
            }
            accession.counts.original_bytes += object.bytes().len() as u64;
            report.opened += 1;
        }
        let leaf = pack_leaf(row.id, Digest::sha256(&sealed));
        if accession.leaves.see(row.leaf, Some(&leaf))? {
            Ok(())
        } else {
            Err(wrong_place.into())
        }
    }

    fn verify_report(
        &self,
        accession: &Accession<'_>,
        key: &DataKey,
        ordinal: u64,
    ) -> Result<(), Error> {
        let Accession {
            number,
            description,
            ..
        } = accession;
        let path = names::in_bag(*number, REPORT);
        if ordinal != description.report.ordinal {
            return Err(ErrorKind::Changed {
                what: "the ordinal of the report",
            })
            .in_file(names::in_bag(*number, ARCHIVE_JSON));
        }
        let sealed = self.state.folder.read(&path, MAX_OBJECT_LEN + (1 << 20))?;
        open_object(
            &self.state.archive,
            key,
            description.report_object(*number)?,
            &sealed,
        )
        .in_file(path)
        .map(drop)
    }

    /// Reads a whole index; its lines must be in order.
    fn sum_lines(&self, name: &str) -> Result<LineSum, Error> {
        let path = self.state.file(name);
        let mut sum = LineSum::default();
        let mut last = String::new();
        for line in self.state.lines(name)? {
            let line = line?;
            if line <= last {
                return Err(ErrorKind::Malformed {
                    what: "the lines are not in order",
                })
                .in_file(path);
            }
            sum.add(&line);
            last = line;
        }
        Ok(sum)
    }

    /// What the files of words must have for the names that there are.
    fn sum_words(&self) -> Result<[LineSum; 2], Error> {
        let mut sums = [LineSum::default(); 2];
        let mut words = Words::default();
        for line in self.state.lines(BY_NAME)? {
            let line = line?;
            if let Some(offset) = words.follow(&line) {
                let word = first_word(&line);
                sums[0].add(&word_line(word, offset));
                sound_lines(word, offset).for_each(|line| sums[1].add(&line));
            }
        }
        Ok(sums)
    }

    /// Every entry of the access log opens.
    fn verify_log(&self, log: &StoredLog) -> Result<(), Error> {
        let state = self.state;
        log.entries(0, |index, sealed| {
            let context = entry_context(&state.archive, index);
            ehr_crypto::open(state.keys.log()?, &context, sealed)?;
            Ok(true)
        })
    }
}

impl<'a> Accession<'a> {
    fn open(folder: &Folder, number: u32, description: &'a Description) -> Result<Self, Error> {
        Ok(Accession {
            number,
            description,
            counts: Counts::default(),
            leaves: Leaves::open(folder, number)?,
            is_erased: false,
        })
    }

    /// All objects that the accession brought are there.
    fn finish(&mut self, report: &mut VerifyReport) {
        let mut expected = self.description.counts;
        if self.is_erased {
            expected.original_bytes = self.counts.original_bytes;
        }
        let path = names::in_bag(self.number, ARCHIVE_JSON);
        if self.counts != expected {
            report.add(Error::from(ErrorKind::Changed { what: "the counts" }).in_file(&path));
        }
        if !self.leaves.all_were_seen() {
            let problem = ErrorKind::Changed {
                what: "objects of the tree belong to no entry",
            };
            report.add(Error::from(problem).in_file(path));
        }
    }
}

impl Leaves {
    fn open(folder: &Folder, bag: u32) -> Result<Self, Error> {
        let path = names::in_bag(bag, LEAVES);
        let file = folder.open(&path)?;
        let count = file.metadata().in_file(path)?.len() / 32;
        Ok(Leaves {
            file,
            seen: vec![0; count.div_ceil(64) as usize],
            missing: count,
        })
    }

    /// Whether this is the hash of that leaf, where there is still one to compare with, and its first time.
    fn see(&mut self, number: u64, expected: Option<&Hash>) -> Result<bool, Error> {
        let mut leaf = [0; 32];
        let Some(word) = self.seen.get_mut((number / 64) as usize) else {
            return Ok(false);
        };
        self.file.seek(SeekFrom::Start(number * 32))?;
        self.file.read_exact(&mut leaf)?;
        let bit = 1 << (number % 64);
        let is_new = *word & bit == 0;
        *word |= bit;
        self.missing -= u64::from(is_new);
        Ok(is_new && expected.is_none_or(|expected| leaf == *expected))
    }

    fn all_were_seen(&self) -> bool {
        self.missing == 0
    }
}

impl LineSum {
    fn add(&mut self, line: &str) {
        let digest = Digest::sha256(line.as_bytes());
        let half: [u8; 16] = digest.as_bytes()[..16].try_into().unwrap_or_default();
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(half));
        self.lines += 1;
    }
}

/// The next row if it is of this ordinal.
fn next_of(
    rows: &mut Peekable<impl Iterator<Item = Result<ObjectRow, Error>>>,
    ordinal: u64,
) -> Result<Option<ObjectRow>, Error> {
    rows.next_if(|row| row.as_ref().map_or(true, |row| row.ordinal == ordinal))
        .transpose()
}
