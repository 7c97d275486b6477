//! Text: of an element itself, or where its reference points in the narrative.

use std::borrow::Cow;

use ehr_model::issue::Severity;
use ehr_model::source::NodeId;

use super::{REFERENCE_AMBIGUOUS, REFERENCE_BROKEN, TEXT_DISAGREES, null};
use crate::ccda::{NarrativeIndex, plain_text};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// `ST`: a text.
pub(super) fn st<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Result<Value<'r>, Unreadable> {
    match text(intake, node) {
        Some(text) => {
            null::contradicts(intake, node);
            Ok(Value::Text(text))
        }
        None => null::single(intake, node),
    }
}

/// `narrative`: all of a section's text, as people read it; everything in it is claimed.
pub(super) fn narrative<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    let text = plain_text(intake.record(), node);
    if text.is_empty() {
        return null::single(intake, node);
    }
    intake.claim_all(node);
    Ok(Value::Text(Cow::Owned(text)))
}

/// The text of an element; `None` where it has none. Nothing of it is claimed but text and
/// reference.
pub(super) fn text<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Option<Cow<'r, str>> {
    let own = own(intake, node);
    let reference = intake
        .child(node, "reference")
        .and_then(|reference| intake.child(reference, "@value"))
        .filter(|leaf| {
            intake
                .peek(*leaf)
                .is_some_and(|value| !value.trim().is_empty())
        });
    let Some(reference) = reference else {
        return own;
    };
    let resolved = resolve(intake, reference);
    match (own, resolved) {
        (Some(own), Some(resolved)) => {
            if !contains_words(&resolved, &own) && !contains_words(&own, &resolved) {
                intake.note(reference, TEXT_DISAGREES, Severity::Warning);
            }
            Some(own)
        }
        (own, resolved) => own.or(resolved),
    }
}

/// The text of an element itself, markup inside of it included.
fn own<'r>(intake: &mut Intake<'r, '_>, node: NodeId) -> Option<Cow<'r, str>> {
    if let Some(value) = intake.peek(node) {
        let trimmed = value.trim();
        if trimmed.is_empty() {
            return None;
        }
        intake.claim(node);
        // indentation of the file is no part of a text
        if trimmed.contains(['\n', '\t']) {
            return Some(Cow::Owned(plain_text(intake.record(), node)));
        }
        return Some(Cow::Borrowed(trimmed));
    }
    let record = intake.record();
    let inside: Vec<NodeId> = record
        .children(node)
        .filter(|child| {
            !matches!(intake.name(*child), "reference" | "thumbnail" | "#space")
                && !intake.name(*child).starts_with('@')
        })
        .collect();
    let text = match inside.as_slice() {
        [] => return None,
        [only] if intake.name(*only) == "#text" => {
            record.expose(*only).unwrap_or_default().trim().to_owned()
        }
        _ => plain_text(record, node),
    };
    if text.is_empty() {
        return None;
    }
    for child in inside {
        claim_text(intake, child);
    }
    Some(Cow::Owned(text))
}

/// What a reference points at: text of the narrative, which is claimed with it. A reference out of
/// the document stays what it is.
pub(super) fn resolve<'r>(intake: &mut Intake<'r, '_>, leaf: NodeId) -> Option<Cow<'r, str>> {
    let value = intake.peek(leaf)?.trim();
    let record = intake.record();
    match find(intake, value) {
        Some((target, ambiguous)) => {
            if ambiguous {
                intake.note(leaf, REFERENCE_AMBIGUOUS, Severity::Warning);
            }
            let text = plain_text(record, target);
            intake.claim(leaf);
            if text.is_empty() {
                return None;
            }
            claim_text(intake, target);
            Some(Cow::Owned(text))
        }
        None if is_external(value) => {
            intake.claim(leaf);
            Some(Cow::Borrowed(value))
        }
        None => {
            intake.refuse(leaf, REFERENCE_BROKEN);
            None
        }
    }
}

/// The place in the document that a reference points at, and whether it may mean another one.
pub(super) fn find(intake: &Intake<'_, '_>, value: &str) -> Option<(NodeId, bool)> {
    let row = intake.row;
    let index = row.anchors.get_or_init(|| NarrativeIndex::new(&row.record));
    Some((index.find(value)?, index.is_ambiguous(value)))
}

/// Whether a reference leads out of the document.
fn is_external(value: &str) -> bool {
    !value.starts_with('#') && value.contains(['/', ':'])
}

/// Claims the text below a node and the id by which it was found.
fn claim_text(intake: &mut Intake<'_, '_>, node: NodeId) {
    let record = intake.record();
    let end = record.subtree_end(node).index();
    for inner in (node.index()..end).map(NodeId::at) {
        let name = intake.name(inner);
        let id = record.parent(inner) == node && matches!(name, "@ID" | "@xml:id");
        if (id || !name.starts_with('@')) && record.expose(inner).is_some() {
            intake.claim(inner);
        }
    }
}

/// Whether a text has the words of another in it, in their order and without regard to case.
fn contains_words(text: &str, part: &str) -> bool {
    let plain = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    };
    plain(text).contains(&plain(part))
}
