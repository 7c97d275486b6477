//! Whether a production run may begin.

mod condition;
mod history;

pub use condition::{FailedCondition, GateCondition, Refusal};

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::{RoundInputs, RoundKind, RoundOutcome, RoundRecord, SealedRound};
use condition::Failed;
use history::{check_history, check_last};

/// A rehearsal of longer ago says little about the data and the systems of today.
pub const DEFAULT_MAX_AGE_DAYS: u32 = 30;

/// Who must have signed a mapping document: who answers for the meaning of the charts, and who for the migration.
pub const DEFAULT_ROLES: [&str; 2] = ["clinician", "migration-lead"];

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
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

/// The gate is open for one mapping document and one export. Only [`ProductionGate::check`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clearance {
    document_digest: String,
    source_fingerprint: String,
    rounds: [String; 2],
}

/// The gate is open if the export is what was said of it, which only reading it shows. Only
/// [`ProductionGate::check_before_reading`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConditionalClearance {
    document_digest: String,
    relation: SourceRelation,
    rehearsed: String,
    last: u32,
    rounds: [String; 2],
}

impl Default for ProductionGate {
    fn default() -> Self {
        Self::new(DEFAULT_ROLES)
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

    /// Checks the whole history of rounds, in its order, for a production run whose export was read.
    ///
    /// # Errors
    ///
    /// Every condition that is not met.
    pub fn check(
        &self,
        history: &[SealedRound],
        run: &ProductionRun,
    ) -> Result<Clearance, Refusal> {
        let fingerprint = &run.inputs.source_fingerprint;
        let mut failed = self.examine(history, run);
        let last = history.last().map(SealedRound::record);
        if let (Some(last), Some(relation)) = (last, run.source_relation)
            && !relation.holds(fingerprint, &last.inputs.source_fingerprint)
        {
            failed.add(GateCondition::SourceRelationStated, Some(last.number));
        }
        let clearance = failed.into_result(|| conditional(history, run))?;
        clearance.confirm(fingerprint)
    }

    /// Checks all that can be known before a byte of the export is read. The fingerprint of the export
    /// in the inputs of the run is not looked at.
    ///
    /// # Errors
    ///
    /// Every condition that is not met.
    pub fn check_before_reading(
        &self,
        history: &[SealedRound],
        run: &ProductionRun,
    ) -> Result<ConditionalClearance, Refusal> {
        let failed = self.examine(history, run);
        failed.into_result(|| conditional(history, run))
    }

    /// All conditions but that the export is what is said of it.
    fn examine(&self, history: &[SealedRound], run: &ProductionRun) -> Failed {
        let mut failed = Failed::default();
        check_history(history, &mut failed);
        let last_two = last_two(history);
        if last_two.len() < 2 || last_two[0].seal() == last_two[1].seal() {
            failed.add(GateCondition::TwoCompleteRounds, None);
        }
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
        failed
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

impl ConditionalClearance {
    /// The gate is open for an export of this fingerprint, if it is what was said of it.
    ///
    /// # Errors
    ///
    /// [`GateCondition::SourceRelationStated`] if it is not.
    pub fn confirm(self, source_fingerprint: &str) -> Result<Clearance, Refusal> {
        let mut failed = Failed::default();
        if !self.relation.holds(source_fingerprint, &self.rehearsed) {
            failed.add(GateCondition::SourceRelationStated, Some(self.last));
        }
        failed.into_result(|| {
            Some(Clearance {
                document_digest: self.document_digest,
                source_fingerprint: source_fingerprint.to_owned(),
                rounds: self.rounds,
            })
        })
    }
}

impl SourceRelation {
    /// Whether it is so, by the fingerprints of an export and of the one that was rehearsed.
    fn holds(self, export: &str, rehearsed: &str) -> bool {
        match self {
            Self::Same => export == rehearsed,
            Self::LaterExtract => export != rehearsed,
        }
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

/// The last two rehearsals that came to their end.
fn last_two(history: &[SealedRound]) -> Vec<&SealedRound> {
    let is_complete = |round: &&SealedRound| {
        let record = round.record();
        record.outcome == RoundOutcome::Complete && record.kind == RoundKind::Rehearsal
    };
    let mut complete: Vec<_> = history.iter().filter(is_complete).collect();
    complete.split_off(complete.len().saturating_sub(2))
}

/// What a history without a failed condition clears; `None` where it is too short to clear anything.
fn conditional(history: &[SealedRound], run: &ProductionRun) -> Option<ConditionalClearance> {
    let [first, second] = last_two(history).try_into().ok()?;
    let last = history.last()?.record();
    Some(ConditionalClearance {
        document_digest: run.document.digest.clone(),
        relation: run.source_relation?,
        rehearsed: last.inputs.source_fingerprint.clone(),
        last: last.number,
        rounds: [first.seal().to_owned(), second.seal().to_owned()],
    })
}
