//! Go or no-go, and why.

use std::fmt;

use ehr_model::issue::Severity;
use serde::Serialize;

use super::ReportParts;
use crate::validation::{Check, IssueCounts, Verdict};

/// Whether the run is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunVerdict {
    /// Nothing stands against it.
    Go,
    /// Something does.
    NoGo,
}

/// One reason not to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reason {
    /// What stands against it.
    pub code: ReasonCode,
    /// How often.
    pub count: u64,
}

/// What can stand against a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReasonCode {
    /// No record was read, so nothing is proven. Counts nothing.
    NothingRead,
    /// The books of a source are open. Counts leaves and records without a fate, or sources.
    BooksOpen,
    /// Rejected records and kept rejects differ in number. Counts records.
    RejectsMissing,
    /// A kind, a type or the open claims differ between source and target. Counts lines.
    ReconciliationOpen,
    /// Issues of the severity that blocks. Counts issues.
    BlockingIssues,
    /// A rule could not be checked. Counts rules.
    RuleErrored,
}

impl ReasonCode {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NothingRead => "nothing-read",
            Self::BooksOpen => "books-open",
            Self::RejectsMissing => "rejects-missing",
            Self::ReconciliationOpen => "reconciliation-open",
            Self::BlockingIssues => "blocking-issues",
            Self::RuleErrored => "rule-errored",
        }
    }
}

impl RunVerdict {
    pub(super) fn of(reasons: &[Reason]) -> Self {
        if reasons.is_empty() {
            Self::Go
        } else {
            Self::NoGo
        }
    }
}

impl fmt::Display for RunVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Go => "Go",
            Self::NoGo => "No-go",
        })
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.count;
        let (one, many) = match self.code {
            ReasonCode::NothingRead => return f.write_str("Nothing was read."),
            ReasonCode::BooksOpen => (
                "The books are open: 1 value or record has no fate.",
                "values or records have no fate.",
            ),
            ReasonCode::RejectsMissing => (
                "1 rejected record is not kept, or kept without being counted.",
                "rejected records are not kept, or kept without being counted.",
            ),
            ReasonCode::ReconciliationOpen => (
                "Source and target differ in 1 line.",
                "lines differ between source and target.",
            ),
            ReasonCode::BlockingIssues => ("1 issue blocks the run.", "issues block the run."),
            ReasonCode::RuleErrored => (
                "1 rule could not be checked.",
                "rules could not be checked.",
            ),
        };
        match (self.code, count) {
            (_, 1) => f.write_str(one),
            (ReasonCode::BooksOpen, _) => write!(f, "The books are open: {count} {many}"),
            _ => write!(f, "{count} {many}"),
        }
    }
}

pub(super) fn reasons(
    parts: &ReportParts<'_>,
    issues: &IssueCounts,
    checks: &[Check],
) -> Vec<Reason> {
    let records = parts.tally.total_records();
    let errored = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Errored)
        .count();
    [
        (ReasonCode::NothingRead, u64::from(records.read == 0)),
        (ReasonCode::BooksOpen, open_books(parts)),
        (
            ReasonCode::RejectsMissing,
            records.rejected.abs_diff(parts.rejects.records()),
        ),
        (ReasonCode::ReconciliationOpen, differing_lines(parts)),
        (ReasonCode::BlockingIssues, issues.of(Severity::Fatal)),
        (ReasonCode::RuleErrored, errored as u64),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(code, count)| Reason { code, count })
    .collect()
}

/// Leaves and records without a fate; at least 1 where the books are open for another reason.
fn open_books(parts: &ReportParts<'_>) -> u64 {
    if parts.tally.balances() && parts.reconciliation.books_balance {
        return 0;
    }
    let unaccounted =
        parts.tally.total_leaves().unaccounted + parts.tally.total_records().unaccounted;
    unaccounted.max(1)
}

fn differing_lines(parts: &ReportParts<'_>) -> u64 {
    let reconciliation = parts.reconciliation;
    let kinds = reconciliation.kinds.iter().map(|line| line.difference);
    let types = reconciliation.types.iter().map(|line| line.difference);
    let differing = kinds
        .chain(types)
        .chain([reconciliation.open_claims.difference])
        .filter(|difference| *difference != 0)
        .count();
    differing as u64
}
