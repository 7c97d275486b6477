//! A sample whose plan is fixed before it is drawn.

use ehr_crypto::Digest;
use ehr_model::issue::Issue;
use serde::{Deserialize, Serialize};

use crate::collect::judged;
use crate::rules::SamplingPlanChanged;
use crate::validation::RuleCounts;

/// How a sample is drawn and when it passes. Its digest is written down before the round.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingPlan {
    /// What the seed of the draw is.
    pub seed: u64,
    /// From how many units the sample is drawn.
    pub population: u64,
    /// How many units are checked.
    pub sample: u64,
    /// With how many wrong units the sample still passes.
    pub accepted: u64,
}

/// What the check of a sample gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SamplingResult {
    /// The digest of the plan that was written down before the round.
    pub registered: String,
    /// The plan by which the sample was drawn.
    pub plan: SamplingPlan,
    /// How many units were checked.
    pub checked: u64,
    /// How many of them were wrong.
    pub wrong: u64,
}

impl SamplingPlan {
    /// The digest by which the plan is recognised again.
    pub fn digest(&self) -> String {
        let numbers = [self.seed, self.population, self.sample, self.accepted];
        let bytes: Vec<u8> = numbers
            .iter()
            .flat_map(|number| number.to_be_bytes())
            .collect();
        Digest::sha256(&bytes).to_string()
    }
}

impl SamplingResult {
    /// The error rate below which the population is with 95 % confidence.
    pub fn error_rate_bound(&self) -> f64 {
        error_rate_bound(self.checked, self.wrong)
    }

    /// For the rule [`SamplingPlanChanged`].
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        judged(
            &SamplingPlanChanged::METADATA,
            [
                ("plan", self.registered != self.plan.digest()),
                (
                    "sample",
                    self.checked != self.plan.sample || self.wrong > self.checked,
                ),
            ],
        )
    }
}

/// The upper end of the one-sided 95 % confidence interval of an error rate (Clopper and Pearson),
/// where `wrong` of `checked` units were wrong.
pub fn error_rate_bound(checked: u64, wrong: u64) -> f64 {
    if wrong >= checked {
        return 1.0;
    }
    // The rate at which so few wrong units are seen with a probability of 5 %.
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if at_most(wrong, checked, middle) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The probability of at most `wrong` wrong units of `checked`, at a rate. In logarithms, because the
/// powers are smaller than a float can be.
fn at_most(wrong: u64, checked: u64, rate: f64) -> f64 {
    let mut logarithm = checked as f64 * (1.0 - rate).ln();
    let mut sum = logarithm.exp();
    for k in 1..=wrong {
        logarithm += ((checked - k + 1) as f64 / k as f64).ln() + (rate / (1.0 - rate)).ln();
        sum += logarithm.exp();
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_the_published_one() {
        // 1 − 0.05^(1/n) where nothing is wrong; 93 units with one wrong are below 5 %.
        for (checked, wrong, bound) in [
            (20, 0, 0.1391),
            (59, 0, 0.0495),
            (299, 0, 0.00997),
            (2995, 0, 0.0009997),
            (93, 1, 0.0500),
            (473, 1, 0.0100),
        ] {
            let found = error_rate_bound(checked, wrong);
            assert!(
                (found - bound).abs() < bound * 0.01,
                "{checked} {wrong}: {found}"
            );
        }
        assert_eq!(error_rate_bound(0, 0), 1.0);
        assert_eq!(error_rate_bound(5, 5), 1.0);
    }
}
