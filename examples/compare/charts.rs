//! Reads the charts of both sides and compares them, a few partitions at a time.

use std::collections::{BTreeMap, HashMap};

use ehr_model::chart::Chart;
use ehr_model::record::RecordId;
use ehr_validate::compare::{ChartDifferences, Comparison, PatientMatch, SharedRecords};
use examples::export::Failure;

use crate::parallel;
use crate::side::{Keyed, Side};

/// So many partitions of the source are held at once, by all threads together. Where the target counts
/// patients anew, each such batch reads the partitions of the target in which its patients lie.
const BATCH: usize = 8;

/// What is compared with what.
pub(crate) struct Work<'w, 'e> {
    pub(crate) source: &'w Side<'e>,
    pub(crate) target: &'w Side<'e>,
    pub(crate) patients: &'w [PatientMatch],
    pub(crate) shared: &'w SharedRecords,
    pub(crate) threads: usize,
}

/// The differences of some charts, and the ids under which the exports know the records that differ.
#[derive(Default)]
pub(crate) struct Part {
    pub(crate) comparison: Comparison,
    pub(crate) keys: HashMap<RecordId, String>,
}

/// Charts of the partition of the target that was read last, by the patient of the source.
#[derive(Default)]
struct Held {
    number: Option<usize>,
    charts: HashMap<RecordId, Keyed>,
}

impl Work<'_, '_> {
    /// Compares all patients. Each thread has a range of partitions of its own; parts add up in order.
    pub(crate) fn run(&self) -> Result<Part, Failure> {
        let pairs = || {
            let both = |one: &PatientMatch| Some((one.source?, one.target?));
            self.patients.iter().filter_map(both)
        };
        let counterpart: HashMap<RecordId, RecordId> = pairs().collect();
        let origin: HashMap<RecordId, RecordId> =
            pairs().map(|(one, other)| (other, one)).collect();
        let partitions = self.source.partitions();
        let threads = self.threads.clamp(1, partitions.max(1));
        let range = partitions.div_ceil(threads);
        let ranges = |number: usize| {
            let (first, last) = (number * range, ((number + 1) * range).min(partitions));
            let mut part = Part::default();
            let mut held = Held::default();
            for first in (first..last).step_by((BATCH / threads).max(1)) {
                let batch = first..(first + (BATCH / threads).max(1)).min(last);
                self.batch(batch, &counterpart, &origin, &mut held, &mut part)?;
            }
            Ok(part)
        };
        let mut all = Part::default();
        for part in parallel::map(threads, threads, &ranges) {
            all.merge(part?);
        }
        let only_target = self.patients.iter().filter(|one| one.source.is_none());
        let places: Vec<usize> = self
            .target
            .places(only_target.filter_map(|one| one.target))
            .into_iter()
            .collect();
        let rest = |number: usize| {
            let mut part = Part::default();
            for other in self.target.partition(places[number])? {
                if patient(&other.chart).is_some_and(|id| !origin.contains_key(&id)) {
                    let found = ChartDifferences::one_sided(&other.chart, false);
                    part.add(found, &[&other]);
                }
            }
            Ok(part)
        };
        for part in parallel::map(threads, places.len(), &rest) {
            all.merge(part?);
        }
        Ok(all)
    }

    fn batch(
        &self,
        batch: std::ops::Range<usize>,
        counterpart: &HashMap<RecordId, RecordId>,
        origin: &HashMap<RecordId, RecordId>,
        held: &mut Held,
        part: &mut Part,
    ) -> Result<(), Failure> {
        let mut open: BTreeMap<RecordId, Keyed> = BTreeMap::new();
        for number in batch {
            for one in self.source.partition(number)? {
                if let Some(id) = patient(&one.chart) {
                    open.insert(id, one);
                }
            }
        }
        let wanted = open.keys().filter_map(|id| counterpart.get(id).copied());
        for number in self.target.places(wanted) {
            if held.number != Some(number) {
                held.number = Some(number);
                held.charts.clear();
                for other in self.target.partition(number)? {
                    if let Some(one) = patient(&other.chart).and_then(|id| origin.get(&id)) {
                        held.charts.insert(*one, other);
                    }
                }
            }
            let here: Vec<RecordId> = open.keys().copied().collect();
            for id in here {
                if let Some(other) = held.charts.remove(&id)
                    && let Some(one) = open.remove(&id)
                {
                    let found = ChartDifferences::between(&one.chart, &other.chart, self.shared);
                    part.add(found, &[&one, &other]);
                }
            }
        }
        for one in open.into_values() {
            let found = ChartDifferences::one_sided(&one.chart, true);
            part.add(found, &[&one]);
        }
        Ok(())
    }
}

impl Part {
    fn merge(&mut self, other: Self) {
        self.comparison.merge(other.comparison);
        self.keys.extend(other.keys);
    }

    /// Adds a chart, and notes the ids of the exports of what differs, and of its patients.
    fn add(&mut self, found: ChartDifferences, sides: &[&Keyed]) {
        let patients = sides.iter().filter_map(|side| patient(&side.chart));
        for id in found.records().chain(patients) {
            if let Some(key) = sides.iter().find_map(|side| side.keys.get(&id)) {
                self.keys.insert(id, key.clone());
            }
        }
        self.comparison.add(found);
    }
}

fn patient(chart: &Chart) -> Option<RecordId> {
    chart.patient().map(|record| record.id)
}
