//! Checks charts, one by one.

use ehr_model::chart::Chart;
use ehr_model::issue::Issue;

use crate::rule::Findings;
use crate::{Context, Ruleset, ValidationReport};

/// Checks charts against a [`Ruleset`]. Share it between threads, with one report each.
#[derive(Debug)]
pub struct Validator {
    ruleset: Ruleset,
}

impl Validator {
    /// A validator of a set of rules.
    pub fn new(ruleset: Ruleset) -> Self {
        Self { ruleset }
    }

    /// The rules.
    pub fn ruleset(&self) -> &Ruleset {
        &self.ruleset
    }

    /// Checks a chart, adds to the report, and returns what is wrong with the chart.
    ///
    /// The issues that the chart already carries are neither returned nor counted.
    pub fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        report: &mut ValidationReport,
    ) -> Vec<Issue> {
        let mut all = Vec::new();
        report.charts += 1;
        for (rule, _) in self.ruleset.rules() {
            let metadata = rule.metadata();
            let mut findings = Findings::of(metadata);
            let outcome = rule.check(chart, context, &mut findings);
            let (mut counts, mut issues) = findings.into_parts();
            counts.errored += u64::from(outcome.is_err());
            report.add(metadata.code, counts, &issues);
            all.append(&mut issues);
        }
        all
    }
}
