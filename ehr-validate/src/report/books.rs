//! The books of a run as lines of the report.

use std::sync::Arc;

use ehr_model::tally::{LeafCounts, RecordCounts, Tally};
use serde::Serialize;

/// The books of one source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourceBooks {
    /// The name of the source inside the export.
    pub name: Arc<str>,
    /// What became of its records.
    pub records: RecordCounts,
    /// What became of its leaves.
    pub leaves: LeafCounts,
    /// Paths with leaves that nobody accounts for.
    pub unaccounted_paths: Vec<SourcePath>,
}

/// A path with leaves that nobody accounts for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SourcePath {
    /// The path.
    pub path: Arc<str>,
    /// Leaves.
    pub leaves: u64,
}

/// What a rule of the mapping document took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RuleUse {
    /// The reason that the rule gives.
    pub reason: Arc<str>,
    /// Records that it took.
    pub records: u64,
    /// Leaves that it took.
    pub leaves: u64,
}

/// How often a named policy changed a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PolicyUse {
    /// The name of the policy.
    pub policy: Arc<str>,
    /// Values that it changed.
    pub values: u64,
}

pub(super) fn sources(tally: &Tally) -> Vec<SourceBooks> {
    let paths = |source: &ehr_model::tally::SourceTally| {
        source
            .paths
            .iter()
            .filter(|(_, leaves)| leaves.unaccounted > 0)
            .map(|(path, leaves)| SourcePath {
                path: path.clone(),
                leaves: leaves.unaccounted,
            })
            .collect()
    };
    tally
        .sources
        .iter()
        .map(|(name, source)| SourceBooks {
            name: name.clone(),
            records: source.records,
            leaves: source.leaves,
            unaccounted_paths: paths(source),
        })
        .collect()
}

pub(super) fn rules(tally: &Tally) -> Vec<RuleUse> {
    tally
        .rules
        .iter()
        .map(|(reason, rule)| RuleUse {
            reason: reason.clone(),
            records: rule.records,
            leaves: rule.leaves,
        })
        .collect()
}

pub(super) fn policies(tally: &Tally) -> Vec<PolicyUse> {
    tally
        .policies
        .iter()
        .map(|(policy, values)| PolicyUse {
            policy: policy.clone(),
            values: *values,
        })
        .collect()
}
