//! What a review proves.

use std::collections::BTreeMap;

use ehr_model::issue::Issue;
use ehr_model::record::RecordId;
use serde::{Deserialize, Serialize};

use super::bound::{PerMillion, rate_at_least, wrong_at_most};
use super::draw::Draw;
use super::plan::SamplingPlan;
use super::stratum::Stratum;
use crate::collect::judged;
use crate::rules::SamplingPlanChanged;
use crate::validation::RuleCounts;

/// What reviewers said about the units of a packet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Review {
    /// Whether each unit that was reviewed to its end is wrong. What is not here was not reviewed.
    pub wrong: BTreeMap<RecordId, bool>,
    /// How many known faults stood in what was reviewed.
    pub seeded: u64,
    /// How many of them were flagged.
    pub caught: u64,
}

/// What the reviewers notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CatchRate {
    /// Known faults that were reviewed.
    pub seeded: u64,
    /// Those that were flagged.
    pub caught: u64,
    /// The share of faults that they notice at least, with [`CatchRate::confidence`].
    pub at_least: PerMillion,
    /// How certain that is.
    pub confidence: PerMillion,
}

/// What a sample proves about its stratum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Claim {
    /// The [stratum](Stratum), by its stable name.
    pub stratum: String,
    /// How many units it has.
    pub population: u64,
    /// How many were drawn.
    pub drawn: u64,
    /// How many of them were reviewed.
    pub reviewed: u64,
    /// How many of those were found wrong.
    pub wrong: u64,
    /// At most so many units of the stratum are wrong, with the confidence of the plan. What was drawn
    /// and not reviewed counts as wrong.
    pub wrong_at_most: u64,
    /// The same as a share of the stratum, rounded up.
    pub rate_at_most: PerMillion,
    /// Whether the bound is within the tolerance of the plan.
    pub within_tolerance: bool,
    /// Whether all that was drawn was reviewed and no more than accepted was wrong, within tolerance:
    /// that of all charts always, that of a smaller stratum where it is large enough to be proved.
    pub passed: bool,
}

/// What the samples of a round gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SampleResults {
    /// The digest of the plan that was written down before the draw.
    pub registered: String,
    /// The plan by which was drawn.
    pub plan: SamplingPlan,
    /// What the reviewers notice; without known faults it is assumed that they miss nothing.
    pub catch_rate: Option<CatchRate>,
    /// What is proved, stratum by stratum; each claim holds with the confidence of the plan on its own.
    pub claims: Vec<Claim>,
    /// How many rows, lines and blocks of the mapping document the charts use.
    pub rows: u64,
    /// How many of them no reviewer saw.
    pub rows_unseen: u64,
    /// Charts that were chosen for their rows and found wrong. They enter no claim.
    pub chosen_wrong: u64,
}

impl SampleResults {
    /// What a review of a draw proves. The digest of the plan is the one that was written down before.
    ///
    /// With known faults, the bound on what the reviewers miss and the bound on what the sample shows
    /// may each fail with half of the probability, so that both hold together with the confidence of
    /// the plan.
    pub fn new(registered: &str, plan: &SamplingPlan, draw: &Draw, review: &Review) -> Self {
        let catch_rate = (review.seeded > 0).then(|| {
            let caught = review.caught.min(review.seeded);
            CatchRate {
                seeded: review.seeded,
                caught,
                at_least: PerMillion::below(rate_at_least(review.seeded, caught, plan.half())),
                confidence: plan.half(),
            }
        });
        let (confidence, notices) = match &catch_rate {
            Some(rate) => (plan.half(), rate.at_least.as_f64()),
            None => (plan.confidence, 1.0),
        };
        let claims = draw.samples.iter().map(|(stratum, sample)| {
            let (mut reviewed, mut wrong) = (0, 0);
            for unit in sample
                .units
                .iter()
                .filter_map(|unit| review.wrong.get(unit))
            {
                reviewed += 1;
                wrong += u64::from(*unit);
            }
            let drawn = sample.units.len() as u64;
            let counted = wrong + (drawn - reviewed);
            let most = wrong_at_most(sample.population, drawn, counted, confidence, notices);
            let tolerance = plan.tolerance_of(*stratum);
            let within_tolerance = !tolerance.is_exceeded_by(most, sample.population);
            let must_prove = *stratum == Stratum::Charts || sample.provable;
            Claim {
                stratum: stratum.to_string(),
                population: sample.population,
                drawn,
                reviewed,
                wrong,
                wrong_at_most: most,
                rate_at_most: PerMillion::above(most as f64 / sample.population.max(1) as f64),
                within_tolerance,
                passed: drawn > 0
                    && reviewed == drawn
                    && wrong <= plan.accepted
                    && (within_tolerance || !must_prove),
            }
        });
        let mut unseen = draw.rows.clone();
        for (unit, rows) in &draw.rows_of_units {
            if review.wrong.contains_key(unit) {
                unseen.retain(|row| !rows.contains(row));
            }
        }
        let is_wrong = |unit: &&RecordId| review.wrong.get(*unit) == Some(&true);
        Self {
            registered: registered.to_owned(),
            plan: plan.clone(),
            catch_rate,
            claims: claims.collect(),
            rows: draw.rows.len() as u64,
            rows_unseen: unseen.len() as u64,
            chosen_wrong: draw.coverage.iter().filter(is_wrong).count() as u64,
        }
    }

    /// Whether every claim passed, every row was seen, and the plan is the one that was written down.
    pub fn passed(&self) -> bool {
        self.registered == self.plan.digest()
            && !self.claims.is_empty()
            && self.claims.iter().all(|claim| claim.passed)
            && self.rows_unseen == 0
            && self.chosen_wrong <= self.plan.accepted
    }

    /// For the rule [`SamplingPlanChanged`].
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let complete = |claim: &Claim| claim.reviewed == claim.drawn && claim.wrong <= claim.drawn;
        judged(
            &SamplingPlanChanged::METADATA,
            [
                ("plan", self.registered != self.plan.digest()),
                (
                    "sample",
                    self.claims.is_empty() || !self.claims.iter().all(complete),
                ),
            ],
        )
    }
}

impl std::fmt::Display for Claim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: {} of {} reviewed, {} wrong; at most {} ({}) are wrong",
            self.stratum,
            self.reviewed,
            self.population,
            self.wrong,
            self.wrong_at_most,
            self.rate_at_most
        )
    }
}
