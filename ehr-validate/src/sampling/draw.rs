//! What was drawn.

use std::collections::{BTreeMap, BTreeSet};

use ehr_model::provenance::MappingRow;
use ehr_model::record::RecordId;

use super::frame::SampleUnit;
use super::stratum::Stratum;

/// What was drawn, and why. Only [`Draw::packet`] is for reviewers: the rest tells which charts hold
/// known faults.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draw {
    /// The digest of the plan.
    pub digest: String,
    /// The sample of every stratum that has a unit.
    pub samples: BTreeMap<Stratum, Sample>,
    /// Charts that are there so that every used row of the mapping document is seen. They are chosen
    /// and not drawn, and enter no claim.
    pub coverage: Vec<RecordId>,
    /// Charts that take known faults. They enter no claim. Where there are enough charts, none of them
    /// is wanted by a sample or the only one that uses a row.
    pub apart: Vec<RecordId>,
    /// How many known faults are to be put into them.
    pub seeded_faults: u64,
    /// The rows, lines and blocks of the mapping document that the charts use.
    pub rows: BTreeSet<MappingRow>,
    /// What of them each chart of the samples and of the coverage uses.
    pub rows_of_units: BTreeMap<RecordId, BTreeSet<MappingRow>>,
    /// All units of the packet, in an order that does not tell why they are there.
    pub packet: Vec<RecordId>,
}

/// A random sample of one stratum.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// How many units the stratum has.
    pub population: u64,
    /// How many units the plan wants.
    pub wanted: u64,
    /// Whether a review without a fault would prove the tolerance of the plan. A stratum of few units
    /// cannot, even if all are reviewed, where reviewers may miss something.
    pub provable: bool,
    /// The units, in the order of the draw. Fewer than wanted where known faults took the rest.
    pub units: Vec<RecordId>,
}

impl Draw {
    /// What of the mapping document no chart of the packet uses that enters the review: it stands in
    /// charts with known faults only.
    pub fn rows_unseen(&self) -> impl Iterator<Item = &MappingRow> {
        let is_seen =
            |row: &&MappingRow| !self.rows_of_units.values().any(|rows| rows.contains(*row));
        self.rows.iter().filter(is_seen)
    }

    /// The sample of a stratum.
    pub fn sample(&self, stratum: Stratum) -> Option<&Sample> {
        self.samples.get(&stratum)
    }
}

/// The charts that take known faults, from the end of the permutation.
///
/// First those that no sample wants and whose rows other charts use as well: the samples are then what
/// they would be without faults, and every row can still be seen. A practice so small that its samples
/// want nearly all charts gives up others, and the samples say so.
pub(super) fn apart_from(
    order: &[&SampleUnit],
    sampled: &BTreeSet<RecordId>,
    wanted: usize,
) -> Vec<RecordId> {
    let mut uses: BTreeMap<&MappingRow, usize> = BTreeMap::new();
    for row in order.iter().flat_map(|unit| &unit.rows) {
        *uses.entry(row).or_default() += 1;
    }
    let mut apart = Vec::new();
    let charts = || order.iter().rev().filter(|unit| unit.id == unit.patient);
    for unit in charts().filter(|unit| !sampled.contains(&unit.id)) {
        if apart.len() < wanted && unit.rows.iter().all(|row| uses[row] > 1) {
            for row in &unit.rows {
                uses.entry(row).and_modify(|uses| *uses -= 1);
            }
            apart.push(unit.id);
        }
    }
    let others = charts()
        .filter(|unit| !sampled.contains(&unit.id))
        .chain(charts());
    for unit in others {
        if apart.len() < wanted && !apart.contains(&unit.id) {
            apart.push(unit.id);
        }
    }
    apart
}

/// Charts that use what no drawn chart uses, the one that adds most first (greedy set cover).
pub(super) fn cover(units: &[&SampleUnit], drawn: &BTreeSet<RecordId>) -> Vec<RecordId> {
    let mut unseen: BTreeSet<&MappingRow> = units.iter().flat_map(|unit| &unit.rows).collect();
    let is_drawn = |unit: &&&SampleUnit| drawn.contains(&unit.id);
    for row in units.iter().filter(is_drawn).flat_map(|unit| &unit.rows) {
        unseen.remove(row);
    }
    let mut chosen = Vec::new();
    while !unseen.is_empty() {
        let adds = |unit: &SampleUnit| unit.rows.iter().filter(|row| unseen.contains(row)).count();
        // the first of those that add most, in the order of the draw
        let best = units.iter().rev().max_by_key(|unit| adds(unit));
        let Some(best) = best.filter(|best| adds(best) > 0) else {
            break;
        };
        chosen.push(best.id);
        for row in &best.rows {
            unseen.remove(row);
        }
    }
    chosen
}
