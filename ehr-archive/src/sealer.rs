//! Compresses and seals entries, on any number of threads; the writer then only appends.

use std::fmt;
use std::sync::Arc;

use ehr_crypto::{DataKey, Digest};

use crate::catalogue::Person;
use crate::digest_thread::DigestThread;
use crate::entry::{Cohort, ObjectClass, ObjectEntry, PatientEntry};
use crate::object::{Compressors, seal_object};
use crate::{ArchiveId, Error, ErrorKind, ObjectId};

/// The most objects an entry may have; the rows of one entry are held in memory together.
pub(crate) const MAX_OBJECTS: usize = 100_000;

/// Prepares entries for one archive. Clone it into as many threads as there are cores.
#[derive(Clone)]
pub struct Sealer {
    shared: Arc<Shared>,
}

struct Shared {
    archive: ArchiveId,
    compressors: Compressors,
}

/// An entry that is compressed and sealed and only has to be appended.
pub struct SealedEntry {
    pub(crate) archive: ArchiveId,
    pub(crate) person: Person,
    pub(crate) key: DataKey,
    pub(crate) objects: Vec<SealedObject>,
    pub(crate) original_len: u64,
}

pub(crate) struct SealedObject {
    pub(crate) id: ObjectId,
    pub(crate) class: ObjectClass,
    pub(crate) sealed: Vec<u8>,
    pub(crate) digest: Digest,
    pub(crate) crc32: u32,
}

impl Sealer {
    pub(crate) fn new(archive: ArchiveId) -> Self {
        Sealer {
            shared: Arc::new(Shared {
                archive,
                compressors: Compressors::default(),
            }),
        }
    }

    /// Compresses and seals a patient's entry under a new key of its own.
    pub fn seal(&self, entry: &PatientEntry<'_>) -> Result<SealedEntry, Error> {
        self.seal_objects(Person::of(entry)?, entry.objects, None)
    }

    /// The same with a second thread that hashes meanwhile.
    pub(crate) fn seal_beside(
        &self,
        entry: &PatientEntry<'_>,
        digests: &mut DigestThread,
    ) -> Result<SealedEntry, Error> {
        self.seal_objects(Person::of(entry)?, entry.objects, Some(digests))
    }

    /// Compresses and seals objects that belong to no patient: rejects without a patient, shared directories.
    pub fn seal_unassigned(
        &self,
        cohort: Cohort<'_>,
        objects: &[ObjectEntry<'_>],
    ) -> Result<SealedEntry, Error> {
        self.seal_objects(Person::nobody(cohort), objects, None)
    }

    fn seal_objects(
        &self,
        person: Person,
        objects: &[ObjectEntry<'_>],
        mut digests: Option<&mut DigestThread>,
    ) -> Result<SealedEntry, Error> {
        if objects.len() > MAX_OBJECTS {
            return Err(ErrorKind::Refused {
                reason: "an entry has at most 100,000 objects",
            }
            .into());
        }
        let Shared {
            archive,
            compressors,
        } = &*self.shared;
        let key = DataKey::generate()?;
        let seal_one = |entry: &ObjectEntry<'_>| {
            let id = ObjectId::random()?;
            let sealed = seal_object(
                archive,
                &key,
                id,
                entry,
                compressors,
                digests.as_deref_mut(),
            )?;
            let (digest, crc32) = (Digest::sha256(&sealed), crc32fast::hash(&sealed));
            Ok(SealedObject {
                id,
                class: entry.class,
                sealed,
                digest,
                crc32,
            })
        };
        let sealed = objects.iter().map(seal_one).collect::<Result<_, Error>>()?;
        let original_len = objects.iter().map(|object| object.bytes.len() as u64).sum();
        Ok(SealedEntry {
            archive: archive.clone(),
            person,
            key,
            objects: sealed,
            original_len,
        })
    }
}

impl SealedEntry {
    /// Bytes that appending it will write.
    pub fn sealed_len(&self) -> u64 {
        self.objects
            .iter()
            .map(|object| object.sealed.len() as u64)
            .sum()
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("archive", &self.shared.archive)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for SealedEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedEntry")
            .field("objects", &self.objects.len())
            .finish_non_exhaustive()
    }
}
