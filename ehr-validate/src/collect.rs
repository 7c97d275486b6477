//! What only the whole run shows: collectors that add up, for the rules of [`Scope::Run`].
//!
//! A collector sees every chart, or every pair of charts, holds counts and digests only, merges with
//! those of other parts of the run, and ends in counts and issues for [`ValidationReport::add`].
//!
//! [`Scope::Run`]: crate::rule::Scope::Run
//! [`ValidationReport::add`]: crate::ValidationReport::add

mod calendar;
pub mod code_maps;
pub mod denials;
mod duplicates;
pub mod identifiers;
mod population;
pub mod remittances;
pub mod replay;
pub mod result_populations;
mod strata;
mod totals;
mod unspecified;

pub use calendar::Calendar;
pub use duplicates::DuplicatePatients;
pub use population::Population;
pub use strata::{Strata, record_counts};
pub use totals::Totals;
pub use unspecified::UnspecifiedCodes;

use ehr_model::issue::Issue;

use crate::rule::RuleMetadata;
use crate::validation::RuleCounts;

/// Counts and issues of a rule that judges named things, such as kinds or elements.
pub(crate) fn judged<N: Into<std::sync::Arc<str>>>(
    rule: &RuleMetadata,
    things: impl IntoIterator<Item = (N, bool)>,
) -> (RuleCounts, Vec<Issue>) {
    let mut counts = RuleCounts::default();
    let mut issues = Vec::new();
    for (name, violates) in things {
        counts.denominator += 1;
        if violates {
            counts.numerator += 1;
            issues.push(Issue::new(rule.code, rule.severity).field(name));
        }
    }
    (counts, issues)
}
