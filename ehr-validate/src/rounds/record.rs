//! `round.json`: what a migration leaves behind, a rehearsal or the production run.

use std::collections::BTreeMap;
use std::io::Write;

use chrono::{DateTime, FixedOffset};
use ehr_crypto::digest::equal_in_constant_time;
use ehr_crypto::{DataKey, Digest, DigestAlgorithm};
use ehr_model::issue::Severity;
use ehr_model::tally::{LeafCounts, RecordCounts, RunKind, Tally};
use serde::{Deserialize, Serialize};

use super::Round;
use crate::compare::{DifferenceClass, DifferenceCounts};
use crate::reconciliation::Reconciliation;
use crate::report::Report;
use crate::sampling::SampleResults;
use crate::validation::IssueCounts;
use crate::{Error, Ruleset};

/// The version of `round.json`. Another one is refused, never guessed at.
pub const SCHEMA: &str = "ehr-round/1";

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RoundOutcome {
    /// To its end.
    Complete,
    /// Before its end; what it found is not all.
    Aborted,
}

/// What was run. A record that does not say it is of a rehearsal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RoundKind {
    /// A test migration.
    #[default]
    Rehearsal,
    /// The migration itself. It is no rehearsal for another one.
    Production,
}

impl RoundKind {
    fn is_rehearsal(&self) -> bool {
        *self == Self::Rehearsal
    }
}

/// What went into a round. Two rounds of the same inputs find the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RoundInputs {
    /// The fingerprint of the export that was read.
    pub source_fingerprint: String,
    /// The digest of the mapping document.
    pub document_digest: String,
    /// The digest of the rules that ran with their versions and thresholds.
    pub ruleset_digest: String,
    /// The programs and crates that ran, with their versions.
    pub software: BTreeMap<String, String>,
}

/// The books of a source in a round.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BooksOfSource {
    /// What became of its records.
    pub records: RecordCounts,
    /// What became of its leaves.
    pub leaves: LeafCounts,
}

/// How often a code was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct IssueLine {
    /// The code.
    pub code: String,
    /// Its severity.
    pub severity: String,
    /// How often.
    pub count: u64,
}

/// The reconciliation of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ReconciledKind {
    /// Records that the mapping made.
    pub made: u64,
    /// Records that the scope keeps in the archive only.
    pub archived: u64,
    /// Records that were set aside.
    pub rejected: u64,
    /// Records that were written to the target.
    pub written: u64,
    /// What the target has too many or lacks.
    pub difference: i64,
}

/// What the comparison of source and target counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct CompareCounts {
    /// Safety-critical fields and entries that the source holds.
    pub critical: u64,
    /// Those of them that were compared.
    pub critical_compared: u64,
    /// Differences by class.
    pub differences: BTreeMap<String, u64>,
    /// Those of them that are safety-critical and nobody has accepted.
    pub critical_differences: BTreeMap<String, u64>,
}

/// A test migration: what went in, what was counted, what was found. Holds no value of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RoundRecord {
    /// The number of the round, from 1.
    pub number: u32,
    /// The seal of the round before, so that none can be left out.
    pub previous: Option<String>,
    /// What was run.
    #[serde(default, skip_serializing_if = "RoundKind::is_rehearsal")]
    pub kind: RoundKind,
    /// How it ended.
    pub outcome: RoundOutcome,
    /// When it began (RFC 3339).
    pub started: String,
    /// When it ended (RFC 3339).
    pub finished: String,
    /// What went in.
    pub inputs: RoundInputs,
    /// The books of each source.
    pub books: BTreeMap<String, BooksOfSource>,
    /// What stands against going live, by [code](crate::report::ReasonCode), with how often.
    pub blocking: BTreeMap<String, u64>,
    /// The issues by code and severity.
    pub issues: Vec<IssueLine>,
    /// The reconciliation by kind, with `OpenClaim` for claims on which money is still to come.
    pub reconciliation: BTreeMap<String, ReconciledKind>,
    /// What the comparison with the target counted, if one was made.
    pub compare: Option<CompareCounts>,
    /// What the samples gave, if any were reviewed.
    pub samples: Option<SampleResults>,
    /// The findings by fingerprint, and how the rules stood.
    pub findings: Round,
}

/// A round as it was read from its file: it is what was written, and nobody has changed it since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRound {
    record: RoundRecord,
    seal: String,
}

