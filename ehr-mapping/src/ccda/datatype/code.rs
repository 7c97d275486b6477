//! Codes: CD and what is like it.

use ehr_model::datatype::{CodeableConcept, Coding};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::{CODE_SYSTEM_UNREADABLE, null, text};
use crate::code_system;
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// Deeper translations of translations than any document has.
const MAX_DEPTH: usize = 8;

/// `CS`: a code whose system is known from where it stands.
pub(super) fn cs<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    let leaf = intake.child(node, "@code");
    match leaf.and_then(|leaf| Some((leaf, intake.peek(leaf)?.trim()))) {
        Some((leaf, code)) if !code.is_empty() => {
            intake.claim(leaf);
            null::contradicts(intake, node);
            Ok(Value::Text(code.into()))
        }
        _ => null::single(intake, node),
    }
}

/// `CD`: a concept with its translations.
pub(super) fn cd(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() {
        concept(intake, node, out);
    }
}

/// `Coding`: the code of an element alone, without its translations.
pub(super) fn coding(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Coding>() else {
        return;
    };
    *out = own_coding(intake, node);
    if out.code.value().is_some() {
        null::contradicts(intake, node);
    } else if out.display.value().is_some() || out.system.value().is_some() {
        out.code = null::absent(intake, node);
    } else {
        null::whole(intake, node);
    }
}

/// Reads a concept. Its own coding comes first and is marked as the one that was chosen where
/// translations stand beside it; a null flavor beside text or translations stays on its code.
pub(super) fn concept(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut CodeableConcept) {
    let mut own = own_coding(intake, node);
    let mut translations = Vec::new();
    let mut words = None;
    collect(intake, node, &mut translations, &mut words, 0);
    if let Some(words) = words {
        out.text = Field::Value(words);
    }
    let coded = own.code.value().is_some();
    if coded {
        null::contradicts(intake, node);
        if !translations.is_empty() {
            own.user_selected = Field::Value(true);
        }
    } else if own.is_empty() && translations.is_empty() && out.text.is_empty() {
        return null::whole(intake, node);
    } else {
        own.code = null::absent(intake, node);
    }
    if !own.is_empty() {
        out.coding.push(own);
    }
    for translation in translations {
        if !out.coding.contains(&translation) {
            out.coding.push(translation);
        }
    }
}

/// The translations below a node, in their order, and the first original text.
fn collect(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    translations: &mut Vec<Coding>,
    words: &mut Option<ehr_model::value::Text>,
    depth: usize,
) {
    let record = intake.record();
    for child in record.children(node) {
        match intake.name(child) {
            "originalText" if words.is_none() => {
                *words = text::text(intake, child).map(|text| (&*text).into());
            }
            "translation" if depth < MAX_DEPTH => {
                let mut coding = own_coding(intake, child);
                if coding.code.value().is_some() {
                    null::contradicts(intake, child);
                } else if !coding.is_empty() {
                    coding.code = null::absent(intake, child);
                }
                if !coding.is_empty() {
                    translations.push(coding);
                }
                collect(intake, child, translations, words, depth + 1);
            }
            _ => {}
        }
    }
}

/// The code that an element itself carries.
fn own_coding(intake: &mut Intake<'_, '_>, node: NodeId) -> Coding {
    let mut out = Coding::default();
    let record = intake.record();
    for leaf in record.children(node) {
        let name = intake.name(leaf);
        if !name.starts_with('@') {
            break;
        }
        let Some(value) = intake
            .peek(leaf)
            .map(str::trim)
            .filter(|value| !value.is_empty())
        else {
            continue;
        };
        match name {
            "@code" => out.code = Field::Value(value.into()),
            "@displayName" => out.display = Field::Value(value.into()),
            "@codeSystemVersion" => out.version = Field::Value(value.into()),
            "@codeSystem" => match code_system::system(value) {
                Some(uri) => out.system = Field::Value((&*uri).into()),
                None => {
                    intake.refuse(leaf, CODE_SYSTEM_UNREADABLE);
                    continue;
                }
            },
            _ => continue,
        }
        intake.claim(leaf);
    }
    out
}
