//! Rejected records by reason.

use std::collections::BTreeMap;

use ehr_model::issue::IssueCode;
use ehr_model::reject::Reject;
use serde::Serialize;

/// Rejected records by reason. Their bytes stay in the archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RejectCounts(BTreeMap<IssueCode, (u64, u64)>);

/// One line of [`RejectCounts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RejectCount {
    /// Why the records were rejected.
    pub reason: IssueCode,
    /// Records.
    pub records: u64,
    /// Leaves of these records, as far as they could be split.
    pub leaves: u64,
}

impl RejectCounts {
    /// Counts a reject: its reason and its leaves, nothing else.
    pub fn count(&mut self, reject: &Reject) {
        self.add(reject.reason, 1, reject.leaves);
    }

    /// Counts rejects of a reason.
    pub fn add(&mut self, reason: IssueCode, records: u64, leaves: u64) {
        let line = self.0.entry(reason).or_default();
        line.0 += records;
        line.1 += leaves;
    }

    /// Adds the counts of another part.
    pub fn merge(&mut self, other: &Self) {
        for line in other.iter() {
            self.add(line.reason, line.records, line.leaves);
        }
    }

    /// The counts, by reason.
    pub fn iter(&self) -> impl Iterator<Item = RejectCount> {
        self.0
            .iter()
            .map(|(reason, (records, leaves))| RejectCount {
                reason: *reason,
                records: *records,
                leaves: *leaves,
            })
    }

    /// Records of all reasons.
    pub fn records(&self) -> u64 {
        self.iter().map(|line| line.records).sum()
    }
}

impl Serialize for RejectCounts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
