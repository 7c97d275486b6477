//! The history of rounds as a whole, and its last round.

use std::collections::BTreeSet;

use super::condition::{Failed, GateCondition};
use super::{ProductionRun, RoundOutcome, RoundRecord, SealedRound};

/// The history as a whole: each round once, after and linked to the one before.
pub(super) fn check_history(history: &[SealedRound], failed: &mut Failed) {
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
pub(super) fn check_last(last: &RoundRecord, run: &ProductionRun, failed: &mut Failed) {
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
    if run.source_relation.is_none() {
        failed.add(GateCondition::SourceRelationStated, number);
    }
    if run.inputs.software != last.inputs.software {
        failed.add(GateCondition::SameSoftware, number);
    }
    if run.inputs.ruleset_digest != last.inputs.ruleset_digest {
        failed.add(GateCondition::SameRules, number);
    }
}
