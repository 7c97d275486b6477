//! The FHIR Bundle of a chart, cut to what may be released. Resources go out byte for byte, blanks aside.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::json_text;
use super::period::{Range, dates_of};
use crate::{Error, ErrorKind};

/// What other resources need to be understood, and what is no finding about the patient by itself.
const CONTEXT: [&str; 8] = [
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "Location",
    "Device",
    "Medication",
    "Specimen",
];

/// What of a chart is wanted.
pub(crate) struct Filter<'a> {
    pub(super) range: Option<Range>,
    pub(super) undated: bool,
    pub(super) types: Option<&'a [&'a str]>,
}

/// The resources of one chart that passed.
#[derive(Default)]
pub(crate) struct Cut {
    /// The entries of the bundle, each on one line.
    pub(crate) entries: Vec<String>,
    /// The resources, with numbers as strings.
    pub(crate) resources: Vec<Value>,
    /// `Type/id` of what passed, and of what did not.
    pub(super) kept: BTreeSet<String>,
    pub(super) left_out: BTreeSet<String>,
    /// Resources that passed without a date.
    pub(super) undated: usize,
}

#[derive(Deserialize)]
struct Bundle<'a> {
    #[serde(borrow, default)]
    entry: Vec<&'a RawValue>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
}

impl Cut {
    /// Adds what of a chart passes.
    pub(crate) fn add(&mut self, chart: &[u8], filter: &Filter<'_>) -> Result<(), Error> {
        let text = std::str::from_utf8(chart).map_err(|_| malformed())?;
        let bundle: Bundle<'_> = serde_json::from_str(text).map_err(|_| malformed())?;
        let mut provenance = Vec::new();
        for entry in bundle.entry {
            let resource = serde_json::from_str::<Entry<'_>>(entry.get())
                .map_err(|_| malformed())?
                .resource;
            let Some(resource) = resource else {
                continue;
            };
            let value: Value =
                serde_json::from_str(&json_text::with_quoted_numbers(resource.get()))
                    .map_err(|_| malformed())?;
            if value["resourceType"] == "Provenance" {
                provenance.push((entry, value));
            } else if self.passes(&value, filter) {
                self.keep(entry, value);
            } else {
                self.left_out.insert(name(&value));
            }
        }
        // Where something comes from goes with it.
        for (entry, value) in provenance {
            let mut targets = value["target"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|target| target["reference"].as_str());
            if filter.is_open()
                || targets.any(|target| self.kept.iter().any(|kept| target.ends_with(kept)))
            {
                self.keep(entry, value);
            } else {
                self.left_out.insert(name(&value));
            }
        }
        Ok(())
    }

    /// The cut as a Bundle.
    pub(super) fn to_json(&self) -> String {
        let entries = self.entries.join(",\n");
        format!(
            "{{\"resourceType\":\"Bundle\",\"type\":\"collection\",\"entry\":[\n{entries}\n]}}\n"
        )
    }

    fn keep(&mut self, entry: &RawValue, resource: Value) {
        let name = name(&resource);
        // The same practitioner stands in the chart of every entry.
        if self.kept.insert(name) {
            self.entries.push(json_text::compact(entry.get()));
            self.resources.push(resource);
        }
    }

    fn passes(&mut self, resource: &Value, filter: &Filter<'_>) -> bool {
        let kind = resource["resourceType"].as_str().unwrap_or_default();
        if CONTEXT.contains(&kind) {
            return true;
        }
        if filter.types.is_some_and(|types| !types.contains(&kind)) {
            return false;
        }
        let Some(range) = &filter.range else {
            return true;
        };
        let dates = dates_of(resource);
        if dates.is_empty() {
            self.undated += usize::from(filter.undated);
            return filter.undated;
        }
        dates.iter().any(|dates| range.overlaps(dates))
    }
}

impl Filter<'_> {
    /// Everything passes.
    pub(crate) const ALL: Filter<'static> = Filter {
        range: None,
        undated: true,
        types: None,
    };

    fn is_open(&self) -> bool {
        self.range.is_none() && self.types.is_none()
    }
}

/// `Type/id`; a resource without an id is named by its content.
fn name(resource: &Value) -> String {
    let kind = resource["resourceType"].as_str().unwrap_or("Resource");
    match resource["id"].as_str() {
        Some(id) => format!("{kind}/{id}"),
        None => format!(
            "{kind}/{}",
            ehr_crypto::Digest::sha256(resource.to_string().as_bytes())
        ),
    }
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "a chart that is no FHIR Bundle",
    }
    .into()
}
