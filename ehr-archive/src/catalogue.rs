//! Catalogues: sorted tab-separated lines, sealed, searched by halving without reading them whole.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use ehr_crypto::{DataKey, SealedReader};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::entry::{Cohort, PatientEntry};
use crate::{ArchiveId, Error, ErrorKind, ObjectClass, ObjectId, fold};

/// Which person (or which thing that belongs to nobody) an ordinal is.
pub(crate) const BY_ORDINAL: &str = "by-ordinal";
/// Where the objects of an ordinal are.
pub(crate) const OBJECTS: &str = "objects";
/// Ordinals by medical record number, by the words of a name, by date of birth.
pub(crate) const BY_MRN: &str = "by-mrn";
pub(crate) const BY_NAME: &str = "by-name";
pub(crate) const BY_DOB: &str = "by-dob";
/// Keys of the ordinals; not lines but 32 bytes each.
pub(crate) const KEYRING: &str = "keyring";
/// Every file of an epoch.
pub(crate) const EPOCH_FILES: [&str; 6] = [KEYRING, BY_ORDINAL, OBJECTS, BY_MRN, BY_NAME, BY_DOB];

/// No line is longer; a longer one is damage. The lists of a person are held to a fraction of it.
pub(crate) const MAX_LINE_LEN: usize = 1 << 20;
const MAX_PERSON_LEN: usize = 1 << 18;

/// The context under which a file of an epoch is sealed.
pub(crate) fn epoch_context(archive: &ArchiveId, name: &str, epoch: u32) -> Vec<u8> {
    archive.context(format_args!("state {name} {epoch}"))
}

/// What the catalogue knows of the owner of an entry.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Person {
    pub(crate) kind: PersonKind,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) patient_id: Option<Uuid>,
    pub(crate) cohort: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) birth_date: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) mrns: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PersonKind {
    Patient,
    /// Objects of no patient.
    Unassigned,
    /// The evidence of an accession.
    Report,
}

/// Where one object of an entry is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ObjectRow {
    pub(crate) ordinal: u64,
    /// Which object of the entry, from zero.
    pub(crate) sequence: u64,
    pub(crate) class: String,
    pub(crate) id: ObjectId,
    pub(crate) pack: u32,
    /// Where the sealed bytes begin in the pack, and how many they are.
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// Number of the object's leaf in the tree.
    pub(crate) leaf: u64,
}

/// Reads one sealed catalogue.
pub(crate) struct Catalogue<R: Read + Seek> {
    lines: BufReader<SealedReader<R>>,
    len: u64,
}

impl Person {
    pub(crate) fn of(entry: &PatientEntry<'_>) -> Result<Self, Error> {
        let birth_date = entry.birth_date.map(str::to_owned);
        if !birth_date.as_deref().is_none_or(is_partial_date) {
            return Err(ErrorKind::Refused {
                reason: "a date of birth is YYYY, YYYY-MM or YYYY-MM-DD",
            }
            .into());
        }
        let owned = |list: &[&str]| {
            list.iter()
                .map(|text| (*text).to_owned())
                .collect::<Vec<_>>()
        };
        let person = Person {
            kind: PersonKind::Patient,
            patient_id: Some(entry.patient_id),
            cohort: entry.cohort.as_str().to_owned(),
            birth_date,
            mrns: owned(entry.mrns),
            names: owned(entry.names),
        };
        if person
            .mrns
            .iter()
            .chain(&person.names)
            .map(|text| text.len() + 8)
            .sum::<usize>()
            > MAX_PERSON_LEN
        {
            return Err(ErrorKind::TooLarge {
                limit: MAX_PERSON_LEN as u64,
            }
            .into());
        }
        Ok(person)
    }

    pub(crate) fn nobody(cohort: Cohort<'_>) -> Self {
        let kind = PersonKind::Unassigned;
        Person {
            kind,
            patient_id: None,
            cohort: cohort.as_str().to_owned(),
            birth_date: None,
            mrns: vec![],
            names: vec![],
        }
    }

    pub(crate) fn report() -> Self {
        Person {
            kind: PersonKind::Report,
            ..Person::nobody(Cohort::KEEP)
        }
    }

