//! The manifest of an import: what it did to which resource.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufWriter, Write};
use std::path::{Path, PathBuf};

use ehr_model::fhir::BatchTag;
use ehr_model::record::{Kind, Record, RecordId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{ManifestError, Undo};
use crate::Error;
use crate::delta::{ChartChange, ResourceKey};

const FORMAT: &str = "ehr-import-manifest/1";

/// What an import did to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// It was not there before.
    Created,
    /// It replaced what an earlier import had written.
    Updated,
    /// An earlier import had written it, and this one took it away.
    Deleted,
}

/// One resource of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestEntry {
    /// The resource.
    pub key: ResourceKey,
    /// What the import did to it.
    pub change: Change,
    /// What it refers to.
    pub refers: BTreeSet<ResourceKey>,
}

/// Lines of one patient, made on any thread. Ids only.
#[derive(Debug, Default)]
pub struct ManifestLines(Vec<u8>, u64);

/// A manifest that is being written. It says at its end that it is complete.
pub struct ManifestFile {
    path: PathBuf,
    file: BufWriter<File>,
    entries: u64,
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    system: String,
    batch: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    resource: String,
    change: Change,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refers: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    complete: u64,
}

impl ManifestLines {
    /// Adds a record that is written, as it is written.
    pub fn push(&mut self, record: &Record, change: Change) {
        let mut refers = BTreeSet::new();
        record.visit_references(|_, kind, id| {
            refers.insert(ResourceKey { kind, id }.to_string());
        });
        self.line(ResourceKey::of(record), change, refers);
    }

    /// Adds the records of a chart that change, and those that are deleted.
    pub fn extend<'r>(
        &mut self,
        records: impl IntoIterator<Item = &'r Record>,
        change: &ChartChange,
    ) {
        for record in records {
            let key = ResourceKey::of(record);
            if change.created.contains(&key) {
                self.push(record, Change::Created);
            } else if change.updated.contains(&key) {
                self.push(record, Change::Updated);
            }
        }
    }

    /// Adds resources of which only the key is known: those that a run deletes. A later line of the
    /// same resource replaces an earlier one, so that what a run found to be
    /// [moved](crate::delta::RunChanges::moved) is added again as updated.
    pub fn keys<'k>(&mut self, keys: impl IntoIterator<Item = &'k ResourceKey>, change: Change) {
        keys.into_iter()
            .for_each(|key| self.line(*key, change, BTreeSet::new()));
    }

    fn line(&mut self, key: ResourceKey, change: Change, refers: BTreeSet<String>) {
        let line = Line {
            resource: key.to_string(),
            change,
            refers: refers.into_iter().collect(),
        };
        let written = serde_json::to_writer(&mut self.0, &line);
        debug_assert!(written.is_ok(), "memory takes every line");
        self.0.push(b'\n');
        self.1 += 1;
    }
}

impl ManifestFile {
    /// Begins the manifest of a batch.
    ///
    /// # Errors
    ///
    /// If the file cannot be made.
    pub fn create(path: &Path, batch: &BatchTag) -> Result<Self, Error> {
        let file = File::create(path).map_err(Error::io(path, "creating a file"))?;
        let mut file = BufWriter::new(file);
        let head = Head {
            format: FORMAT.to_owned(),
            system: batch.system().to_owned(),
            batch: batch.code().to_owned(),
        };
        write_line(&mut file, &head).map_err(Error::io(path, "writing"))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            entries: 0,
        })
    }

    /// Appends lines.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn append(&mut self, lines: &ManifestLines) -> Result<(), Error> {
        self.entries += lines.1;
        let written = self.file.write_all(&lines.0);
        written.map_err(Error::io(&self.path, "writing"))
    }

    /// Says that the manifest is complete.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn finish(mut self) -> Result<(), Error> {
        let end = End {
            complete: self.entries,
        };
        let written = write_line(&mut self.file, &end).and_then(|()| self.file.flush());
        written
            .and_then(|()| self.file.get_ref().sync_all())
            .map_err(Error::io(&self.path, "writing"))
    }
}

fn write_line(file: &mut impl Write, line: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *file, line)?;
    file.write_all(b"\n")
}

impl Undo {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// If it is no manifest, or not a whole one.
    pub fn read(manifest: impl BufRead) -> Result<Self, ManifestError> {
        let mut lines = (1..).zip(manifest.lines());
        let (_, first) = lines.next().ok_or(ManifestError::Incomplete { found: 0 })?;
        let first = first.map_err(|source| ManifestError::Io { line: 1, source })?;
        let malformed = |line, expected| ManifestError::Malformed { line, expected };
        let head = serde_json::from_str::<Head>(&first).ok();
        let head = head
            .filter(|head| head.format == FORMAT)
            .ok_or(malformed(1, "the manifest of an import"))?;
        let mut entries = BTreeMap::new();
        let (mut found, mut complete) = (0, None);
        for (number, line) in lines {
            let line = line.map_err(|source| ManifestError::Io {
                line: number,
                source,
            })?;
            if complete.is_some() {
                return Err(malformed(number, "nothing behind the end"));
            }
            if let Ok(end) = serde_json::from_str::<End>(&line) {
                complete = Some(end.complete);
                continue;
            }
            let entry = serde_json::from_str::<Line>(&line).ok();
            let entry = entry.and_then(Line::entry);
            let entry = entry.ok_or(malformed(number, "an entry of the manifest"))?;
            found += 1;
            let entry = match entries.remove(&entry.key) {
                Some(earlier) => entry.over(earlier),
                None => entry,
            };
            entries.insert(entry.key, entry);
        }
        match complete {
            Some(count) if count == found => Ok(Self {
                batch: BatchTag::new(head.system, head.batch),
                entries,
            }),
            _ => Err(ManifestError::Incomplete { found }),
        }
    }
}

impl Line {
    fn entry(self) -> Option<ManifestEntry> {
        let refers = self.refers.iter().map(|key| parse_key(key));
        Some(ManifestEntry {
            key: parse_key(&self.resource)?,
            change: self.change,
            refers: refers.collect::<Option<_>>()?,
        })
    }
}

impl ManifestEntry {
    /// A later line of the same resource; what it refers to is known from either.
    fn over(mut self, earlier: Self) -> Self {
        self.refers.extend(earlier.refers);
        self
    }
}

/// A resource of this project's kinds from its reference.
pub(super) fn parse_key(reference: &str) -> Option<ResourceKey> {
    let (fhir, id) = reference.split_once('/')?;
    let kind = Kind::ALL.iter().find(|kind| kind.fhir() == fhir)?;
    let id = Uuid::try_parse(id).ok()?;
    Some(ResourceKey {
        kind: *kind,
        id: RecordId::from(id),
    })
}
