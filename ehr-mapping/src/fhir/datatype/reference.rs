//! References: to a record by kind and key, or, where the chart has no such kind, by identifier.

use ehr_model::datatype::{Identifier, Reference as ModelReference};
use ehr_model::element::Element;
use ehr_model::record::{Kind, RecordId};
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::element;
use crate::datatype::Intake;
use crate::fhir::{CONTAINED_MISSING, Reference, normalise, own_key, typed_key};
use crate::mapper::{VALUES_DISAGREE, content_key};

pub(super) const NAME: &str = ModelReference::SPEC.name;

/// The policy under which dropped versions are counted.
const VERSION_POLICY: &str = "version of a reference, which points at the record as it is now";
/// The system of identifiers that are URIs (FHIR).
const URI_SYSTEM: &str = "urn:ietf:rfc:3986";

/// What the text of a reference means.
enum Meaning {
    Record(Kind, RecordId),
    /// Something that the chart has no kind for, or that no key names: its type and identifier.
    Logical(Option<String>, String, String),
    Missing,
}

/// Reads a Reference.
pub(super) fn reference(intake: &mut Intake<'_, '_>, node: NodeId, into: &mut dyn Element) {
    let Some(reference) = into.as_any_mut().downcast_mut::<ModelReference>() else {
        return;
    };
    let mut pointer = None;
    for child in intake.record().children(node) {
        match intake.name(child) {
            "reference" => pointer = Some(child),
            "type" => element::member(intake, child, reference, number("type")),
            "identifier" => element::member(intake, child, reference, number("identifier")),
            "display" => element::member(intake, child, reference, number("display")),
            _ => {}
        }
    }
    let Some(pointer) = pointer else { return };
    let Some(text) = intake.peek(pointer) else {
        return;
    };
    match meaning(intake, text) {
        Meaning::Record(kind, id) => match reference.target() {
            None => {
                reference.reference = Field::Value((kind, id));
                intake.claim(pointer);
            }
            Some(known) if known == (kind, id) => intake.claim(pointer),
            Some(_) => intake.refuse(pointer, VALUES_DISAGREE),
        },
        Meaning::Logical(type_, system, value) => {
            if !reference.identifier.is_empty() {
                return; // the identifier that stands beside it says more
            }
            let mut identifier = Identifier::default();
            identifier.system = Field::Value(system.into());
            identifier.value = Field::Value(value.into());
            reference.identifier = Field::Value(Box::new(identifier));
            if let Some(type_) = type_.filter(|_| reference.type_.is_empty()) {
                reference.type_ = Field::Value(type_.into());
            }
            intake.claim(pointer);
        }
        Meaning::Missing => intake.refuse(pointer, CONTAINED_MISSING),
    }
}

fn number(name: &str) -> usize {
    ModelReference::SPEC
        .number(name)
        .expect("a reference has this field")
}

fn meaning(intake: &mut Intake<'_, '_>, written: &str) -> Meaning {
    let row = intake.row;
    let text = row.links.resolve(written);
    match normalise(text) {
        Reference::Resource {
            resource_type,
            id,
            version,
            ..
        } => {
            if version.is_some() {
                intake.policy(VERSION_POLICY);
            }
            let key = typed_key(resource_type, id);
            match kind_of(resource_type) {
                Some(kind) => {
                    let (kind, id) = intake.target(kind, &key);
                    Meaning::Record(kind, id)
                }
                None => Meaning::Logical(
                    Some(resource_type.to_owned()),
                    format!("{}#{resource_type}", intake.plan.system),
                    key,
                ),
            }
        }
        // a contained resource points at the one around it
        Reference::Contained("") => match own_key(intake.record()) {
            Some(key) => {
                let resource_type = key.split('/').next().unwrap_or_default();
                match kind_of(resource_type) {
                    Some(kind) => {
                        let (kind, id) = intake.target(kind, &key);
                        Meaning::Record(kind, id)
                    }
                    None => Meaning::Missing,
                }
            }
            None => Meaning::Missing,
        },
        Reference::Contained(id) => contained(intake, id),
        Reference::Urn(_) => Meaning::Logical(None, URI_SYSTEM.to_owned(), text.to_owned()),
        Reference::Unresolvable => search(text)
            .unwrap_or_else(|| Meaning::Logical(None, URI_SYSTEM.to_owned(), text.to_owned())),
    }
}

/// The resource inside of this one that has an id.
pub(super) fn contained_node(intake: &Intake<'_, '_>, id: &str) -> Option<NodeId> {
    intake
        .children(NodeId::ROOT, "contained")
        .find(|contained| {
            let found = intake.child(*contained, "id");
            found.is_some_and(|found| intake.record().expose(found) == Some(id))
        })
}

/// A contained resource is a record of its own, whose key is what stands in it.
fn contained(intake: &mut Intake<'_, '_>, id: &str) -> Meaning {
    let node = contained_node(intake, id);
    let kind = node
        .and_then(|node| intake.child(node, "resourceType"))
        .and_then(|leaf| intake.record().expose(leaf));
    match (node, kind) {
        (Some(node), Some(name)) => match kind_of(name) {
            Some(kind) => {
                let key = content_key(intake.record(), node);
                let (kind, id) = intake.target(kind, &key);
                Meaning::Record(kind, id)
            }
            None => Meaning::Logical(
                Some(name.to_owned()),
                format!("{}#{name}", intake.plan.system),
                format!("#{id}"),
            ),
        },
        _ => Meaning::Missing,
    }
}

/// A search for one identifier, as transactions refer to what the server has already.
fn search(text: &str) -> Option<Meaning> {
    let (resource_type, query) = text.split_once("?identifier=")?;
    let (system, value) = query.split_once('|')?;
    let plain = !query.contains(['&', ',', '%', '$']) && !system.is_empty() && !value.is_empty();
    let named = resource_type.bytes().all(|byte| byte.is_ascii_alphabetic());
    (plain && named).then(|| {
        Meaning::Logical(
            Some(resource_type.to_owned()),
            system.to_owned(),
            value.to_owned(),
        )
    })
}

/// The kind whose FHIR type this is.
fn kind_of(resource_type: &str) -> Option<Kind> {
    Kind::ALL
        .iter()
        .copied()
        .find(|kind| kind.fhir() == resource_type)
}
