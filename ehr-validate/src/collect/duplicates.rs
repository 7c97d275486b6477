//! Pairs of patients that are probably one person, as linkage proposes them.

use std::collections::BTreeMap;

use ehr_model::issue::Issue;
use ehr_model::record::{Kind, RecordId};

use crate::rules::PossibleDuplicatePatient;
use crate::validation::RuleCounts;

/// Below this probability a pair is not worth a look. Linkage may be given another one.
const REVIEW: f64 = 0.5;

/// Collects the pairs of patients that linkage proposes, whatever made them.
///
/// A pair of which both the first name and the date of birth disagree is no proposal: households
/// share all the rest. Nothing here merges anybody.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicatePatients {
    patients: u64,
    review_at: f64,
    /// The highest probability of any pair that a patient is in.
    in_pairs: BTreeMap<RecordId, f64>,
}

impl Default for DuplicatePatients {
    fn default() -> Self {
        Self::review_at(REVIEW)
    }
}

impl DuplicatePatients {
    /// Collects pairs at or above a probability.
    pub fn review_at(probability: f64) -> Self {
        Self {
            patients: 0,
            review_at: probability,
            in_pairs: BTreeMap::new(),
        }
    }

    /// Says how many patients were compared.
    pub fn compared(&mut self, patients: u64) {
        self.patients += patients;
    }

    /// Takes a pair with its probability. `household` says that both the first name and the date of
    /// birth disagree.
    pub fn propose(&mut self, a: RecordId, b: RecordId, probability: f64, household: bool) {
        // A probability that is no number is none.
        if household || probability.is_nan() || probability < self.review_at {
            return;
        }
        for patient in [a, b] {
            let highest = self.in_pairs.entry(patient).or_insert(probability);
            *highest = highest.max(probability);
        }
    }

    /// Adds the pairs of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        self.patients += other.patients;
        for (patient, probability) in &other.in_pairs {
            self.propose(*patient, *patient, *probability, false);
        }
    }

    /// For the rule [`PossibleDuplicatePatient`]: the patients that are in a pair.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let rule = PossibleDuplicatePatient::METADATA;
        let issue = |patient: &RecordId| {
            let issue = Issue::new(rule.code, rule.severity);
            issue.about(Kind::Patient, *patient).field("identifier")
        };
        let counts = RuleCounts {
            numerator: self.in_pairs.len() as u64,
            denominator: self.patients.max(self.in_pairs.len() as u64),
            errored: 0,
            without_table: 0,
        };
        (counts, self.in_pairs.keys().map(issue).collect())
    }
}
