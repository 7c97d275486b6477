//! What the rules found in many charts: counts that add up, and verdicts at the end.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use ehr_model::issue::{Issue, IssueCode, Severity};
use serde::Serialize;

use crate::Ruleset;
use crate::rule::{Category, RuleMetadata, Threshold};

/// What a rule says about a whole run (the statuses of OHDSI's Data Quality Dashboard).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Verdict {
    /// No more violations than the rule tolerates.
    Passed,
    /// More violations than the rule tolerates.
    Failed,
    /// No record that the rule applies to.
    NotApplicable,
    /// Some chart could not be checked, so nobody knows.
    Errored,
    /// Some chart could not be checked, because no table of the code system was loaded.
    WithoutTable,
}

/// How many records a rule applied to, and how many violated it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleCounts {
    /// Records that violate the rule.
    pub numerator: u64,
    /// Records that the rule applied to.
    pub denominator: u64,
    /// Charts for which the rule lacked something.
    pub errored: u64,
    /// Charts for which the rule lacked a table of a code system.
    pub without_table: u64,
}

/// How often each code was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IssueCounts(BTreeMap<(Severity, IssueCode), u64>);

/// One line of [`IssueCounts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IssueCount {
    /// The code.
    pub code: IssueCode,
    /// How bad it is.
    pub severity: Severity,
    /// How often it was found.
    pub count: u64,
}

/// What the rules found in the charts so far. Parts of a run [merge](ValidationReport::merge) by addition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ValidationReport {
    /// How many charts were checked.
    pub charts: u64,
    /// What each rule counted, by its code.
    pub rules: BTreeMap<IssueCode, RuleCounts>,
    /// The issues that the rules raised.
    pub issues: IssueCounts,
}

/// The verdict of one rule.
#[derive(Debug, Clone, Serialize)]
#[non_exhaustive]
pub struct Check {
    /// The code of the rule.
    pub code: IssueCode,
    /// The title of the rule.
    pub title: &'static str,
    /// What the rule is about.
    pub category: Category,
    /// How bad a violation is.
    pub severity: Severity,
    /// The verdict.
    pub verdict: Verdict,
    /// Records that violate the rule.
    pub numerator: u64,
    /// Records that the rule applied to.
    pub denominator: u64,
    /// Charts for which the rule lacked something.
    pub errored: u64,
    /// How many violating records a million the rule tolerates.
    pub threshold: Threshold,
    #[serde(skip)]
    pub(crate) rule: &'static RuleMetadata,
}

impl RuleCounts {
    /// The verdict. Too many violations are a failure even where some charts could not be checked.
    pub fn verdict(&self, threshold: Threshold) -> Verdict {
        if threshold.is_exceeded_by(self.numerator, self.denominator) {
            Verdict::Failed
        } else if self.errored > 0 {
            Verdict::Errored
        } else if self.without_table > 0 {
            Verdict::WithoutTable
        } else if self.denominator == 0 {
            Verdict::NotApplicable
        } else {
            Verdict::Passed
        }
    }
}

impl IssueCounts {
    /// Counts an issue: its code and its severity, nothing else.
    pub fn count(&mut self, issue: &Issue) {
        self.add(issue.code, issue.severity, 1);
    }

    /// Counts issues of a code.
    pub fn add(&mut self, code: IssueCode, severity: Severity, count: u64) {
        *self.0.entry((severity, code)).or_default() += count;
    }

    /// Adds the counts of another part.
    pub fn merge(&mut self, other: &Self) {
        for ((severity, code), count) in &other.0 {
            self.add(*code, *severity, *count);
        }
    }

    /// The counts, the worst first, then by code.
    pub fn iter(&self) -> impl Iterator<Item = IssueCount> {
        self.0.iter().map(|((severity, code), count)| IssueCount {
            code: *code,
            severity: *severity,
            count: *count,
        })
    }

    /// How many issues have a severity.
    pub fn of(&self, severity: Severity) -> u64 {
        self.iter()
            .filter(|line| line.severity == severity)
            .map(|line| line.count)
            .sum()
    }
}

impl<'i> Extend<&'i Issue> for IssueCounts {
    fn extend<I: IntoIterator<Item = &'i Issue>>(&mut self, issues: I) {
        for issue in issues {
            self.count(issue);
        }
    }
}

