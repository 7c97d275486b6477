//! Closes the books: what was made of the source against what was written to the target.

mod counts;

pub use counts::{KindCounts, MadeCounts, WrittenCounts, is_open};

use std::collections::BTreeSet;
use std::sync::Arc;

use ehr_model::record::Kind;
use ehr_model::tally::{LeafCounts, Tally};
use serde::Serialize;

/// One line of the reconciliation: what must have arrived, and what did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Line {
    /// What is counted: a [kind](Kind::name), or `OpenClaim`.
    pub kind: &'static str,
    /// The FHIR type that it becomes.
    pub fhir: &'static str,
    /// Records that the mapping made.
    pub made: u64,
    /// Records that the scope keeps in the archive only.
    pub archived: u64,
    /// Records that were set aside after they were made.
    pub rejected: u64,
    /// Records that must be in the target: made, less archived, less rejected.
    pub migrated: u64,
    /// Records that were written to the target.
    pub written: u64,
    /// What the target has too many (above zero) or lacks (below zero).
    pub difference: i64,
}

/// Resources of one FHIR type in the output against the records that were written as that type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TypeLine {
    /// The FHIR type.
    #[serde(rename = "type")]
    pub fhir: String,
    /// Records that were written as this type.
    pub records: u64,
    /// Resources of this type that were counted in the output.
    pub resources: u64,
    /// What the output has too many or lacks.
    pub difference: i64,
}

/// A path of a source with leaves that have no fate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct OpenPath {
    /// The source.
    pub source: Arc<str>,
    /// The path.
    pub path: Arc<str>,
    /// Leaves that have no fate.
    pub leaves: u64,
}

/// Source against target, counted; patients, encounters and open claims first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Reconciliation {
    /// Whether everything below closes.
    pub balances: bool,
    /// Whether every record and every leaf that was read has a fate.
    pub books_balance: bool,
    /// Patients.
    pub patients: Line,
    /// Encounters.
    pub encounters: Line,
    /// Claims on which money is still to come.
    pub open_claims: Line,
    /// Every kind that occurs, in the order of a chart.
    pub kinds: Vec<Line>,
    /// Every FHIR type that occurs, in alphabetical order.
    pub types: Vec<TypeLine>,
    /// Paths with leaves that have no fate.
    pub paths_unaccounted: Vec<OpenPath>,
}

/// Reconciles the books of the source, the records made of it, and what was written.
///
/// Only numbers go in, so parts of a run can be added up first, on any machine.
///
/// ```
/// use ehr_model::record::Kind;
/// use ehr_model::tally::Tally;
/// use ehr_validate::reconciliation::{MadeCounts, WrittenCounts, reconcile};
///
/// let mut made = MadeCounts::default();
/// made.made.add(Kind::Patient, 10);
/// made.archived.add(Kind::Patient, 3);
/// let mut written = WrittenCounts::default();
/// written.kinds.add(Kind::Patient, 6);
/// written.add_resources("Patient", 6);
///
/// let reconciliation = reconcile(&Tally::default(), &made, &written);
/// assert_eq!(reconciliation.patients.difference, -1);
/// assert!(!reconciliation.balances);
/// ```
pub fn reconcile(tally: &Tally, made: &MadeCounts, written: &WrittenCounts) -> Reconciliation {
    let line = |kind: Kind| {
        let of = |counts: &KindCounts| counts.of(kind);
        close(kind.name(), kind, made, &written.kinds, &of)
    };
    let kinds: Vec<Line> = Kind::ALL
        .iter()
        .map(|kind| line(*kind))
        .filter(|line| line.made + line.archived + line.rejected + line.written > 0)
        .collect();
    let types = types(written);
    let open_claims = close("OpenClaim", Kind::Claim, made, &written.kinds, &|counts| {
        counts.open_claims
    });
    let paths_unaccounted = open_paths(tally);
    let books_balance = tally.balances() && paths_unaccounted.is_empty();
    Reconciliation {
        balances: books_balance
            && open_claims.difference == 0
            && kinds.iter().all(|line| line.difference == 0)
            && types.iter().all(|line| line.difference == 0),
        books_balance,
        patients: line(Kind::Patient),
        encounters: line(Kind::Encounter),
        open_claims,
        kinds,
        types,
        paths_unaccounted,
    }
}

fn close(
    name: &'static str,
    kind: Kind,
    made: &MadeCounts,
    written: &KindCounts,
    of: &dyn Fn(&KindCounts) -> u64,
) -> Line {
    let (all, archived, rejected) = (of(&made.made), of(&made.archived), of(&made.rejected));
    let written = of(written);
    Line {
        kind: name,
        fhir: kind.fhir(),
        made: all,
        archived,
        rejected,
        migrated: all.saturating_sub(archived.saturating_add(rejected)),
        written,
        difference: difference(
            u128::from(written) + u128::from(archived) + u128::from(rejected),
            u128::from(all),
        ),
    }
}

fn types(written: &WrittenCounts) -> Vec<TypeLine> {
    let records = |fhir: &str| -> u64 {
        let same = Kind::ALL.iter().filter(|kind| kind.fhir() == fhir);
        same.map(|kind| written.kinds.of(*kind)).sum()
    };
    let of_kinds = Kind::ALL.iter().map(|kind| kind.fhir());
    let names: BTreeSet<&str> = of_kinds
        .filter(|fhir| records(fhir) > 0)
        .chain(written.types.keys().map(String::as_str))
        .collect();
    names
        .into_iter()
        .map(|fhir| {
            let resources = written.types.get(fhir).copied().unwrap_or_default();
            TypeLine {
                fhir: fhir.to_owned(),
                records: records(fhir),
                resources,
                difference: difference(u128::from(resources), u128::from(records(fhir))),
            }
        })
        .collect()
}

