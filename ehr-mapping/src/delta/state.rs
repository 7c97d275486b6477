//! The state that a run leaves: ids and keyed digests, sealed, patient by patient.
//!
//! Lines of text inside the seal: the format, the batch, then `P <id>` for each patient with one
//! `<kind> <id> <digest>` a resource, `S` with the resources that patients share, and the counts.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use ehr_crypto::{DataKey, Digest, DigestAlgorithm, OpenReader, SealWriter};
use ehr_model::fhir::{BatchTag, ReferenceStyle, write_resource};
use ehr_model::record::{Kind, Record, RecordId};
use uuid::Uuid;

use super::{ResourceKey, StateError};

const FORMAT: &str = "ehr-run-state/1";
/// 128 bits: no two resources of one id collide by chance.
const DIGEST_DIGITS: usize = 32;

/// The key of all states of a migration. Two keys are derived from it: states are sealed under one,
/// and resources are digested under the other, so that a digest cannot be found by guessing.
pub struct StateKey {
    seal: DataKey,
    digest: DataKey,
}

/// What would be written for one patient, or for what patients share: ids and keyed digests.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChartState(pub(super) Vec<(ResourceKey, String)>);

impl StateKey {
    /// The keys that are derived from a data key.
    ///
    /// # Errors
    ///
    /// If the operating system's cryptography fails.
    pub fn new(key: &DataKey) -> Result<Self, ehr_crypto::Error> {
        Ok(Self {
            seal: key.derive(b"ehr-mapping run state: seal")?,
            digest: key.derive(b"ehr-mapping run state: digest")?,
        })
    }

    /// The state of what is written for a patient; made on any thread. To be asked for after the
    /// references of the records were detached, as they are written.
    pub fn chart<'r>(&self, records: impl IntoIterator<Item = &'r Record>) -> ChartState {
        // the tag names the run and says nothing of the content
        let untagged = BatchTag::new("", "");
        let mut json = Vec::new();
        let mut states: Vec<(ResourceKey, String)> = records
            .into_iter()
            .map(|record| {
                json.clear();
                write_resource(record, &untagged, ReferenceStyle::Relative, &mut json);
                let digest = Digest::keyed(DigestAlgorithm::Sha256, &self.digest, &[&json]);
                let mut digits = digest.to_string();
                digits.truncate(DIGEST_DIGITS);
                (ResourceKey::of(record), digits)
            })
            .collect();
        states.sort();
        ChartState(states)
    }
}

impl std::fmt::Debug for StateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StateKey(secret)")
    }
}

/// Writes a state beside its place and moves it there when it is complete.
pub(super) struct StateWriter {
    path: PathBuf,
    part: PathBuf,
    out: Option<SealWriter<BufWriter<File>>>,
    patients: u64,
    resources: u64,
    done: bool,
}

impl StateWriter {
    pub(super) fn create(path: &Path, key: &StateKey, batch: &str) -> Result<Self, StateError> {
        if path.exists() {
            return Err(StateError::Exists { path: path.into() });
        }
        let mut part = path.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = File::create(&part).map_err(StateError::io(&part, "creating a file"))?;
        let out = SealWriter::new(&key.seal, FORMAT.as_bytes(), BufWriter::new(file))
            .map_err(StateError::sealed(&part))?;
        let mut writer = Self {
            path: path.to_owned(),
            part,
            out: Some(out),
            patients: 0,
            resources: 0,
            done: false,
        };
        let batch = serde_json::Value::from(batch); // a line, whatever the name holds
        writer.write(&format!("{FORMAT}\nB {batch}\n"))?;
        Ok(writer)
    }

    pub(super) fn patient(
        &mut self,
        patient: RecordId,
        chart: &ChartState,
    ) -> Result<(), StateError> {
        self.patients += 1;
        self.write(&format!("P {patient}\n"))?;
        self.resources(chart.0.iter().filter(|(key, _)| !key.kind.is_shared()))
    }

