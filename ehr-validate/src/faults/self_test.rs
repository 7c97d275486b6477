//! Whether the rules of a run find what was put into its charts on purpose.

use std::collections::BTreeMap;

use ehr_model::chart::Chart;
use ehr_model::issue::Issue;

use super::{Fault, Injected};
use crate::compare::ChartPair;
use crate::rule::{CannotCheck, Findings, Rule, Scope};
use crate::rules::FaultEscapedItsRule;
use crate::validation::RuleCounts;
use crate::{Context, Ruleset};

/// What became of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Outcome {
    /// Its rule found it, and had been silent before.
    Caught,
    /// Its rule did not find it.
    Escaped,
    /// No chart has what the fault could harm, or its rule lacks something that it needs.
    Untried,
}

/// What became of each fault whose rule is in the ruleset, by the name of the fault.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct SelfTest {
    /// The outcomes.
    pub outcomes: BTreeMap<&'static str, Outcome>,
}

/// Puts each fault into the first chart that it can harm, and asks its rule.
///
/// Faults of rules that only the whole run shows are tested by their collectors and left out.
pub fn self_test(
    ruleset: &Ruleset,
    faults: &[Fault],
    charts: &[&Chart],
    context: &Context<'_>,
    seed: u64,
) -> SelfTest {
    let mut outcomes = BTreeMap::new();
    for (rule, _) in ruleset.rules() {
        let metadata = rule.metadata();
        for fault in faults
            .iter()
            .filter(|fault| fault.rule == metadata.code.as_str())
        {
            let found = charts.iter().find_map(|chart| {
                let injected = fault.inject(chart, seed)?;
                Some(outcome(rule, chart, &injected, context))
            });
            outcomes.insert(fault.name, found.unwrap_or(Outcome::Untried));
        }
    }
    SelfTest { outcomes }
}

impl SelfTest {
    /// Whether the findings of the run mean nothing, because a fault escaped.
    pub fn voids_the_run(&self) -> bool {
        self.outcomes
            .values()
            .any(|outcome| *outcome == Outcome::Escaped)
    }

    /// For [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`FaultEscapedItsRule`]. The field of an issue is the name of the fault.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let with = |wanted| move |(_, outcome): &(&&'static str, &Outcome)| **outcome == wanted;
        let count = |wanted| self.outcomes.iter().filter(with(wanted)).count() as u64;
        let rule = FaultEscapedItsRule::METADATA;
        let issues = self.outcomes.iter().filter(with(Outcome::Escaped));
        let issues = issues.map(|(name, _)| Issue::new(rule.code, rule.severity).field(*name));
        let (caught, escaped) = (count(Outcome::Caught), count(Outcome::Escaped));
        let counts = RuleCounts {
            numerator: escaped,
            denominator: caught + escaped,
            errored: count(Outcome::Untried),
            without_table: 0,
        };
        (counts, issues.collect())
    }
}

fn outcome(rule: &dyn Rule, clean: &Chart, injected: &Injected, context: &Context<'_>) -> Outcome {
    let ask = |chart: &Chart| -> Result<Vec<Issue>, CannotCheck> {
        let mut findings = Findings::of(rule.metadata());
        match rule.metadata().scope {
            Scope::Comparison => {
                rule.compare(&ChartPair::new(clean, chart), context, &mut findings)?;
            }
            _ => rule.check(chart, context, &mut findings)?,
        }
        Ok(findings.into_parts().1)
    };
    let (Ok(before), Ok(after)) = (ask(clean), ask(&injected.chart)) else {
        return Outcome::Untried;
    };
    let is_new = |issue: &Issue| !before.contains(issue);
    if after.iter().any(is_new) {
        Outcome::Caught
    } else {
        Outcome::Escaped
    }
}
