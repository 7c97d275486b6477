//! Catalogues: sorted tab-separated lines, sealed, searched by halving without reading them whole.

mod row;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use ehr_crypto::{DataKey, SealedReader};

use crate::{ArchiveId, Error, ErrorKind};

pub(crate) use row::{ObjectRow, Person, PersonKind, number, ordinal_of_index_line};

/// Which person (or which thing that belongs to nobody) an ordinal is.
pub(crate) const BY_ORDINAL: &str = "by-ordinal";
/// Where the objects of an ordinal are.
pub(crate) const OBJECTS: &str = "objects";
/// Ordinals by medical record number, by the words of a name, by date of birth.
pub(crate) const BY_MRN: &str = "by-mrn";
pub(crate) const BY_NAME: &str = "by-name";
pub(crate) const BY_DOB: &str = "by-dob";
/// The words of names, and how they sound. The first archives have neither.
pub(crate) const WORDS: &str = "words";
pub(crate) const SOUNDS: &str = "sounds";
/// Keys of the ordinals; not lines but 32 bytes each.
pub(crate) const KEYRING: &str = "keyring";
/// The files that every epoch has.
pub(crate) const EPOCH_FILES: [&str; 6] = [KEYRING, BY_ORDINAL, OBJECTS, BY_MRN, BY_NAME, BY_DOB];
/// Those that most have.
pub(crate) const WORD_FILES: [&str; 2] = [WORDS, SOUNDS];

/// No line is longer; a longer one is damage.
pub(crate) const MAX_LINE_LEN: usize = 1 << 20;

/// The context under which a file of an epoch is sealed.
pub(crate) fn epoch_context(archive: &ArchiveId, name: &str, epoch: u32) -> Vec<u8> {
    archive.context(format_args!("state {name} {epoch}"))
}

/// Reads one sealed catalogue.
pub(crate) struct Catalogue<R: Read + Seek> {
    lines: BufReader<SealedReader<R>>,
    len: u64,
}

impl<R: Read + Seek> Catalogue<R> {
    pub(crate) fn open(key: &DataKey, context: &[u8], inner: R) -> Result<Self, Error> {
        let sealed = SealedReader::new(key, context, inner)?;
        let len = sealed.len();
        Ok(Catalogue {
            lines: BufReader::new(sealed),
            len,
        })
    }

    /// Every line that begins with `prefix`, in order, until `each` says no.
    pub(crate) fn with_prefix(
        &mut self,
        prefix: &str,
        mut each: impl FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.from(prefix, |line| Ok(line.starts_with(prefix) && each(line)?))
    }

    /// Every line that does not come before `key`, in order, until `each` says no.
    pub(crate) fn from(
        &mut self,
        key: &str,
        each: impl FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let start = self.lower_bound(key)?;
        self.at(start, each)
    }

    /// Every line from an offset on, at which one must begin, until `each` says no.
    pub(crate) fn at(
        &mut self,
        offset: u64,
        mut each: impl FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        self.lines.seek(SeekFrom::Start(offset))?;
        let mut line = String::new();
        while self.next_line(&mut line)? {
            if !each(&line)? {
                break;
            }
        }
        Ok(())
    }

    /// Offset of the first line that does not come before `key`.
    fn lower_bound(&mut self, key: &str) -> Result<u64, Error> {
        // All lines that start before `low` come before the key; none that starts at `high` or later does.
        let (mut low, mut high) = (0, self.len);
        let mut line = String::new();
        while low < high {
            let middle = low + (high - low) / 2;
            let start = self.line_start(middle, &mut line)?;
            if start >= high {
                high = middle;
                continue;
            }
            self.next_line(&mut line)?;
            if line.as_str() < key {
                low = start + line.len() as u64 + 1;
            } else {
                high = middle;
            }
        }
        Ok(low)
    }

    /// Moves to the first line that starts at `offset` or later.
    fn line_start(&mut self, offset: u64, line: &mut String) -> Result<u64, Error> {
        let before = offset.saturating_sub(1);
        self.lines.seek(SeekFrom::Start(before))?;
        if offset == 0 {
            return Ok(0);
        }
        let mut rest = Vec::new();
        (&mut self.lines)
            .take(MAX_LINE_LEN as u64 + 1)
            .read_until(b'\n', &mut rest)?;
        line.clear();
        if rest.last() == Some(&b'\n') {
            Ok(before + rest.len() as u64)
        } else {
            Err(malformed())
        }
    }

    /// Reads the next line without its newline; `false` at the end.
    fn next_line(&mut self, line: &mut String) -> Result<bool, Error> {
        line.clear();
        let count = (&mut self.lines)
            .take(MAX_LINE_LEN as u64)
            .read_line(line)?;
        match (count, line.pop()) {
            (0, _) => Ok(false),
            (_, Some('\n')) => Ok(true),
            _ => Err(malformed()),
        }
    }
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "a line of a catalogue",
    }
    .into()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    fn found(lines: &BTreeSet<String>, prefix: &str) -> Vec<String> {
        let key = DataKey::from_bytes([1; 32]);
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let sealed = ehr_crypto::seal(&key, b"", text.as_bytes()).unwrap();
        let mut found = Vec::new();
        let mut catalogue = Catalogue::open(&key, b"", Cursor::new(sealed)).unwrap();
        catalogue
            .with_prefix(prefix, |line| {
                found.push(line.to_owned());
                Ok(true)
            })
            .unwrap();
        found
    }

    proptest! {
        #[test]
        fn a_search_finds_what_a_scan_finds(
            lines in prop::collection::btree_set("[a-cé]{0,4}\t[0-9]{1,3}", 0..40),
            prefix in "[a-cé]{0,3}\t?",
        ) {
            let expected: Vec<_> = lines.iter().filter(|line| line.starts_with(&prefix)).cloned().collect();
            prop_assert_eq!(found(&lines, &prefix), expected);
        }
    }

    #[test]
    fn a_long_catalogue_is_searched_across_chunks() {
        let lines: BTreeSet<_> = (0..20_000)
            .map(|number| format!("{:05}\t{number:010}", number * 3 % 20_000))
            .collect();
        assert_eq!(found(&lines, "12345\t").len(), 1);
        assert_eq!(found(&lines, "1234").len(), 10);
        assert_eq!(found(&lines, "").len(), 20_000);
        assert!(found(&lines, "99999").is_empty());
    }
}
