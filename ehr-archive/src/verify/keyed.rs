//! What can be verified with the key: every object opens and is the original; catalogues, keyring and objects agree.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::iter::Peekable;

use ehr_crypto::tree::Hash;
use ehr_crypto::{DataKey, Digest, OpenReader};
use zeroize::Zeroizing;

use super::VerifyReport;
use crate::access_log::{entry_context, read_checkpoint, read_entries};
use crate::catalogue::{
    self, BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, KEYRING, OBJECTS, ObjectRow, Person, PersonKind,
};
use crate::description::{Counts, Description};
use crate::error::Located;
use crate::files::Folder;
use crate::keys::Keys;
use crate::names::{self, ARCHIVE_JSON, LEAVES, LOG_ENTRIES, REPORT};
use crate::object::{MAX_OBJECT_LEN, open_object};
use crate::writer::pack_leaf;
use crate::{ArchiveId, Error, ErrorKind};

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

struct Keyed<'a> {
    folder: &'a Folder,
    archive: &'a ArchiveId,
    keys: Keys,
    epoch: u32,
}

pub(super) fn verify(
    folder: &Folder,
    description: &Description,
    key: &DataKey,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let (keys, archive, epoch) = Keys::open(folder, key)?;
    if archive != description.archive_id
        || *keys.signing.verifying_key() != description.verifying_key()?
    {
        return Err(ErrorKind::Changed {
            what: "the archive is signed with another key",
        })
        .in_file(names::in_bag(ARCHIVE_JSON));
    }
    let keyed = Keyed {
        folder,
        archive: &archive,
        keys,
        epoch,
    };
    let (counts, sums) = keyed.verify_entries(description, report)?;
    if counts != description.counts {
        report.add(
            Error::from(ErrorKind::Changed { what: "the counts" })
                .in_file(names::in_bag(ARCHIVE_JSON)),
        );
    }
    for name in [BY_MRN, BY_NAME, BY_DOB] {
        if let Some(sum) = report.note(keyed.sum_lines(name))
            && sum != sums.get(name).copied().unwrap_or_default()
        {
            let problem = ErrorKind::Changed {
                what: "the catalogue does not list what the entries say",
            };
            report.add(Error::from(problem).in_file(names::state_file(name, epoch)));
        }
    }
    report.note(keyed.verify_log());
    Ok(())
}

