//! Sorting the rows of all tables by patient.

mod waiting;

use waiting::{Lookup, PatientsOfKeys, lookup};
pub(super) use waiting::{Waiting, spill_sets};

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use ehr_crypto::{Digest, Hasher};
use ehr_model::issue::{Issue, IssueCode};
use ehr_model::record::{Kind, RecordId};
use ehr_model::tally::Tally;
use uuid::Uuid;

use super::container::Container;
use super::find::{Source, TreeFile};
use super::identities::{Charts, Identities};
use super::partitions::{Partitions, place_of};
use super::spill::{Place, Reasons, SpilledReject, SpilledRow, Spills};
use super::{
    PATIENT_AMBIGUOUS, PATIENT_KEY_MISSING, PATIENT_NOT_FOUND, count_reject, has_patient,
    reject_issue,
};
use crate::Error;
use crate::csv::{self, Reader};
use crate::mapper::Links;
use crate::plan::{Column, PatientKey, Plan, Table};
use crate::raw::{BadRecord, Position, RawRecord};
use crate::source::SourceFolder;

/// What sorting gives.
pub(super) struct Sorted {
    pub(super) partitions: Partitions,
    pub(super) rejects: Spills,
    /// The files that were read, by the numbers that rows carry.
    pub(super) files: Vec<Arc<str>>,
    /// Why rows were rejected, by the numbers that rejects carry.
    pub(super) reasons: Reasons,
    pub(super) shared: Vec<SpilledRow>,
    pub(super) tally: Tally,
    pub(super) issues: Vec<Issue>,
    pub(super) fingerprint: Digest,
    /// Rows that belong to patients.
    pub(super) rows: u64,
}

pub(super) struct Partitioner<'p> {
    pub(super) plan: &'p Plan,
    folder: &'p dyn SourceFolder,
    sources: &'p [Option<Source>],
    pub(super) trees: &'p [TreeFile],
    pub(super) containers: &'p [Container],
    /// The files that are read: of each table, then of trees, then those of several tables.
    pub(super) files: Vec<Arc<str>>,
    reasons: Reasons,
    partitions: Spills,
    rejects: Spills,
    waiting: HashMap<Lookup, Waiting>,
    /// Trees that wait for the patient of another one.
    pub(super) through: Option<Waiting>,
    /// Records of patients, until it is known which identifiers mean one patient.
    held: Option<Spills>,
    pub(super) identities: Identities,
    charts: Charts,
    shared: Vec<SpilledRow>,
    pub(super) tally: Tally,
    pub(super) issues: Vec<Issue>,
    pub(super) fingerprint: Hasher,
    rows: u64,
}

impl<'p> Partitioner<'p> {
    pub(super) fn new(
        plan: &'p Plan,
        folder: &'p dyn SourceFolder,
        sources: &'p [Option<Source>],
        trees: &'p [TreeFile],
        containers: &'p [Container],
        spill: &Path,
        count: usize,
    ) -> Result<Self, Error> {
        let mut waiting = HashMap::new();
        for (number, table) in plan.tables.iter().enumerate() {
            if let Some(lookup) = lookup(table)
                && !waiting.contains_key(&lookup)
            {
                let folder = spill.join(format!("waiting-{number:03}"));
                let pairs = Spills::create(&folder, "pairs", count)?;
                let rows = Spills::create(&folder, "rows", count)?;
                waiting.insert(lookup, Waiting::new(pairs, rows));
            }
        }
        let through = plan.tables.iter().any(|table| table.through.is_some());
        let through = match through && !trees.is_empty() {
            true => {
                let folder = spill.join("waiting-trees");
                let pairs = Spills::create(&folder, "pairs", count)?;
                let rows = Spills::create(&folder, "rows", count)?;
                Some(Waiting::new(pairs, rows))
            }
            false => None,
        };
        let held = match plan.has_aliases() && !trees.is_empty() {
            true => Some(Spills::create(&spill.join("held"), "held", 1)?),
            false => None,
        };
        Ok(Self {
            plan,
            through,
            held,
            identities: Identities::default(),
            charts: Charts::default(),
            folder,
            sources,
            trees,
            containers,
            files: file_names(sources, trees, containers),
            reasons: Reasons::default(),
            partitions: Spills::create(&spill.join("patients"), "partition", count)?,
            rejects: Spills::create(&spill.join("rejects"), "rejects", 1)?,
            waiting,
            shared: Vec::new(),
            tally: Tally::default(),
            issues: Vec::new(),
            fingerprint: Hasher::sha256(),
            rows: 0,
        })
    }

