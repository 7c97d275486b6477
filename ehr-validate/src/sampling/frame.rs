//! What is sampled from: every chart and every billing claim, with its strata.

use std::collections::{BTreeMap, BTreeSet};

use ehr_model::chart::Chart;
use ehr_model::kind::Claim;
use ehr_model::provenance::MappingRow;
use ehr_model::record::RecordId;

use super::stratum::{EdgeCase, Membership, Stratum};
use crate::Context;

/// A chart or a billing claim that may be drawn. Holds ids, no value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SampleUnit {
    /// The id of the patient, or of the claim.
    pub id: RecordId,
    /// The patient in whose chart it stands.
    pub patient: RecordId,
    /// The strata it belongs to.
    pub strata: BTreeSet<Stratum>,
    /// What of the mapping document it exercises.
    pub rows: BTreeSet<MappingRow>,
}

/// All that may be drawn. Parts of a run merge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SamplingFrame {
    /// The units by their ids.
    pub units: BTreeMap<RecordId, SampleUnit>,
    /// For how many charts an edge case could not be decided. Its stratum says nothing about them.
    pub undecided: BTreeMap<EdgeCase, u64>,
}

impl SamplingFrame {
    /// Adds a chart and its billing claims. A chart without a patient is no unit.
    pub fn add(&mut self, chart: &Chart, context: &Context<'_>) {
        let Some(patient) = chart.patient().map(|record| record.id) else {
            return;
        };
        let membership = Membership::of(chart, context);
        for case in membership.undecided {
            *self.undecided.entry(case).or_default() += 1;
        }
        let provenance = chart.records.iter().flat_map(|record| &record.provenance);
        let unit = SampleUnit {
            id: patient,
            patient,
            strata: membership.strata,
            rows: provenance.flat_map(MappingRow::of).collect(),
        };
        self.units.insert(patient, unit);
        for (record, _) in chart.of::<Claim>() {
            let unit = SampleUnit {
                id: record.id,
                patient,
                strata: BTreeSet::from([Stratum::BillingClaims]),
                rows: BTreeSet::new(), // those of its chart
            };
            self.units.insert(record.id, unit);
        }
    }

    /// Adds another part.
    pub fn merge(&mut self, other: Self) {
        self.units.extend(other.units);
        for (case, charts) in other.undecided {
            *self.undecided.entry(case).or_default() += charts;
        }
    }

    /// What of the mapping document the charts exercise, all together.
    pub fn rows(&self) -> BTreeSet<&MappingRow> {
        self.units.values().flat_map(|unit| &unit.rows).collect()
    }
}
