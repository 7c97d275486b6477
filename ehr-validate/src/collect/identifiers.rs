//! Identifiers that two patients share, found across all charts in bounded memory.

use std::fmt;
use std::sync::Arc;

use ehr_crypto::DataKey;
use ehr_crypto::digest::{Digest, DigestAlgorithm};
use ehr_model::chart::Chart;
use ehr_model::datatype::Identifier;
use ehr_model::issue::Issue;
use ehr_model::kind::{LinkType, Patient};
use ehr_model::record::{Kind, RecordId};

use crate::rules::IdentifierSharedByPatients;
use crate::validation::RuleCounts;

/// How many identifiers are held by default: about 200 MB, enough for two million patients with four each.
pub const DEFAULT_LIMIT: usize = 1 << 23;

/// Collects the identifiers of patients from all charts and names the patients that share one.
///
/// An identifier is kept as 64 bits of a keyed digest of its system and value beside the id of the
/// patient, so that the collection by itself tells nobody an identifier. Make one for each
/// partition with the same key, and [merge](PatientIdentifiers::merge) them.
///
/// Beyond the limit only half of the identifiers are compared, then a quarter, and so on, always
/// the same ones in every partition. Then what is found is true, but not all is found; the counts
/// say `errored`, so that the run is not taken for proven.
#[derive(Clone)]
pub struct PatientIdentifiers {
    key: Arc<DataKey>,
    limit: usize,
    /// Digests with this many leading zero bits are compared.
    zeros: u32,
    held: Vec<(u64, RecordId)>,
    patients: u64,
}

impl PatientIdentifiers {
    /// An empty collection that holds [`DEFAULT_LIMIT`] identifiers. The key lives as long as the run.
    pub fn new(key: Arc<DataKey>) -> Self {
        Self::with_limit(key, DEFAULT_LIMIT)
    }

    /// An empty collection that holds this many identifiers, of 24 bytes each.
    pub fn with_limit(key: Arc<DataKey>, limit: usize) -> Self {
        Self {
            key,
            limit: limit.max(1),
            zeros: 0,
            held: Vec::new(),
            patients: 0,
        }
    }

    /// Collects the identifiers of the patient of a chart. A record that another one replaced is left out.
    pub fn collect(&mut self, chart: &Chart) {
        for (record, patient) in chart.of::<Patient>().filter(|(_, p)| !is_replaced(p)) {
            let before = self.patients;
            for (system, value) in patient.identifier.iter().filter_map(system_and_value) {
                self.patients = before + 1;
                self.hold(self.digest(system, value), record.id);
            }
        }
    }

    /// Adds what was collected in another part of the run, with the same key.
    pub fn merge(&mut self, other: &Self) {
        self.patients += other.patients;
        self.raise(other.zeros);
        for (digest, patient) in &other.held {
            self.hold(*digest, *patient);
        }
    }

    /// The patients that share an identifier, for
    /// [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`IdentifierSharedByPatients`].
    pub fn finish(mut self) -> (RuleCounts, Vec<Issue>) {
        self.tidy();
        let mut sharing: Vec<RecordId> = self
            .held
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|group| group.len() > 1)
            .flatten()
            .map(|(_, patient)| *patient)
            .collect();
        sharing.sort_unstable();
        sharing.dedup();

