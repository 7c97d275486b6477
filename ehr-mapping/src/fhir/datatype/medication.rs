//! Medications that stand in a resource of their own.

use ehr_model::datatype::CodeableConcept;
use ehr_model::element::FieldSpec;
use ehr_model::kind::MedicationCode;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::element;
use super::reference::contained_node;
use crate::datatype::{Intake, Place};
use crate::fhir::{Reference, normalise, reference_key};

/// The type that `medicationReference` points at.
const MEDICATION: &str = "Medication";

/// Reads `medication[x]`: a reference to a Medication that is here becomes the code of it, because
/// the code is what every check of a chart asks for.
pub(super) fn medication(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    if let Some(concept) = joined(intake, node)
        && let Some(element) = place.slot.child_mut(place.index)
        && let Some(code) = element.as_any_mut().downcast_mut::<MedicationCode>()
        && matches!(code, MedicationCode::None)
    {
        *code = MedicationCode::CodeableConcept(Field::Value(concept));
        return;
    }
    element::value(intake, node, spec, place);
}

/// The code of the Medication that a reference leads to.
fn joined(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<CodeableConcept> {
    let pointer = intake.child(node, "reference")?;
    let row = intake.row;
    let text = row.links.resolve(intake.peek(pointer)?);
    let mut concept = CodeableConcept::default();
    if let Reference::Contained(id) = normalise(text) {
        let code = intake.child(contained_node(intake, id)?, "code")?;
        element::fill(intake, code, &mut concept);
    } else {
        let key = reference_key(text, Some(MEDICATION))?;
        let found = intake.shared.tree(intake.plan, &key)?;
        let mut there = Intake {
            row: &found,
            plan: intake.plan,
            patient: intake.patient,
            about: intake.about,
            field: intake.field,
            output: found.output(intake.about.1),
            issues: &mut *intake.issues,
            policies: &mut *intake.policies,
            keys: &mut *intake.keys,
            shared: intake.shared,
            absent: None,
            held: None,
        };
        let code = there.child(NodeId::ROOT, "code")?;
        element::fill(&mut there, code, &mut concept);
    }
    if concept == CodeableConcept::default() {
        return None;
    }
    intake.claim(pointer);
    if let Some(display) = intake.child(node, "display")
        && let Some(text) = intake.peek(display)
    {
        let known = |field: &Field<ehr_model::value::Text>| {
            field.value().is_some_and(|known| known.expose() == text)
        };
        if known(&concept.text) || concept.coding.iter().any(|coding| known(&coding.display)) {
            intake.claim(display);
        } else if concept.text.is_empty() {
            concept.text = Field::Value(text.into());
            intake.claim(display);
        }
    }
    Some(concept)
}
