//! The books: what became of every record and of every value.

use std::collections::BTreeMap;
use std::ops::AddAssign;
use std::sync::Arc;

use serde::Serialize;

use crate::source::Fate;

/// What became of the records of a source. Every record has exactly one fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RecordCounts {
    /// Records that were read.
    pub read: u64,
    /// Records from which something was made.
    pub mapped: u64,
    /// Records that could not be read or placed.
    pub rejected: u64,
    /// Records that a rule of the mapping document leaves to the archive or out, with a reason.
    pub ignored: u64,
    /// Records that no block and no rule of the mapping document takes.
    pub unaccounted: u64,
}

/// What became of the non-empty leaves of a source or of a path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeafCounts {
    /// Leaves that hold something.
    pub nonempty: u64,
    /// Leaves that stand in a record that migrates.
    pub mapped: u64,
    /// Leaves that a rule or a scope decision keeps in the archive only.
    pub archived: u64,
    /// Leaves that a rule leaves out, with a reason.
    pub ignored: u64,
    /// Leaves that could not be read as what they should be, and leaves of rejected records.
    pub rejected: u64,
    /// Leaves that nobody accounts for.
    pub unaccounted: u64,
}

/// The books of one source.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SourceTally {
    /// What became of its records.
    pub records: RecordCounts,
    /// What became of its leaves.
    pub leaves: LeafCounts,
    /// The same, path by path.
    pub paths: BTreeMap<Arc<str>, LeafCounts>,
}

/// What a rule of the mapping document took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleTally {
    /// Records.
    pub records: u64,
    /// Leaves.
    pub leaves: u64,
}

/// What kind of run books are of. The first reader that says so decides, and a rehearsal stays one: a sum that holds a
/// part of a rehearsal is no evidence of a production run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RunKind {
    /// Nobody said; such as the books of a single patient.
    #[default]
    Unmarked,
    /// Opened with a permit and an approved mapping document.
    Production,
    /// Opened without a permit, on invented data or on data whose use for rehearsals was agreed.
    Rehearsal,
}

/// The books of a run, or of a part of it. Parts add up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// What kind of run they are of.
    pub run: RunKind,
    /// The books of each source, by its name.
    pub sources: BTreeMap<Arc<str>, SourceTally>,
    /// What each rule took, by the reason that it gives.
    pub rules: BTreeMap<Arc<str>, RuleTally>,
    /// How often each named policy changed a value, such as a declared time zone.
    pub policies: BTreeMap<Arc<str>, u64>,
}

impl RecordCounts {
    /// Whether every record that was read has a fate, and none is unaccounted.
    pub fn balances(&self) -> bool {
        self.unaccounted == 0 && self.read == self.mapped + self.rejected + self.ignored
    }
}

impl LeafCounts {
    /// Counts one leaf.
    pub fn count(&mut self, fate: Fate) {
        self.add(fate, 1);
    }

    /// Counts leaves of one fate.
    pub fn add(&mut self, fate: Fate, leaves: u64) {
        self.nonempty += leaves;
        match fate {
            Fate::Mapped => self.mapped += leaves,
            Fate::Archived => self.archived += leaves,
            Fate::Ignored => self.ignored += leaves,
            Fate::Rejected => self.rejected += leaves,
            Fate::Unaccounted => self.unaccounted += leaves,
        }
    }

    /// Whether every leaf that holds something has a fate, and none is unaccounted.
    pub fn balances(&self) -> bool {
        self.unaccounted == 0
            && self.nonempty == self.mapped + self.archived + self.ignored + self.rejected
    }
}

impl Tally {
    /// The books of a source, opened if they are new.
    pub fn source(&mut self, name: &Arc<str>) -> &mut SourceTally {
        if !self.sources.contains_key(name) {
            self.sources.insert(name.clone(), SourceTally::default());
        }
        self.sources
            .get_mut(name)
            .expect("it was inserted in the lines above")
    }

