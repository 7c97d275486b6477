//! Primitives with their siblings.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ehr_model::element::{FieldSpec, Leaf, LeafType, Missing};
use ehr_model::fhir::SOURCE_DATE_TIME_EXTENSION;
use ehr_model::source::NodeId;
use ehr_model::value::PartialDate;

use super::{element, extension};
use crate::datatype::{Intake, Place};
use crate::fhir::BASE64_UNREADABLE;
use crate::mapper::{VALUE_UNREADABLE, VALUES_DISAGREE};

/// Reads a primitive, or a concept where the catalogue has a code of a closed set.
pub(super) fn leaf(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    leaf: LeafType,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    let sibling = sibling(intake, node);
    if matches!(leaf, LeafType::DateTime)
        && let Some(exact) = sibling.and_then(|sibling| source_date_time(intake, sibling))
    {
        return source_date(intake, node, exact, place);
    }
    let Some(text) = intake.peek(node) else {
        if leaf == LeafType::Bytes && intake.record().expose(node) == Some("") {
            put(intake, node, Leaf::Bytes(Cow::Borrowed(b"")), place); // a document of no bytes
        } else if intake.record().children(node).next().is_some() {
            concept(intake, node, leaf, spec, place);
        } else if let Some(sibling) = sibling
            && let Some(reason) = extension::only_absent(intake, sibling)
        {
            element::absent(intake, sibling, reason, spec, place);
        }
        return;
    };
    // where FHIR demands a code, the reason stands beside the one for "unknown"
    if let (Missing::Code(code), Some(sibling)) = (spec.missing, sibling)
        && code == text
        && !spec.many
        && let Some(reason) = extension::absent_reason(intake, sibling)
    {
        intake.claim(node);
        return element::absent(intake, sibling, reason, spec, place);
    }
    let read = match leaf {
        LeafType::Date | LeafType::DateTime => match PartialDate::parse(text.trim()) {
            Ok(date) => Leaf::Date(intake.zoned(date)),
            Err(_) => return intake.refuse(node, VALUE_UNREADABLE),
        },
        LeafType::Bytes => match bytes(text) {
            Some(bytes) => Leaf::Bytes(bytes.into()),
            None => return intake.refuse(node, BASE64_UNREADABLE),
        },
        _ => Leaf::Text(Cow::Borrowed(text)),
    };
    put(intake, node, read, place);
}

/// Sets a leaf, unless another value stands there.
fn put(intake: &mut Intake<'_, '_>, node: NodeId, leaf: Leaf<'_>, place: Place<'_>) {
    let Place { slot, index } = place;
    if index < slot.count() {
        let before = slot.leaf(index).map(|before| before == leaf);
        return match before {
            Some(true) => intake.claim(node),
            _ => intake.refuse(node, VALUES_DISAGREE),
        };
    }
    if slot.absent().is_some() {
        return intake.refuse(node, VALUES_DISAGREE);
    }
    match slot.set_leaf(index, leaf) {
        Ok(()) => intake.claim(node),
        Err(_) => intake.refuse(node, VALUE_UNREADABLE),
    }
}

/// The members `_name` of a primitive belong to it by their place.
pub(super) fn sibling(intake: &Intake<'_, '_>, node: NodeId) -> Option<NodeId> {
    if node == NodeId::ROOT || !intake.row.has_siblings() {
        return None;
    }
    let record = intake.record();
    let (name, own) = (record.name(node), intake.name(node));
    let children = record.children(record.parent(node));
    let (mut place, mut before) = (0, true);
    let mut siblings = Vec::new();
    for child in children {
        if child == node {
            before = false;
        } else if record.name(child) == name {
            place += usize::from(before);
        } else if intake.name(child).strip_prefix('_') == Some(own) {
            siblings.push(child);
        }
    }
    siblings.get(place).copied()
}

/// The date exactly as the source of an earlier migration gave it.
fn source_date_time(intake: &Intake<'_, '_>, sibling: NodeId) -> Option<(NodeId, PartialDate)> {
    let extension = extension::with_url(intake, sibling, SOURCE_DATE_TIME_EXTENSION)?;
    let value = intake.child(extension, "valueString")?;
    let date = PartialDate::parse(intake.peek(value)?).ok()?;
    Some((extension, date))
}

fn source_date(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    (extension, date): (NodeId, PartialDate),
    place: Place<'_>,
) {
    let Place { slot, index } = place;
    if index < slot.count() || slot.set_leaf(index, Leaf::Date(date)).is_err() {
        return intake.refuse(extension, VALUES_DISAGREE);
    }
    intake.claim_all(extension);
    intake.claim(node);
}

/// A code of a closed set that FHIR writes as a concept: the coding of that set.
fn concept(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    leaf: LeafType,
    spec: &'static FieldSpec,
    place: Place<'_>,
) {
    if let Some(reason) = extension::only_absent(intake, node) {
        return element::absent(intake, node, reason, spec, place);
    }
    let LeafType::Code { system, codes } = leaf else {
        return intake.refuse(node, VALUE_UNREADABLE);
    };
    let peek = |coding, name| {
        intake
            .child(coding, name)
            .and_then(|leaf| intake.peek(leaf))
    };
    let coding = intake.children(node, "coding").find(|coding| {
        peek(*coding, "system").is_none_or(|found| found == system)
            && peek(*coding, "code").is_some_and(|code| codes.contains(&code))
    });
    let found = coding.and_then(|coding| Some((coding, intake.child(coding, "code")?)));
    let Some((coding, code)) = found else {
        return intake.refuse(node, VALUE_UNREADABLE);
    };
    let text = intake.peek(code).unwrap_or_default();
    put(intake, code, Leaf::Text(Cow::Borrowed(text)), place);
    intake.take_child(coding, "system");
}

/// The bytes of a document; whitespace inside of base64 is legal.
fn bytes(text: &str) -> Option<Vec<u8>> {
    match STANDARD.decode(text) {
        Ok(bytes) => Some(bytes),
        Err(_) => {
            let dense: String = text.split_ascii_whitespace().collect();
            STANDARD.decode(dense).ok()
        }
    }
}
