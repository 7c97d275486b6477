//! Whether a production run may begin.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::{DateTime, TimeDelta};
use serde::Serialize;

use super::{RoundInputs, RoundOutcome, RoundRecord, SealedRound};

/// A rehearsal of longer ago says little about the data and the systems of today.
pub const DEFAULT_MAX_AGE_DAYS: u32 = 30;

/// What a production run needs besides the conditions that hold always.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductionGate {
    /// The roles that must have signed the mapping document.
    pub roles: BTreeSet<String>,
    /// How many days ago each of the two rounds may have ended at most.
    pub max_age_days: u32,
}

/// A mapping document and who signed it. Whoever makes one has verified the signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedDocument {
    /// The digest that the signatures cover.
    pub digest: String,
    /// The roles of those who signed.
    pub signed_by: BTreeSet<String>,
}

/// How the export of the production run stands to that of the last round. Somebody must say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SourceRelation {
    /// The same bytes.
    Same,
    /// A later extract of the same system.
    LaterExtract,
}

/// The production run that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProductionRun {
    /// When it is to begin (RFC 3339).
    pub begins: String,
    /// What goes in.
    pub inputs: RoundInputs,
    /// The sign-off of the mapping document.
    pub document: SignedDocument,
    /// How its export stands to that of the last round.
    pub source_relation: Option<SourceRelation>,
}

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

/// The gate is open for one mapping document and one export. Only [`ProductionGate::check`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clearance {
    document_digest: String,
    source_fingerprint: String,
    rounds: [String; 2],
}

impl Default for ProductionGate {
    fn default() -> Self {
        Self::new(["clinical", "technical"])
    }
}

impl ProductionGate {
    /// A gate for a document that these roles must have signed.
    pub fn new<R: Into<String>>(roles: impl IntoIterator<Item = R>) -> Self {
        Self {
            roles: roles.into_iter().map(Into::into).collect(),
            max_age_days: DEFAULT_MAX_AGE_DAYS,
        }
    }

    /// Checks the whole history of rounds, in its order, for a production run.
    ///
    /// # Errors
    ///
    /// Every condition that is not met.
    pub fn check(
        &self,
        history: &[SealedRound],
        run: &ProductionRun,
    ) -> Result<Clearance, Refusal> {
        let mut failed = Failed::default();
        check_history(history, &mut failed);
        let complete: Vec<&SealedRound> = history
            .iter()
            .filter(|round| round.record().outcome == RoundOutcome::Complete)
            .collect();
        let pair = complete
            .len()
            .checked_sub(2)
            .map(|first| &complete[first..]);
        if pair.is_none_or(|pair| pair[0].seal() == pair[1].seal()) {
            failed.add(GateCondition::TwoCompleteRounds, None);
        }
        let last_two = &complete[complete.len().saturating_sub(2)..];
        for round in last_two {
            self.check_round(round.record(), run, &mut failed);
        }
        match history.last().map(SealedRound::record) {
            None => {
                failed.add(GateCondition::LastRoundComplete, None);
            }
            Some(last) => check_last(last, run, &mut failed),
        }
        let lacks = self.roles.difference(&run.document.signed_by);
        for role in lacks {
            failed.count(GateCondition::DocumentSigned, None, role, 1);
        }
        if self.roles.is_empty() {
            failed.add(GateCondition::DocumentSigned, None); // nobody asked is nobody who signed
        }
        if run.document.digest != run.inputs.document_digest {
            failed.add(GateCondition::SameDocument, None);
        }
        match (failed.0.is_empty(), pair) {
            (true, Some([first, last])) => Ok(Clearance {
                document_digest: run.document.digest.clone(),
                source_fingerprint: run.inputs.source_fingerprint.clone(),
                rounds: [first.seal().to_owned(), last.seal().to_owned()],
            }),
            _ => Err(Refusal {
                conditions: failed.0.into_values().collect(),
            }),
        }
    }

    /// What holds for both rounds.
    fn check_round(&self, round: &RoundRecord, run: &ProductionRun, failed: &mut Failed) {
        let number = Some(round.number);
        if round.inputs.document_digest != run.document.digest {
            failed.add(GateCondition::SameDocument, number);
        }
        let all_compared = round.compare.as_ref().is_some_and(|compare| {
            // nothing to compare is nothing that was compared
            compare.critical > 0 && compare.critical_compared == compare.critical
        });
        if !all_compared {
            failed.add(GateCondition::CriticalDataCompared, number);
        }
        let begins = DateTime::parse_from_rfc3339(&run.begins);
        let recent = match (begins, round.times()) {
            (Ok(begins), Ok((_, finished))) => {
                let age = begins.signed_duration_since(finished);
                (TimeDelta::zero()..=TimeDelta::days(i64::from(self.max_age_days))).contains(&age)
            }
            _ => false,
        };
        if !recent {
            failed.add(GateCondition::RoundsRecent, number);
        }
    }
}

