//! Every name of the format in one place: paths, ids, and the contexts that tie sealed bytes to their place.

use std::fmt;
use std::str::FromStr;

use ehr_crypto::key::random_bytes;
use ehr_crypto::tree::tile::TileId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Error, ErrorKind};

/// The format and its version.
pub(crate) const FORMAT: &str = "ehr-archive/1";
/// The sealing: C2SP chunked-encryption with AES-256-GCM.
pub(crate) const SUITE: &str = "cobblestone-256";

pub(crate) const README: &str = "README.txt";
pub(crate) const UNFINISHED: &str = "unfinished";
pub(crate) const JOURNAL: &str = "unfinished/journal";
/// A journal that does not yet say what is being written.
pub(crate) const JOURNAL_BEGUN: &str = "unfinished/journal.begun";
pub(crate) const STATE: &str = "state";
pub(crate) const CURRENT: &str = "state/CURRENT";
pub(crate) const SLOTS: &str = "state/slots.json";
pub(crate) const LOG: &str = "log";
pub(crate) const LOG_CHECKPOINT: &str = "log/checkpoint";
/// Entries that are not in tiles yet.
pub(crate) const LOG_TAIL: &str = "log/tail";
/// All entries, in the first archives.
pub(crate) const LOG_ENTRIES: &str = "log/entries";
/// Held by whoever changes the state; it is empty.
pub(crate) const LOCK: &str = "state/lock";
/// The accession with which an archive begins.
pub(crate) const FIRST_BAG: u32 = 1;
pub(crate) const PACKS: &str = "data/packs";
pub(crate) const TREE: &str = "data/tree";
pub(crate) const LEAVES: &str = "data/tree/level-0";
pub(crate) const CHECKPOINT: &str = "data/checkpoint";
pub(crate) const ARCHIVE_JSON: &str = "data/archive.json";
pub(crate) const REPORT: &str = "data/report.c256";
pub(crate) const MANIFEST: &str = "manifest-sha256.txt";
pub(crate) const TAG_MANIFEST: &str = "tagmanifest-sha256.txt";

/// The folder of an accession.
pub(crate) fn bag(number: u32) -> String {
    format!("bag-{number:06}")
}

/// A path inside an accession, as seen from the archive's folder.
pub(crate) fn in_bag(number: u32, path: &str) -> String {
    format!("bag-{number:06}/{path}")
}

/// The accession that a path from the archive's folder is in.
pub(crate) fn bag_of(path: &str) -> Option<u32> {
    let number: u32 = path.strip_prefix("bag-")?.split('/').next()?.parse().ok()?;
    path.starts_with(&in_bag(number, "")).then_some(number)
}

/// A pack's path inside its accession.
pub(crate) fn pack(number: u32) -> String {
    format!("{PACKS}/pack-{number:06}.zip")
}

/// The leaf hashes of a pack while it is being written.
pub(crate) fn pack_leaves(number: u32) -> String {
    format!("{UNFINISHED}/leaves-{number:06}")
}

/// A tile of the access log, or a bundle of its entries.
pub(crate) fn log_tile(tile: TileId) -> String {
    format!("{LOG}/{tile}")
}

/// A catalogue or keyring of an epoch.
pub(crate) fn state_file(name: &str, epoch: u32) -> String {
    format!("{STATE}/{name}.{epoch}.c256")
}

/// A small file of the state: slots, holds, rules, certificates. It gets a new name with every change, so that the list of
/// current files switches from the old to the new one in one step.
pub(crate) fn small_file(stem: &str, number: u64, suffix: &str) -> String {
    format!("{STATE}/{stem}.{number}.{suffix}")
}

/// The archive's own id. It stands in clear everywhere, so it must not name a patient; a UUID is a good one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ArchiveId(String);

impl ArchiveId {
    /// Checks the form: 1 to 64 letters, digits, dots, hyphens and underscores.
    pub fn new(id: &str) -> Result<Self, Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
        if (1..=64).contains(&id.len()) && id.bytes().all(is_plain) {
            Ok(ArchiveId(id.to_owned()))
        } else {
            Err(ErrorKind::Refused {
                reason: "an archive id is 1 to 64 letters, digits, dots, hyphens, underscores",
            }
            .into())
        }
    }

    /// A new random id.
    pub fn random() -> Result<Self, Error> {
        Ok(ArchiveId(
            uuid::Builder::from_random_bytes(random_bytes()?)
                .into_uuid()
                .to_string(),
        ))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The context of sealed bytes: no two places of any two archives have the same.
    pub(crate) fn context(&self, place: impl fmt::Display) -> Vec<u8> {
        format!("{FORMAT} {SUITE} {} {place}", self.0).into_bytes()
    }

    pub(crate) fn object_context(&self, object: ObjectId) -> Vec<u8> {
        self.context(format_args!("object {object}"))
    }

    /// Name of the signing key, and beginning of the origins of what it signs.
    pub(crate) fn signer(&self) -> String {
        format!("ehr-archive/{}", self.0)
    }
}

