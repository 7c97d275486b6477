//! Rows that find their patient through another row.

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
}

impl Waiting {
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

/// In which file of a set a key lies; the same within a run.
fn bucket(key: &str, count: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    (hasher.finish() % count.max(1) as u64) as usize
}
