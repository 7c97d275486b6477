//! What a rule is: a code, a page and a check.

mod findings;
mod metadata;

pub use findings::{CannotCheck, Findings, Subject};
pub(crate) use metadata::rule;
pub use metadata::{Category, RuleMetadata, RuleStatus, Threshold};

use ehr_model::chart::Chart;

use crate::Context;

/// A rule about charts; the one place where strangers plug in.
///
/// [`Validator`](crate::Validator) calls [`Rule::check`] once for each chart, from several threads
/// at a time and in no order. A rule keeps nothing between charts, and asks no clock: the day is
/// in the [`Context`].
pub trait Rule: Send + Sync {
    /// What is known about the rule.
    fn metadata(&self) -> &'static RuleMetadata;

    /// Names every record that the rule applies to, and what is wrong with it.
    ///
    /// An error says that something was missing which the rule needs; what it found until then counts.
    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck>;
}
