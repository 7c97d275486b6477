//! One transaction bundle a patient.

use std::fs;
use std::path::PathBuf;

use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, write_bundle};
use ehr_model::record::{Record, RecordId};

use crate::Error;

/// A folder with one `<patient id>.json` a patient; the id says nothing about the person.
pub struct BundleFolder {
    folder: PathBuf,
}

impl BundleFolder {
    /// Creates the folder.
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(Error::io(&folder, "creating a folder"))?;
        Ok(Self { folder })
    }

    /// Writes the bundle of one patient; several threads may do so at once.
    pub fn write<'r>(
        &self,
        patient: RecordId,
        records: impl IntoIterator<Item = &'r Record>,
        batch: &BatchTag,
    ) -> Result<(), Error> {
        let mut bytes = Vec::new();
        write_bundle(records, BundleType::Transaction, batch, &mut bytes);
        let path = self.folder.join(format!("{patient}.json"));
        fs::write(&path, bytes).map_err(Error::io(&path, "writing"))
    }
}
