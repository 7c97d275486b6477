//! One resource as JSON.

use super::{JsonWriter, ReferenceStyle, profiles};
use crate::record::Record;

/// The tag that every resource of an import carries, so that the import can be undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchTag {
    system: String,
    code: String,
}

impl BatchTag {
    /// A tag by its system and its code.
    pub fn new(system: impl Into<String>, code: impl Into<String>) -> Self {
        Self {
            system: system.into(),
            code: code.into(),
        }
    }

    /// The system.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.code
    }
}

/// Appends a record as a JSON object, with the US Core 6.1.0 profiles that it meets.
pub fn write_resource(record: &Record, batch: &BatchTag, style: ReferenceStyle, out: &mut Vec<u8>) {
    let mut json = JsonWriter::new(out, style);
    json.begin_object();
    json.member("resourceType", record.kind().fhir());
    json.key("id");
    json.id(record.id);
    json.key("meta");
    json.begin_object();
    let profiles = profiles(&record.resource);
    if !profiles.is_empty() {
        json.key("profile");
        json.begin_array();
        for profile in profiles {
            json.item();
            json.string(profile);
        }
        json.end_array();
    }
    json.key("tag");
    json.begin_array();
    json.item();
    json.begin_object();
    json.member("system", &batch.system);
    json.member("code", &batch.code);
    json.end_object();
    json.end_array();
    json.end_object();
    record.resource.element().write_members(&mut json);
    json.end_object();
}
