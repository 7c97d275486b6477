//! Reads the charts of both sides and compares them, a few partitions at a time.

use std::collections::{BTreeMap, HashMap};

use ehr_model::chart::Chart;
use ehr_model::record::RecordId;
use ehr_validate::compare::{ChartDifferences, Comparison, PatientMatch, SharedRecords};
use examples::export::Failure;

use crate::side::{Keyed, Side};

/// So many partitions of the source are held at once. Where the target counts patients anew, each
/// such batch reads the partitions of the target in which its patients lie.
const BATCH: usize = 8;

/// Compares all patients. Returns the ids under which the exports know the records that differ.
pub(crate) fn compare(
    source: &Side<'_>,
    target: &Side<'_>,
    patients: &[PatientMatch],
    shared: &SharedRecords,
    comparison: &mut Comparison,
) -> Result<HashMap<RecordId, String>, Failure> {
    let mut keys = HashMap::new();
    let pairs = || {
        patients
            .iter()
            .filter_map(|one| Some((one.source?, one.target?)))
    };
    let counterpart: HashMap<RecordId, RecordId> = pairs().collect();
    let origin: HashMap<RecordId, RecordId> = pairs().map(|(one, other)| (other, one)).collect();
    for first in (0..source.partitions()).step_by(BATCH) {
        let mut open: BTreeMap<RecordId, Keyed> = BTreeMap::new();
        for number in first..(first + BATCH).min(source.partitions()) {
            for one in source.partition(number)? {
                if let Some(id) = patient(&one.chart) {
                    open.insert(id, one);
                }
            }
        }
        let wanted = open.keys().filter_map(|id| counterpart.get(id).copied());
        for number in target.places(wanted) {
            for other in target.partition(number)? {
                let of = patient(&other.chart).and_then(|id| origin.get(&id));
                if let Some(one) = of.and_then(|id| open.remove(id)) {
                    let found = ChartDifferences::between(&one.chart, &other.chart, shared);
                    note(&found, &[&one, &other], &mut keys);
                    comparison.add(found);
                }
            }
        }
        for one in open.into_values() {
            let found = ChartDifferences::one_sided(&one.chart, true);
            note(&found, &[&one], &mut keys);
            comparison.add(found);
        }
    }
    let only_target = patients.iter().filter(|one| one.source.is_none());
    for number in target.places(only_target.filter_map(|one| one.target)) {
        for other in target.partition(number)? {
            if patient(&other.chart).is_some_and(|id| !origin.contains_key(&id)) {
                let found = ChartDifferences::one_sided(&other.chart, false);
                note(&found, &[&other], &mut keys);
                comparison.add(found);
            }
        }
    }
    Ok(keys)
}

fn patient(chart: &Chart) -> Option<RecordId> {
    chart.patient().map(|record| record.id)
}

/// Notes the ids of the exports of what differs, and of its patients.
fn note(found: &ChartDifferences, sides: &[&Keyed], keys: &mut HashMap<RecordId, String>) {
    let patients = sides.iter().filter_map(|side| patient(&side.chart));
    for id in found.records().chain(patients) {
        if let Some(key) = sides.iter().find_map(|side| side.keys.get(&id)) {
            keys.insert(id, key.clone());
        }
    }
}