    /// Counts leaves of a path of a source.
    pub fn leaves(&mut self, source: &Arc<str>, path: &Arc<str>, fate: Fate, leaves: u64) {
        let source = self.source(source);
        source.leaves.add(fate, leaves);
        match source.paths.get_mut(path) {
            Some(counts) => counts.add(fate, leaves),
            None => {
                let mut counts = LeafCounts::default();
                counts.add(fate, leaves);
                source.paths.insert(path.clone(), counts);
            }
        }
    }

    /// Counts what a rule took.
    pub fn rule(&mut self, reason: &Arc<str>, records: u64, leaves: u64) {
        let rule = self.rules.entry(reason.clone()).or_default();
        rule.records += records;
        rule.leaves += leaves;
    }

    /// Counts a value that a policy changed.
    pub fn policy(&mut self, name: &Arc<str>, values: u64) {
        *self.policies.entry(name.clone()).or_default() += values;
    }

    /// Whether the books of every source balance.
    pub fn balances(&self) -> bool {
        self.sources
            .values()
            .all(|source| source.records.balances() && source.leaves.balances())
    }

    /// Leaves of all sources.
    pub fn total_leaves(&self) -> LeafCounts {
        let mut total = LeafCounts::default();
        for source in self.sources.values() {
            total += source.leaves;
        }
        total
    }

    /// Records of all sources.
    pub fn total_records(&self) -> RecordCounts {
        let mut total = RecordCounts::default();
        for source in self.sources.values() {
            total += source.records;
        }
        total
    }

    /// Adds the books of another part.
    pub fn merge(&mut self, other: &Self) {
        self.run = self.run.max(other.run);
        for (name, source) in &other.sources {
            let mine = self.source(name);
            mine.records += source.records;
            mine.leaves += source.leaves;
            for (path, counts) in &source.paths {
                *mine.paths.entry(path.clone()).or_default() += *counts;
            }
        }
        for (reason, rule) in &other.rules {
            self.rule(reason, rule.records, rule.leaves);
        }
        for (name, values) in &other.policies {
            self.policy(name, *values);
        }
    }
}

impl AddAssign for RecordCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.mapped += other.mapped;
        self.rejected += other.rejected;
        self.ignored += other.ignored;
        self.unaccounted += other.unaccounted;
    }
}

impl AddAssign for LeafCounts {
    fn add_assign(&mut self, other: Self) {
        self.nonempty += other.nonempty;
        self.mapped += other.mapped;
        self.archived += other.archived;
        self.ignored += other.ignored;
        self.rejected += other.rejected;
        self.unaccounted += other.unaccounted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        let (file, column): (Arc<str>, Arc<str>) = ("a.csv".into(), "X".into());
        let mut whole = Tally::default();
        for fate in [Fate::Mapped, Fate::Archived, Fate::Ignored, Fate::Rejected] {
            let mut part = Tally::default();
            part.leaves(&file, &column, fate, 2);
            part.source(&file).records += RecordCounts {
                read: 1,
                mapped: 1,
                ..RecordCounts::default()
            };
            whole.merge(&part);
        }
        assert_eq!(whole.total_leaves().nonempty, 8);
        assert_eq!(whole.sources[&file].paths[&column].rejected, 2);
        assert!(whole.balances());
        whole.leaves(&file, &column, Fate::Unaccounted, 1);
        assert!(!whole.balances());
    }

    #[test]
    fn a_rehearsal_stays_one() {
        let of = |run| Tally {
            run,
            ..Tally::default()
        };
        let mut whole = of(RunKind::Production);
        whole.merge(&of(RunKind::Unmarked));
        assert_eq!(whole.run, RunKind::Production);
        whole.merge(&of(RunKind::Rehearsal));
        whole.merge(&of(RunKind::Production));
        assert_eq!(whole.run, RunKind::Rehearsal);
    }

    #[test]
    fn a_record_without_a_fate_opens_the_books() {
        let mut tally = Tally::default();
        tally.source(&"a.csv".into()).records.read = 1;
        assert!(!tally.balances());
    }
}