    /// Reads every table; rows that find their patient through another table wait for it.
    pub(super) fn run(&mut self) -> Result<(), Error> {
        for table in 0..self.plan.tables.len() {
            self.read_table(table)?;
        }
        for tree in 0..self.trees.len() {
            self.read_tree(tree)?;
        }
        for container in 0..self.containers.len() {
            self.read_container(container)?;
        }
        let (charts, issues) = std::mem::take(&mut self.identities).settle();
        self.charts = charts;
        self.issues.extend(issues);
        if let Some(through) = self.through.take() {
            self.settle_waiting(through)?;
        }
        let mut settled: Vec<Lookup> = Vec::new();
        while settled.len() < self.waiting.len() {
            // a lookup is ready when the rows of its table have found their own patients
            let ready = self
                .waiting
                .keys()
                .copied()
                .filter(|lookup| !settled.contains(lookup))
                .filter(|(table, _)| {
                    lookup(&self.plan.tables[*table]).is_none_or(|above| settled.contains(&above))
                });
            let mut ready: Vec<Lookup> = ready.collect();
            ready.sort_unstable();
            for lookup in ready {
                self.settle(lookup)?;
                settled.push(lookup);
            }
        }
        self.release()
    }

    /// Sends the records that were held to the charts of their patients.
    fn release(&mut self) -> Result<(), Error> {
        let Some(mut held) = self.held.take() else {
            return Ok(());
        };
        held.finish()?;
        held.read(0, |bytes| {
            let patient = self.charts.of(SpilledRow::patient(bytes));
            let number = partition_of(&patient, self.partitions.len());
            let parts = [&patient.as_bytes()[..], &bytes[16..]];
            self.partitions.write(number, &parts)
        })
    }

    pub(super) fn finish(mut self, partition_bytes: u64, spill: &Path) -> Result<Sorted, Error> {
        self.partitions.finish()?;
        self.rejects.finish()?;
        // rows that waited for their patient come in the order of partitions
        self.issues
            .sort_by(|a, b| place_of_issue(a).cmp(&place_of_issue(b)));
        Ok(Sorted {
            partitions: Partitions::new(self.partitions, partition_bytes, &spill.join("patients"))?,
            rejects: self.rejects,
            files: self.files,
            reasons: self.reasons,
            shared: self.shared,
            tally: self.tally,
            issues: self.issues,
            fingerprint: self.fingerprint.finish(),
            rows: self.rows,
        })
    }

    fn read_table(&mut self, number: usize) -> Result<(), Error> {
        let Some(source) = self.sources[number]
            .as_ref()
            .filter(|source| !source.inside)
        else {
            return Ok(());
        };
        let (stream, mut hasher) = self.open(&source.file, source.bytes)?;
        let hashing = Hashing {
            inner: stream,
            hasher: &mut hasher,
        };
        let mut reader = Reader::new(hashing, source.file.as_str(), self.plan.dialect)?;
        if self.plan.dialect.header() {
            reader.read_header()?;
        }
        let place = Place {
            table: number,
            file: number,
        };
        while let Some(raw) = reader.next_raw()? {
            match raw {
                RawRecord::Bad(bad) => self.reject_bad(place, &bad)?,
                RawRecord::Text(row) => self.place(place, row.expose_text(), row.position())?,
            }
        }
        drop(reader);
        self.fingerprint = hasher;
        Ok(())
    }

