//! All patients of a comparison: entries on the wrong chart are found, and everything is counted.

use std::collections::{BTreeMap, HashMap, HashSet};

use ehr_crypto::Digest;
use ehr_model::element::SafetyClass;
use ehr_model::record::{Kind, RecordId};
use serde::Serialize;

use super::difference::{Difference, DifferenceClass};
use super::entries::{ChartDifferences, Unplaced};

/// Collects the differences of all patients. Parts of a run add up in any order.
///
/// Of charts, only the differences and digests of what one side lacks are kept.
#[derive(Debug, Clone, Default)]
pub struct Comparison {
    differences: Vec<Difference>,
    unplaced: Vec<Unplaced>,
    shared_elsewhere: HashSet<RecordId>,
    counts: DifferenceCounts,
}

/// How many charts, entries and differences there were.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DifferenceCounts {
    /// Charts that were compared.
    pub charts: u64,
    /// Entries that were compared, by kind.
    pub compared: BTreeMap<&'static str, u64>,
    /// Differences.
    pub differences: u64,
    /// Differences by class.
    pub classes: BTreeMap<DifferenceClass, u64>,
    /// Differences by kind of record.
    pub kinds: BTreeMap<&'static str, u64>,
    /// Safety-critical entries and values that the source holds.
    pub critical: u64,
    /// Those of them that were compared, or that the target lacks.
    pub critical_compared: u64,
    /// Safety-critical differences by class.
    pub critical_classes: BTreeMap<DifferenceClass, u64>,
    /// Differences by safety class.
    pub safety: BTreeMap<SafetyClass, u64>,
    /// What differed and was allowed, by the name of the allowance.
    pub allowed: BTreeMap<&'static str, u64>,
}

impl Comparison {
    /// Adds what two charts differ in.
    pub fn add(&mut self, chart: ChartDifferences) {
        self.counts.charts += 1;
        self.add_shared(chart);
    }

    /// Adds what the records differ in that all patients share; they are no chart.
    pub fn add_shared(&mut self, mut chart: ChartDifferences) {
        self.differences.append(&mut chart.differences);
        self.unplaced.append(&mut chart.unplaced);
        self.counts.critical += chart.critical;
        self.counts.critical_compared += chart.critical_compared;
        self.shared_elsewhere.extend(chart.shared_elsewhere);
        for (kind, entries) in &chart.compared {
            *self.counts.compared.entry(kind.name()).or_default() += entries;
        }
        for (allowance, times) in &chart.allowed {
            *self.counts.allowed.entry(allowance.name()).or_default() += times;
        }
    }

    /// Adds another part of the run.
    pub fn merge(&mut self, mut other: Self) {
        self.differences.append(&mut other.differences);
        self.unplaced.append(&mut other.unplaced);
        self.shared_elsewhere.extend(other.shared_elsewhere);
        self.counts.charts += other.counts.charts;
        self.counts.critical += other.counts.critical;
        self.counts.critical_compared += other.counts.critical_compared;
        for (kind, entries) in other.counts.compared {
            *self.counts.compared.entry(kind).or_default() += entries;
        }
        for (allowance, times) in other.counts.allowed {
            *self.counts.allowed.entry(allowance).or_default() += times;
        }
    }

    /// Finds entries on the wrong chart, and counts. The order is by patient and kind.
    pub fn finish(self) -> (Vec<Difference>, DifferenceCounts) {
        let Self {
            mut differences,
            mut unplaced,
            shared_elsewhere,
            mut counts,
        } = self;
        // what one side shares and a chart of the other holds was compared there
        unplaced.retain(|one| {
            let is_shared = one.difference.patient.is_none();
            !(is_shared && id(one).is_some_and(|id| shared_elsewhere.contains(&id)))
        });
        differences.append(&mut place(unplaced));
        differences.sort_by(|a, b| order(a).cmp(&order(b)));
        for difference in &differences {
            counts.differences += 1;
            *counts.classes.entry(difference.class).or_default() += 1;
            *counts.kinds.entry(difference.kind.name()).or_default() += 1;
            *counts.safety.entry(difference.safety).or_default() += 1;
            if difference.safety == SafetyClass::SafetyCritical {
                *counts.critical_classes.entry(difference.class).or_default() += 1;
            }
        }
        (differences, counts)
    }
}

