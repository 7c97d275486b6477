//! FHIR's datatypes: one reader that fills any field of the catalogue by its own description.
//!
//! The catalogue carries FHIR's names, so that a subtree of JSON needs no further word to be read:
//! members by the names of fields, `value[x]` by the names of its types, fields whose place is an
//! extension by its URL. What a field does not take stays unclaimed and surfaces.
//!
//! The names that `as` takes are those of FHIR; they say what a line expects, and a line that fills
//! another type is a mistake of the document.

mod element;
mod extension;
mod leaf;
mod medication;
mod reference;

use crate::datatype::{Datatype, Read};

const fn field(name: &'static str, types: &'static [&'static str]) -> Datatype {
    Datatype {
        name,
        read: Read::Field(types, element::field),
    }
}

/// The datatypes of FHIR.
pub(crate) const DATATYPES: &[Datatype] = &[
    // primitive
    field("base64Binary", &["bytes"]),
    field("boolean", &["boolean"]),
    field("code", &["code", "text"]),
    field("date", &["date"]),
    field("dateTime", &["date-time"]),
    field("decimal", &["decimal"]),
    field("instant", &["date-time"]),
    field("integer", &["integer"]),
    field("string", &["text"]),
    field("time", &["time", "text"]),
    // complex
    field("Address", &["Address"]),
    field("Annotation", &["Annotation"]),
    field("Attachment", &["Attachment"]),
    field("CodeableConcept", &["CodeableConcept", "code"]),
    field("Coding", &["Coding"]),
    field("ContactPoint", &["ContactPoint"]),
    field("Dosage", &["Dosage"]),
    field("HumanName", &["HumanName"]),
    field("Identifier", &["Identifier"]),
    field("Money", &["Money"]),
    field("Period", &["Period"]),
    field("Quantity", &["Quantity"]),
    field("Range", &["Range"]),
    field("Ratio", &["Ratio"]),
    field("Reference", &["Reference"]),
    field("Timing", &["Timing"]),
    // elements of a resource, extensions, choices of types
    field("BackboneElement", &[]),
    field("Extension", &[]),
    field("value[x]", &[]),
    Datatype {
        name: "Medication",
        read: Read::Field(&["MedicationCode"], medication::medication),
    },
];