/// Why a `round.json` is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRoundError {
    /// It is of another version.
    #[error("the round is not of the version {SCHEMA}, at line {line}, column {column}")]
    UnknownVersion {
        /// The line of the version.
        line: usize,
        /// The column.
        column: usize,
    },
    /// It is no round, or only a part of one.
    #[error("the round is damaged at line {line}, column {column}")]
    Damaged {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// A time is none.
    #[error("`{field}` of the round is no time as in RFC 3339")]
    Time {
        /// The field.
        field: &'static str,
    },
    /// It was changed after it was written, or sealed under another key.
    #[error("the seal of round {number} does not fit: it was changed, or sealed under another key")]
    Altered {
        /// The number that the round gives itself.
        number: u32,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: String,
    round: RoundRecord,
    seal: String,
}

#[derive(Deserialize)]
struct Version {
    schema: String,
}

#[derive(Serialize)]
struct FileOf<'r> {
    schema: &'static str,
    round: &'r RoundRecord,
    seal: &'r str,
}

impl RoundInputs {
    /// What went into a round. Add the programs to [`RoundInputs::software`].
    pub fn new(source_fingerprint: &str, document_digest: &str, ruleset: &Ruleset) -> Self {
        let software = BTreeMap::from([(
            env!("CARGO_PKG_NAME").to_owned(),
            env!("CARGO_PKG_VERSION").to_owned(),
        )]);
        Self {
            source_fingerprint: source_fingerprint.to_owned(),
            document_digest: document_digest.to_owned(),
            ruleset_digest: ruleset_digest(ruleset),
            software,
        }
    }
}

/// The digest of the rules of a set with their versions and thresholds, and of those that are allowed.
fn ruleset_digest(ruleset: &Ruleset) -> String {
    let mut lines: Vec<String> = ruleset
        .rules()
        .map(|(rule, threshold)| {
            let rule = rule.metadata();
            format!("{} {} {threshold:?}\n", rule.code, rule.since)
        })
        .collect();
    lines.extend(
        ruleset
            .allowed()
            .map(|rule| format!("{} allowed\n", rule.code)),
    );
    lines.sort();
    Digest::sha256(lines.concat().as_bytes()).to_string()
}

impl From<&DifferenceCounts> for CompareCounts {
    fn from(counts: &DifferenceCounts) -> Self {
        let by_name = |classes: &BTreeMap<DifferenceClass, u64>| {
            let classes = classes.iter();
            classes
                .map(|(class, count)| (class.name().to_owned(), *count))
                .collect()
        };
        Self {
            critical: counts.critical,
            critical_compared: counts.critical_compared,
            differences: by_name(&counts.classes),
            critical_differences: by_name(&counts.critical_classes),
        }
    }
}

impl CompareCounts {
    /// A comparison that looked at so many of so many safety-critical fields and entries.
    pub fn new(critical: u64, critical_compared: u64) -> Self {
        Self {
            critical,
            critical_compared,
            ..Self::default()
        }
    }
}

impl RoundRecord {
    /// The first round, aborted before anything was counted.
    pub fn new(inputs: RoundInputs, started: &str, finished: &str) -> Self {
        Self {
            number: 1,
            previous: None,
            kind: RoundKind::Rehearsal,
            outcome: RoundOutcome::Aborted,
            started: started.to_owned(),
            finished: finished.to_owned(),
            inputs,
            books: BTreeMap::new(),
            blocking: BTreeMap::new(),
            issues: Vec::new(),
            reconciliation: BTreeMap::new(),
            compare: None,
            samples: None,
            findings: Round::default(),
        }
    }

    /// After another round.
    pub fn after(mut self, last: &SealedRound) -> Self {
        self.number = last.record.number.saturating_add(1);
        self.previous = Some(last.seal.clone());
        self
    }