impl Clearance {
    /// The digest of the mapping document that may be used.
    pub fn document_digest(&self) -> &str {
        &self.document_digest
    }

    /// The fingerprint of the export that may be migrated.
    pub fn source_fingerprint(&self) -> &str {
        &self.source_fingerprint
    }

    /// The seals of the two rounds that it rests on.
    pub fn rounds(&self) -> &[String; 2] {
        &self.rounds
    }
}

impl SignedDocument {
    /// A document with the roles of those who signed it.
    pub fn new<R: Into<String>>(digest: &str, signed_by: impl IntoIterator<Item = R>) -> Self {
        Self {
            digest: digest.to_owned(),
            signed_by: signed_by.into_iter().map(Into::into).collect(),
        }
    }
}

impl ProductionRun {
    /// A run whose relation to the last round nobody has stated yet.
    pub fn new(begins: &str, inputs: RoundInputs, document: SignedDocument) -> Self {
        Self {
            begins: begins.to_owned(),
            inputs,
            document,
            source_relation: None,
        }
    }
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

/// The history as a whole: each round once, after and linked to the one before.
fn check_history(history: &[SealedRound], failed: &mut Failed) {
    let mut seals = BTreeSet::new();
    for round in history {
        if !seals.insert(round.seal()) {
            failed.add(GateCondition::RoundsDistinct, Some(round.record().number));
        }
    }
    let mut before: Option<&SealedRound> = None;
    for round in history {
        let record = round.record();
        let (number, previous) = match before {
            None => (Some(1), None),
            Some(before) => (before.record().number.checked_add(1), Some(before.seal())),
        };
        if Some(record.number) != number || record.previous.as_deref() != previous {
            failed.add(GateCondition::HistoryUnbroken, Some(record.number));
        }
        let in_order = record.times().is_ok_and(|(started, finished)| {
            let after = before.is_none_or(|before| {
                let ended = before.record().times();
                ended.is_ok_and(|(_, ended)| ended <= started)
            });
            after && started <= finished
        });
        if !in_order {
            failed.add(GateCondition::RoundsInOrder, Some(record.number));
        }
        before = Some(round);
    }
}

/// What holds for the last round.
fn check_last(last: &RoundRecord, run: &ProductionRun, failed: &mut Failed) {
    let number = Some(last.number);
    if last.outcome != RoundOutcome::Complete {
        failed.add(GateCondition::LastRoundComplete, number);
    }
    for (code, count) in &last.blocking {
        failed.count(GateCondition::NoBlockingIssues, number, code, *count);
    }
    let fatal = last.issues.iter().filter(|line| line.severity == "fatal");
    for line in fatal {
        failed.count(
            GateCondition::NoBlockingIssues,
            number,
            &line.code,
            line.count,
        );
    }
    let compared = last.compare.iter();
    for (class, count) in compared.flat_map(|compare| &compare.critical_differences) {
        if *count > 0 {
            failed.count(GateCondition::NoCriticalDifferences, number, class, *count);
        }
    }
    if !last
        .samples
        .as_ref()
        .is_some_and(|samples| samples.passed())
    {
        failed.add(GateCondition::SamplePassed, number);
    }
    let same_bytes = run.inputs.source_fingerprint == last.inputs.source_fingerprint;
    let stated = match run.source_relation {
        None => false,
        Some(SourceRelation::Same) => same_bytes,
        Some(SourceRelation::LaterExtract) => !same_bytes,
    };
    if !stated {
        failed.add(GateCondition::SourceRelationStated, number);
    }
    if run.inputs.software != last.inputs.software {
        failed.add(GateCondition::SameSoftware, number);
    }
    if run.inputs.ruleset_digest != last.inputs.ruleset_digest {
        failed.add(GateCondition::SameRules, number);
    }
}

#[derive(Default)]
struct Failed(BTreeMap<GateCondition, FailedCondition>);

impl Failed {
    fn add(&mut self, condition: GateCondition, round: Option<u32>) -> &mut FailedCondition {
        let failed = self.0.entry(condition).or_insert_with(|| FailedCondition {
            condition,
            rounds: BTreeSet::new(),
            what: BTreeMap::new(),
        });
        failed.rounds.extend(round);
        failed
    }

    fn count(&mut self, condition: GateCondition, round: Option<u32>, what: &str, count: u64) {
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
