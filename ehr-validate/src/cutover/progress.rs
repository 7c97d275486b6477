//! What was done and found so far.

use std::collections::BTreeMap;

use ehr_crypto::Digest;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::reconciliation::Reconciliation;

/// What was done and found so far: the file that people fill while they carry the plan out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[non_exhaustive]
pub struct Progress {
    /// When go-live is planned, or was.
    pub go_live: Option<Moment>,
    /// Tasks that are done.
    pub tasks: BTreeMap<String, Done>,
    /// Conditions as they were found.
    pub conditions: BTreeMap<String, ConditionValue>,
    /// Obligations that were met.
    pub obligations: BTreeMap<String, Done>,
}

/// That something was done: when, by whom, and the digest of what shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Done {
    /// When.
    pub at: Moment,
    /// By whom.
    pub by: String,
    /// The digest of the file that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
}

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ConditionState {
    /// It holds.
    Met,
    /// It does not.
    NotMet,
    /// Nobody knows.
    Unknown,
}

/// A condition as it was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionValue {
    /// Whether it holds.
    pub state: ConditionState,
    /// When it was looked at.
    pub at: Moment,
    /// The digest of the file that shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Digest>,
}

impl ConditionValue {
    /// Whether a reconciliation closes, with the digest of its file.
    pub fn reconciled(reconciliation: &Reconciliation, at: Moment, evidence: Digest) -> Self {
        Self {
            state: match reconciliation.balances {
                true => ConditionState::Met,
                false => ConditionState::NotMet,
            },
            at,
            evidence: Some(evidence),
        }
    }
}
