//! What a rule is: a code, a page and a check.

mod findings;
mod metadata;

pub use findings::{CannotCheck, Findings, Subject};
pub(crate) use metadata::rule;
pub use metadata::{Category, RuleMetadata, RuleStatus, Scope, Threshold};

use ehr_model::chart::Chart;

use crate::Context;
use crate::compare::ChartPair;

/// A rule about charts; the one place where strangers plug in.
///
/// [`Validator`](crate::Validator) calls [`Rule::check`] once for each chart, and [`Rule::compare`]
/// once for each pair of charts, from several threads at a time and in no order. A rule keeps
/// nothing between charts, and asks no clock: the day is in the [`Context`]. Which of the two is
/// called, its [`Scope`] says; what only the whole run shows is collected elsewhere and added to
/// the report.
pub trait Rule: Send + Sync {
    /// What is known about the rule.
    fn metadata(&self) -> &'static RuleMetadata;

    /// Names every record of a chart that the rule applies to, and what is wrong with it.
    ///
    /// An error says that something was missing which the rule needs; what it found until then counts.
    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let _ = (chart, context, findings);
        Ok(())
    }

    /// Names every record of a pair of charts that the rule applies to, and what changed wrongly.
    fn compare(
        &self,
        pair: &ChartPair<'_>,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let _ = (pair, context, findings);
        Ok(())
    }
}