    pub(super) fn finish<'s>(
        mut self,
        shared: impl IntoIterator<Item = &'s (ResourceKey, String)>,
    ) -> Result<(), StateError> {
        self.write("S\n")?;
        self.resources(shared)?;
        let end = format!("E {} {}\n", self.patients, self.resources);
        self.write(&end)?;
        let failed = |error| StateError::io(&self.part, "writing")(error);
        if let Some(out) = self.out.take() {
            let file = out.finish().map_err(failed)?;
            let file = file
                .into_inner()
                .map_err(|error| failed(error.into_error()))?;
            file.sync_all().map_err(failed)?;
        }
        fs::rename(&self.part, &self.path).map_err(StateError::io(&self.path, "moving a file"))?;
        self.done = true;
        Ok(())
    }

    fn resources<'s>(
        &mut self,
        resources: impl IntoIterator<Item = &'s (ResourceKey, String)>,
    ) -> Result<(), StateError> {
        for (ResourceKey { kind, id }, digest) in resources {
            self.resources += 1;
            self.write(&format!("{} {id} {digest}\n", kind.name()))?;
        }
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), StateError> {
        match &mut self.out {
            Some(out) => out
                .write_all(text.as_bytes())
                .map_err(StateError::io(&self.part, "writing")),
            None => Ok(()),
        }
    }
}

impl Drop for StateWriter {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_file(&self.part); // half a state is none
        }
    }
}

/// One part of a state as it is read.
pub(super) enum Part {
    Patient(RecordId, ChartState),
    Shared(ChartState),
}

/// Reads a state part by part.
pub(super) struct StateReader {
    path: PathBuf,
    lines: BufReader<OpenReader<BufReader<File>>>,
    /// The line that was read last: its number and its text.
    number: u64,
    line: String,
    pub(super) batch: String,
    patients: u64,
    resources: u64,
}

impl StateReader {
    pub(super) fn open(path: &Path, key: &StateKey) -> Result<Self, StateError> {
        let file = File::open(path).map_err(StateError::io(path, "opening"))?;
        let sealed = OpenReader::new(&key.seal, FORMAT.as_bytes(), BufReader::new(file))
            .map_err(StateError::sealed(path))?;
        let mut reader = Self {
            path: path.to_owned(),
            lines: BufReader::new(sealed),
            number: 0,
            line: String::new(),
            batch: String::new(),
            patients: 0,
            resources: 0,
        };
        reader.next_line()?;
        if reader.line != FORMAT {
            return Err(reader.malformed("the state of a run"));
        }
        reader.next_line()?;
        let batch = reader.line.strip_prefix("B ");
        let batch = batch.and_then(|json| serde_json::from_str(json).ok());
        reader.batch = batch.ok_or_else(|| reader.malformed("the name of the batch"))?;
        reader.next_line()?;
        Ok(reader)
    }

    /// The next part; `None` after the last, whose counts were checked.
    pub(super) fn next(&mut self) -> Result<Option<Part>, StateError> {
        if let Some(patient) = self.line.strip_prefix("P ") {
            let patient = self.uuid(patient)?;
            self.patients += 1;
            return Ok(Some(Part::Patient(patient, self.resources()?)));
        }
        if self.line == "S" {
            return Ok(Some(Part::Shared(self.resources()?)));
        }
        if self.line == format!("E {} {}", self.patients, self.resources) {
            self.next_line()?;
            if self.line.is_empty() {
                return Ok(None);
            }
        }
        Err(self.malformed("a patient or the end"))
    }

    fn resources(&mut self) -> Result<ChartState, StateError> {
        let mut chart = Vec::new();
        loop {
            self.next_line()?;
            let mut words = self.line.split(' ');
            let (Some(kind), Some(id), Some(digest), None) =
                (words.next(), words.next(), words.next(), words.next())
            else {
                return Ok(ChartState(chart));
            };
            // the end has three words as well, and its first is no kind
            let Some(kind) = Kind::from_name(kind) else {
                return Ok(ChartState(chart));
            };
            let key = ResourceKey {
                kind,
                id: self.uuid(id)?,
            };
            chart.push((key, digest.to_owned()));
            self.resources += 1;
        }
    }

    fn uuid(&self, text: &str) -> Result<RecordId, StateError> {
        let uuid = Uuid::try_parse(text).map_err(|_| self.malformed("an id"))?;
        Ok(RecordId::from(uuid))
    }

    fn next_line(&mut self) -> Result<(), StateError> {
        self.line.clear();
        let read = self.lines.read_line(&mut self.line);
        read.map_err(StateError::io(&self.path, "reading"))?;
        self.number += 1;
        if self.line.ends_with('\n') {
            self.line.pop();
        }
        Ok(())
    }

    fn malformed(&self, expected: &'static str) -> StateError {
        StateError::Malformed {
            path: self.path.clone(),
            line: self.number,
            expected,
        }
    }
}
