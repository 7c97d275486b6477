//! Ids that are the same in every run.

use std::fmt;

use sha1::{Digest as _, Sha1};
use uuid::{Builder, Uuid};

use super::Kind;

/// The id of a record: a UUIDv5 of source system, kind and source key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(Uuid);

/// Stands between a kind and a source key.
const SEPARATOR: u8 = 0x1f;

/// A source system, within which source keys are unique.
///
/// ```
/// use ehr_model::record::{Kind, Namespace};
/// let legacy = Namespace::of_system("https://legacy.example/practice-7");
/// assert_eq!(legacy.id(Kind::Patient, "4711"), legacy.id(Kind::Patient, "4711"));
/// assert_ne!(legacy.id(Kind::Patient, "4711"), legacy.id(Kind::Encounter, "4711"));
/// let (a, b) = (legacy.id(Kind::Patient, "1"), legacy.id(Kind::Patient, "2"));
/// assert_ne!(legacy.id_within(a, Kind::Encounter, "7"), legacy.id_within(b, Kind::Encounter, "7"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Namespace(Uuid);

impl Namespace {
    /// The namespace of a source system, named by its URI.
    pub fn of_system(uri: &str) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_URL, uri.as_bytes()))
    }

    /// The id of the record with this key in the source.
    pub fn id(&self, kind: Kind, source_key: &str) -> RecordId {
        self.named(&[kind.name().as_bytes(), &[SEPARATOR], source_key.as_bytes()])
    }

    /// The id of the record with this key, where keys count within another record, such as the
    /// visits of a patient.
    pub fn id_within(&self, owner: RecordId, kind: Kind, source_key: &str) -> RecordId {
        let kind = kind.name().as_bytes();
        self.named(&[owner.as_bytes(), kind, &[SEPARATOR], source_key.as_bytes()])
    }

    /// The id of something that is no record of a chart, such as a batch.
    pub fn name(&self, text: &str) -> RecordId {
        self.named(&[text.as_bytes()])
    }

    /// The UUIDv5 of a name that stands in parts. Two ids a record are made, so that this is most of
    /// the hashing of a run.
    fn named(&self, name: &[&[u8]]) -> RecordId {
        let mut hash = Sha1::new();
        hash.update(self.0.as_bytes());
        for part in name {
            hash.update(part);
        }
        let [id @ .., _, _, _, _]: [u8; 20] = hash.finalize().into();
        RecordId(Builder::from_sha1_bytes(id).into_uuid())
    }
}

impl RecordId {
    /// The UUID.
    pub fn as_uuid(&self) -> &Uuid {
        &self.0
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl From<Uuid> for RecordId {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(f)
    }
}

impl serde::Serialize for RecordId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.hyphenated())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_five() {
        let legacy = Namespace::of_system("https://legacy.example");
        let v5 = |name: &[u8]| RecordId(Uuid::new_v5(&legacy.0, name));
        assert_eq!(legacy.id(Kind::Patient, "7"), v5(b"Patient\x1f7"));
        assert_eq!(legacy.name("batch"), v5(b"batch"));
        let patient = legacy.id(Kind::Patient, "7");
        let long = "x".repeat(200);
        let mut name = patient.as_bytes().to_vec();
        name.extend_from_slice(b"Encounter\x1f");
        name.extend_from_slice(long.as_bytes());
        assert_eq!(legacy.id_within(patient, Kind::Encounter, &long), v5(&name));
    }
}
