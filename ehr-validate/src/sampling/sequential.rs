//! A sample that stops as soon as enough was seen (Wald 1945, sequential probability ratio test).

use serde::{Deserialize, Serialize};

use super::PerMillion;
use super::probability::Detection;

/// A test that may be asked after every unit.
///
/// Wald's test with the boundaries 1/α and 1/β instead of his approximations, on the exact
/// likelihoods of a draw without repetition, so that both errors hold as stated (Ville's inequality):
/// a population with more than the rejectable share is accepted with a probability of at most β,
/// one with no more than the acceptable share is rejected with at most α.
///
/// ```
/// use ehr_validate::sampling::{PerMillion, SequentialDecision, SequentialTest};
/// let test = SequentialTest {
///     population: 5_000,
///     acceptable: PerMillion::new(0).unwrap(),
///     rejectable: PerMillion::percent(5),
///     alpha: PerMillion::percent(5),
///     beta: PerMillion::percent(5),
///     catch_rate: PerMillion::ONE,
/// };
/// assert_eq!(test.decide(57, 0), SequentialDecision::Continue);
/// assert_eq!(test.decide(58, 0), SequentialDecision::Accept);
/// assert_eq!(test.decide(3, 1), SequentialDecision::Reject);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SequentialTest {
    /// How many units there are.
    pub population: u64,
    /// The share of wrong units that is good enough.
    pub acceptable: PerMillion,
    /// The share of wrong units above which the population must not pass.
    pub rejectable: PerMillion,
    /// The highest probability to reject what is good enough.
    pub alpha: PerMillion,
    /// The highest probability to accept what must not pass.
    pub beta: PerMillion,
    /// The share of wrong units that the reviewers notice at least.
    pub catch_rate: PerMillion,
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SequentialDecision {
    /// Nothing is shown yet.
    Continue,
    /// The population passes.
    Accept,
    /// The population does not pass.
    Reject,
}

impl SequentialTest {
    /// What is shown after so many units, of which so many were found wrong.
    pub fn decide(&self, checked: u64, found: u64) -> SequentialDecision {
        let checked = checked.min(self.population);
        let likelihood = |wrong: u64| {
            let detection = Detection {
                population: self.population,
                wrong: wrong.min(self.population),
                checked,
                catch_rate: self.catch_rate.as_f64(),
            };
            detection.exactly(found.min(checked))
        };
        let good = likelihood(self.acceptable.first_above(self.population) - 1);
        let bad = likelihood(self.rejectable.first_above(self.population));
        if bad <= good * self.beta.as_f64() && good > 0.0 {
            SequentialDecision::Accept
        } else if good <= bad * self.alpha.as_f64() {
            SequentialDecision::Reject
        } else {
            SequentialDecision::Continue
        }
    }
}
