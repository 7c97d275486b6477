//! `ED`: documents and images inside of a document, or references to them; and notes.

use ehr_model::datatype::{Annotation, Attachment, Bytes};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::quantity::filled;
use super::{BASE64_UNREADABLE, CONTENT_COMPRESSED, name, null, text, time};
use crate::ccda::decode_base64;
use crate::datatype::Intake;

/// `ED`: bytes, exactly as they were, with their media type; or where they lie.
pub(super) fn ed(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Attachment>() else {
        return;
    };
    let content = content_node(intake, node);
    if is_binary(intake, node) {
        if let Some(content) = content {
            let written = intake.peek(content).unwrap_or_default();
            match decode_base64(written) {
                Ok(bytes) if !bytes.is_empty() => {
                    intake.claim(content);
                    claim(intake, node, "@representation");
                    fill(out, bytes);
                }
                Ok(_) => {}
                Err(_) => intake.refuse(content, BASE64_UNREADABLE),
            }
        }
    } else if let Some(text) = content.and_then(|_| text::text(intake, node)) {
        fill(out, text.as_bytes().to_vec());
        out.content_type = Field::Value("text/plain".into());
    }
    if let Some(reference) = intake.child(node, "reference")
        && let Some((leaf, value)) = filled(intake, reference, "@value")
        && out.data.is_empty()
    {
        if !value.starts_with('#') && text::find(intake, value).is_none() {
            intake.claim(leaf);
            out.url = Field::Value(value.into());
        } else if let Some(text) = text::resolve(intake, leaf) {
            fill(out, text.as_bytes().to_vec());
            out.content_type = Field::Value("text/plain".into());
        }
    }
    if out.is_empty() {
        return null::whole(intake, node);
    }
    if let Some((leaf, value)) = filled(intake, node, "@language") {
        intake.claim(leaf);
        out.language = Field::Value(value.into());
    }
    // the media type is that of the content before it was compressed, and these are other bytes
    if let Some((leaf, compression)) = filled(intake, node, "@compression") {
        intake.note(leaf, CONTENT_COMPRESSED, Severity::Warning);
        let archive = match compression {
            "GZ" => "application/gzip",
            "ZL" => "application/zlib",
            _ => "application/octet-stream",
        };
        if archive != "application/octet-stream" {
            intake.claim(leaf);
        }
        out.content_type = Field::Value(archive.into());
        return;
    }
    if let Some((leaf, value)) = filled(intake, node, "@mediaType") {
        intake.claim(leaf);
        out.content_type = Field::Value(value.into());
    }
}

fn fill(out: &mut Attachment, bytes: Vec<u8>) {
    out.size = i64::try_from(bytes.len()).map_or(Field::Empty, Field::Value);
    out.data = Field::Value(Bytes::from(bytes));
}

/// Whether the content is base64.
pub(super) fn is_binary(intake: &Intake<'_, '_>, node: NodeId) -> bool {
    filled(intake, node, "@representation").is_some_and(|(_, how)| how == "B64")
}

/// Where the content itself stands: on the element, or beside a reference.
fn content_node(intake: &Intake<'_, '_>, node: NodeId) -> Option<NodeId> {
    let has_text = |node: &NodeId| {
        intake
            .peek(*node)
            .is_some_and(|value| !value.trim().is_empty())
    };
    let record = intake.record();
    Some(node).filter(has_text).or_else(|| {
        let mut children = record.children(node);
        children.find(|child| {
            !intake.name(*child).starts_with('@') && intake.name(*child) != "reference"
        })
    })
}

fn claim(intake: &mut Intake<'_, '_>, node: NodeId, name: &str) {
    if let Some((leaf, _)) = filled(intake, node, name) {
        intake.claim(leaf);
    }
}

/// `Note`: the text of an element or of its `text`, with the time and the name of its author.
pub(super) fn note(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Annotation>() else {
        return;
    };
    let source = intake.child(node, "text").unwrap_or(node);
    if is_binary(intake, source) {
        return;
    }
    match text::text(intake, source) {
        Some(text) => out.text = Field::Value((&*text).into()),
        None => return null::whole(intake, source),
    }
    let Some(author) = intake.child(node, "author") else {
        return;
    };
    if let Some(at) = intake.child(author, "time") {
        out.time = time::date(intake, at);
    }
    let mut person = Some(author);
    for name in ["assignedAuthor", "assignedPerson", "name"] {
        person = person.and_then(|node| intake.child(node, name));
    }
    if let Some(words) = person.and_then(|name| name::whole_name(intake, name)) {
        out.author_string = Field::Value((&*words).into());
    }
}
