//! Charge = paid + adjustments, of a claim and of each service.

use ehr_model::issue::{IssueCode, Severity};
use ehr_model::source::NodeId;

use super::{measure, node};
use crate::datatype::Intake;
use crate::x12::datatype::{CLAIM_NOT_BALANCED, LINE_NOT_BALANCED};

/// Says so where CLP03 is not CLP04 with all adjustments of the claim and of its services.
pub(super) fn claim(intake: &mut Intake<'_, '_>, clp: NodeId, at: NodeId) {
    let above = intake.record().parent(clp);
    let mut adjusted = adjustments(intake, above);
    for service in intake.children(above, "2110") {
        adjusted.extend(adjustments(intake, service));
    }
    check(intake, (clp, 3, 4), adjusted, at, CLAIM_NOT_BALANCED);
}

/// Says so where SVC02 is not SVC03 with the adjustments of the service.
pub(super) fn line(intake: &mut Intake<'_, '_>, svc: NodeId, at: NodeId) {
    let adjusted = adjustments(intake, intake.record().parent(svc));
    check(intake, (svc, 2, 3), adjusted, at, LINE_NOT_BALANCED);
}

/// The amounts of the CAS segments of a loop.
fn adjustments(intake: &Intake<'_, '_>, above: NodeId) -> Vec<NodeId> {
    let segments = intake.children(above, "CAS");
    segments
        .flat_map(|segment| (3..=18).step_by(3).map(move |number| (segment, number)))
        .filter_map(|(segment, number)| node::element(intake, segment, number))
        .collect()
}

fn check(
    intake: &mut Intake<'_, '_>,
    (segment, charge, paid): (NodeId, usize, usize),
    adjusted: Vec<NodeId>,
    at: NodeId,
    code: IssueCode,
) {
    let value = |text: &str| measure::decimal(text).and_then(|number| number.value());
    let of = |number| node::peek(intake, segment, number).and_then(value);
    let (Some(charge), Some(paid)) = (of(charge), of(paid)) else {
        return;
    };
    let mut sum = Some(paid);
    for leaf in adjusted {
        let amount = intake.peek(leaf).and_then(|text| value(text.trim()));
        sum = sum.and_then(|sum| sum.checked_add(amount?));
    }
    if sum != Some(charge) {
        intake.note(at, code, Severity::Warning);
    }
}
