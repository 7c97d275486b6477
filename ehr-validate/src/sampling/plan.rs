//! How a sample is drawn and when it passes.

use std::collections::{BTreeMap, BTreeSet};

use ehr_crypto::Digest;
use ehr_model::record::RecordId;
use serde::{Deserialize, Serialize};

use super::bound::{PerMillion, rate_at_least, sample_size};
use super::draw::{Draw, Sample, apart_from, cover};
use super::frame::{SampleUnit, SamplingFrame};
use super::stratum::Stratum;

/// Fewer claims than this prove nothing, whatever the arithmetic says.
const FEWEST_CLAIMS: u64 = crate::collect::replay::FEWEST_CLAIMS as u64;
/// At most this part of the charts is set apart for known faults.
const APART: usize = 4;
/// More faults in one chart give it away.
pub(crate) const FAULTS_OF_CHART: u64 = 3;

/// How a sample is drawn and when it passes. Its [digest](Self::digest) is written down before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SamplingPlan {
    /// What the draw is made from.
    pub seed: u64,
    /// The confidence of every claim, each on its own.
    pub confidence: PerMillion,
    /// The share of wrong charts that the claim about all charts must exclude.
    pub tolerance: PerMillion,
    /// The share of wrong charts that the claim about one stratum must exclude.
    pub stratum_tolerance: PerMillion,
    /// With how many wrong units a sample still passes.
    pub accepted: u64,
    /// How many billing claims are checked line by line at least.
    pub billing_claims: u64,
    /// How many known faults stand in the packet.
    pub seeded_faults: u64,
    /// How many entries of a kind a chart shows at most; safety-critical kinds show all.
    pub entries_of_kind: u64,
    /// Whether reviewers are told neither which side is which system nor what differs.
    #[serde(default, skip_serializing_if = "is_open")]
    pub blind: bool,
}

/// A plan of an open review is written as it was before there were blind ones, with the same digest.
fn is_open(blind: &bool) -> bool {
    !*blind
}

