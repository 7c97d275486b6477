//! Extensions: fields of the catalogue by their URLs, and what is said of a value beside it.

use ehr_model::element::{Element, FieldSpec, Place as FhirPlace, ValueType};
use ehr_model::fhir::DATA_ABSENT_REASON_EXTENSION;
use ehr_model::source::NodeId;
use ehr_model::value::{CodeSet as _, DataAbsentReason};

use super::element;
use crate::datatype::{Intake, Place};

pub(super) const NAME: &str = "extension";

/// Reads an extension into the field whose place it is.
pub(super) fn extension(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    let Place { slot, index } = place;
    let before = slot.count();
    if let Some(reason) = absent_reason(intake, node) {
        element::absent(
            intake,
            node,
            reason,
            spec,
            Place {
                slot: &mut *slot,
                index,
            },
        );
    } else if is_made_of_extensions(spec) {
        if let Some(inner) = slot.child_mut(index) {
            element::fill(intake, node, inner);
        }
    } else if let Some(value) = value_of(intake, node) {
        let place = Place {
            slot: &mut *slot,
            index,
        };
        match spec.value {
            ValueType::Element(inner) if inner().choice => {
                element::choice(intake, value, "value", spec, place);
            }
            _ => element::value(intake, value, spec, place),
        }
    }
    // a field that is no list may have been filled before, as the reference to the patient is
    if slot.count() > before || slot.absent().is_some() || (!spec.many && before > 0) {
        intake.take_child(node, "url");
    }
}

/// Reads an extension of an element, if its URL is the place of a field.
pub(super) fn inside(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(url) = url_of(intake, node) else {
        return;
    };
    let spec = element.spec();
    let is_place =
        |field: &FieldSpec| matches!(field.place, FhirPlace::Extension(place) if place == url);
    let Some(number) = spec.fields.iter().position(is_place) else {
        return;
    };
    let field = &spec.fields[number];
    let slot = element.slot_mut(number);
    let index = if field.many { slot.count() } else { 0 };
    if field.many || slot.is_empty() {
        extension(intake, node, field, Place { slot, index });
    }
}

/// Why a value is absent, if its node says nothing else.
pub(super) fn only_absent(intake: &Intake<'_, '_>, node: NodeId) -> Option<DataAbsentReason> {
    let mut children = intake.record().children(node);
    if !children.all(|child| matches!(intake.name(child), NAME | "id")) {
        return None;
    }
    absent_reason(intake, node)
}

/// Why a value is absent, as an extension of its node says.
pub(super) fn absent_reason(intake: &Intake<'_, '_>, node: NodeId) -> Option<DataAbsentReason> {
    let extension = with_url(intake, node, DATA_ABSENT_REASON_EXTENSION)?;
    let code = intake.child(extension, "valueCode")?;
    DataAbsentReason::from_code(intake.peek(code)?)
}

/// Notes that the reason for absence went into the record.
pub(super) fn claim_absent(intake: &mut Intake<'_, '_>, node: NodeId) {
    if let Some(extension) = with_url(intake, node, DATA_ABSENT_REASON_EXTENSION) {
        intake.claim_all(extension);
    }
}

/// The extension of a node with this URL.
pub(super) fn with_url(intake: &Intake<'_, '_>, node: NodeId, url: &str) -> Option<NodeId> {
    intake
        .children(node, NAME)
        .find(|extension| url_of(intake, *extension) == Some(url))
}

fn url_of<'r>(intake: &Intake<'r, '_>, node: NodeId) -> Option<&'r str> {
    intake.peek(intake.child(node, "url")?)
}

/// The member `value[x]` of an extension.
fn value_of(intake: &Intake<'_, '_>, node: NodeId) -> Option<NodeId> {
    intake
        .record()
        .children(node)
        .find(|child| intake.name(*child).starts_with("value"))
}

/// Whether all fields of the field's element are extensions again, as those of US Core's race.
fn is_made_of_extensions(spec: &FieldSpec) -> bool {
    let ValueType::Element(inner) = spec.value else {
        return false;
    };
    let fields = inner().fields;
    fields
        .iter()
        .all(|field| matches!(field.place, FhirPlace::Extension(_)))
}
