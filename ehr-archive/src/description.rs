//! The two plain documents that say what an archive consists of: `data/archive.json` of an accession, and `state/CURRENT`.

use std::fmt::Write;

use ehr_crypto::{Digest, SigningKey, VerifyingKey, tree};
use serde::{Deserialize, Serialize};

use crate::error::Located;
use crate::files::{Folder, Written};
use crate::names::{self, ARCHIVE_JSON, CURRENT, FORMAT, MANIFEST, SUITE, TAG_MANIFEST};
use crate::{ArchiveId, Error, ErrorKind, ObjectId};

/// Ten million patients make some ten thousand packs of 200 bytes each.
const MAX_DESCRIPTION_LEN: u64 = 1 << 26;
const MAX_MANIFEST_LEN: u64 = 1 << 26;
const MAX_CURRENT_LEN: u64 = 1 << 16;

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

/// How much an archive holds.
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

/// `state/CURRENT`: which files are the archive's state now. It is signed, so that none of them can be put back alone.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Current {
    pub(crate) epoch: u32,
    /// The access log has at least this many entries, and these have this root.
    pub(crate) log_size: u64,
    pub(crate) log_root: Digest,
    pub(crate) files: Vec<(Digest, String)>,
}

impl Description {
    pub(crate) fn read(folder: &Folder) -> Result<Self, Error> {
        let path = names::in_bag(ARCHIVE_JSON);
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
    pub(crate) fn check(folder: &Folder, current: &Current) -> Result<(), Error> {
        let mut known = current.files.clone();
        for name in [TAG_MANIFEST, MANIFEST, ARCHIVE_JSON] {
            let path = names::in_bag(name);
            if !known.contains(&(folder.digest(&path)?.sha256, path.clone())) {
                return Err(ErrorKind::Changed { what: "its digest" }).in_file(path);
            }
            if name != ARCHIVE_JSON {
                known = read_manifest(folder, name)?
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

    pub(crate) fn verifying_key(&self) -> Result<VerifyingKey, Error> {
        self.verifying_key
            .parse()
            .in_file(names::in_bag(ARCHIVE_JSON))
    }

    pub(crate) fn report_object(&self) -> Result<ObjectId, Error> {
        self.report
            .object
            .parse()
            .in_file(names::in_bag(ARCHIVE_JSON))
    }
}

impl Current {
    pub(crate) fn new(
        epoch: u32,
        log_size: u64,
        log_root: tree::Hash,
        files: Vec<Written>,
    ) -> Self {
        let mut files: Vec<_> = files
            .into_iter()
            .map(|file| (file.sha256, file.path))
            .collect();
        files.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        Current {
            epoch,
            log_size,
            log_root: Digest::from_sha256(log_root),
            files,
        }
    }

    pub(crate) fn sign(&self, archive: &ArchiveId, key: &SigningKey) -> Result<String, Error> {
        let mut text = format!(
            "{}/current\nformat {FORMAT}\nsuite {SUITE}\n",
            archive.signer()
        );
        let _ = writeln!(
            text,
            "epoch {}\nlog {} {}",
            self.epoch, self.log_size, self.log_root
        );
        for (sha256, path) in &self.files {
            let _ = writeln!(text, "sha256 {sha256} {path}");
        }
        Ok(key.sign(&text)?)
    }

    pub(crate) fn read(
        folder: &Folder,
        archive: &ArchiveId,
        key: &VerifyingKey,
    ) -> Result<Self, Error> {
        let note = folder.read_text(CURRENT, MAX_CURRENT_LEN)?;
        let text = key.verify(&note).in_file(CURRENT)?;
        Self::parse(text, archive)
            .ok_or(ErrorKind::Malformed {
                what: "the list of current files",
            })
            .in_file(CURRENT)
    }

    fn parse(text: &str, archive: &ArchiveId) -> Option<Self> {
        let mut lines = text.lines();
        let origin = lines.next()?.strip_suffix("/current")?;
        let format = lines.next()?.strip_prefix("format ")?;
        let suite = lines.next()?.strip_prefix("suite ")?;
        if origin != archive.signer() || format != FORMAT || suite != SUITE {
            return None;
        }
        let epoch = lines.next()?.strip_prefix("epoch ")?.parse().ok()?;
        let (log_size, log_root) = lines.next()?.strip_prefix("log ")?.split_once(' ')?;
        let file = |line: &str| {
            let (sha256, path) = line.strip_prefix("sha256 ")?.split_once(' ')?;
            Some((sha256.parse().ok()?, path.to_owned()))
        };
        let files = lines.map(file).collect::<Option<_>>()?;
        Some(Current {
            epoch,
            log_size: log_size.parse().ok()?,
            log_root: log_root.parse().ok()?,
            files,
        })
    }
}

/// Paths below the archive's folder and digests, as one of the bag's manifests lists them.
pub(crate) fn read_manifest(folder: &Folder, name: &str) -> Result<Vec<(String, Digest)>, Error> {
    let path = names::in_bag(name);
    let text = folder.read_text(&path, MAX_MANIFEST_LEN)?;
    let line = |line: &str| {
        let (sha256, path) = line.split_once("  ")?;
        Some((names::in_bag(path), sha256.parse().ok()?))
    };
    let lines: Option<Vec<_>> = text.lines().map(line).collect();
    lines
        .ok_or(ErrorKind::Malformed {
            what: "a line of the manifest",
        })
        .in_file(path)
}

#[cfg(test)]
mod tests {
    use ehr_crypto::DataKey;

    use super::*;

    #[test]
    fn current_goes_round_for_its_own_archive_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::new(folder.path());
        folder.create_folder("state").unwrap();
        let id = ArchiveId::new("a").unwrap();
        let key = SigningKey::from_seed(&id.signer(), DataKey::from_bytes([1; 32])).unwrap();
        let file = Written {
            path: "state/slots.json".into(),
            len: 1,
            sha256: Digest::sha256(b"x"),
        };
        let current = Current::new(1, 3, [7; 32], vec![file]);
        folder
            .write(CURRENT, current.sign(&id, &key).unwrap().as_bytes())
            .unwrap();
        assert_eq!(
            Current::read(&folder, &id, key.verifying_key()).unwrap(),
            current
        );
        let other = ArchiveId::new("b").unwrap();
        assert!(Current::read(&folder, &other, key.verifying_key()).is_err());
    }
}
