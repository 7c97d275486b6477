//! NDJSON by resource type, as in FHIR Bulk Data.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use ehr_crypto::Digest;
use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::issue::{Issue, Severity};
use ehr_model::record::{Kind, Record, RecordId};

use crate::Error;
use crate::mapper::SOURCES_DISAGREE;

/// Lines of one patient, ready to be written; made on any thread.
#[derive(Default)]
pub struct FhirLines {
    lines: BTreeMap<&'static str, (u64, Vec<u8>)>,
    /// What patients share; several patients may bring the same.
    shared: Vec<(Record, BatchTag)>,
    /// Lines of what the export holds once for all patients.
    directory: Vec<(&'static str, RecordId, Vec<u8>)>,
}

/// A folder with one `<ResourceType>.ndjson` a type.
pub struct FhirFolder {
    folder: PathBuf,
    files: BTreeMap<&'static str, BufWriter<File>>,
    counts: BTreeMap<&'static str, u64>,
    /// What patients brought of what they share: written at the end, because the next patient may know more of it.
    shared: Vec<(Record, BatchTag)>,
    shared_at: HashMap<RecordId, usize>,
    /// What was written once for all patients, by the digest of its line.
    directory: HashMap<RecordId, Digest>,
    repeated: BTreeMap<&'static str, u64>,
    issues: Vec<Issue>,
}

impl FhirLines {
    /// Adds a record of a patient.
    pub fn push(&mut self, record: &Record, batch: &BatchTag) {
        if record.kind().is_shared() {
            self.shared.push((record.clone(), batch.clone()));
            return;
        }
        let (count, bytes) = self.lines.entry(record.kind().fhir()).or_default();
        write_resource(record, batch, ReferenceStyle::Relative, bytes);
        bytes.push(b'\n');
        *count += 1;
    }

    /// Adds a record that the export holds once for all patients.
    pub fn push_directory(&mut self, record: &Record, batch: &BatchTag) {
        let mut line = Vec::new();
        write_resource(record, batch, ReferenceStyle::Relative, &mut line);
        line.push(b'\n');
        self.directory.push((record.kind().fhir(), record.id, line));
    }

    /// How many records of a kind's FHIR type there are.
    pub fn count(&self, kind: Kind) -> u64 {
        let shared = self.shared.iter().map(|(record, _)| record.kind().fhir());
        let directory = self.directory.iter().map(|(name, ..)| *name);
        let others = shared.chain(directory).filter(|name| *name == kind.fhir());
        self.lines.get(kind.fhir()).map_or(0, |(count, _)| *count) + others.count() as u64
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
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct FhirCounts {
    /// Resources that were written.
    pub written: BTreeMap<&'static str, u64>,
    /// Resources that stood there already, because another patient brought them.
    pub repeated: BTreeMap<&'static str, u64>,
    /// Where patients disagree in what they share. What the first one said stands.
    pub issues: Vec<Issue>,
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
            shared: Vec::new(),
            shared_at: HashMap::new(),
            directory: HashMap::new(),
            repeated: BTreeMap::new(),
            issues: Vec::new(),
        })
    }

    /// Appends the lines of one patient. What several patients share is written once, with what each of them adds; where
    /// they disagree the first one stands, and an issue names the field.
    pub fn append(&mut self, lines: FhirLines) -> Result<(), Error> {
        for (name, (count, bytes)) in &lines.lines {
            self.write(name, *count, bytes)?;
        }
        for (name, id, line) in lines.directory {
            match self.directory.insert(id, Digest::sha256(&line)) {
                None => self.write(name, 1, &line)?,
                Some(_) => *self.repeated.entry(name).or_default() += 1,
            }
        }
        for (record, batch) in lines.shared {
            self.share(record, batch);
        }
        Ok(())
    }

    fn share(&mut self, record: Record, batch: BatchTag) {
        let name = record.kind().fhir();
        if let Some(known) = self.directory.get(&record.id) {
            let mut line = Vec::new();
            write_resource(&record, &batch, ReferenceStyle::Relative, &mut line);
            line.push(b'\n');
            if Digest::sha256(&line) != *known {
                self.issues.push(disagreement(&record));
            }
        } else if let Some(&at) = self.shared_at.get(&record.id) {
            let (known, _) = &mut self.shared[at];
            if known.resource != record.resource {
                // what stands replaces what comes, so that the first patient is the one who decides
                let mut merged = record.resource.clone();
                let issues = &mut self.issues;
                merged.merge(&known.resource, &mut |field| {
                    issues.push(disagreement(&record).field(field));
                });
                known.resource = merged;
            }
        } else {
            self.shared_at.insert(record.id, self.shared.len());
            self.shared.push((record, batch));
            return;
        }
        *self.repeated.entry(name).or_default() += 1;
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
    pub fn finish(mut self) -> Result<FhirCounts, Error> {
        let mut line = Vec::new();
        for (record, batch) in std::mem::take(&mut self.shared) {
            line.clear();
            write_resource(&record, &batch, ReferenceStyle::Relative, &mut line);
            line.push(b'\n');
            self.write(record.kind().fhir(), 1, &line)?;
        }
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
            issues: self.issues,
        })
    }

    fn path(&self, name: &str) -> PathBuf {
        Path::new(&self.folder).join(format!("{name}.ndjson"))
    }
}

/// Two patients disagree in what they share; what this record says stands in the archive only.
fn disagreement(record: &Record) -> Issue {
    let issue = Issue::new(SOURCES_DISAGREE, Severity::Warning).about(record.kind(), record.id);
    match record.provenance.first() {
        Some(made) => issue.at(made.address.clone()),
        None => issue,
    }
}