    /// Opens a file, whose name and size go into the fingerprint; its bytes go into the hasher.
    pub(super) fn open(
        &mut self,
        file: &str,
        bytes: u64,
    ) -> Result<(Box<dyn Read + 'p>, Hasher), Error> {
        self.fingerprint.update(&(file.len() as u64).to_le_bytes());
        self.fingerprint.update(file.as_bytes());
        self.fingerprint.update(&bytes.to_le_bytes());
        let stream = self
            .folder
            .open(file)
            .map_err(Error::io(file, "opening a file of the export"))?;
        let hasher = std::mem::replace(&mut self.fingerprint, Hasher::sha256());
        Ok((stream, hasher))
    }

    /// Sets aside a piece of a file that is no record.
    pub(super) fn reject_bad(&mut self, place: Place, bad: &BadRecord<'_>) -> Result<(), Error> {
        let leaves = bad.reject(&self.files[place.file]).leaves;
        self.reject(
            bad.reason(),
            leaves,
            place,
            bad.position(),
            bad.expose_bytes(),
        )
    }

    /// Sends a row to its patient's partition, to the shared rows, or to those that wait.
    pub(super) fn place(
        &mut self,
        place: Place,
        text: &str,
        position: Position,
    ) -> Result<(), Error> {
        let plan = self.plan;
        let table = place.table;
        let Some(bound) = &self.sources[table] else {
            return Ok(());
        };
        let binding = &bound.binding;
        let (found, filled) = binding.cells.count(text);
        if found != binding.columns.len() {
            return self.reject(csv::RAGGED_ROW, filled, place, position, text.as_bytes());
        }
        let spec = &plan.tables[table];
        if !has_patient(&spec.patient) {
            self.share(place, position, text, Links::default());
            return Ok(());
        }
        let key = match spec.patient {
            PatientKey::Column(column) | PatientKey::Via { column, .. } => {
                self.cell(table, column, text)
            }
            PatientKey::Shared | PatientKey::Key(_) => None,
        };
        let Some(key) = key else {
            return self.reject(
                PATIENT_KEY_MISSING,
                filled,
                place,
                position,
                text.as_bytes(),
            );
        };
        match spec.patient {
            PatientKey::Via {
                table: other,
                key: column,
                ..
            } => {
                let waiting = self
                    .waiting
                    .get_mut(&(other, column))
                    .expect("opened for every lookup");
                waiting.row(filled, &key, place, position, text, &Links::default())
            }
            _ => self.deliver(
                plan.record_id(Kind::Patient, &key, None),
                place,
                position,
                text,
                &Links::default(),
            ),
        }
    }

    /// Keeps a record that belongs to no patient.
    pub(super) fn share(&mut self, place: Place, position: Position, text: &str, links: Links) {
        self.shared.push(SpilledRow {
            patient: RecordId::from(Uuid::nil()),
            place,
            position,
            text: text.to_owned(),
            links,
        });
    }

    /// Writes a row into its patient's partition, and tells the rows that wait for it.
    pub(super) fn deliver(
        &mut self,
        patient: RecordId,
        place: Place,
        position: Position,
        text: &str,
        links: &Links,
    ) -> Result<(), Error> {
        let table = place.table;
        let lookups: Vec<Lookup> = self
            .waiting
            .keys()
            .copied()
            .filter(|(other, _)| *other == table)
            .collect();
        for lookup in lookups {
            if let Some(key) = self.cell(table, lookup.1, text) {
                let waiting = self
                    .waiting
                    .get_mut(&lookup)
                    .expect("listed in the line above");
                waiting.patient(patient, &key)?;
            }
        }
        self.rows += 1;
        let head = SpilledRow::head(patient, place, position);
        let mut length = [0; 4];
        let parts = SpilledRow::parts(&head, &mut length, links, text);
        match &mut self.held {
            Some(held) => held.write(0, &parts),
            None => {
                let number = partition_of(&patient, self.partitions.len());
                self.partitions.write(number, &parts)
            }
        }
    }

    /// Sends the rows that wait for a lookup to their patients.
    fn settle(&mut self, lookup: Lookup) -> Result<(), Error> {
        let waiting = self.waiting.remove(&lookup).expect("settled once");
        let waiting = self.settle_waiting(waiting)?;
        // rows of later lookups may wait for these rows' own keys, so the place stays known as settled
        self.waiting.insert(lookup, waiting);
        Ok(())
    }

