//! Rows that find their patient through another row.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use ehr_model::record::RecordId;
use uuid::Uuid;

use crate::Error;
use crate::extraction::spill::{Place, SpilledRow, Spills};
use crate::mapper::Links;
use crate::plan::{Column, PatientKey, Plan, Table};
use crate::raw::Position;

/// How many sets of spill files a plan needs: one of patients, and two for each lookup.
pub(in crate::extraction) fn spill_sets(plan: &Plan) -> u64 {
    let mut lookups: Vec<Lookup> = plan.tables.iter().filter_map(lookup).collect();
    lookups.sort_unstable();
    lookups.dedup();
    let through = plan.tables.iter().any(|table| table.through.is_some());
    1 + 2 * (lookups.len() as u64 + u64::from(through))
}

/// Through what the rows of a table find their patient, where it does not stand in them.
pub(super) fn lookup(table: &Table) -> Option<Lookup> {
    match table.patient {
        PatientKey::Via { table, key, .. } => Some((table, key)),
        _ => None,
    }
}

/// A table and a column of it through which rows of other tables find their patient.
pub(super) type Lookup = (usize, Column);

/// Rows that wait for their patient, and the pairs of key and patient that tell it.
pub(in crate::extraction) struct Waiting {
    pub(super) pairs: Spills,
    pub(super) rows: Spills,
    /// The keys of rows that have several.
    of_several: HashSet<String>,
}

/// Stands between the keys of a row that has several.
const BETWEEN_KEYS: char = '\u{1e}';

impl Waiting {
    pub(super) fn new(pairs: Spills, rows: Spills) -> Self {
        Self {
            pairs,
            rows,
            of_several: HashSet::new(),
        }
    }

    /// A row waits for the one patient of the rows with these keys.
    pub(in crate::extraction) fn row_with_keys(
        &mut self,
        leaves: u64,
        keys: Vec<String>,
        place: Place,
        position: Position,
        text: &str,
        links: &Links,
    ) -> Result<(), Error> {
        let key = keys.join(&BETWEEN_KEYS.to_string());
        if keys.len() > 1 {
            self.of_several.extend(keys);
        }
        self.row(leaves, &key, place, position, text, links)
    }

    /// The patients of the keys of rows that have several; none where one key has two.
    pub(super) fn patients_of_several(
        &self,
        mut patient: impl FnMut(RecordId) -> RecordId,
    ) -> Result<PatientsOfKeys, Error> {
        let mut patients = PatientsOfKeys::default();
        if self.of_several.is_empty() {
            return Ok(patients);
        }
        for number in 0..self.pairs.len() {
            self.pairs.read(number, |bytes| {
                patients.add(bytes, &mut patient, |key| self.of_several.contains(key));
                Ok(())
            })?;
        }
        Ok(patients)
    }

    /// A row waits for the patient of the row with a key.
    pub(in crate::extraction) fn row(
        &mut self,
        leaves: u64,
        key: &str,
        place: Place,
        position: Position,
        text: &str,
        links: &Links,
    ) -> Result<(), Error> {
        let head = SpilledRow::head(RecordId::from(Uuid::nil()), place, position);
        let length = (key.len() as u32).to_le_bytes();
        let number = bucket(key, self.rows.len());
        let mut links_length = [0; 4];
        let [a, b, c, d] = SpilledRow::parts(&head, &mut links_length, links, text);
        let parts = [
            &leaves.to_le_bytes()[..],
            &length,
            key.as_bytes(),
            a,
            b,
            c,
            d,
        ];
        self.rows.write(number, &parts)
    }

    /// The row with this key belongs to a patient.
    pub(in crate::extraction) fn patient(
        &mut self,
        patient: RecordId,
        key: &str,
    ) -> Result<(), Error> {
        let number = bucket(key, self.pairs.len());
        self.pairs
            .write(number, &[patient.as_bytes(), key.as_bytes()])
    }
}

/// Which patient each key belongs to; none where two have it, because then nobody can tell.
#[derive(Default)]
pub(super) struct PatientsOfKeys(HashMap<String, Option<RecordId>>);

impl PatientsOfKeys {
    /// Takes in a pair of patient and key, if the key is wanted.
    pub(super) fn add(
        &mut self,
        pair: &[u8],
        patient: &mut dyn FnMut(RecordId) -> RecordId,
        is_wanted: impl Fn(&str) -> bool,
    ) {
        let (id, key) = pair.split_at(16);
        let key = String::from_utf8_lossy(key);
        if !is_wanted(&key) {
            return;
        }
        let id = patient(RecordId::from(Uuid::from_bytes(
            id.try_into().expect("sixteen bytes"),
        )));
        self.0
            .entry(key.into_owned())
            .and_modify(|known| *known = known.filter(|known| *known == id))
            .or_insert(Some(id));
    }

    /// The patient of a row: that of its key, or the one whom all of its keys mean that are known.
    pub(super) fn of(&self, keys: &str) -> Option<Option<RecordId>> {
        let known = keys
            .split(BETWEEN_KEYS)
            .filter_map(|key| self.0.get(key).copied());
        known.reduce(|one, other| one.filter(|_| one == other))
    }

    pub(super) fn has_several(keys: &str) -> bool {
        keys.contains(BETWEEN_KEYS)
    }
}

/// In which file of a set a key lies; the same within a run.
fn bucket(key: &str, count: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % count.max(1) as u64) as usize
}
