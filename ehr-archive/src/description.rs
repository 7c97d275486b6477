//! The plain document that says what an accession holds: `data/archive.json`.

use ehr_crypto::{Digest, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::current::Current;
use crate::error::Located;
use crate::files::Folder;
use crate::names::{self, ARCHIVE_JSON, FORMAT, MANIFEST, SUITE, TAG_MANIFEST};
use crate::{ArchiveId, Error, ErrorKind, ObjectId};

/// Ten million patients make some ten thousand packs of 200 bytes each.
const MAX_DESCRIPTION_LEN: u64 = 1 << 26;
const MAX_MANIFEST_LEN: u64 = 1 << 26;

/// `data/archive.json`: what an accession holds, in numbers and digests, without a patient.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) format: String,
    pub(crate) suite: String,
    pub(crate) archive_id: ArchiveId,
    pub(crate) created: String,
    pub(crate) software: String,
    pub(crate) verifying_key: String,
    pub(crate) counts: Counts,
    pub(crate) packs: Vec<PackDescription>,
    pub(crate) tree: TreeDescription,
    pub(crate) report: ReportDescription,
}

/// How much an accession or an archive holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counts {
    /// Entries of patients.
    pub patient_entries: u64,
    /// Entries of objects that belong to no patient.
    pub unassigned_entries: u64,
    /// Objects of all entries.
    pub objects: u64,
    /// Bytes of the objects as they were given.
    pub original_bytes: u64,
    /// Bytes of the objects as they are kept.
    pub sealed_bytes: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PackDescription {
    pub(crate) file: String,
    pub(crate) cohort: String,
    pub(crate) objects: u64,
    pub(crate) bytes: u64,
    pub(crate) sha256: Digest,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct TreeDescription {
    pub(crate) size: u64,
    pub(crate) root: Digest,
}

/// The report is an object like others; its key has an ordinal of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ReportDescription {
    pub(crate) object: String,
    pub(crate) ordinal: u64,
}

impl Counts {
    pub(crate) fn add(&mut self, other: Counts) {
        self.patient_entries += other.patient_entries;
        self.unassigned_entries += other.unassigned_entries;
        self.objects += other.objects;
        self.original_bytes += other.original_bytes;
        self.sealed_bytes += other.sealed_bytes;
    }
}

impl Description {
    pub(crate) fn read(folder: &Folder, bag: u32) -> Result<Self, Error> {
        let path = names::in_bag(bag, ARCHIVE_JSON);
        let parsed: Result<Self, _> =
            serde_json::from_slice(&folder.read(&path, MAX_DESCRIPTION_LEN)?);
        let description = parsed
            .map_err(|_| ErrorKind::Malformed {
                what: "the description",
            })
            .in_file(&path)?;
        if description.format != FORMAT || description.suite != SUITE {
            return Err(ErrorKind::LaterVersion).in_file(&path);
        }
        Ok(description)
    }

    /// Checks the way from the signed list to this file: tag manifest, manifest, description.
    pub(crate) fn check(folder: &Folder, current: &Current, bag: u32) -> Result<(), Error> {
        let mut known = current.files.clone();
        for name in [TAG_MANIFEST, MANIFEST, ARCHIVE_JSON] {
            let path = names::in_bag(bag, name);
            if !known.contains(&(folder.digest(&path)?.sha256, path.clone())) {
                return Err(ErrorKind::Changed { what: "its digest" }).in_file(path);
            }
            if name != ARCHIVE_JSON {
                known = read_manifest(folder, bag, name)?
                    .into_iter()
                    .map(|(path, sha256)| (sha256, path))
                    .collect();
            }
        }
        Ok(())
    }

    pub(crate) fn to_json(&self) -> Result<Vec<u8>, Error> {
        let mut json = serde_json::to_vec_pretty(self).map_err(|_| ErrorKind::Malformed {
            what: "the description",
        })?;
        json.push(b'\n');
        Ok(json)
    }

    pub(crate) fn verifying_key(&self, bag: u32) -> Result<VerifyingKey, Error> {
        self.verifying_key
            .parse()
            .in_file(names::in_bag(bag, ARCHIVE_JSON))
    }

    pub(crate) fn report_object(&self, bag: u32) -> Result<ObjectId, Error> {
        self.report
            .object
            .parse()
            .in_file(names::in_bag(bag, ARCHIVE_JSON))
    }
}

/// Paths below the archive's folder and digests, as one of the bag's manifests lists them.
pub(crate) fn read_manifest(
    folder: &Folder,
    bag: u32,
    name: &str,
) -> Result<Vec<(String, Digest)>, Error> {
    let path = names::in_bag(bag, name);
    let text = folder.read_text(&path, MAX_MANIFEST_LEN)?;
    let line = |line: &str| {
        let (sha256, path) = line.split_once("  ")?;
        Some((names::in_bag(bag, path), sha256.parse().ok()?))
    };
    let lines: Option<Vec<_>> = text.lines().map(line).collect();
    lines
        .ok_or(ErrorKind::Malformed {
            what: "a line of the manifest",
        })
        .in_file(path)
}
