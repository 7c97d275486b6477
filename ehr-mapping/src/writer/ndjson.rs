//! NDJSON by resource type, as in FHIR Bulk Data.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::record::{Kind, Record};

use crate::Error;

/// Lines of one patient, ready to be written; made on any thread.
#[derive(Default)]
pub struct FhirLines {
    lines: BTreeMap<&'static str, (u64, Vec<u8>)>,
}

/// A folder with one `<ResourceType>.ndjson` a type.
pub struct FhirFolder {
    folder: PathBuf,
    files: BTreeMap<&'static str, BufWriter<File>>,
    counts: BTreeMap<&'static str, u64>,
}

impl FhirLines {
    /// Adds a record.
    pub fn push(&mut self, record: &Record, batch: &BatchTag) {
        let (count, bytes) = self.lines.entry(record.kind().fhir()).or_default();
        write_resource(record, batch, ReferenceStyle::Relative, bytes);
        bytes.push(b'\n');
        *count += 1;
    }

    /// How many records of a kind's FHIR type there are.
    pub fn count(&self, kind: Kind) -> u64 {
        self.lines.get(kind.fhir()).map_or(0, |(count, _)| *count)
    }
}

impl std::fmt::Debug for FhirLines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map()
            .entries(self.lines.iter().map(|(name, (count, _))| (name, count)))
            .finish()
    }
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
        })
    }

    /// Appends the lines of one patient.
    pub fn append(&mut self, lines: &FhirLines) -> Result<(), Error> {
        for (name, (count, bytes)) in &lines.lines {
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
        }
        Ok(())
    }

    /// Makes everything durable; returns how many resources of each type were written.
    pub fn finish(self) -> Result<BTreeMap<&'static str, u64>, Error> {
        for (name, file) in self.files {
            let path = self.folder.join(format!("{name}.ndjson"));
            let file = file
                .into_inner()
                .map_err(|error| Error::io(&path, "writing")(error.into_error()))?;
            file.sync_all().map_err(Error::io(&path, "writing"))?;
        }
        Ok(self.counts)
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.folder).join(format!("{name}.ndjson"))
    }
}
