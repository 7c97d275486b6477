//! The dates of two charts, side by side.

use ehr_model::element::Leaf;
use ehr_model::value::PartialDate;

use crate::compare::ChartPair;
use crate::rule::Findings;
use crate::walk;

/// Asks of every date of the source and the one at the same place in the target whether it is wrong.
pub(super) fn each_date(
    pair: &ChartPair<'_>,
    findings: &mut Findings,
    is_wrong: impl Fn(&PartialDate, &PartialDate) -> bool,
) {
    for (source, target) in pair.matched() {
        let mut subject = findings.about(source);
        let elements = (source.resource.element(), target.resource.element());
        walk::both(elements.0, elements.1, &mut |path, one, other| {
            if let (Leaf::Date(one), Leaf::Date(other)) = (one, other) {
                subject.applies();
                if is_wrong(one, other) {
                    subject.violated_at(path);
                }
            }
        });
    }
}