impl TryFrom<String> for ArchiveId {
    type Error = Error;

    fn try_from(id: String) -> Result<Self, Error> {
        Self::new(&id)
    }
}

impl From<ArchiveId> for String {
    fn from(id: ArchiveId) -> Self {
        id.0
    }
}

impl fmt::Display for ArchiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Origin of the access log's checkpoints, and name of the key that signs them.
pub(crate) fn log_origin(archive: &ArchiveId) -> String {
    format!("{}/log", archive.signer())
}

/// The random id of one object; it says nothing about what it names.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId([u8; 16]);

impl ObjectId {
    /// Length of the id as text.
    pub(crate) const TEXT_LEN: usize = 32;

    pub(crate) fn random() -> Result<Self, Error> {
        Ok(ObjectId(random_bytes()?))
    }

    /// An id from its bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        ObjectId(bytes)
    }

    /// The bytes of the id.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).simple().fmt(f)
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ObjectId({self})")
    }
}

impl FromStr for ObjectId {
    type Err = Error;

    /// Reads 32 lower-case hexadecimal digits.
    fn from_str(text: &str) -> Result<Self, Error> {
        let id = Uuid::try_parse(text).map(|id| ObjectId(id.into_bytes()));
        id.ok().filter(|id| id.to_string() == text).ok_or_else(|| {
            ErrorKind::Malformed {
                what: "an object id is 32 hexadecimal digits",
            }
            .into()
        })
    }
}

/// Checks a point in time: date, time and offset as RFC 3339 writes them.
pub(crate) fn check_instant(text: &str) -> Result<(), Error> {
    const FORM: &[u8] = b"0000-00-00T00:00:00";
    let (head, tail) = text.as_bytes().split_at(text.len().min(FORM.len()));
    let same = |(byte, form): (&u8, &u8)| {
        if *form == b'0' {
            byte.is_ascii_digit()
        } else {
            byte == form
        }
    };
    let tail = match tail {
        [b'.', rest @ ..] => &rest[rest.iter().take_while(|byte| byte.is_ascii_digit()).count()..],
        rest => rest,
    };
    let offset = match tail {
        b"Z" => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => {
            [h1, h2, m1, m2].iter().all(|byte| byte.is_ascii_digit())
        }
        _ => false,
    };
    if head.len() == FORM.len() && head.iter().zip(FORM).all(same) && offset && text.len() <= 35 {
        Ok(())
    } else {
        Err(ErrorKind::Refused {
            reason: "a time is written as 2026-01-31T09:30:00-05:00",
        }
        .into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_contexts() {
        let id = ArchiveId::new("practice-7").unwrap();
        assert_eq!(
            id.context("journal 3"),
            b"ehr-archive/1 cobblestone-256 practice-7 journal 3"
        );
        let object = ObjectId::from_bytes([1; 16]);
        assert_eq!(object.to_string().parse::<ObjectId>().unwrap(), object);
        for wrong in [
            "",
            "0101",
            "01010101-0101-0101-0101-010101010101",
            &"AB".repeat(16),
        ] {
            assert!(wrong.parse::<ObjectId>().is_err(), "{wrong:?}");
        }
        for wrong in ["", "a b", "a/b", "a+b", &"a".repeat(65)] {
            assert!(ArchiveId::new(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(ArchiveId::random().unwrap().as_str().len(), 36);
    }

    #[test]
    fn times() {
        for right in ["2026-01-31T09:30:00Z", "2026-01-31T09:30:00.125-05:00"] {
            check_instant(right).unwrap();
        }
        for wrong in [
            "",
            "2026-01-31",
            "2026-01-31T09:30:00",
            "31.01.2026 09:30",
            "2026-01-31T09:30:00+5",
        ] {
            assert!(check_instant(wrong).is_err(), "{wrong:?}");
        }
    }
}