impl<'i> FromIterator<&'i Issue> for IssueCounts {
    fn from_iter<I: IntoIterator<Item = &'i Issue>>(issues: I) -> Self {
        let mut counts = Self::default();
        counts.extend(issues);
        counts
    }
}

impl Serialize for IssueCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl ValidationReport {
    /// Adds what a rule counted and raised, such as
    /// [`PatientIdentifiers::finish`](crate::collect::identifiers::PatientIdentifiers::finish).
    pub fn add(&mut self, rule: IssueCode, counts: RuleCounts, issues: &[Issue]) {
        *self.rules.entry(rule).or_default() += counts;
        self.issues.extend(issues);
    }

    /// Adds what was found in another part of the run.
    pub fn merge(&mut self, other: &Self) {
        self.charts += other.charts;
        for (code, counts) in &other.rules {
            *self.rules.entry(*code).or_default() += *counts;
        }
        self.issues.merge(&other.issues);
    }

    /// The verdict of every rule of the set, in its order; a rule that never ran does not apply.
    pub fn checks(&self, ruleset: &Ruleset) -> Vec<Check> {
        ruleset
            .rules()
            .map(|(rule, threshold)| {
                let rule = rule.metadata();
                let counts = self.rules.get(&rule.code).copied().unwrap_or_default();
                Check {
                    code: rule.code,
                    title: rule.title(),
                    category: rule.category,
                    severity: rule.severity,
                    verdict: counts.verdict(threshold),
                    numerator: counts.numerator,
                    denominator: counts.denominator,
                    errored: counts.errored,
                    threshold,
                    rule,
                }
            })
            .collect()
    }
}

impl AddAssign for RuleCounts {
    fn add_assign(&mut self, other: Self) {
        self.numerator += other.numerator;
        self.denominator += other.denominator;
        self.errored += other.errored;
        self.without_table += other.without_table;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: IssueCode = IssueCode::new("birth-date-in-future");

    fn counts(numerator: u64, denominator: u64, errored: u64) -> RuleCounts {
        RuleCounts {
            numerator,
            denominator,
            errored,
            without_table: 0,
        }
    }

    #[test]
    fn a_verdict_weighs_violations_before_errors_and_errors_before_nothing() {
        let verdict = |n, d, e| counts(n, d, e).verdict(Threshold::ZERO);
        assert_eq!(verdict(0, 0, 0), Verdict::NotApplicable);
        assert_eq!(verdict(0, 9, 0), Verdict::Passed);
        assert_eq!(verdict(1, 9, 0), Verdict::Failed);
        assert_eq!(verdict(0, 0, 1), Verdict::Errored);
        assert_eq!(verdict(0, 9, 1), Verdict::Errored);
        assert_eq!(verdict(1, 9, 1), Verdict::Failed);
        let tolerant = Threshold::per_million(500_000);
        assert_eq!(counts(1, 2, 0).verdict(tolerant), Verdict::Passed);
        assert_eq!(counts(2, 3, 0).verdict(tolerant), Verdict::Failed);
        assert_eq!(
            counts(u64::MAX, u64::MAX, 0).verdict(tolerant),
            Verdict::Failed
        );
    }

    #[test]
    fn parts_of_a_run_merge_in_any_order() {
        let part = |charts, numerator, severity| {
            let mut report = ValidationReport {
                charts,
                ..ValidationReport::default()
            };
            report.add(
                CODE,
                counts(numerator, 10, 0),
                &[Issue::new(CODE, severity)],
            );
            report
        };
        let parts = [
            part(1, 0, Severity::Error),
            part(2, 3, Severity::Fatal),
            part(4, 1, Severity::Error),
        ];
        let merged = |order: [usize; 3]| {
            let mut all = ValidationReport::default();
            for number in order {
                all.merge(&parts[number]);
            }
            all
        };
        let all = merged([0, 1, 2]);
        assert_eq!(all, merged([2, 0, 1]));
        assert_eq!(all.charts, 7);
        assert_eq!(all.rules[&CODE], counts(4, 30, 0));
        let lines: Vec<_> = all
            .issues
            .iter()
            .map(|line| (line.severity, line.count))
            .collect();
        assert_eq!(lines, [(Severity::Fatal, 1), (Severity::Error, 2)]);
    }
}
