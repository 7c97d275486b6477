//! The columns of the tables. Names and order are for good: a column may be added at the end, before `json`.

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    Text,
    /// A whole JSON text, which is never twice the same.
    Json,
    Integer,
    Real,
    Truth,
    Day,
}

use Holds::{Day, Integer, Json, Real, Text, Truth};

/// The columns of a table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Of any resource type.
    Resource,
    /// Of patients: those, and the person.
    Patient,
    /// Of the components of observations.
    Component,
    /// Of codings.
    Coding,
}

type Column = (&'static str, Holds);

const KEYS: [Column; 4] = [
    ("resource_type", Text),
    ("id", Text),
    ("patient", Text),
    ("entry", Integer),
];
const STATE: [Column; 3] = [
    ("status", Text),
    ("verification_status", Text),
    ("do_not_perform", Truth),
];
const CODE: [Column; 5] = [
    ("category", Text),
    ("code_system", Text),
    ("code", Text),
    ("code_display", Text),
    ("code_text", Text),
];
const TIME: [Column; 7] = [
    ("start_text", Text),
    ("start_date", Day),
    ("end_text", Text),
    ("end_date", Day),
    ("recorded_text", Text),
    ("recorded_date", Day),
    ("encounter", Text),
];
const VALUE: [Column; 9] = [
    ("value", Text),
    ("value_number", Real),
    ("value_comparator", Text),
    ("value_unit", Text),
    ("value_unit_code", Text),
    ("value_code_system", Text),
    ("value_code", Text),
    ("absent_reason", Text),
    ("interpretation", Text),
];
const PERSON: [Column; 11] = [
    ("family_name", Text),
    ("given_names", Text),
    ("administrative_gender", Text),
    ("birth_text", Text),
    ("birth_date", Day),
    ("is_deceased", Truth),
    ("death_text", Text),
    ("death_date", Day),
    ("state", Text),
    ("postal_code", Text),
    ("country", Text),
];
const JSON: [Column; 1] = [("json", Json)];

const COMPONENT: [Column; 15] = [
    ("observation", Text),
    ("patient", Text),
    ("position", Integer),
    ("code_system", Text),
    ("code", Text),
    ("code_display", Text),
    ("code_text", Text),
    ("value", Text),
    ("value_number", Real),
    ("value_comparator", Text),
    ("value_unit", Text),
    ("value_unit_code", Text),
    ("value_code_system", Text),
    ("value_code", Text),
    ("absent_reason", Text),
];
const CODING: [Column; 8] = [
    ("resource_type", Text),
    ("id", Text),
    ("patient", Text),
    ("field", Text),
    ("position", Integer),
    ("system", Text),
    ("code", Text),
    ("display", Text),
];

impl Layout {
    pub(super) fn columns(self) -> Vec<Column> {
        let resource = [&KEYS[..], &STATE, &CODE, &TIME, &VALUE].concat();
        match self {
            Layout::Resource => [&resource[..], &JSON].concat(),
            Layout::Patient => [&resource[..], &PERSON, &JSON].concat(),
            Layout::Component => COMPONENT.to_vec(),
            Layout::Coding => CODING.to_vec(),
        }
    }
}

impl Holds {
    /// The type in the language of Parquet's schemas.
    pub(super) fn parquet(self) -> (&'static str, &'static str) {
        match self {
            Text => ("BYTE_ARRAY", " (UTF8)"),
            Json => ("BYTE_ARRAY", " (UTF8)"),
            Integer => ("INT64", ""),
            Real => ("DOUBLE", ""),
            Truth => ("BOOLEAN", ""),
            Day => ("INT32", " (DATE)"),
        }
    }
}
