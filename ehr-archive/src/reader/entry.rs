//! What a search finds, and an entry whose key was released.

use std::fmt;

use ehr_crypto::DataKey;
use uuid::Uuid;

use super::ArchiveReader;
use crate::catalogue::{ObjectRow, Person, PersonKind};
use crate::object::Object;
use crate::{Error, ErrorKind, ObjectClass, ObjectId, RetentionFacts};

/// An entry as the catalogue knows it. `Debug` shows its ordinal only.
#[derive(Clone)]
pub struct CatalogueEntry {
    ordinal: u64,
    person: Person,
}

/// An object of an open entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectInfo {
    /// Its id.
    pub id: ObjectId,
    /// What it is; `None` if a later version knows more kinds.
    pub class: Option<ObjectClass>,
    /// Bytes as they are kept.
    pub sealed_len: u64,
}

/// An entry whose key was released. The key is wiped when this is dropped.
pub struct OpenEntry<'a> {
    reader: &'a ArchiveReader,
    key: DataKey,
    rows: Vec<ObjectRow>,
}

impl CatalogueEntry {
    pub(crate) fn new(ordinal: u64, person: Person) -> Self {
        CatalogueEntry { ordinal, person }
    }

    pub(crate) fn person(&self) -> &Person {
        &self.person
    }

    /// The number of the entry in the archive, which tells nothing about the patient.
    pub fn ordinal(&self) -> u64 {
        self.ordinal
    }

    /// Whether it belongs to a patient.
    pub fn is_patient(&self) -> bool {
        self.person.kind == PersonKind::Patient
    }

    pub(crate) fn is_report(&self) -> bool {
        self.person.kind == PersonKind::Report
    }

    /// The patient's id in the canonical chart.
    pub fn patient_id(&self) -> Option<Uuid> {
        self.person.patient_id
    }

    /// Medical record numbers.
    pub fn mrns(&self) -> &[String] {
        &self.person.mrns
    }

    /// Names as they were given.
    pub fn names(&self) -> &[String] {
        &self.person.names
    }

    /// Date of birth, as precise as it was given.
    pub fn birth_date(&self) -> Option<&str> {
        self.person.birth_date.as_deref()
    }

    /// What the retention rules know.
    pub fn facts(&self) -> &RetentionFacts {
        &self.person.facts
    }

    /// The change of the archive with which the entry was erased.
    pub fn erased(&self) -> Option<u64> {
        self.person.erased
    }

    /// Retention cohort.
    pub fn cohort(&self) -> &str {
        &self.person.cohort
    }
}

impl<'a> OpenEntry<'a> {
    pub(super) fn new(reader: &'a ArchiveReader, key: DataKey, rows: Vec<ObjectRow>) -> Self {
        OpenEntry { reader, key, rows }
    }

    /// The objects, in the order in which they were appended.
    pub fn objects(&self) -> impl ExactSizeIterator<Item = ObjectInfo> {
        self.rows.iter().map(|row| ObjectInfo {
            id: row.id,
            class: row.class(),
            sealed_len: row.len,
        })
    }

    /// Reads one object and checks it against the digest of the original.
    pub fn read(&self, id: ObjectId) -> Result<Object, Error> {
        let row = self
            .rows
            .iter()
            .find(|row| row.id == id)
            .ok_or_else(|| Error::from(ErrorKind::Missing).of_object(id))?;
        self.reader.read_object(row, &self.key)
    }

    /// Reads the chart: the first object of that class.
    pub fn chart(&self) -> Result<Option<Object>, Error> {
        let row = self
            .rows
            .iter()
            .find(|row| row.class() == Some(ObjectClass::Chart));
        row.map(|row| self.reader.read_object(row, &self.key))
            .transpose()
    }
}

impl fmt::Debug for CatalogueEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatalogueEntry")
            .field("ordinal", &self.ordinal)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for OpenEntry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenEntry")
            .field("objects", &self.rows.len())
            .finish_non_exhaustive()
    }
}