    /// The lines by which this person is found, as pairs of catalogue and line without its newline.
    pub(crate) fn index_lines(&self, ordinal: u64) -> Vec<(&'static str, String)> {
        let mut keys: Vec<(&'static str, String)> = Vec::new();
        keys.extend(self.mrns.iter().map(|mrn| (BY_MRN, fold::fold_number(mrn))));
        keys.extend(
            self.names
                .iter()
                .flat_map(|name| fold::name_keys(name))
                .map(|key| (BY_NAME, key)),
        );
        keys.extend(self.birth_date.iter().map(|date| (BY_DOB, date.clone())));
        keys.retain(|(_, key)| !key.is_empty());
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter()
            .map(|(catalogue, key)| (catalogue, format!("{key}\t{ordinal:010}")))
            .collect()
    }

    pub(crate) fn to_line(&self, ordinal: u64) -> Result<String, Error> {
        let json = serde_json::to_string(self).map_err(|_| malformed())?;
        Ok(format!("{ordinal:010}\t{json}"))
    }

    pub(crate) fn of_line(line: &str) -> Result<(u64, Self), Error> {
        let (ordinal, json) = line.split_once('\t').ok_or_else(malformed)?;
        Ok((
            number(ordinal)?,
            serde_json::from_str(json).map_err(|_| malformed())?,
        ))
    }
}

impl ObjectRow {
    pub(crate) fn to_line(&self) -> String {
        let ObjectRow {
            ordinal,
            sequence,
            class,
            id,
            pack,
            offset,
            len,
            leaf,
        } = self;
        format!("{ordinal:010}\t{sequence:06}\t{class}\t{id}\t{pack}\t{offset}\t{len}\t{leaf}")
    }

    pub(crate) fn of_line(line: &str) -> Result<Self, Error> {
        let mut fields = line.split('\t');
        let mut next = || fields.next().ok_or_else(malformed);
        let row = ObjectRow {
            ordinal: number(next()?)?,
            sequence: number(next()?)?,
            class: next()?.to_owned(),
            id: next()?.parse()?,
            pack: u32::try_from(number(next()?)?).map_err(|_| malformed())?,
            offset: number(next()?)?,
            len: number(next()?)?,
            leaf: number(next()?)?,
        };
        if fields.next().is_some() {
            Err(malformed())
        } else {
            Ok(row)
        }
    }

    pub(crate) fn class(&self) -> Option<ObjectClass> {
        ObjectClass::parse(&self.class)
    }
}

/// The ordinal at the end of an index line.
pub(crate) fn ordinal_of_index_line(line: &str) -> Result<u64, Error> {
    line.rsplit_once('\t')
        .ok_or_else(malformed)
        .and_then(|(_, ordinal)| number(ordinal))
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
        mut each: impl FnMut(&str) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let start = self.lower_bound(key)?;
        self.lines.seek(SeekFrom::Start(start))?;
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

fn is_partial_date(text: &str) -> bool {
    let form = b"0000-00-00";
    let same = |(byte, form): (u8, &u8)| {
        if *form == b'0' {
            byte.is_ascii_digit()
        } else {
            byte == *form
        }
    };
    [4, 7, 10].contains(&text.len()) && text.bytes().zip(form).all(same)
}

/// A number in decimal digits; leading zeros are for sorting.
fn number(text: &str) -> Result<u64, Error> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or_else(malformed)
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

        #[test]
        fn rows_go_round(ordinal in 0..1u64 << 33, sequence: u32, offset: u64, leaf: u64, id: [u8; 16]) {
            let row = ObjectRow {
                ordinal, sequence: sequence.into(), class: "chart".into(), id: ObjectId::from_bytes(id),
                pack: sequence, offset, len: leaf, leaf,
            };
            prop_assert_eq!(ObjectRow::of_line(&row.to_line()).unwrap(), row);
        }

        #[test]
        fn persons_go_round(names in prop::collection::vec("\\PC{0,20}", 0..3), date in "[0-9]{4}") {
            let mut person = Person::nobody(Cohort::KEEP);
            person.names = names;
            person.birth_date = Some(date);
            let line = person.to_line(7).unwrap();
            prop_assert!(!line.contains('\n'));
            let (ordinal, back) = Person::of_line(&line).unwrap();
            prop_assert!(ordinal == 7 && back == person);
            for (_, line) in person.index_lines(7) {
                prop_assert_eq!(ordinal_of_index_line(&line).unwrap(), 7);
                prop_assert_eq!(line.matches('\t').count(), 1);
            }
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

    #[test]
    fn dates_of_birth() {
        for right in ["1980", "1980-02", "1980-02-29"] {
            assert!(is_partial_date(right));
        }
        for wrong in ["", "80", "1980-2-9", "02/29/1980", "19800229"] {
            assert!(!is_partial_date(wrong), "{wrong}");
        }
    }
}
