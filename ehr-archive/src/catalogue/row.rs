//! The lines of the catalogues: whose an entry is, where its objects are, how it is found.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{BY_DOB, BY_MRN, BY_NAME, malformed};
use crate::entry::{Cohort, PatientEntry};
use crate::retention::{RetentionFacts, has_date_form};
use crate::{Error, ErrorKind, ObjectClass, ObjectId, fold, names};

/// Names and numbers of a person; an eighth of what a line may hold, since JSON can make text six times as long.
const MAX_PERSON_LEN: usize = 1 << 17;

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
    /// What the retention rules need to know.
    #[serde(skip_serializing_if = "RetentionFacts::is_empty", default)]
    pub(crate) facts: RetentionFacts,
    /// The change of the archive with which the entry was erased.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) erased: Option<u64>,
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
    /// Number of the accession, and of the pack in it.
    pub(crate) bag: u32,
    pub(crate) pack: u32,
    /// Where the sealed bytes begin in the pack, and how many they are.
    pub(crate) offset: u64,
    pub(crate) len: u64,
    /// Number of the object's leaf in the tree.
    pub(crate) leaf: u64,
}

impl Person {
    pub(crate) fn of(entry: &PatientEntry<'_>) -> Result<Self, Error> {
        let birth_date = entry.birth_date.map(str::to_owned);
        if !birth_date.as_deref().is_none_or(has_date_form) {
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
            facts: entry.facts.clone(),
            erased: None,
        };
        person.facts.check()?;
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
        Person {
            cohort: cohort.as_str().to_owned(),
            ..Person::unknown(PersonKind::Unassigned)
        }
    }

    pub(crate) fn report() -> Self {
        Person {
            cohort: Cohort::KEEP.as_str().to_owned(),
            ..Person::unknown(PersonKind::Report)
        }
    }

    pub(crate) fn unknown(kind: PersonKind) -> Self {
        Person {
            kind,
            patient_id: None,
            cohort: String::new(),
            birth_date: None,
            mrns: vec![],
            names: vec![],
            facts: RetentionFacts::default(),
            erased: None,
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
            bag,
            pack,
            offset,
            len,
            leaf,
        } = self;
        format!(
            "{ordinal:010}\t{sequence:06}\t{class}\t{id}\t{bag}\t{pack}\t{offset}\t{len}\t{leaf}"
        )
    }

    pub(crate) fn of_line(line: &str) -> Result<Self, Error> {
        let mut fields = line.split('\t');
        let mut next = || fields.next().ok_or_else(malformed);
        let row = ObjectRow {
            ordinal: number(next()?)?,
            sequence: number(next()?)?,
            class: next()?.to_owned(),
            id: next()?.parse()?,
            bag: u32::try_from(number(next()?)?).map_err(|_| malformed())?,
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

    /// The pack's path from the archive's folder. It is made from numbers, never from stored text.
    pub(crate) fn pack_path(&self) -> String {
        names::in_bag(self.bag, &names::pack(self.pack))
    }
}

/// The ordinal at the end of an index line.
pub(crate) fn ordinal_of_index_line(line: &str) -> Result<u64, Error> {
    line.rsplit_once('\t')
        .ok_or_else(malformed)
        .and_then(|(_, ordinal)| number(ordinal))
}

/// A number in decimal digits; leading zeros are for sorting.
pub(crate) fn number(text: &str) -> Result<u64, Error> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rows_go_round(ordinal in 0..1u64 << 33, sequence: u32, offset: u64, leaf: u64, id: [u8; 16]) {
            let row = ObjectRow {
                ordinal, sequence: sequence.into(), class: "chart".into(), id: ObjectId::from_bytes(id),
                bag: 1, pack: sequence, offset, len: leaf, leaf,
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
}
