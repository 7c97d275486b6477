//! The names that resources are made of, so that parsing meets them as numbers.

use ehr_model::element::{ElementSpec, ValueType};
use ehr_model::record::Kind;
use ehr_model::source::Names;

/// Names beside those of the catalogue's fields: of every resource, of extensions, of Bundles.
const OTHERS: [&str; 40] = [
    "resourceType",
    "id",
    "meta",
    "versionId",
    "lastUpdated",
    "source",
    "profile",
    "security",
    "tag",
    "implicitRules",
    "language",
    "text",
    "status",
    "div",
    "contained",
    "extension",
    "modifierExtension",
    "url",
    "valueString",
    "valueCode",
    "valueCoding",
    "valueCodeableConcept",
    "valueDecimal",
    "valueInteger",
    "valueBoolean",
    "valueReference",
    "valueDateTime",
    "valueAddress",
    "valueUri",
    "entry",
    "fullUrl",
    "resource",
    "request",
    "method",
    "response",
    "search",
    "mode",
    "link",
    "hash",
    "valueQuantity",
];

/// Stores the names of FHIR among those of a plan.
pub(crate) fn vocabulary(names: &mut Names) {
    for name in OTHERS {
        names.intern(name);
    }
    let mut open = Vec::new();
    for kind in Kind::ALL {
        names.intern(kind.fhir());
        of_element(kind.spec(), &mut open, names);
    }
}

fn of_element(spec: &'static ElementSpec, seen: &mut Vec<&'static str>, names: &mut Names) {
    if seen.contains(&spec.name) {
        return;
    }
    seen.push(spec.name);
    for field in spec.fields {
        let inner = match field.value {
            ValueType::Element(inner) => Some(inner()),
            ValueType::Leaf(_) => None,
        };
        match (field.name.strip_suffix("[x]"), inner) {
            (Some(stem), Some(choice)) => {
                for variant in choice.fields {
                    names.intern(&format!("{stem}{}", variant.name));
                }
            }
            _ => {
                names.intern(field.name);
            }
        }
        if let Some(inner) = inner {
            of_element(inner, seen, names);
        }
    }
}
