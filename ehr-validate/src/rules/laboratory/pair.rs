//! A result of the source beside its result in the target.

use ehr_model::kind::Observation;

use super::result::{TestResult, is_void, results};
use crate::compare::ChartPair;
use crate::rule::{Findings, Subject};

/// Asks of every result and the one at the same place in the target.
pub(super) fn each(
    pair: &ChartPair<'_>,
    findings: &mut Findings,
    mut ask: impl FnMut(&TestResult<'_>, &TestResult<'_>, &mut Subject<'_>),
) {
    for ((record, source), (_, target)) in pair.matched_of::<Observation>() {
        if is_void(source) {
            continue;
        }
        let mut subject = findings.about(record);
        for (before, after) in results(source).zip(results(target)) {
            ask(&before, &after, &mut subject);
        }
    }
}
