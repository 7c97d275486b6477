//! Rounds of a rehearsal: which findings are new, gone, still there or back, and which rules fell.
//!
//! A finding is recognised again by its rule, its record, its field and what stands there. The value
//! goes into a keyed digest only, so that a round can be kept and tells nobody a value.
//!
//! Every test migration leaves a [`RoundRecord`] as `round.json`, sealed under a key of the practice and
//! linked to the round before. [`ProductionGate`] reads the history of rounds and lets a production run
//! begin, or names every condition that is not met.
//!
//! ```
//! use std::sync::Arc;
//! use ehr_crypto::DataKey;
//! use ehr_validate::faults::{all, textbook, AS_OF};
//! use ehr_validate::rounds::{FindingFate, Round};
//! use ehr_validate::{Context, Ruleset, ValidationReport, Validator};
//!
//! let key = DataKey::from_bytes([7; DataKey::LEN]);
//! let validator = Validator::new(Ruleset::all());
//! let context = Context::new(ehr_model::value::Date::parse(AS_OF)?);
//! let round = |chart: &ehr_model::chart::Chart| {
//!     let mut report = ValidationReport::default();
//!     let issues = validator.check(chart, &context, &mut report);
//!     let mut round = Round::new(validator.ruleset(), &report);
//!     issues.iter().for_each(|issue| round.find(issue, chart, &key));
//!     round
//! };
//! let clean = textbook();
//! let fault = all().into_iter().find(|fault| fault.name == "birth-date-in-future").unwrap();
//! let first = round(&clean);
//! let second = round(&fault.inject(&clean, 1).unwrap().chart);
//! let fates = second.compare(&[first]);
//! assert_eq!(fates.values().filter(|fate| **fate == FindingFate::New).count(), fates.len());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod change;
mod gate;
mod record;

pub use change::{Cause, Change, ChangeCount, ChangeCounts, FindingChange};
pub use gate::{
    Clearance, ConditionalClearance, DEFAULT_MAX_AGE_DAYS, DEFAULT_ROLES, FailedCondition,
    GateCondition, ProductionGate, ProductionRun, Refusal, SignedDocument, SourceRelation,
};
pub use record::{
    BooksOfSource, CompareCounts, IssueLine, ReadRoundError, ReconciledKind, RoundInputs,
    RoundKind, RoundOutcome, RoundRecord, SCHEMA, SealedRound,
};

use std::collections::{BTreeMap, BTreeSet};

use ehr_crypto::{DataKey, Digest, DigestAlgorithm};
use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::issue::Issue;
use serde::{Deserialize, Serialize};

use crate::collect::judged;
use crate::compare::leaf_text;
use crate::rules::{FindingCameBack, RulePassedBefore};
use crate::validation::{RuleCounts, Verdict};
use crate::{Ruleset, ValidationReport};

/// A finding, recognised again in another round: 64 bits of a keyed digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(u64);

/// What became of a finding between rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FindingFate {
    /// Was in no earlier round.
    New,
    /// Was in the last round, and is no more.
    Resolved,
    /// Was in the last round, and still is.
    Persisting,
    /// Was in an earlier round, was gone in the last one, and is back.
    Regressed,
    /// The last round did not run its rule, or ran another version of it.
    RuleChanged,
}

/// What a round found and how each rule stood. Keep it beside the report of the round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Round {
    /// The rules that ran: code, and the version since which each finds what it finds.
    pub rules: BTreeMap<String, String>,
    /// The rules that passed.
    pub passed: BTreeSet<String>,
    /// The rules that failed.
    pub failed: BTreeSet<String>,
    /// The findings, each with the code of its rule.
    pub findings: BTreeMap<Fingerprint, String>,
}

impl Round {
    /// A round of a ruleset with its report, and without findings so far.
    pub fn new(ruleset: &Ruleset, report: &ValidationReport) -> Self {
        let mut round = Self::default();
        for (rule, _) in ruleset.rules() {
            let rule = rule.metadata();
            let code = rule.code.as_str().to_owned();
            round.rules.insert(code, rule.since.to_owned());
        }
        for check in report.checks(ruleset) {
            let code = check.code.as_str().to_owned();
            match check.verdict {
                Verdict::Passed => round.passed.insert(code),
                Verdict::Failed => round.failed.insert(code),
                _ => continue,
            };
        }
        round
    }

