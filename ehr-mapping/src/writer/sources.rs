//! One collection bundle a source file.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, begin_bundle, end_bundle, write_entry};
use ehr_model::record::{Record, RecordId};

use crate::Error;

/// Entries of source files, ready to be written; made on any thread.
#[derive(Default)]
pub struct SourceEntries {
    entries: BTreeMap<Arc<str>, Vec<(RecordId, Vec<u8>)>>,
}

/// A folder with one `<source file>.json` a source file, holding every record to which the file
/// contributed. A file may hold several patients, so that its bundle grows as they come.
pub struct SourceBundles {
    folder: PathBuf,
    /// Of each file, the records that people share and that stand in its bundle already.
    begun: BTreeMap<Arc<str>, HashSet<RecordId>>,
}

impl SourceEntries {
    /// Adds a record to the bundles of all files that it came from.
    pub fn push(&mut self, record: &Record, batch: &BatchTag) {
        let files: BTreeSet<&Arc<str>> = record
            .provenance
            .iter()
            .map(|provenance| &provenance.address.source)
            .collect();
        for file in files {
            let mut bytes = Vec::new();
            write_entry(record, BundleType::Collection, batch, &mut bytes);
            let entries = self.entries.entry(file.clone()).or_default();
            entries.push((record.id, bytes));
        }
    }
}

impl std::fmt::Debug for SourceEntries {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SourceEntries({} files)", self.entries.len())
    }
}

impl SourceBundles {
    /// Creates the folder.
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(Error::io(&folder, "creating a folder"))?;
        Ok(Self {
            folder,
            begun: BTreeMap::new(),
        })
    }

    /// Appends the entries of one patient.
    pub fn append(&mut self, entries: SourceEntries) -> Result<(), Error> {
        for (file, entries) in entries.entries {
            let path = self.path(&file);
            let mut bytes = Vec::new();
            let known = self.begun.entry(file).or_insert_with(|| {
                begin_bundle(BundleType::Collection, &mut bytes);
                HashSet::new()
            });
            for (id, entry) in entries {
                let first = known.is_empty();
                // a practitioner whom several patients of one file name stands in it once
                if known.insert(id) {
                    if !first {
                        bytes.push(b',');
                    }
                    bytes.extend_from_slice(&entry);
                }
            }
            append_to(&path, &bytes)?;
        }
        Ok(())
    }

    /// Ends all bundles; returns how many there are.
    pub fn finish(self) -> Result<u64, Error> {
        let mut end = Vec::new();
        end_bundle(&mut end);
        for file in self.begun.keys() {
            append_to(&self.path(file), &end)?;
        }
        Ok(self.begun.len() as u64)
    }

    /// Names of sources are relative; whatever else stands in one is left out.
    fn path(&self, file: &str) -> PathBuf {
        let mut path = self.folder.clone();
        for part in Path::new(file).components() {
            if let Component::Normal(part) = part {
                path.push(part);
            }
        }
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".json");
        path.set_file_name(name);
        path
    }
}

fn append_to(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Error::io(folder, "creating a folder"))?;
    }
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(Error::io(path, "creating a file"))?;
    file.write_all(bytes).map_err(Error::io(path, "writing"))
}
