//! A copy of charts with faults, and what the comparison must say of them.

use std::collections::HashSet;
use std::sync::Arc;

use ehr_model::chart::Chart;
use ehr_model::element::Leaf;
use ehr_model::record::{Kind, Record, RecordId};

use super::ConversionFault;
use crate::compare::DifferenceClass;
use crate::walk;

/// A copy of charts with faults. A record has one fault at most.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct FaultyCopy {
    /// The charts, in the order of the originals.
    pub charts: Vec<Chart>,
    /// What the comparison must report.
    pub expected: Vec<Expected>,
    touched: HashSet<RecordId>,
    seed: u64,
}

/// What the comparison must report of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Expected {
    /// The name of the fault.
    pub fault: &'static str,
    /// The class.
    pub class: DifferenceClass,
    /// The kind of record.
    pub kind: Kind,
    /// The record, of the source or of the target.
    pub record: RecordId,
    /// The patient in the source.
    pub patient: Option<RecordId>,
    /// The field; empty where the record as a whole is meant.
    pub field: Arc<str>,
}

/// Where a fault was put.
pub(super) struct Touch {
    pub(super) chart: usize,
    pub(super) kind: Kind,
    pub(super) record: RecordId,
    pub(super) field: String,
}

/// Where a record or a leaf stands.
#[derive(Clone)]
pub(super) struct Spot {
    pub(super) chart: usize,
    pub(super) record: usize,
    pub(super) field: String,
}

impl FaultyCopy {
    /// A copy without a fault.
    pub fn of(charts: &[Chart]) -> Self {
        Self {
            charts: charts.to_vec(),
            expected: Vec::new(),
            touched: HashSet::new(),
            seed: 0,
        }
    }

    /// Puts in a fault, the same one for the same seed and charts. Returns whether there was anything
    /// that it could harm.
    pub fn inject(&mut self, fault: &ConversionFault, seed: u64) -> bool {
        self.seed = seed;
        let patients: Vec<Option<RecordId>> = self.charts.iter().map(patient).collect();
        let Some(touch) = fault.run(self) else {
            return false;
        };
        self.touched.insert(touch.record);
        self.expected.push(Expected {
            fault: fault.name,
            class: fault.class,
            kind: touch.kind,
            record: touch.record,
            patient: patients[touch.chart],
            field: touch.field.into(),
        });
        true
    }

    /// Whether a fault was put into a record.
    pub fn is_touched(&self, record: RecordId) -> bool {
        self.touched.contains(&record)
    }

    pub(super) fn touch(&mut self, record: RecordId) {
        self.touched.insert(record);
    }

    /// One of all, as the seed decides.
    pub(super) fn draw<T>(&mut self, mut from: Vec<T>) -> Option<T> {
        self.seed = self
            .seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let draw = usize::try_from(self.seed >> 33).unwrap_or_default();
        let place = draw.checked_rem(from.len())?;
        Some(from.swap_remove(place))
    }

    /// One record without a fault that fits.
    pub(super) fn record(&mut self, fits: impl Fn(&Record) -> bool) -> Option<Spot> {
        let mut spots = Vec::new();
        for (chart, one) in self.charts.iter().enumerate() {
            for (record, content) in one.records.iter().enumerate() {
                if !self.touched.contains(&content.id) && fits(content) {
                    spots.push((chart, record));
                }
            }
        }
        let (chart, record) = self.draw(spots)?;
        Some(Spot {
            chart,
            record,
            field: String::new(),
        })
    }

    /// One leaf of a record without a fault that fits. Kinds are drawn first: most leaves of a
    /// chart are of few kinds.
    pub(super) fn leaf(
        &mut self,
        fits: impl Fn(&Record, &walk::Path<'_>, &Leaf<'_>) -> bool,
    ) -> Option<Spot> {
        let has = |record: &Record| {
            let mut any = false;
            walk::leaves(record.resource.element(), &mut |path, leaf| {
                any = any || fits(record, path, leaf);
            });
            any
        };
        let untouched = |record: &&Record| !self.touched.contains(&record.id);
        let all = self.charts.iter().flat_map(|chart| &chart.records);
        let mut kinds: Vec<Kind> = Vec::new();
        for record in all.filter(untouched) {
            if !kinds.contains(&record.kind()) && has(record) {
                kinds.push(record.kind());
            }
        }
        let kind = self.draw(kinds)?;
        let spot = self.record(|record| record.kind() == kind && has(record))?;
        let mut fields = Vec::new();
        let record = self.at(&spot);
        walk::leaves(record.resource.element(), &mut |path, leaf| {
            if fits(record, path, leaf) {
                fields.push(path.to_string());
            }
        });
        let field = self.draw(fields)?;
        Some(Spot { field, ..spot })
    }

    pub(super) fn at(&self, spot: &Spot) -> &Record {
        &self.charts[spot.chart].records[spot.record]
    }

    pub(super) fn at_mut(&mut self, spot: &Spot) -> &mut Record {
        &mut self.charts[spot.chart].records[spot.record]
    }

    /// The spot as the place of a fault.
    pub(super) fn touched_at(&self, spot: &Spot) -> Touch {
        let record = self.at(spot);
        Touch {
            chart: spot.chart,
            kind: record.kind(),
            record: record.id,
            field: spot.field.clone(),
        }
    }
}

/// The patient of a chart.
pub(super) fn patient(chart: &Chart) -> Option<RecordId> {
    chart.patient().map(|record| record.id)
}
