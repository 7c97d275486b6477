//! Checks charts, one by one.

use ehr_model::chart::Chart;
use ehr_model::issue::Issue;

use crate::codes::ChartCodes;
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, Scope};
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
        report.charts += 1;
        let codes = ChartCodes::of(chart);
        let context = Context {
            codes: Some(&codes),
            ..*context
        };
        self.run(Scope::Chart, report, |rule, findings| {
            rule.check(chart, &context, findings)
        })
    }

    /// Compares the charts of a patient in source and target, adds to the report, and returns what
    /// changed wrongly.
    pub fn compare(
        &self,
        pair: &ChartPair<'_>,
        context: &Context<'_>,
        report: &mut ValidationReport,
    ) -> Vec<Issue> {
        self.run(Scope::Comparison, report, |rule, findings| {
            rule.compare(pair, context, findings)
        })
    }

    fn run(
        &self,
        scope: Scope,
        report: &mut ValidationReport,
        check: impl Fn(&dyn Rule, &mut Findings) -> Result<(), CannotCheck>,
    ) -> Vec<Issue> {
        let mut all = Vec::new();
        for (rule, _) in self.ruleset.rules() {
            let metadata = rule.metadata();
            if metadata.scope != scope {
                continue;
            }
            let mut findings = Findings::of(metadata);
            let outcome = check(rule, &mut findings);
            let (mut counts, mut issues) = findings.into_parts();
            match outcome {
                Ok(()) => {}
                Err(reason) if reason.is_table => counts.without_table += 1,
                Err(_) => counts.errored += 1,
            }
            report.add(metadata.code, counts, &issues);
            all.append(&mut issues);
        }
        all
    }
}
