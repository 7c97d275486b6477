//! The chart of a patient in the source beside the one in the target, entry by entry.

use std::collections::{HashMap, HashSet};

use ehr_model::chart::Chart;
use ehr_model::record::{Record, RecordId};

/// The chart of a patient in the source beside the one in the target.
///
/// Entries are matched by their id.
#[derive(Debug)]
pub struct ChartPair<'c> {
    source: &'c Chart,
    target: &'c Chart,
    matched: Vec<(&'c Record, &'c Record)>,
    missing: Vec<&'c Record>,
    extra: Vec<&'c Record>,
}

impl<'c> ChartPair<'c> {
    /// Matches the entries of two charts of one patient.
    pub fn new(source: &'c Chart, target: &'c Chart) -> Self {
        let by_id: HashMap<RecordId, &Record> = target
            .records
            .iter()
            .map(|record| (record.id, record))
            .collect();
        let mut matched = Vec::new();
        let mut missing = Vec::new();
        let mut seen = HashSet::new();
        for record in &source.records {
            match by_id.get(&record.id) {
                Some(other) if other.kind() == record.kind() => {
                    seen.insert(record.id);
                    matched.push((record, *other));
                }
                _ => missing.push(record),
            }
        }
        let extra = target
            .records
            .iter()
            .filter(|record| !seen.contains(&record.id))
            .collect();
        Self {
            source,
            target,
            matched,
            missing,
            extra,
        }
    }

    /// The chart in the source.
    pub fn source(&self) -> &'c Chart {
        self.source
    }

    /// The chart in the target.
    pub fn target(&self) -> &'c Chart {
        self.target
    }

    /// Entries of the source with their entries in the target.
    pub fn matched(&self) -> impl Iterator<Item = (&'c Record, &'c Record)> + '_ {
        self.matched.iter().copied()
    }

    /// Entries of the source that the target lacks.
    pub fn missing(&self) -> impl Iterator<Item = &'c Record> + '_ {
        self.missing.iter().copied()
    }

    /// Entries of the target that the source lacks.
    pub fn extra(&self) -> impl Iterator<Item = &'c Record> + '_ {
        self.extra.iter().copied()
    }
}
