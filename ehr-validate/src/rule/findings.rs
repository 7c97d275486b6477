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
    /// Whether it is a table of a code system, which a site loads or does without.
    pub is_table: bool,
}

impl CannotCheck {
    /// Something that every run has is missing.
    pub const fn without(missing: &'static str) -> Self {
        Self {
            missing,
            is_table: false,
        }
    }

    /// A table of a code system was not loaded.
    pub const fn without_table(missing: &'static str) -> Self {
        Self {
            missing,
            is_table: true,
        }
    }
}

/// Collects what one rule says about one chart.
#[derive(Debug)]
pub struct Findings {
    rule: &'static RuleMetadata,
    counts: RuleCounts,
    issues: Vec<Issue>,
}

/// A record that a rule looks at.
#[derive(Debug)]
pub struct Subject<'f> {
    findings: &'f mut Findings,
    record: &'f Record,
    applies: bool,
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

    /// A record to look at. Call it once for each record.
    pub fn about<'f>(&'f mut self, record: &'f Record) -> Subject<'f> {
        Subject {
            findings: self,
            record,
            applies: false,
            violated: false,
        }
    }

    /// A record that the rule applies to as a whole.
    pub fn applies_to<'f>(&'f mut self, record: &'f Record) -> Subject<'f> {
        let mut subject = self.about(record);
        subject.applies();
        subject
    }

    pub(crate) fn into_parts(self) -> (RuleCounts, Vec<Issue>) {
        (self.counts, self.issues)
    }
}

impl Subject<'_> {
    /// Says that the rule applies to the record. A record counts once.
    pub fn applies(&mut self) {
        if !self.applies {
            self.applies = true;
            self.findings.counts.denominator += 1;
        }
    }

    /// Says that a field of the record violates the rule. A record counts once, each field is an issue.
    pub fn violated_at(&mut self, field: impl Into<Arc<str>>) {
        self.applies();
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
