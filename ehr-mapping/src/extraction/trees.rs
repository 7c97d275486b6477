//! Sorting records that are trees: each finds its source in the plan, and its patient in itself.

use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::source::Arena;

use super::identities::{self, Named};
use super::partition::{Hashing, Partitioner};
use super::spill::Place;
use super::{PATIENT_AMBIGUOUS, PATIENT_KEY_MISSING, RECORD_WITHOUT_SOURCE, has_patient};
use crate::Error;
use crate::format::Format;
use crate::mapper::{At, Mapper, Row, SharedIndex};
use crate::plan::PatientKey;
use crate::raw::{Position, RawRecord};
use crate::source::NoFiles;
use crate::tree::{self, TreeReader};

impl<'p> Partitioner<'p> {
    /// Reads a file of trees.
    pub(super) fn read_tree(&mut self, number: usize) -> Result<(), Error> {
        let tree = &self.trees[number];
        let format = tree.format;
        let file = self.plan.tables.len() + number;
        let name = self.files[file].clone();
        // what is no record at all stands in the books of the first source of patients
        let has_patients = |table: &usize| has_patient(&self.plan.tables[*table].patient);
        let first = self.sources_of(format).find(has_patients);
        let Some(first) = first.or_else(|| self.sources_of(format).next()) else {
            return Ok(());
        };
        let first = Place { table: first, file };
        let (stream, mut hasher) = self.open(&tree.file, tree.bytes)?;
        let hashing = Hashing {
            inner: stream,
            hasher: &mut hasher,
        };
        let Some(mut reader) = TreeReader::new(format, hashing, &name)? else {
            return Ok(());
        };
        let mut arena = Arena::default();
        while let Some((raw, around)) = reader.next_raw()? {
            match raw {
                RawRecord::Bad(bad) => self.reject_bad(first, &bad)?,
                RawRecord::Text(raw) => {
                    let (text, position) = (raw.expose_text(), raw.position());
                    let names = &self.plan.names;
                    match tree::parse(format, text, &name, position, names, arena) {
                        Ok(record) => {
                            let mut row = Row::new(first.table, record);
                            row.links = around.links(&row.record);
                            arena = self.place_tree(first, format, row, position)?;
                        }
                        Err(no) => {
                            arena = Arena::default();
                            self.reject(no.reason, no.leaves, first, position, text.as_bytes())?;
                        }
                    }
                }
            }
        }
        for (code, position) in reader.issues() {
            self.note(code, position, file);
        }
        drop(reader);
        self.fingerprint = hasher;
        Ok(())
    }

    /// The sources of a format, in the order of the plan.
    fn sources_of(&self, format: Format) -> impl Iterator<Item = usize> + use<'p> {
        let tables = self.plan.tables.iter().enumerate();
        tables
            .filter(move |(_, table)| table.format == format)
            .map(|(number, _)| number)
    }

    fn note(&mut self, code: IssueCode, position: Position, file: usize) {
        let address = position.address(&self.files[file]);
        self.issues
            .push(Issue::new(code, Severity::Error).at(address));
    }

    /// Sends a record to the partition of its patient, or to the shared ones.
    fn place_tree(
        &mut self,
        first: Place,
        format: Format,
        mut row: Row<'_>,
        position: Position,
    ) -> Result<Arena, Error> {
        let text = row.record.expose_text();
        if let Some(code) = tree::unusable(format, &row.record) {
            let leaves = row.record.filled_leaves().count() as u64;
            self.reject(code, leaves, first, position, text.as_bytes())?;
            return Ok(row.record.into_arena());
        }
        let shared = SharedIndex::default();
        let mapper = Mapper::new(self.plan, &[], &shared, &NoFiles, false);
        let taken = self.sources_of(format).find(|table| {
            row.table = *table;
            mapper.holds(&self.plan.tables[*table].when, At::root(&row))
        });
        let leaves = || row.record.filled_leaves().count() as u64;
        let Some(table) = taken else {
            let leaves = leaves();
            self.reject(
                RECORD_WITHOUT_SOURCE,
                leaves,
                first,
                position,
                text.as_bytes(),
            )?;
            return Ok(row.record.into_arena());
        };
        let place = Place { table, ..first };
        let spec = &self.plan.tables[table];
        if let Some(code) = spec.reject {
            let leaves = leaves();
            self.reject(code, leaves, place, position, text.as_bytes())?;
            return Ok(row.record.into_arena());
        }
        match &spec.patient {
            PatientKey::Key(_) => match identities::named(self.plan, &mapper, At::root(&row)) {
                Named::Patient(named) => {
                    let patient = named.first();
                    if let Some(through) = &mut self.through
                        && let Some(own) = row.own_key(format)
                    {
                        through.patient(patient, own)?;
                    }
                    if self.plan.has_aliases() {
                        self.identities.add(table, &named, || row.record.address());
                    }
                    self.deliver(patient, place, position, text, &row.links)?;
                }
                Named::Several => {
                    let leaves = leaves();
                    let bytes = text.as_bytes();
                    self.reject(PATIENT_AMBIGUOUS, leaves, place, position, bytes)?;
                }
                Named::Nothing => {
                    let keys = match &spec.through {
                        Some(key) => mapper.keys(key, At::root(&row)),
                        None => Vec::new(),
                    };
                    if let (Some(through), false) = (&mut self.through, keys.is_empty()) {
                        let leaves = leaves();
                        through.row_with_keys(leaves, keys, place, position, text, &row.links)?;
                        return Ok(row.record.into_arena());
                    }
                    let leaves = leaves();
                    self.reject(
                        PATIENT_KEY_MISSING,
                        leaves,
                        place,
                        position,
                        text.as_bytes(),
                    )?;
                }
            },
            _ => self.share(place, position, text, std::mem::take(&mut row.links)),
        }
        Ok(row.record.into_arena())
    }
}
