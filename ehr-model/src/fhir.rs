//! The chart as FHIR R4 US Core 6.1.0 JSON, written straight from the typed structs.
//!
//! There is no tree in between: a [`Resource`](crate::record::Resource) writes its members into
//! a byte buffer, decimals digit for digit. One resource is one line of NDJSON or one entry of
//! a [`bundle`].

pub mod bundle;
mod json;
mod profile;
mod resource;

pub use json::{JsonWriter, ReferenceStyle};
pub use profile::profiles;
pub use resource::{BatchTag, write_resource};

/// Extension that keeps a date-time which FHIR's `dateTime` cannot carry: a time without an
/// offset, or one without seconds. The element itself then holds what FHIR can carry of it.
pub const SOURCE_DATE_TIME_EXTENSION: &str = "urn:ehr-model:source-date-time";
/// Extension that keeps whether the times of a repeated act are for the institution to choose
/// (HL7 v3 `institutionSpecified`): "three times a day" and not "every eight hours".
pub const INSTITUTION_SPECIFIED_EXTENSION: &str = "urn:ehr-model:institution-specified";
/// FHIR's extension for a value that is missing with a reason.
pub const DATA_ABSENT_REASON_EXTENSION: &str =
    "http://hl7.org/fhir/StructureDefinition/data-absent-reason";
