//! Go or no-go, and why.

use std::fmt;

use ehr_model::issue::Severity;
use ehr_model::tally::Tally;
use serde::Serialize;

use crate::reconciliation::Reconciliation;
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
    /// A kind, a type or the open claims differ between source and target. Counts lines.
    ReconciliationOpen,
    /// Issues of the severity that blocks. Counts issues.
    BlockingIssues,
    /// A rule could not be checked. Counts rules.
    RuleErrored,
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
    tally: &Tally,
    reconciliation: &Reconciliation,
    issues: &IssueCounts,
    checks: &[Check],
) -> Vec<Reason> {
    let differing = reconciliation
        .kinds
        .iter()
        .map(|line| line.difference)
        .chain(reconciliation.types.iter().map(|line| line.difference))
        .chain([reconciliation.open_claims.difference])
        .filter(|difference| *difference != 0)
        .count();
    let errored = checks
        .iter()
        .filter(|check| check.verdict == Verdict::Errored)
        .count();
    let nothing_read = tally.total_records().read == 0;
    [
        (ReasonCode::NothingRead, u64::from(nothing_read)),
        (ReasonCode::BooksOpen, open_books(tally, reconciliation)),
        (ReasonCode::ReconciliationOpen, differing as u64),
        (ReasonCode::BlockingIssues, issues.of(Severity::Fatal)),
        (ReasonCode::RuleErrored, errored as u64),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(code, count)| Reason { code, count })
    .collect()
}

/// Leaves and records without a fate; at least 1 where the books are open for another reason.
fn open_books(tally: &Tally, reconciliation: &Reconciliation) -> u64 {
    if tally.balances() && reconciliation.books_balance {
        return 0;
    }
    let unaccounted = tally.total_leaves().unaccounted + tally.total_records().unaccounted;
    unaccounted.max(1)
}
