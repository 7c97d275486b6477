//! Codes: CWE and what is like it, and codes of tables that stand alone.

use ehr_model::datatype::{CodeableConcept, Coding, Identifier};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::{coding_system, parts};
use crate::code_system;
use crate::datatype::Intake;

/// Of each coding of a CWE, the components of code, text, system, version and OID of the system.
const CODINGS: [[usize; 5]; 3] = [[1, 2, 3, 7, 14], [4, 5, 6, 8, 17], [10, 11, 12, 13, 20]];
const ORIGINAL_TEXT: usize = 9;
/// Fields of race and ethnicity: codes of that shape are CDC's, whatever name stands beside them.
const RACES: &[&str] = &["PID-10", "PID-22", "NK1-28", "NK1-35", "GT1-44", "GT1-55"];

/// `CWE`, also CE, CNE, CF and the bare code of an IS or ID.
pub(super) fn cwe(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() {
        concept(intake, node, out);
    } else if let Some(out) = element.as_any_mut().downcast_mut::<Coding>() {
        *out = coding(intake, node, &CODINGS[0]);
    } else if let Some(out) = element.as_any_mut().downcast_mut::<Identifier>() {
        let coding = coding(intake, node, &CODINGS[0]);
        out.value = coding.code;
        out.system = coding.system;
    }
}

/// Reads a concept: its codings in their order, the first marked as the one that was chosen where
/// others stand beside it, and the original text.
pub(super) fn concept(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut CodeableConcept) {
    for numbers in &CODINGS {
        let coding = coding(intake, node, numbers);
        if coding.code.value().is_some() || coding.system.value().is_some() {
            out.coding.push(coding);
        } else if let Field::Value(words) = coding.display {
            match out.text.value() {
                None => out.text = Field::Value(words),
                Some(text) if text.expose() == words.expose() => {}
                // a further text without a code is a coding that has nothing else
                Some(_) => out.coding.push(words_alone(words)),
            }
        }
    }
    if let Some(words) = parts::text(intake, node, ORIGINAL_TEXT) {
        if let Field::Value(other) = std::mem::replace(&mut out.text, Field::Value(words.clone()))
            && other != words
        {
            out.coding.push(words_alone(other));
        }
    } else if out.text.is_empty()
        && let [only] = out.coding.as_slice()
        && only.system.is_empty()
    {
        // a code of no system means what people read in it
        out.text = match &only.display {
            Field::Value(words) => Field::Value(words.clone()),
            _ => only.code.clone(),
        };
    }
    let coded = |coding: &&mut Coding| coding.code.value().is_some();
    if out.coding.len() > 1
        && let Some(first) = out.coding.first_mut().filter(coded)
    {
        first.user_selected = Field::Value(true);
    }
}

/// In older versions, the coding system of a diagnosis or procedure stands in the field before it.
fn beside(intake: &mut Intake<'_, '_>, node: NodeId, name: Option<Text>) -> Option<Text> {
    let field = match field_name(intake, node) {
        "DG1-3" => "DG1-2",
        "PR1-3" => "PR1-2",
        _ => return name,
    };
    let before = parts::field(intake, node, field).and_then(|field| parts::leaf(intake, field));
    let Some((leaf, before)) = before else {
        return name;
    };
    match name {
        Some(name) if name.expose() != before => Some(name),
        _ => {
            intake.claim(leaf);
            Some(before.into())
        }
    }
}

fn words_alone(words: Text) -> Coding {
    let mut out = Coding::default();
    out.display = Field::Value(words);
    out
}

fn coding(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    &[code, display, system, version, oid]: &[usize; 5],
) -> Coding {
    let mut out = Coding::default();
    let first = code == 1;
    if let Some(written) = parts::text(intake, node, code) {
        out.code = Field::Value(written);
    }
    if let Some(words) = parts::text(intake, node, display) {
        out.display = Field::Value(words);
    }
    let mut name = parts::text(intake, node, system);
    if first {
        name = beside(intake, node, name);
    }
    let number = parts::take(intake, node, oid);
    let code = out.code.value().map_or("", |code| code.expose());
    let field = field_name(intake, node);
    let uri = match (number, &name) {
        _ if RACES.contains(&field) && coding_system::is_cdc_race(code) => {
            Some(coding_system::CDC_RACE.to_owned())
        }
        (Some(number), _) if code_system::system(number).is_some() => {
            code_system::system(number).map(|uri| uri.into_owned())
        }
        (_, Some(name)) => Some(coding_system::uri(name.expose(), intake.plan.system())),
        // a table that the standard binds to the field needs no name
        (_, None) if first && !code.is_empty() => {
            coding_system::of_field(field, code).map(str::to_owned)
        }
        _ => None,
    };
    if let Some(uri) = uri {
        out.system = Field::Value(coding_system::canonical(&uri, code).into());
    }
    if let Some(words) = parts::text(intake, node, version) {
        out.version = Field::Value(words);
    }
    out
}

/// The name of the field in which a node stands.
fn field_name<'r>(intake: &Intake<'r, '_>, node: NodeId) -> &'r str {
    let name = intake.name(node);
    if name.contains('-') {
        name
    } else {
        // a component has no table of its own
        ""
    }
}