    /// Keeps a finding, with what stands at its field in the chart. The key is the same in all rounds
    /// of a migration and stays with the practice.
    pub fn find(&mut self, issue: &Issue, chart: &Chart, key: &DataKey) {
        let record = issue.record.and_then(|id| chart.record(id));
        let value = issue
            .field
            .as_deref()
            .zip(record)
            .and_then(|(field, record)| {
                let path = FieldPath::resolve(record.kind(), field).ok()?;
                Some(leaf_text(&path.leaf(record.resource.element(), 0)?))
            });
        // what has no record is known by its place in the source
        let id = match (issue.record, &issue.address) {
            (Some(id), _) => id.to_string(),
            (None, Some(address)) => address.to_string(),
            (None, None) => String::new(),
        };
        let parts = [
            issue.code.as_str(),
            "\0",
            &id,
            "\0",
            issue.field.as_deref().unwrap_or_default(),
            "\0",
            value.as_deref().unwrap_or_default(),
        ];
        let digest = Digest::keyed(DigestAlgorithm::Sha256, key, &parts.map(str::as_bytes));
        let bits = digest.as_bytes().iter().take(8);
        let fingerprint = Fingerprint(bits.fold(0, |number, byte| number << 8 | u64::from(*byte)));
        self.findings
            .insert(fingerprint, issue.code.as_str().to_owned());
    }

    /// Adds what another part of the same round found.
    pub fn merge(&mut self, other: &Self) {
        let findings = other.findings.iter().map(|(f, code)| (*f, code.clone()));
        self.findings.extend(findings);
        self.failed.extend(other.failed.iter().cloned());
        self.passed.extend(other.passed.iter().cloned());
        self.passed.retain(|code| !self.failed.contains(code));
    }

    /// What became of every finding of this round and of the last one. The earlier rounds come in
    /// their order.
    pub fn compare(&self, earlier: &[Self]) -> BTreeMap<Fingerprint, FindingFate> {
        let Some((last, before)) = earlier.split_last() else {
            let new = self
                .findings
                .keys()
                .map(|finding| (*finding, FindingFate::New));
            return new.collect();
        };
        let same_rule = |code: &String| self.rules.get(code) == last.rules.get(code);
        let mut fates = BTreeMap::new();
        for (finding, code) in &self.findings {
            let fate = if last.findings.contains_key(finding) {
                FindingFate::Persisting
            } else if !same_rule(code) {
                FindingFate::RuleChanged
            } else if before
                .iter()
                .any(|round| round.findings.contains_key(finding))
            {
                FindingFate::Regressed
            } else {
                FindingFate::New
            };
            fates.insert(*finding, fate);
        }
        for (finding, code) in &last.findings {
            let fate = if same_rule(code) {
                FindingFate::Resolved
            } else {
                FindingFate::RuleChanged
            };
            fates.entry(*finding).or_insert(fate);
        }
        fates
    }

    /// For the rule [`FindingCameBack`].
    pub fn findings_that_came_back(&self, earlier: &[Self]) -> (RuleCounts, Vec<Issue>) {
        let fates = self.compare(earlier);
        let is_back = |finding| fates.get(finding) == Some(&FindingFate::Regressed);
        let findings = self.findings.iter();
        judged(
            &FindingCameBack::METADATA,
            findings.map(|(finding, code)| (code.as_str(), is_back(finding))),
        )
    }

    /// For the rule [`RulePassedBefore`]: the rules that passed in the last round and ran again.
    pub fn rules_that_fell(&self, last: &Self) -> (RuleCounts, Vec<Issue>) {
        let ran = last
            .passed
            .iter()
            .filter(|code| self.rules.contains_key(*code));
        judged(
            &RulePassedBefore::METADATA,
            ran.map(|code| (code.as_str(), self.failed.contains(code))),
        )
    }
}