fn open_paths(tally: &Tally) -> Vec<OpenPath> {
    let without_fate = |leaves: &LeafCounts| {
        let fated = leaves.mapped + leaves.archived + leaves.ignored + leaves.rejected;
        // More fates than leaves is wrong as well.
        leaves.unaccounted.max(leaves.nonempty.abs_diff(fated))
    };
    let mut open = Vec::new();
    for (source, books) in &tally.sources {
        for (path, leaves) in &books.paths {
            let leaves = without_fate(leaves);
            if leaves > 0 {
                open.push(OpenPath {
                    source: source.clone(),
                    path: path.clone(),
                    leaves,
                });
            }
        }
    }
    open
}

fn difference(has: u128, should: u128) -> i64 {
    let gap = i64::try_from(has.abs_diff(should)).unwrap_or(i64::MAX);
    if has < should { -gap } else { gap }
}

#[cfg(test)]
mod tests {
    use ehr_model::source::Fate;

    use super::*;

    fn counts(kinds: &[(Kind, u64)]) -> KindCounts {
        let mut counts = KindCounts::default();
        for (kind, records) in kinds {
            counts.add(*kind, *records);
        }
        counts
    }

    fn written(kinds: &[(Kind, u64)]) -> WrittenCounts {
        let mut written = WrittenCounts {
            kinds: counts(kinds),
            ..WrittenCounts::default()
        };
        for (kind, records) in kinds {
            written.add_resources(kind.fhir(), *records);
        }
        written
    }

    #[test]
    fn made_less_archived_less_rejected_must_be_written() {
        let made = MadeCounts {
            made: counts(&[(Kind::Patient, 10), (Kind::Problem, 70)]),
            archived: counts(&[(Kind::Problem, 20)]),
            rejected: counts(&[(Kind::Problem, 1)]),
        };
        let closed = written(&[(Kind::Patient, 10), (Kind::Problem, 49)]);
        let reconciliation = reconcile(&Tally::default(), &made, &closed);
        assert!(reconciliation.balances);
        let problems = &reconciliation.kinds[1];
        assert_eq!((problems.kind, problems.fhir), ("Problem", "Condition"));
        assert_eq!((problems.migrated, problems.difference), (49, 0));

        for wrong in [48, 50] {
            let open = written(&[(Kind::Patient, 10), (Kind::Problem, wrong)]);
            let reconciliation = reconcile(&Tally::default(), &made, &open);
            assert!(!reconciliation.balances);
            assert_eq!(reconciliation.kinds[1].difference, wrong as i64 - 49);
        }
    }

    #[test]
    fn more_archived_than_made_does_not_hide_behind_zero() {
        let made = MadeCounts {
            archived: counts(&[(Kind::Problem, 2)]),
            ..MadeCounts::default()
        };
        let reconciliation = reconcile(&Tally::default(), &made, &WrittenCounts::default());
        assert_eq!(reconciliation.kinds[0].migrated, 0);
        assert_eq!(reconciliation.kinds[0].difference, 2);
        assert!(!reconciliation.balances);
    }

    #[test]
    fn output_that_was_not_counted_does_not_balance() {
        let made = MadeCounts {
            made: counts(&[(Kind::Patient, 1)]),
            ..MadeCounts::default()
        };
        let uncounted = WrittenCounts {
            kinds: counts(&[(Kind::Patient, 1)]),
            ..WrittenCounts::default()
        };
        assert!(!reconcile(&Tally::default(), &made, &uncounted).balances);
    }

    #[test]
    fn a_path_with_a_leaf_without_a_fate_is_named() {
        let (source, path): (Arc<str>, Arc<str>) = ("a.csv".into(), "FAX".into());
        let mut tally = Tally::default();
        tally.leaves(&source, &path, Fate::Mapped, 9);
        tally.leaves(&source, &path, Fate::Unaccounted, 3);
        let none = (MadeCounts::default(), WrittenCounts::default());
        let reconciliation = reconcile(&tally, &none.0, &none.1);
        assert!(!reconciliation.books_balance);
        let open = &reconciliation.paths_unaccounted[0];
        assert_eq!((&*open.path, open.leaves), ("FAX", 3));
    }

    #[test]
    fn parts_of_a_run_add_up() {
        let part = |records| {
            let mut made = MadeCounts {
                made: counts(&[(Kind::Claim, records)]),
                ..MadeCounts::default()
            };
            made.made.open_claims = 1;
            (made, written(&[(Kind::Claim, records)]))
        };
        let (mut made, mut all) = part(3);
        let (more, others) = part(4);
        made += &more;
        all += &others;
        assert_eq!(made.made.of(Kind::Claim), 7);
        assert_eq!(made.made.open_claims, 2);
        assert_eq!(all.types["Claim"], 7);
        let reconciliation = reconcile(&Tally::default(), &made, &all);
        assert_eq!(reconciliation.open_claims.difference, -2);
        assert!(!reconciliation.balances);
    }
}
