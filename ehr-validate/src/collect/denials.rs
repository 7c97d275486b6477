//! Rejected and denied claims by payer and week, before and after go-live.
//!
//! ```
//! use ehr_validate::collect::denials::{Denials, Week};
//! let mut denials = Denials::default();
//! for _ in 0..13 {
//!     denials.add_baseline("77001", Week { claims: 200, denied: 10 });
//! }
//! denials.add_week("77001", Week { claims: 200, denied: 40 });
//! assert_eq!(denials.finish().0.numerator, 1);
//! ```

use std::collections::BTreeMap;

use ehr_model::issue::Issue;

use crate::rules::DenialRateAboveBaseline;
use crate::validation::RuleCounts;

/// Weeks of the baseline.
pub const BASELINE_WEEKS: usize = 13;
/// Standard deviations above the mean.
pub const SIGMAS: f64 = 3.0;
/// The weight of the newest week in the moving average.
pub const LAMBDA: f64 = 0.2;

/// The claims of a week that a payer answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Week {
    /// How many claims were sent.
    pub claims: u64,
    /// How many of them were rejected or denied.
    pub denied: u64,
}

/// The weeks of every payer, in their order.
#[derive(Debug, Clone, Default)]
pub struct Denials(BTreeMap<String, Payer>);

#[derive(Debug, Clone, Default)]
struct Payer {
    before: Vec<Week>,
    after: Vec<Week>,
}

impl Denials {
    /// Adds a week before go-live.
    pub fn add_baseline(&mut self, payer: &str, week: Week) {
        self.0
            .entry(payer.to_owned())
            .or_default()
            .before
            .push(week);
    }

    /// Adds a week after go-live.
    pub fn add_week(&mut self, payer: &str, week: Week) {
        self.0.entry(payer.to_owned()).or_default().after.push(week);
    }

    /// For [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`DenialRateAboveBaseline`]. A payer with fewer weeks before go-live is not checked.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let rule = DenialRateAboveBaseline::METADATA;
        let mut counts = RuleCounts::default();
        let mut issues = Vec::new();
        for (name, payer) in &self.0 {
            let weeks = payer.after.len() as u64;
            if payer.before.len() < BASELINE_WEEKS {
                counts.errored += weeks;
                continue;
            }
            counts.denominator += weeks;
            for week in above(&payer.before, &payer.after) {
                counts.numerator += 1;
                let field = format!("{name}, week {}", week + 1);
                issues.push(Issue::new(rule.code, rule.severity).field(field));
            }
        }
        (counts, issues)
    }
}

/// The weeks that lie above one of the two limits.
#[allow(
    clippy::cast_precision_loss,
    reason = "counts of claims stay far below 2^53"
)]
fn above(before: &[Week], after: &[Week]) -> Vec<usize> {
    let sum = |of: fn(&Week) -> u64| before.iter().map(of).sum::<u64>() as f64;
    let claims = sum(|week| week.claims);
    if claims == 0.0 {
        return Vec::new();
    }
    let mean = sum(|week| week.denied) / claims;
    let mut average = mean;
    let mut found = Vec::new();
    for (number, week) in after.iter().enumerate().filter(|(_, week)| week.claims > 0) {
        let share = week.denied as f64 / week.claims as f64;
        let sigma = (mean * (1.0 - mean) / week.claims as f64).sqrt();
        average = LAMBDA * share + (1.0 - LAMBDA) * average;
        let weeks = i32::try_from(number + 1).unwrap_or(i32::MAX);
        let settled = (1.0 - LAMBDA).powi(weeks.saturating_mul(2));
        let width = sigma * (LAMBDA / (2.0 - LAMBDA) * (1.0 - settled)).sqrt();
        if share > mean + SIGMAS * sigma || average > mean + SIGMAS * width {
            found.push(number);
        }
    }
    found
}