        let rule = IdentifierSharedByPatients::METADATA;
        let issues = sharing
            .iter()
            .map(|patient| {
                Issue::new(rule.code, rule.severity)
                    .about(Kind::Patient, *patient)
                    .field("identifier")
            })
            .collect();
        let counts = RuleCounts {
            numerator: sharing.len() as u64,
            denominator: self.patients,
            errored: u64::from(self.zeros > 0),
            without_table: 0,
        };
        (counts, issues)
    }

    fn digest(&self, system: &str, value: &str) -> u64 {
        let parts = [system.as_bytes(), b"\0", value.as_bytes()];
        let digest = Digest::keyed(DigestAlgorithm::Sha256, &self.key, &parts);
        digest
            .as_bytes()
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn hold(&mut self, digest: u64, patient: RecordId) {
        if digest.leading_zeros() < self.zeros {
            return;
        }
        if self.held.len() == self.limit {
            self.tidy();
            // Half of the room, or else nearly every identifier would tidy again.
            while self.held.len() > self.limit / 2 && self.zeros < u64::BITS {
                self.raise(self.zeros + 1);
            }
            return self.hold(digest, patient);
        }
        self.held.push((digest, patient));
    }

    fn raise(&mut self, zeros: u32) {
        if zeros > self.zeros {
            self.zeros = zeros;
            self.held
                .retain(|(digest, _)| digest.leading_zeros() >= zeros);
        }
    }

    fn tidy(&mut self) {
        self.held.sort_unstable();
        self.held.dedup();
    }
}

impl fmt::Debug for PatientIdentifiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientIdentifiers")
            .field("patients", &self.patients)
            .field("held", &self.held.len())
            .finish_non_exhaustive()
    }
}

/// The system and the value of an identifier that says both.
fn system_and_value(identifier: &Identifier) -> Option<(&str, &str)> {
    let system = identifier.system.value()?.expose();
    let value = identifier.value.value()?.expose().trim();
    (!value.is_empty()).then_some((system, value))
}

fn is_replaced(patient: &Patient) -> bool {
    patient
        .link
        .iter()
        .any(|link| link.type_.value() == Some(&LinkType::ReplacedBy))
}

#[cfg(test)]
mod tests {
    use ehr_model::record::{Namespace, Record};

    use super::*;

    fn key() -> Arc<DataKey> {
        Arc::new(DataKey::from_bytes([7; DataKey::LEN]))
    }

    fn chart(number: u64, identifiers: &[&str]) -> Chart {
        let mut patient = Patient::default();
        for value in identifiers {
            let mut identifier = Identifier::default();
            identifier.system.set("urn:mrn".into());
            identifier.value.set((*value).into());
            patient.identifier.push(identifier);
        }
        let id = Namespace::of_system("urn:test").id(Kind::Patient, &number.to_string());
        let record = Record {
            id,
            provenance: Vec::new(),
            resource: patient.into(),
        };
        Chart::new(vec![record], Vec::new())
    }

    #[test]
    fn patients_that_share_an_identifier_are_named() {
        let mut all = PatientIdentifiers::new(key());
        all.collect(&chart(1, &["A", "B"]));
        all.collect(&chart(2, &["C"]));
        let mut other = PatientIdentifiers::new(key());
        other.collect(&chart(3, &["B", "B"]));
        other.collect(&chart(4, &[]));
        all.merge(&other);
        let (counts, issues) = all.finish();
        assert_eq!((counts.numerator, counts.denominator), (2, 3));
        assert_eq!(counts.errored, 0);
        assert_eq!(issues.len(), 2);
    }

    #[test]
    fn one_patient_in_two_parts_of_a_run_shares_with_nobody() {
        let mut all = PatientIdentifiers::new(key());
        all.collect(&chart(1, &["A"]));
        all.collect(&chart(1, &["A"]));
        assert_eq!(all.finish().0.numerator, 0);
    }

    #[test]
    fn a_record_that_was_replaced_is_left_out() {
        let mut replaced = Patient::default();
        let mut link = ehr_model::kind::PatientLink::default();
        link.type_.set(LinkType::ReplacedBy);
        replaced.link.push(link);
        assert!(is_replaced(&replaced));
        assert!(!is_replaced(&Patient::default()));
    }

    #[test]
    fn beyond_the_limit_memory_is_bounded_and_the_counts_say_so() {
        let mut all = PatientIdentifiers::with_limit(key(), 64);
        for number in 0..1000 {
            // Each identifier belongs to two patients.
            all.collect(&chart(number, &[&(number / 2).to_string()]));
            assert!(all.held.len() <= 64);
        }
        let (counts, issues) = all.finish();
        assert_eq!(counts.errored, 1);
        assert!(!issues.is_empty());
        assert!(counts.numerator < 1000);
    }
}
