//! Round N against the rounds before it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::{Fingerprint, RoundRecord};

/// What became of a finding, and what may be the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Change {
    /// Gone, and only the source is another one: somebody corrected the data.
    DataFixed,
    /// Was gone in an earlier round, and is back.
    DataRegressed,
    /// Came or went, and the rule, the mapping document or the software is another one: that may be
    /// the cause, and the data need not have changed.
    RuleOrMappingChanged,
    /// Was in the last round, and is in this one.
    StillOpen,
    /// Came back and went at least twice.
    Flapping,
    /// Was in no earlier round.
    New,
    /// Came or went although nothing that went into the round is another.
    Unexplained,
}

/// What differs between two rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Cause {
    /// The export.
    Source,
    /// The mapping document.
    Mapping,
    /// The rule of the finding: it did not run in one of the rounds, or in another version.
    Rule,
    /// A program or crate.
    Software,
}

/// A finding in two rounds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FindingChange {
    /// The code of its rule.
    pub code: String,
    /// What became of it.
    pub change: Change,
    /// What differs between the rounds. Several causes are not told apart.
    pub causes: BTreeSet<Cause>,
}

/// How many findings of a rule changed in the same way, from the same causes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct ChangeCount {
    /// What became of them.
    pub change: Change,
    /// The code of the rule.
    pub code: String,
    /// What differs between the rounds.
    pub causes: BTreeSet<Cause>,
    /// How many.
    pub count: u64,
}

/// The changes of a round, counted. `Display` is a line each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ChangeCounts(Vec<ChangeCount>);

impl ChangeCounts {
    /// Counts changes.
    pub fn of<'c>(changes: impl IntoIterator<Item = &'c FindingChange>) -> Self {
        let mut counts: BTreeMap<_, u64> = BTreeMap::new();
        for one in changes {
            *counts
                .entry((one.change, &one.code, &one.causes))
                .or_default() += 1;
        }
        let counts = counts.into_iter();
        Self(
            counts
                .map(|((change, code, causes), count)| ChangeCount {
                    change,
                    code: code.clone(),
                    causes: causes.clone(),
                    count,
                })
                .collect(),
        )
    }

    /// The counts, by change and rule.
    pub fn iter(&self) -> impl Iterator<Item = &ChangeCount> {
        self.0.iter()
    }
}

impl fmt::Display for ChangeCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in &self.0 {
            let causes: Vec<_> = one.causes.iter().map(|cause| cause.name()).collect();
            let (change, code, causes) = (one.change, &one.code, causes.join(", "));
            let line = format!("{:>8}  {change:<24} {code:<45} {causes}", one.count);
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Change {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DataFixed => "data-fixed",
            Self::DataRegressed => "data-regressed",
            Self::RuleOrMappingChanged => "rule-or-mapping-changed",
            Self::StillOpen => "still-open",
            Self::Flapping => "flapping",
            Self::New => "new",
            Self::Unexplained => "unexplained",
        }
    }
}

impl Cause {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Mapping => "mapping",
            Self::Rule => "rule",
            Self::Software => "software",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl RoundRecord {
    /// What became of every finding of this round and of the last one before it. Aborted rounds
    /// are left out: what they did not find may be there.
    pub fn changes(&self, earlier: &[&Self]) -> BTreeMap<Fingerprint, FindingChange> {
        let complete: Vec<&Self> = earlier
            .iter()
            .copied()
            .filter(|round| round.outcome == super::RoundOutcome::Complete)
            .collect();
        let Some((last, before)) = complete.split_last() else {
            return self
                .findings
                .findings
                .iter()
                .map(|(finding, code)| {
                    let change = FindingChange {
                        code: code.clone(),
                        change: Change::New,
                        causes: BTreeSet::new(),
                    };
                    (*finding, change)
                })
                .collect();
        };
        let both = last.findings.findings.iter().chain(&self.findings.findings);
        both.map(|(finding, code)| {
            let causes = self.causes(last, code);
            let has = |round: &Self| round.findings.findings.contains_key(finding);
            let mut presence: Vec<bool> = before.iter().map(|round| has(round)).collect();
            presence.extend([has(last), has(self)]);
            let change = change(&presence, &causes);
            let code = code.clone();
            (
                *finding,
                FindingChange {
                    code,
                    change,
                    causes,
                },
            )
        })
        .collect()
    }

    fn causes(&self, last: &Self, code: &str) -> BTreeSet<Cause> {
        let (new, old) = (&self.inputs, &last.inputs);
        let rule = |round: &Self| round.findings.rules.get(code).cloned();
        [
            (
                Cause::Source,
                new.source_fingerprint != old.source_fingerprint,
            ),
            (Cause::Mapping, new.document_digest != old.document_digest),
            (Cause::Rule, rule(self) != rule(last)),
            (Cause::Software, new.software != old.software),
        ]
        .into_iter()
        .filter_map(|(cause, differs)| differs.then_some(cause))
        .collect()
    }
}

/// What became of a finding that was there, or not, in the rounds up to this one.
fn change(presence: &[bool], causes: &BTreeSet<Cause>) -> Change {
    let first = presence.iter().position(|is_there| *is_there).unwrap_or(0);
    let seen = &presence[first..];
    let turns = seen.windows(2).filter(|pair| pair[0] != pair[1]).count();
    let last_two = &presence[presence.len() - 2..];
    if last_two == [true, true] {
        return Change::StillOpen;
    }
    // there, gone, back and gone again
    if turns > 2 {
        return Change::Flapping;
    }
    let may_be_ours = causes.iter().any(|cause| *cause != Cause::Source);
    match last_two[1] {
        _ if may_be_ours => Change::RuleOrMappingChanged,
        true if turns == 2 => Change::DataRegressed,
        _ if causes.is_empty() => Change::Unexplained,
        true => Change::New,
        false => Change::DataFixed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_course_has_its_name() {
        let data = BTreeSet::from([Cause::Source]);
        let ours = BTreeSet::from([Cause::Source, Cause::Mapping]);
        let none = BTreeSet::new();
        for (presence, causes, expected) in [
            (&[false, true][..], &data, Change::New),
            (&[true, false], &data, Change::DataFixed),
            (&[true, true], &ours, Change::StillOpen),
            (&[true, false], &ours, Change::RuleOrMappingChanged),
            (&[false, true], &ours, Change::RuleOrMappingChanged),
            (&[true, false, true], &data, Change::DataRegressed),
            (&[false, true, false, true], &data, Change::DataRegressed),
            (&[true, false, true, false], &data, Change::Flapping),
            (&[true, false, true, false, true], &ours, Change::Flapping),
            (&[true, false, true, true], &data, Change::StillOpen),
            (&[true, false], &none, Change::Unexplained),
            (&[false, true], &none, Change::Unexplained),
        ] {
            assert_eq!(
                change(presence, causes),
                expected,
                "{presence:?} {causes:?}"
            );
        }
    }
}
