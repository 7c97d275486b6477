//! Ids that are the same in every run.

use std::fmt;

use uuid::Uuid;

use super::Kind;

/// The id of a record: a UUIDv5 of source system, kind and source key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(Uuid);

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
        let mut name = String::with_capacity(kind.name().len() + 1 + source_key.len());
        name.push_str(kind.name());
        name.push('\u{1f}');
        name.push_str(source_key);
        RecordId(Uuid::new_v5(&self.0, name.as_bytes()))
    }

    /// The id of the record with this key, where keys count within another record, such as the
    /// visits of a patient.
    pub fn id_within(&self, owner: RecordId, kind: Kind, source_key: &str) -> RecordId {
        let mut name = Vec::with_capacity(16 + kind.name().len() + 1 + source_key.len());
        name.extend_from_slice(owner.as_bytes());
        name.extend_from_slice(kind.name().as_bytes());
        name.push(0x1f);
        name.extend_from_slice(source_key.as_bytes());
        RecordId(Uuid::new_v5(&self.0, &name))
    }

    /// The id of something that is no record of a chart, such as a batch.
    pub fn name(&self, text: &str) -> RecordId {
        RecordId(Uuid::new_v5(&self.0, text.as_bytes()))
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