    fn settle_waiting(&mut self, mut waiting: Waiting) -> Result<Waiting, Error> {
        waiting.pairs.finish()?;
        waiting.rows.finish()?;
        let of_several = waiting.patients_of_several(|id| self.charts.of(id))?;
        for number in 0..waiting.pairs.len() {
            // two patients for one key: nobody can tell, so nobody gets the row
            let mut patients = PatientsOfKeys::default();
            waiting.pairs.read(number, |bytes| {
                patients.add(bytes, &mut |id| self.charts.of(id), |_| true);
                Ok(())
            })?;
            waiting.rows.read(number, |bytes| {
                let (filled, rest) = bytes.split_at(8);
                let (length, rest) = rest.split_at(4);
                let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
                let (key, rest) = rest.split_at(length);
                let row = SpilledRow::read(rest);
                let filled = u64::from_le_bytes(filled.try_into().expect("eight bytes"));
                let key = String::from_utf8_lossy(key);
                let known = match PatientsOfKeys::has_several(&key) {
                    true => &of_several,
                    false => &patients,
                };
                let reason = match known.of(&key) {
                    Some(Some(patient)) => {
                        return self.deliver(
                            patient,
                            row.place,
                            row.position,
                            &row.text,
                            &row.links,
                        );
                    }
                    Some(None) => PATIENT_AMBIGUOUS,
                    None => PATIENT_NOT_FOUND,
                };
                self.reject(reason, filled, row.place, row.position, row.text.as_bytes())
            })?;
        }
        Ok(waiting)
    }

    fn cell(&self, table: usize, column: Column, text: &str) -> Option<String> {
        let binding = &self.sources[table].as_ref()?.binding;
        let cell = binding.cells.field(text, binding.position(column)?)?;
        let cell = cell.trim();
        (!cell.is_empty() && !self.plan.missing.iter().any(|word| word == cell))
            .then(|| cell.to_owned())
    }

    /// Sets a record aside: it belongs to no chart.
    pub(super) fn reject(
        &mut self,
        reason: IssueCode,
        leaves: u64,
        place: Place,
        position: Position,
        bytes: &[u8],
    ) -> Result<(), Error> {
        let file = &self.files[place.file];
        let table = &self.plan.tables[place.table];
        count_reject(books_of(table, file), leaves, &mut self.tally);
        self.issues
            .push(reject_issue(reason, position.address(file)));
        let reason = self.reasons.number(reason);
        self.rejects.write(
            0,
            &[&SpilledReject::head(reason, leaves, place, position), bytes],
        )
    }
}

/// The name under which the records of a table or a source are counted: tables are files, sources
/// may be very many files.
pub(super) fn books_of<'n>(table: &'n Table, file: &'n Arc<str>) -> &'n Arc<str> {
    if table.format.is_tree() {
        &table.name
    } else {
        file
    }
}

fn file_names(
    sources: &[Option<Source>],
    trees: &[TreeFile],
    containers: &[Container],
) -> Vec<Arc<str>> {
    let tables = sources.iter().map(|source| match source {
        Some(source) => source.binding.columns.source().clone(),
        None => Arc::from(""),
    });
    let trees = trees.iter().map(|tree| Arc::from(tree.file.as_str()));
    let containers = containers
        .iter()
        .map(|container| Arc::from(container.file.as_str()));
    tables.chain(trees).chain(containers).collect()
}

/// Where the row of an issue stands.
fn place_of_issue(issue: &Issue) -> Option<(&str, Option<u64>)> {
    let address = issue.address.as_ref()?;
    Some((&address.source, address.record))
}

/// The spill file of an id.
fn partition_of(id: &RecordId, count: usize) -> usize {
    place_of(id, count).0
}

/// Passes bytes on and hashes them.
pub(super) struct Hashing<'h, R> {
    pub(super) inner: R,
    pub(super) hasher: &'h mut Hasher,
}

impl<R: Read> Read for Hashing<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..count]);
        Ok(count)
    }
}