impl SamplingPlan {
    /// 95 % confidence that fewer than 5 % of all charts and fewer than 25 % of those of a stratum
    /// are wrong, none accepted, twenty claims, thirty known faults.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            confidence: PerMillion::percent(95),
            tolerance: PerMillion::percent(5),
            stratum_tolerance: PerMillion::percent(25),
            accepted: 0,
            billing_claims: FEWEST_CLAIMS,
            seeded_faults: 30,
            entries_of_kind: 10,
            blind: false,
        }
    }

    /// The digest by which the plan is recognised again.
    pub fn digest(&self) -> String {
        let bytes = serde_json::to_vec(self).expect("numbers can be written");
        Digest::sha256(&bytes).to_string()
    }

    /// The confidence that is left for a bound, where another bound enters it: each may fail with
    /// half of the probability (Bonferroni).
    pub(super) fn half(&self) -> PerMillion {
        let may_fail = PerMillion::ONE.millionths() - self.confidence.millionths();
        PerMillion::new(PerMillion::ONE.millionths() - may_fail / 2).unwrap_or(PerMillion::ONE)
    }

    /// Draws. The same plan and the same frame give the same draw, in whatever order charts came.
    pub fn draw(&self, frame: &SamplingFrame) -> Draw {
        let mut order: Vec<&SampleUnit> = frame.units.values().collect();
        order.sort_by_cached_key(|unit| self.rank(unit.id, "draw"));
        let charts = order.iter().filter(|unit| unit.id == unit.patient).count();

        let mut strata: BTreeMap<Stratum, Vec<&SampleUnit>> = BTreeMap::new();
        for unit in &order {
            for stratum in &unit.strata {
                strata.entry(*stratum).or_default().push(unit);
            }
        }
        let wanted = self.seeded_faults.div_ceil(FAULTS_OF_CHART);
        let apart = usize::try_from(wanted)
            .unwrap_or(usize::MAX)
            .min(charts / APART);
        let faults = self.seeded_faults.min(apart as u64 * FAULTS_OF_CHART);
        let sizes: BTreeMap<Stratum, Option<u64>> = strata
            .iter()
            .map(|(stratum, units)| (*stratum, self.size(*stratum, units.len() as u64, faults)))
            .collect();
        let sampled = strata.iter().flat_map(|(stratum, units)| {
            let size =
                sizes[stratum].map_or(usize::MAX, |size| size.try_into().unwrap_or(usize::MAX));
            units.iter().take(size).map(|unit| unit.patient)
        });
        let apart = apart_from(&order, &sampled.collect(), apart);
        let is_apart: BTreeSet<&RecordId> = apart.iter().collect();

        let samples = strata.into_iter().map(|(stratum, units)| {
            let population = units.len() as u64;
            let size = sizes[&stratum];
            let wanted = size.unwrap_or(population).min(population);
            let drawn = units.iter().filter(|unit| !is_apart.contains(&unit.id));
            let units: Vec<RecordId> = drawn
                .take(usize::try_from(wanted).unwrap_or(usize::MAX))
                .map(|unit| unit.id)
                .collect();
            let sample = Sample {
                population,
                wanted,
                provable: size.is_some_and(|size| units.len() as u64 >= size),
                units,
            };
            (stratum, sample)
        });
        let samples: BTreeMap<Stratum, Sample> = samples.collect();
        let drawn: BTreeSet<RecordId> = samples
            .values()
            .flat_map(|sample| sample.units.iter().copied())
            .collect();
        let open: Vec<&SampleUnit> = order
            .iter()
            .copied()
            .filter(|unit| !is_apart.contains(&unit.id))
            .collect();
        let coverage = cover(&open, &drawn);
        let reviewed: BTreeSet<RecordId> = drawn.iter().chain(&coverage).copied().collect();
        let rows_of_units = open
            .iter()
            .filter(|unit| reviewed.contains(&unit.id) && !unit.rows.is_empty())
            .map(|unit| (unit.id, unit.rows.clone()))
            .collect();
        let mut packet: Vec<RecordId> = reviewed.iter().chain(&apart).copied().collect();
        packet.sort_by_cached_key(|id| self.rank(*id, "packet"));
        Draw {
            digest: self.digest(),
            samples,
            rows: frame.rows().into_iter().cloned().collect(),
            rows_of_units,
            coverage,
            apart,
            seeded_faults: faults,
            packet,
        }
    }

    /// The share of wrong units that the claim about a stratum must exclude.
    pub(super) fn tolerance_of(&self, stratum: Stratum) -> PerMillion {
        match stratum {
            Stratum::Charts => self.tolerance,
            _ => self.stratum_tolerance,
        }
    }

    /// How many units of a stratum are drawn: enough for its tolerance if the reviewers catch every
    /// known fault; `None` where even all are too few.
    fn size(&self, stratum: Stratum, population: u64, faults: u64) -> Option<u64> {
        let (confidence, catch_rate) = match faults {
            0 => (self.confidence, 1.0),
            faults => (self.half(), rate_at_least(faults, faults, self.half())),
        };
        let tolerance = self.tolerance_of(stratum);
        let size = sample_size(population, tolerance, confidence, self.accepted, catch_rate)?;
        Some(match stratum {
            Stratum::BillingClaims => {
                size.max(self.billing_claims.max(FEWEST_CLAIMS).min(population))
            }
            _ => size,
        })
    }

    /// The place of a unit in a permutation that the seed decides.
    fn rank(&self, id: RecordId, purpose: &str) -> [u8; 32] {
        let parts = [
            purpose.as_bytes(),
            &self.seed.to_be_bytes(),
            id.as_bytes().as_slice(),
        ];
        let mut rank = [0; 32];
        rank.copy_from_slice(Digest::sha256(&parts.concat()).as_bytes());
        rank
    }
}
