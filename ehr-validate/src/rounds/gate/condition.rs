//! The conditions of the gate, and those that are not met.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

/// A condition of the gate. The name is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum GateCondition {
    /// There are two complete rounds.
    TwoCompleteRounds,
    /// The last round ended as it should.
    LastRoundComplete,
    /// No round stands twice in the history.
    RoundsDistinct,
    /// Each round began after the one before had ended.
    RoundsInOrder,
    /// Each round names the one before it, from the first on.
    HistoryUnbroken,
    /// Nothing stands against going live in the last round.
    NoBlockingIssues,
    /// Both rounds and the production run have one mapping document.
    SameDocument,
    /// That document is signed by every role that must sign.
    DocumentSigned,
    /// All safety-critical data was compared in both rounds.
    CriticalDataCompared,
    /// No safety-critical difference is open in the last round.
    NoCriticalDifferences,
    /// A sample was reviewed in the last round and passed.
    SamplePassed,
    /// The rounds are recent, and not in the future.
    RoundsRecent,
    /// It is stated, and true, how the export stands to that of the last round.
    SourceRelationStated,
    /// The programs are those of the last round.
    SameSoftware,
    /// The rules are those of the last round.
    SameRules,
}

/// A condition that is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FailedCondition {
    /// The condition.
    pub condition: GateCondition,
    /// The rounds in which it is not met, by their numbers; empty where it is none of them.
    pub rounds: BTreeSet<u32>,
    /// What is wrong, by code, with how often.
    pub what: BTreeMap<String, u64>,
}

/// The gate stays closed: every condition that is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("no production run: {}", names(.conditions))]
#[non_exhaustive]
pub struct Refusal {
    /// The conditions, in the order in which they are stated.
    pub conditions: Vec<FailedCondition>,
}

impl Refusal {
    /// Whether a condition is among them.
    pub fn names(&self, condition: GateCondition) -> bool {
        self.conditions
            .iter()
            .any(|failed| failed.condition == condition)
    }
}

impl GateCondition {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TwoCompleteRounds => "two-complete-rounds",
            Self::LastRoundComplete => "last-round-complete",
            Self::RoundsDistinct => "rounds-distinct",
            Self::RoundsInOrder => "rounds-in-order",
            Self::HistoryUnbroken => "history-unbroken",
            Self::NoBlockingIssues => "no-blocking-issues",
            Self::SameDocument => "same-document",
            Self::DocumentSigned => "document-signed",
            Self::CriticalDataCompared => "critical-data-compared",
            Self::NoCriticalDifferences => "no-critical-differences",
            Self::SamplePassed => "sample-passed",
            Self::RoundsRecent => "rounds-recent",
            Self::SourceRelationStated => "source-relation-stated",
            Self::SameSoftware => "same-software",
            Self::SameRules => "same-rules",
        }
    }
}

impl fmt::Display for GateCondition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for FailedCondition {
    /// Its name, the rounds, and what is wrong with how often.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.condition.fmt(f)?;
        let rounds: Vec<String> = self.rounds.iter().map(u32::to_string).collect();
        match rounds.as_slice() {
            [] => {}
            [round] => write!(f, ", round {round}")?,
            rounds => write!(f, ", rounds {}", rounds.join(" and "))?,
        }
        let what: Vec<String> = self
            .what
            .iter()
            .map(|(code, count)| format!("{code} ({count})"))
            .collect();
        match what.is_empty() {
            true => Ok(()),
            false => write!(f, ": {}", what.join(", ")),
        }
    }
}

/// The conditions that failed so far, in the order in which they are stated.
#[derive(Default)]
pub(super) struct Failed(BTreeMap<GateCondition, FailedCondition>);

impl Failed {
    /// What is cleared if nothing failed. A history that clears nothing has failed.
    pub(super) fn into_result<C>(self, cleared: impl FnOnce() -> Option<C>) -> Result<C, Refusal> {
        let cleared = match self.0.is_empty() {
            true => cleared(),
            false => None,
        };
        cleared.ok_or_else(|| Refusal {
            conditions: self.0.into_values().collect(),
        })
    }

    pub(super) fn add(
        &mut self,
        condition: GateCondition,
        round: Option<u32>,
    ) -> &mut FailedCondition {
        let failed = self.0.entry(condition).or_insert_with(|| FailedCondition {
            condition,
            rounds: BTreeSet::new(),
            what: BTreeMap::new(),
        });
        failed.rounds.extend(round);
        failed
    }

    pub(super) fn count(
        &mut self,
        condition: GateCondition,
        round: Option<u32>,
        what: &str,
        count: u64,
    ) {
        let failed = self.add(condition, round);
        failed.what.insert(what.to_owned(), count);
    }
}

fn names(conditions: &[FailedCondition]) -> String {
    let names: Vec<_> = conditions
        .iter()
        .map(|failed| failed.condition.name())
        .collect();
    names.join(", ")
}