    /// Complete, with what was counted and found.
    pub fn complete(
        mut self,
        report: &Report,
        tally: &Tally,
        reconciliation: &Reconciliation,
        issues: &IssueCounts,
        findings: Round,
    ) -> Self {
        self.outcome = RoundOutcome::Complete;
        self.kind = match tally.run {
            RunKind::Production => RoundKind::Production,
            _ => RoundKind::Rehearsal,
        };
        let books = tally.sources.iter().map(|(name, source)| {
            let books = BooksOfSource {
                records: source.records,
                leaves: source.leaves,
            };
            (name.to_string(), books)
        });
        self.books = books.collect();
        let reasons = report.reasons().iter();
        self.blocking = reasons
            .map(|reason| (reason.code.name().to_owned(), reason.count))
            .collect();
        self.issues = issues
            .iter()
            .map(|line| IssueLine {
                code: line.code.as_str().to_owned(),
                severity: severity_name(line.severity).to_owned(),
                count: line.count,
            })
            .collect();
        let kinds = reconciliation.kinds.iter();
        self.reconciliation = kinds
            .chain([&reconciliation.open_claims])
            .map(|line| {
                let kind = ReconciledKind {
                    made: line.made,
                    archived: line.archived,
                    rejected: line.rejected,
                    written: line.written,
                    difference: line.difference,
                };
                (line.kind.to_owned(), kind)
            })
            .collect();
        self.findings = findings;
        self
    }

    /// Writes `round.json`, sealed under the key of the practice.
    ///
    /// # Errors
    ///
    /// If a time is none, or writing fails.
    pub fn write(&self, key: &DataKey, mut out: impl Write) -> Result<SealedRound, Error> {
        self.times()?;
        let seal = self.seal(key);
        let file = FileOf {
            schema: SCHEMA,
            round: self,
            seal: &seal,
        };
        serde_json::to_writer_pretty(&mut out, &file).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        Ok(SealedRound {
            record: self.clone(),
            seal,
        })
    }

    /// Reads `round.json`, and refuses what is not exactly what was written.
    ///
    /// # Errors
    ///
    /// If it is of another version, damaged, or its seal does not fit.
    pub fn read(bytes: &[u8], key: &DataKey) -> Result<SealedRound, ReadRoundError> {
        let file: File = match serde_json::from_slice(bytes) {
            Ok(file) => file,
            Err(error) => return Err(refusal(bytes, &error)),
        };
        if file.schema != SCHEMA {
            return Err(unknown_version(bytes));
        }
        file.round.times()?;
        let seal = file.round.seal(key);
        if !equal_in_constant_time(seal.as_bytes(), file.seal.as_bytes()) {
            let number = file.round.number;
            return Err(ReadRoundError::Altered { number });
        }
        Ok(SealedRound {
            record: file.round,
            seal,
        })
    }

    /// When it began and ended.
    pub(super) fn times(
        &self,
    ) -> Result<(DateTime<FixedOffset>, DateTime<FixedOffset>), ReadRoundError> {
        let time = |field, text: &str| {
            DateTime::parse_from_rfc3339(text).map_err(|_| ReadRoundError::Time { field })
        };
        Ok((
            time("started", &self.started)?,
            time("finished", &self.finished)?,
        ))
    }

    /// The content in one spelling, under the key: what stands in the file may be indented otherwise.
    fn seal(&self, key: &DataKey) -> String {
        let content =
            serde_json::to_vec(self).expect("text, numbers and maps of text can be written");
        let parts = [SCHEMA.as_bytes(), b"\0", &content];
        Digest::keyed(DigestAlgorithm::Sha256, key, &parts).to_string()
    }
}

impl SealedRound {
    /// The round.
    pub fn record(&self) -> &RoundRecord {
        &self.record
    }

    /// Its seal, by which the next round names it.
    pub fn seal(&self) -> &str {
        &self.seal
    }
}

fn refusal(bytes: &[u8], error: &serde_json::Error) -> ReadRoundError {
    match serde_json::from_slice::<Version>(bytes) {
        Ok(version) if version.schema != SCHEMA => unknown_version(bytes),
        _ => ReadRoundError::Damaged {
            line: error.line(),
            column: error.column(),
        },
    }
}

fn unknown_version(bytes: &[u8]) -> ReadRoundError {
    let text = String::from_utf8_lossy(bytes);
    let before = text.find("\"schema\"").map_or("", |at| &text[..at]);
    let last = before.rsplit('\n').next().unwrap_or_default();
    ReadRoundError::UnknownVersion {
        line: before.matches('\n').count() + 1,
        column: last.chars().count() + 1,
    }
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Fatal => "fatal",
        Severity::Error => "error",
        Severity::Warning => "warning",
        _ => "information",
    }
}
