//! Elements by the fields that they describe.

use ehr_model::element::{Element, ElementSpec, FieldSpec, Missing, Place as FhirPlace, ValueType};
use ehr_model::source::NodeId;
use ehr_model::value::DataAbsentReason;

use super::{extension, leaf, reference};
use crate::datatype::{Intake, Place};
use crate::mapper::{VALUE_UNREADABLE, VALUES_DISAGREE};

/// Reads a node into a field.
pub(super) fn field(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    match spec.place {
        FhirPlace::Extension(_) if intake.name(node) == extension::NAME => {
            extension::extension(intake, node, spec, place);
        }
        _ => value(intake, node, spec, place),
    }
}

/// Reads a value, wherever it stands.
pub(super) fn value(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    let inner = match spec.value {
        ValueType::Leaf(leaf) => return leaf::leaf(intake, node, leaf, spec, place),
        ValueType::Element(inner) => inner(),
    };
    if inner.choice {
        let stem = spec.name.strip_suffix("[x]").unwrap_or(spec.name);
        return choice(intake, node, stem, spec, place);
    }
    if intake.record().expose(node).is_some() {
        // text where an element should stand
        return intake.refuse(node, VALUE_UNREADABLE);
    }
    if let Some(reason) = extension::only_absent(intake, node) {
        return absent(intake, node, reason, spec, place);
    }
    if intake.record().children(node).next().is_none() {
        return;
    }
    if let Some(element) = place.slot.child_mut(place.index) {
        fill(intake, node, element);
    }
}

/// A value of one of several types: the name of the node ends in the type.
pub(super) fn choice(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    stem: &str,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    let ValueType::Element(inner) = spec.value else {
        return;
    };
    let variant = intake.name(node).strip_prefix(stem);
    let Some(number) = variant.and_then(|variant| inner().number(variant)) else {
        return; // a type that the chart has no place for
    };
    let bare = intake.record().expose(node).is_none();
    if bare && let Some(reason) = extension::only_absent(intake, node) {
        return absent(intake, node, reason, spec, place);
    }
    if bare
        && let Some(sibling) = leaf::sibling(intake, node)
        && let Some(reason) = extension::only_absent(intake, sibling)
    {
        return absent(intake, sibling, reason, spec, place);
    }
    if place.slot.absent().is_some() {
        return intake.refuse(node, VALUES_DISAGREE);
    }
    let Some(element) = place.slot.child_mut(place.index) else {
        return;
    };
    if !element.is_empty() {
        return intake.refuse(node, VALUES_DISAGREE); // a value was read before
    }
    let slot = element.slot_mut(number);
    value(
        intake,
        node,
        &inner().fields[number],
        Place { slot, index: 0 },
    );
}

/// Reads the members of a node into an element.
pub(super) fn fill(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let spec = element.spec();
    if spec.name == reference::NAME {
        return reference::reference(intake, node, element);
    }
    for child in intake.record().children(node) {
        let name = intake.name(child);
        if name == extension::NAME {
            extension::inside(intake, child, element);
        } else if let Some(number) = find(spec, name) {
            member(intake, child, element, number);
        }
    }
}

/// Reads a member into a field of an element.
pub(super) fn member(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    element: &mut dyn Element,
    number: usize,
) {
    let field = &element.spec().fields[number];
    let slot = element.slot_mut(number);
    if !field.many && !slot.is_empty() {
        return intake.refuse(node, VALUES_DISAGREE); // an array where FHIR has one value
    }
    let index = if field.many { slot.count() } else { 0 };
    value(intake, node, field, Place { slot, index });
}

/// The field that a member of JSON belongs to.
fn find(spec: &'static ElementSpec, name: &str) -> Option<usize> {
    spec.fields.iter().position(|field| {
        field.place == FhirPlace::Element
            && match field.name.strip_suffix("[x]") {
                None => field.name == name,
                Some(stem) => name.strip_prefix(stem).is_some_and(|variant| {
                    matches!(field.value, ValueType::Element(choice) if choice().number(variant).is_some())
                }),
            }
    })
}

/// Takes over why a value is absent.
pub(super) fn absent(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    reason: DataAbsentReason,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    let taken = if spec.many {
        // an empty list of a field that FHIR demands says just that
        spec.missing == Missing::Absent && reason == DataAbsentReason::Unknown
    } else {
        place.slot.is_empty() && place.slot.set_absent(reason)
    };
    if taken {
        extension::claim_absent(intake, node);
    }
}