impl Keyed<'_> {
    /// Goes through all ordinals: person, key and objects side by side.
    fn verify_entries(
        &self,
        description: &Description,
        report: &mut VerifyReport,
    ) -> Result<(Counts, BTreeMap<&'static str, LineSum>), Error> {
        let mut counts = Counts::default();
        let mut sums = BTreeMap::<&'static str, LineSum>::new();
        let mut keyring = self.open(KEYRING, &self.keys.epoch)?;
        let objects = self.open(OBJECTS, &self.keys.catalogue)?;
        let mut rows = BufReader::new(objects)
            .lines()
            .map(|line| ObjectRow::of_line(&line?))
            .peekable();
        let mut leaves = Leaves::open(self.folder)?;

        let persons = BufReader::new(self.open(BY_ORDINAL, &self.keys.catalogue)?).lines();
        for (line, ordinal) in persons.zip(0..) {
            let path = names::state_file(BY_ORDINAL, self.epoch);
            let (number, person) = line
                .map_err(Error::from)
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
                .in_file(names::state_file(KEYRING, self.epoch))?;
            let key = DataKey::from_bytes(*key);
            for (name, line) in person.index_lines(ordinal) {
                sums.entry(name).or_default().add(&line);
            }
            match person.kind {
                PersonKind::Patient => counts.patient_entries += 1,
                PersonKind::Unassigned => counts.unassigned_entries += 1,
                PersonKind::Report => {
                    let result = self.verify_report(description, &key, ordinal);
                    report.note(result);
                }
            }
            let mut sequence = 0;
            while let Some(row) =
                next_of(&mut rows, ordinal).in_file(names::state_file(OBJECTS, self.epoch))?
            {
                counts.objects += 1;
                counts.sealed_bytes += row.len;
                let result = if row.sequence == sequence {
                    self.verify_object(&row, &key, &mut leaves)
                } else {
                    Err(ErrorKind::Changed {
                        what: "an object is missing",
                    }
                    .into())
                };
                let path = row
                    .pack_path()
                    .unwrap_or_else(|_| names::state_file(OBJECTS, self.epoch));
                let located = result.of_object(row.id).in_file(path);
                if let Some(original_len) = report.note(located) {
                    counts.original_bytes += original_len;
                    report.opened += 1;
                }
                sequence += 1;
            }
        }
        if rows.next().is_some() || keyring.read(&mut [0])? != 0 || !leaves.all_were_seen() {
            let problem = ErrorKind::Changed {
                what: "keys or objects belong to no entry",
            };
            report.add(Error::from(problem).in_file(names::state_file(OBJECTS, self.epoch)));
        }
        Ok((counts, sums))
    }

    /// Opens one object, checks its place in the tree, and gives back the length of the original.
    fn verify_object(
        &self,
        row: &ObjectRow,
        key: &DataKey,
        leaves: &mut Leaves,
    ) -> Result<u64, Error> {
        if row.len > MAX_OBJECT_LEN + (1 << 20) {
            return Err(ErrorKind::TooLarge {
                limit: MAX_OBJECT_LEN,
            }
            .into());
        }
        let mut pack = self.folder.open(&row.pack_path()?)?;
        pack.seek(SeekFrom::Start(row.offset))?;
        let mut sealed = Vec::new();
        pack.take(row.len).read_to_end(&mut sealed)?;
        let object = open_object(self.archive, key, row.id, &sealed)?;
        if object.class() != row.class() {
            return Err(ErrorKind::Changed {
                what: "the object is of another class than the catalogue says",
            }
            .into());
        }
        if !leaves.see(row.leaf, &pack_leaf(row.id, Digest::sha256(&sealed)))? {
            return Err(ErrorKind::Changed {
                what: "the object is not at its place in the tree",
            }
            .into());
        }
        Ok(object.bytes().len() as u64)
    }

    fn verify_report(
        &self,
        description: &Description,
        key: &DataKey,
        ordinal: u64,
    ) -> Result<(), Error> {
        let path = names::in_bag(REPORT);
        if ordinal != description.report.ordinal {
            return Err(ErrorKind::Changed {
                what: "the ordinal of the report",
            })
            .in_file(names::in_bag(ARCHIVE_JSON));
        }
        let sealed = self.folder.read(&path, MAX_OBJECT_LEN + (1 << 20))?;
        open_object(self.archive, key, description.report_object()?, &sealed)
            .in_file(path)
            .map(drop)
    }

    /// Reads a whole index; its lines must be in order.
    fn sum_lines(&self, name: &str) -> Result<LineSum, Error> {
        let path = names::state_file(name, self.epoch);
        let mut sum = LineSum::default();
        let mut last = String::new();
        for line in BufReader::new(self.open(name, &self.keys.catalogue)?).lines() {
            let line = line.in_file(&path)?;
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

    /// Every entry of the access log opens.
    fn verify_log(&self) -> Result<(), Error> {
        let checkpoint =
            read_checkpoint(self.folder, self.archive, self.keys.signing.verifying_key())?;
        let mut index = 0;
        read_entries(
            &mut BufReader::new(self.folder.open(LOG_ENTRIES)?),
            |sealed| {
                let opened =
                    ehr_crypto::open(&self.keys.log, &entry_context(self.archive, index), sealed);
                index += 1;
                match opened {
                    Err(error) if index <= checkpoint.size => Err(error.into()),
                    // Behind the checkpoint may stand what a crash left.
                    _ => Ok(true),
                }
            },
        )
        .in_file(LOG_ENTRIES)
        .map(drop)
    }

    fn open(&self, name: &str, key: &DataKey) -> Result<OpenReader<File>, Error> {
        let (path, context) = (
            names::state_file(name, self.epoch),
            catalogue::epoch_context(self.archive, name, self.epoch),
        );
        OpenReader::new(key, &context, self.folder.open(&path)?).in_file(path)
    }
}

impl Leaves {
    fn open(folder: &Folder) -> Result<Self, Error> {
        let file = folder.open(&names::in_bag(LEAVES))?;
        let count = file.metadata().in_file(names::in_bag(LEAVES))?.len() / 32;
        Ok(Leaves {
            file,
            seen: vec![0; count.div_ceil(64) as usize],
            missing: count,
        })
    }

    /// Whether this is the hash of that leaf, and its first time.
    fn see(&mut self, number: u64, expected: &Hash) -> Result<bool, Error> {
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
        Ok(is_new && leaf == *expected)
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
