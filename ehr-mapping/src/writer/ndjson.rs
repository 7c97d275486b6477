//! NDJSON by resource type, as in FHIR Bulk Data.

use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::record::{Kind, Record, RecordId};

use crate::Error;

/// Lines of one patient, ready to be written; made on any thread.
#[derive(Default)]
pub struct FhirLines {
    lines: BTreeMap<&'static str, (u64, Vec<u8>)>,
    /// Lines of what patients share; several patients may bring the same.
    shared: Vec<(&'static str, RecordId, Vec<u8>)>,
}

/// A folder with one `<ResourceType>.ndjson` a type.
pub struct FhirFolder {
    folder: PathBuf,
    files: BTreeMap<&'static str, BufWriter<File>>,
    counts: BTreeMap<&'static str, u64>,
    /// What patients share and was written.
    shared: HashSet<RecordId>,
    repeated: BTreeMap<&'static str, u64>,
}

impl FhirLines {
    /// Adds a record.
    pub fn push(&mut self, record: &Record, batch: &BatchTag) {
        if record.kind().is_shared() {
            let mut line = Vec::new();
            write_resource(record, batch, ReferenceStyle::Relative, &mut line);
            line.push(b'\n');
            self.shared.push((record.kind().fhir(), record.id, line));
            return;
        }
        let (count, bytes) = self.lines.entry(record.kind().fhir()).or_default();
        write_resource(record, batch, ReferenceStyle::Relative, bytes);
        bytes.push(b'\n');
        *count += 1;
    }

    /// How many records of a kind's FHIR type there are.
    pub fn count(&self, kind: Kind) -> u64 {
        let shared = self.shared.iter().filter(|(name, ..)| *name == kind.fhir());
        self.lines.get(kind.fhir()).map_or(0, |(count, _)| *count) + shared.count() as u64
    }
}

impl std::fmt::Debug for FhirLines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.lines.iter().map(|(name, (count, _))| (name, count)))
            .finish()
    }
}

/// How many resources arrived in a folder, by type.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FhirCounts {
    /// Resources that were written.
    pub written: BTreeMap<&'static str, u64>,
    /// Resources that stood there already, because another patient brought them.
    pub repeated: BTreeMap<&'static str, u64>,
}

impl FhirFolder {
    /// Creates the folder.
    pub fn create(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        std::fs::create_dir_all(&folder).map_err(Error::io(&folder, "creating a folder"))?;
        Ok(Self {
            folder,
            files: BTreeMap::new(),
            counts: BTreeMap::new(),
            shared: HashSet::new(),
            repeated: BTreeMap::new(),
        })
    }

    /// Appends the lines of one patient. What several patients share is written once.
    pub fn append(&mut self, lines: &FhirLines) -> Result<(), Error> {
        for (name, (count, bytes)) in &lines.lines {
            self.write(name, *count, bytes)?;
        }
        for (name, id, line) in &lines.shared {
            if self.shared.insert(*id) {
                self.write(name, 1, line)?;
            } else {
                *self.repeated.entry(name).or_default() += 1;
            }
        }
        Ok(())
    }

    fn write(&mut self, name: &'static str, count: u64, bytes: &[u8]) -> Result<(), Error> {
        let path = self.path(name);
        let file = match self.files.entry(name) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                let file = File::create(&path).map_err(Error::io(&path, "creating a file"))?;
                place.insert(BufWriter::with_capacity(64 << 10, file))
            }
        };
        file.write_all(bytes).map_err(Error::io(&path, "writing"))?;
        *self.counts.entry(name).or_default() += count;
        Ok(())
    }

    /// Makes everything durable; returns what arrived.
    pub fn finish(self) -> Result<FhirCounts, Error> {
        for (name, file) in self.files {
            let path = self.folder.join(format!("{name}.ndjson"));
            let file = file
                .into_inner()
                .map_err(|error| Error::io(&path, "writing")(error.into_error()))?;
            file.sync_all().map_err(Error::io(&path, "writing"))?;
        }
        Ok(FhirCounts {
            written: self.counts,
            repeated: self.repeated,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.folder).join(format!("{name}.ndjson"))
    }
}
