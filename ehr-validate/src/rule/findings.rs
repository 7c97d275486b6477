//! What a rule says about a chart.

use std::sync::Arc;

use ehr_model::issue::Issue;
use ehr_model::record::Record;

use super::RuleMetadata;
use crate::validation::RuleCounts;

/// A rule lacks something that it needs. Carries no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the rule cannot be checked without {missing}")]
pub struct CannotCheck {
    /// What is missing, such as "the directory of shared records".
    pub missing: &'static str,
}

/// Collects what one rule says about one chart.
#[derive(Debug)]
pub struct Findings {
    rule: &'static RuleMetadata,
    counts: RuleCounts,
    issues: Vec<Issue>,
}

/// A record that a rule applies to.
#[derive(Debug)]
pub struct Subject<'f> {
    findings: &'f mut Findings,
    record: &'f Record,
    violated: bool,
}

impl Findings {
    pub(crate) fn of(rule: &'static RuleMetadata) -> Self {
        Self {
            rule,
            counts: RuleCounts::default(),
            issues: Vec::new(),
        }
    }

    /// Counts a record that the rule applies to. Call it once for each record.
    pub fn applies_to<'f>(&'f mut self, record: &'f Record) -> Subject<'f> {
        self.counts.denominator += 1;
        Subject {
            findings: self,
            record,
            violated: false,
        }
    }

    pub(crate) fn into_parts(self) -> (RuleCounts, Vec<Issue>) {
        (self.counts, self.issues)
    }
}

impl Subject<'_> {
    /// Says that a field of the record violates the rule. A record counts once, each field is an issue.
    pub fn violated_at(&mut self, field: impl Into<Arc<str>>) {
        let rule = self.findings.rule;
        let mut issue = Issue::new(rule.code, rule.severity)
            .about(self.record.kind(), self.record.id)
            .field(field);
        if let Some(provenance) = self.record.provenance.first() {
            issue = issue.at(provenance.address.clone());
        }
        self.findings.issues.push(issue);
        if !self.violated {
            self.violated = true;
            self.findings.counts.numerator += 1;
        }
    }
}
