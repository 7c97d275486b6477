//! Counts the results of every test over the whole run, in source and target.
//!
//! ```
//! use ehr_model::chart::Chart;
//! use ehr_validate::collect::result_populations::ResultPopulations;
//!
//! let mut populations = ResultPopulations::default();
//! populations.add_source(&Chart::default());
//! populations.add_target(&Chart::default());
//! assert!(populations.finish().1.is_empty());
//! ```

use std::collections::BTreeMap;

use ehr_model::chart::Chart;
use ehr_model::issue::Issue;
use ehr_model::kind::{Observation, ObservationValue};
use rust_decimal::prelude::ToPrimitive as _;

use crate::concept;
use crate::rules::ResultPopulationShifted;
use crate::terminology::system;
use crate::validation::RuleCounts;

/// From so many results on both sides on a test is judged.
pub const FEWEST_RESULTS: u64 = 30;
/// The population stability index from which on a population has shifted.
pub const SHIFTED: f64 = 0.25;
/// Bins in a power of ten.
const BINS: f64 = 10.0;

/// The numbers of every test and unit in bins, for source and target. Holds counts and no values.
#[derive(Debug, Clone, Default)]
pub struct ResultPopulations(BTreeMap<(String, String), BTreeMap<i32, [u64; 2]>>);

impl ResultPopulations {
    /// Counts the results of a chart of the source.
    pub fn add_source(&mut self, chart: &Chart) {
        self.add(chart, 0);
    }

    /// Counts the results of a chart of the target.
    pub fn add_target(&mut self, chart: &Chart) {
        self.add(chart, 1);
    }

    /// Adds the counts of another part of the run.
    pub fn merge(&mut self, other: Self) {
        for (test, bins) in other.0 {
            let known = self.0.entry(test).or_default();
            for (bin, counts) in bins {
                let sum = known.entry(bin).or_default();
                *sum = [sum[0] + counts[0], sum[1] + counts[1]];
            }
        }
    }

    /// For [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`ResultPopulationShifted`]. The field of an issue is the test with its unit.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let rule = ResultPopulationShifted::METADATA;
        let mut counts = RuleCounts::default();
        let mut issues = Vec::new();
        for ((test, unit), bins) in &self.0 {
            let Some(index) = stability(bins) else {
                continue;
            };
            counts.denominator += 1;
            if index >= SHIFTED {
                counts.numerator += 1;
                issues.push(Issue::new(rule.code, rule.severity).field(format!("{test} {unit}")));
            }
        }
        (counts, issues)
    }

    fn add(&mut self, chart: &Chart, side: usize) {
        for (_, observation) in chart.of::<Observation>() {
            let own = (&observation.code, &observation.value);
            let parts = observation
                .component
                .iter()
                .map(|part| (&part.code, &part.value));
            for (code, value) in std::iter::once(own).chain(parts) {
                let Some(ObservationValue::Quantity(quantity)) = value.value() else {
                    continue;
                };
                let Some(quantity) = quantity.value() else {
                    continue;
                };
                let test = code
                    .value()
                    .and_then(|code| concept::codes_in(code, system::LOINC).next());
                let unit = concept::text(&quantity.code).or_else(|| concept::text(&quantity.unit));
                let number = quantity
                    .value
                    .value()
                    .and_then(|number| number.value()?.to_f64());
                if let (Some(test), Some(unit), Some(number)) = (test, unit, number) {
                    let bins = self
                        .0
                        .entry((test.to_owned(), unit.to_owned()))
                        .or_default();
                    bins.entry(bin(number)).or_default()[side] += 1;
                }
            }
        }
    }
}

/// The bin of a number; zero and what is below have one of their own.
#[allow(
    clippy::cast_possible_truncation,
    reason = "the logarithm of a double fits"
)]
fn bin(number: f64) -> i32 {
    if number > 0.0 {
        (number.log10() * BINS).floor() as i32
    } else {
        i32::MIN
    }
}

/// The population stability index; none where a side has too few results.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts of results stay far below 2^53"
)]
fn stability(bins: &BTreeMap<i32, [u64; 2]>) -> Option<f64> {
    let total = |side: usize| bins.values().map(|counts| counts[side]).sum::<u64>();
    let (source, target) = (total(0), total(1));
    if source < FEWEST_RESULTS || target < FEWEST_RESULTS {
        return None;
    }
    // half a result in an empty bin, so that the logarithm is finite
    let share = |count: u64, total: u64| (count as f64).max(0.5) / total as f64;
    Some(
        bins.values()
            .map(|counts| {
                let (before, after) = (share(counts[0], source), share(counts[1], target));
                (after - before) * (after / before).ln()
            })
            .sum(),
    )
}
