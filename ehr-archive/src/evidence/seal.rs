//! A bundle in the archive, and out of it again.

use std::fs;
use std::path::Path;

use ehr_crypto::VerifyingKey;

use super::make::{Staging, create, write};
use super::note::is_path;
use super::verify::examine;
use super::{EvidenceError, NOTE};
use crate::{ArchiveWriter, Cohort, ObjectClass, ObjectEntry};

/// What stands before the path of a file in the archive.
const SOURCE: &str = "evidence/";
const MEDIA_TYPE: &str = "application/octet-stream";

/// A bundle that was verified and read.
pub struct Evidence {
    cohort: String,
    files: Vec<(String, Vec<u8>)>,
}

impl Evidence {
    /// Reads a bundle that is whole.
    ///
    /// # Errors
    ///
    /// If it is not, with the first finding.
    pub fn open(folder: &Path, key: &VerifyingKey) -> Result<Self, EvidenceError> {
        let mut files = Vec::new();
        let report = examine(folder, key, &mut |path, bytes| {
            files.push((path.to_owned(), bytes));
        })?;
        if let Some(finding) = report.findings.into_iter().next() {
            return Err(EvidenceError::NotWhole(finding));
        }
        // cohorts are years at whose end everything of them has expired
        let year = report.retain_until.get(..4).unwrap_or_default();
        Ok(Self {
            cohort: format!("{year}-evidence"),
            files,
        })
    }

    /// The retention cohort under which it is sealed: the year in which its six years end.
    pub fn cohort(&self) -> &str {
        &self.cohort
    }

    /// Appends the bundle to an archive as one entry that belongs to no patient.
    ///
    /// # Errors
    ///
    /// If the archive refuses.
    pub fn seal(&self, archive: &mut ArchiveWriter, cursor: &[u8]) -> Result<(), EvidenceError> {
        let names: Vec<String> = self
            .files
            .iter()
            .map(|(path, _)| format!("{SOURCE}{path}"))
            .collect();
        let objects: Vec<ObjectEntry<'_>> = names
            .iter()
            .zip(&self.files)
            .map(|(name, (_, bytes))| ObjectEntry {
                class: ObjectClass::Report,
                media_type: MEDIA_TYPE,
                source_id: name,
                bytes,
            })
            .collect();
        let cohort = Cohort::new(&self.cohort).map_err(EvidenceError::Archive)?;
        archive
            .append_unassigned(cohort, &objects, cursor)
            .map_err(EvidenceError::Archive)
    }
}

impl std::fmt::Debug for Evidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Evidence({} files)", self.files.len())
    }
}

/// Writes a bundle that was sealed back into a folder, from the objects of its entry: their source ids
/// and bytes. Verify it afterwards.
///
/// # Errors
///
/// If the folder is there, or a name leads out of it.
pub fn restore_evidence<'o>(
    objects: impl IntoIterator<Item = (&'o str, &'o [u8])>,
    folder: &Path,
) -> Result<(), EvidenceError> {
    if folder.exists() {
        return Err(EvidenceError::Exists(folder.to_owned()));
    }
    let mut part = folder.as_os_str().to_owned();
    part.push(".part");
    let staging = Staging(part.into());
    create(&staging.0)?;
    for (name, bytes) in objects {
        let path = name.strip_prefix(SOURCE).unwrap_or(name);
        if path != NOTE && !is_path(path) {
            return Err(EvidenceError::Name(name.to_owned()));
        }
        let path = staging.0.join(path);
        if let Some(folder) = path.parent() {
            create(folder)?;
        }
        write(&path, bytes)?;
    }
    fs::rename(&staging.0, folder).map_err(EvidenceError::io(folder, "moving a folder"))
}