impl DifferenceCounts {
    /// How many differences can harm a patient.
    pub fn safety_critical(&self) -> u64 {
        let critical = self.safety.get(&SafetyClass::SafetyCritical);
        critical.copied().unwrap_or_default()
    }
}

/// What one chart lacks and another has too much is one entry on the wrong chart.
fn place(unplaced: Vec<Unplaced>) -> Vec<Difference> {
    let is_missing = |one: &Unplaced| one.difference.class == DifferenceClass::Missing;
    let (mut missing, mut extra): (Vec<_>, Vec<_>) = unplaced.into_iter().partition(is_missing);
    // practitioners and places stand with a patient on one side and for all on the other
    let shared = |list: &[Unplaced]| -> HashSet<(Kind, RecordId)> {
        let shared = list.iter().filter(|one| one.difference.kind.is_shared());
        shared
            .filter_map(|one| Some((one.difference.kind, id(one)?)))
            .collect()
    };
    let (lost, added) = (shared(&missing), shared(&extra));
    let is_in = |one: &Unplaced, other: &HashSet<_>| {
        id(one).is_some_and(|id| other.contains(&(one.difference.kind, id)))
    };
    missing.retain(|one| !is_in(one, &added));
    extra.retain(|one| !is_in(one, &lost));
    let mut found = Vec::new();
    // by the id that was kept, then by what it says, where only one can be meant
    pair_up(&mut missing, &mut extra, &mut found, |one| {
        id(one).map(|id| (one.difference.kind, Key::Id(id)))
    });
    pair_up(&mut missing, &mut extra, &mut found, |one| {
        let content = one.content.filter(|_| !one.difference.kind.is_shared())?;
        Some((one.difference.kind, Key::Content(content)))
    });
    let rest = missing.into_iter().chain(extra);
    found.extend(rest.map(|one| one.difference));
    found
}

#[derive(PartialEq, Eq, Hash)]
enum Key {
    Id(RecordId),
    Content(Digest),
}

fn pair_up(
    missing: &mut Vec<Unplaced>,
    extra: &mut Vec<Unplaced>,
    found: &mut Vec<Difference>,
    key: impl Fn(&Unplaced) -> Option<(Kind, Key)>,
) {
    let mut sides: HashMap<(Kind, Key), (Vec<usize>, Vec<usize>)> = HashMap::new();
    for (number, one) in missing.iter().enumerate() {
        if let Some(key) = key(one) {
            sides.entry(key).or_default().0.push(number);
        }
    }
    for (number, one) in extra.iter().enumerate() {
        if let Some(key) = key(one) {
            sides.entry(key).or_default().1.push(number);
        }
    }
    let (mut gone, mut taken) = (Vec::new(), Vec::new());
    for (lost, added) in sides.into_values() {
        if let ([lost], [added]) = (&lost[..], &added[..]) {
            let (one, other) = (&missing[*lost].difference, &extra[*added].difference);
            if one.patient == other.patient {
                continue; // the same chart: not matched there for a reason
            }
            found.push(Difference {
                class: DifferenceClass::WrongPatient,
                pattern: None,
                safety: SafetyClass::SafetyCritical,
                target: other.target.clone(),
                ..one.clone()
            });
            gone.push(*lost);
            taken.push(*added);
        }
    }
    remove(missing, gone);
    remove(extra, taken);
}

/// The record that one chart lacks, or that the other has too much.
fn id(one: &Unplaced) -> Option<RecordId> {
    let difference = &one.difference;
    let side = match difference.class {
        DifferenceClass::Missing => &difference.source,
        _ => &difference.target,
    };
    Some(side.as_ref()?.id)
}

fn remove(list: &mut Vec<Unplaced>, mut places: Vec<usize>) {
    places.sort_unstable();
    let mut place = 0;
    list.retain(|_| {
        place += 1;
        places.binary_search(&(place - 1)).is_err()
    });
}

fn order(one: &Difference) -> impl Ord + '_ {
    let record = one
        .source
        .as_ref()
        .or(one.target.as_ref())
        .map(|side| side.id);
    (one.patient, one.kind, record, &one.field, one.class)
}
