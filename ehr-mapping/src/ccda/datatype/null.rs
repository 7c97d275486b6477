//! Null flavors: why there is no value.

use ehr_model::datatype::{CodeableConcept, Coding};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::{Fate, NodeId};
use ehr_model::value::{CodeSet, DataAbsentReason, Field};

use super::{NULL_FLAVOR_BESIDE_VALUE, NULL_FLAVOR_UNKNOWN};
use crate::datatype::{Absence, Intake};
use crate::transform::{Unreadable, Value};

const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";

/// A null flavor, its reason, and under which policy it counts where the reason says less.
type Row = (&'static str, DataAbsentReason, Option<&'static str>);

/// After the ConceptMap of HL7's C-CDA on FHIR; the flavors that it leaves out go to `unknown` or
/// to what they are closest to, with a count.
const FLAVORS: [Row; 16] = [
    ("UNK", DataAbsentReason::Unknown, None),
    ("ASKU", DataAbsentReason::AskedUnknown, None),
    ("NAV", DataAbsentReason::TempUnknown, None),
    ("NASK", DataAbsentReason::NotAsked, None),
    ("MSK", DataAbsentReason::Masked, None),
    ("NA", DataAbsentReason::NotApplicable, None),
    ("NINF", DataAbsentReason::NegativeInfinity, None),
    ("PINF", DataAbsentReason::PositiveInfinity, None),
    (
        "NI",
        DataAbsentReason::Unknown,
        Some("null flavor NI (no information) recorded as unknown"),
    ),
    (
        "NAVU",
        DataAbsentReason::Unknown,
        Some("null flavor NAVU (not available) recorded as unknown"),
    ),
    (
        "NP",
        DataAbsentReason::Unknown,
        Some("null flavor NP (not present) recorded as unknown"),
    ),
    (
        "OTH",
        DataAbsentReason::Unsupported,
        Some("null flavor OTH (other) recorded as unsupported"),
    ),
    (
        "UNC",
        DataAbsentReason::AsText,
        Some("null flavor UNC (not encoded) recorded as as-text"),
    ),
    (
        "INV",
        DataAbsentReason::Error,
        Some("null flavor INV (invalid) recorded as error"),
    ),
    (
        "QS",
        DataAbsentReason::Unsupported,
        Some("null flavor QS (sufficient quantity) recorded as unsupported"),
    ),
    (
        "TRC",
        DataAbsentReason::Unsupported,
        Some("null flavor TRC (trace) recorded as unsupported"),
    ),
];

/// The reason that an element gives; its leaf is not claimed yet.
pub(super) fn reason(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<Absence> {
    let leaf = intake.child(node, "@nullFlavor")?;
    let flavor = intake.peek(leaf)?.trim();
    match FLAVORS.iter().find(|(known, ..)| *known == flavor) {
        Some((_, reason, policy)) => Some(Absence {
            reason: *reason,
            leaf,
            policy: *policy,
        }),
        None => {
            intake.refuse(leaf, NULL_FLAVOR_UNKNOWN);
            None
        }
    }
}

/// Claims and counts a reason that stands in its field.
pub(super) fn take(intake: &mut Intake<'_, '_>, absence: Absence) -> DataAbsentReason {
    intake.claim(absence.leaf);
    if let Some(policy) = absence.policy {
        intake.policy(policy);
    }
    absence.reason
}

/// The reason that an element gives, as that of a field; the leaf is claimed.
pub(super) fn absent<T>(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<T> {
    match reason(intake, node) {
        Some(absence) => Field::Absent(take(intake, absence)),
        None => Field::Empty,
    }
}

/// Says of an element without content why it has none; the engine records it where it can.
pub(super) fn whole(intake: &mut Intake<'_, '_>, node: NodeId) {
    intake.absent = reason(intake, node);
}

/// The same of a single value.
pub(super) fn single<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    Ok(match reason(intake, node) {
        Some(absence) => Value::Absent(take(intake, absence)),
        None => Value::Nothing,
    })
}

/// A null flavor beside a value says nothing that can stand with it: the value stands.
pub(super) fn contradicts(intake: &mut Intake<'_, '_>, node: NodeId) {
    if let Some(leaf) = intake.child(node, "@nullFlavor")
        && intake.peek(leaf).is_some()
    {
        set_aside(intake, leaf, NULL_FLAVOR_BESIDE_VALUE);
    }
}

/// Sets one leaf aside, with a warning.
pub(super) fn set_aside(
    intake: &mut Intake<'_, '_>,
    leaf: NodeId,
    code: ehr_model::issue::IssueCode,
) {
    let end = intake.record().subtree_end(leaf).index();
    for node in (leaf.index()..end).map(NodeId::at) {
        intake.record().decide(node, Fate::Rejected);
    }
    intake.note(leaf, code, Severity::Warning);
}

/// `null-flavor`: the reason of an element, whatever else it holds.
pub(super) fn null_flavor<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    single(intake, node)
}

/// `NullFlavor`: the reason and the flavor itself as a concept, for `dataAbsentReason`; only of an
/// element that holds nothing else, because a value and its absence exclude each other.
pub(super) fn concept(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() else {
        return;
    };
    if !is_bare(intake, node) {
        return;
    }
    let Some(absence) = reason(intake, node) else {
        return;
    };
    // the flavor stands beside the reason: nothing is coarser than it was
    let flavor = intake.peek(absence.leaf).unwrap_or_default().trim();
    intake.claim(absence.leaf);
    let reason = absence.reason;
    out.coding = vec![
        Coding::new(DataAbsentReason::SYSTEM, reason.code()),
        Coding::new(SYSTEM, flavor),
    ];
}

/// Whether an element has no content beside its type and its null flavor.
pub(super) fn is_bare(intake: &Intake<'_, '_>, node: NodeId) -> bool {
    let record = intake.record();
    let filled = |node: NodeId| {
        record
            .expose(node)
            .is_some_and(|value| !value.trim().is_empty())
    };
    let end = record.subtree_end(node).index();
    !filled(node)
        && (node.index() + 1..end).map(NodeId::at).all(|inner| {
            !filled(inner)
                || matches!(
                    intake.name(inner),
                    "@nullFlavor" | "@xsi:type" | "@unit" | "@inclusive" | "@codeSystem"
                )
        })
}
