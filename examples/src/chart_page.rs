//! A chart as pages show it: a FHIR bundle, its resources by number, and what they call each other.
//!
//! Everything here is text for people; whoever puts it on a page escapes it.

pub mod documents;
mod flat;
mod numbers;
pub mod patient;
pub mod results;
pub mod sections;
pub mod show;
pub mod trend;
mod words;

use std::collections::BTreeMap;

use serde_json::Value;
use thiserror::Error;

pub use flat::lines;
pub use words::{Names, pieces};

/// Confidentiality that asks for a reason: `restricted` and `very restricted`.
const CONFIDENTIAL: [&str; 2] = ["R", "V"];
const CONFIDENTIALITY: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

/// Why there is nothing to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ChartError {
    /// The bytes are no bundle, or an attachment is no Base64.
    #[error("the chart is not a FHIR bundle as the archive keeps them")]
    Malformed,
    /// No resource has the number, or no attachment.
    #[error("the chart has no such entry")]
    Missing,
    /// The patient or the whole bundle is labelled as restricted.
    #[error("the chart is restricted")]
    Restricted,
}

/// The resources of a bundle that may be seen. Numbers in them are strings, with the digits that were written.
#[derive(Default)]
pub struct Chart {
    /// With their number in the bundle, by which pages name them.
    pub resources: Vec<(usize, Value)>,
    /// Entries that are restricted and not among them.
    pub withheld: usize,
    /// What resources are called.
    pub names: Names,
}

impl Chart {
    /// Reads a bundle. What is labelled as restricted is seen in an emergency only; if that is the patient or the bundle,
    /// nothing is.
    ///
    /// # Errors
    ///
    /// If the bytes are no bundle, or what they hold is restricted as a whole.
    pub fn read(bytes: &[u8], is_emergency: bool, directory: &Names) -> Result<Self, ChartError> {
        let mut bundle = parse(bytes)?;
        let is_open = |value: &Value| is_emergency || !is_restricted(value);
        if bundle["resourceType"] != "Bundle" {
            return Err(ChartError::Malformed);
        }
        let Value::Array(entries) = bundle["entry"].take() else {
            return Err(ChartError::Malformed);
        };
        let (mut resources, mut names, mut withheld) = (Vec::new(), directory.clone(), 0);
        let mut all_open = is_open(&bundle);
        for (number, mut entry) in entries.into_iter().enumerate() {
            let resource = entry["resource"].take();
            if is_open(&resource) {
                names.add(entry["fullUrl"].as_str(), &resource);
                resources.push((number, resource));
            } else {
                all_open &= resource["resourceType"] != "Patient";
                withheld += 1;
            }
        }
        if !all_open {
            return Err(ChartError::Restricted);
        }
        Ok(Chart {
            resources,
            withheld,
            names,
        })
    }

    /// The resources of a type, with their numbers.
    pub fn of_type<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (usize, &'a Value)> {
        let found = self
            .resources
            .iter()
            .filter(move |(_, resource)| resource["resourceType"] == kind);
        found.map(|(number, resource)| (*number, resource))
    }

    /// The resource of a number.
    ///
    /// # Errors
    ///
    /// If there is none, or it is withheld.
    pub fn resource(&self, number: usize) -> Result<&Value, ChartError> {
        let found = self.resources.iter().find(|(found, _)| *found == number);
        found
            .map(|(_, resource)| resource)
            .ok_or(ChartError::Missing)
    }

    /// How many resources there are of each type.
    pub fn types(&self) -> Vec<(String, usize)> {
        let mut types: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, resource) in &self.resources {
            *types.entry(kind(resource)).or_default() += 1;
        }
        types
            .into_iter()
            .map(|(kind, count)| (kind.to_owned(), count))
            .collect()
    }

    /// What the source would call a resource: `MedicationRequest`, and what it is of.
    pub fn title(&self, resource: &Value) -> String {
        words::title(resource, &self.names)
    }
}

/// A bundle with its numbers as strings.
fn parse(bytes: &[u8]) -> Result<Value, ChartError> {
    let text = std::str::from_utf8(bytes).map_err(|_| ChartError::Malformed)?;
    serde_json::from_str(&numbers::quoted(text)).map_err(|_| ChartError::Malformed)
}

/// The type of a resource.
pub fn kind(resource: &Value) -> &str {
    resource["resourceType"].as_str().unwrap_or("Resource")
}

fn is_restricted(value: &Value) -> bool {
    let labels = value["meta"]["security"].as_array().into_iter().flatten();
    labels.into_iter().any(|label| {
        let system = label["system"].as_str().unwrap_or(CONFIDENTIALITY);
        system == CONFIDENTIALITY
            && label["code"]
                .as_str()
                .is_some_and(|code| CONFIDENTIAL.contains(&code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(patient: &str, problem: &str, is_emergency: bool) -> Result<Chart, ChartError> {
        let meta = |code: &str| {
            format!(r#"{{"security": [{{"system": "{CONFIDENTIALITY}", "code": "{code}"}}]}}"#)
        };
        let bundle = format!(
            r#"{{"resourceType": "Bundle", "entry": [
                {{"resource": {{"resourceType": "Patient", "meta": {}}}}},
                {{"resource": {{"resourceType": "Condition", "meta": {}}}}}]}}"#,
            meta(patient),
            meta(problem)
        );
        Chart::read(bundle.as_bytes(), is_emergency, &Names::default())
    }

    #[test]
    fn what_is_restricted_is_seen_in_an_emergency_only() {
        let chart = read("N", "R", false).unwrap();
        assert_eq!((chart.resources.len(), chart.withheld), (1, 1));
        assert!(chart.resource(1).is_err());
        assert!(matches!(read("V", "N", false), Err(ChartError::Restricted)));
        let chart = read("V", "R", true).unwrap();
        assert_eq!((chart.resources.len(), chart.withheld), (2, 0));
    }

    #[test]
    fn what_is_no_bundle_is_no_chart() {
        for text in [
            "",
            "{}",
            "[1]",
            r#"{"resourceType": "Patient"}"#,
            r#"{"resourceType": "Bundle"}"#,
        ] {
            assert!(
                matches!(
                    Chart::read(text.as_bytes(), false, &Names::default()),
                    Err(ChartError::Malformed)
                ),
                "{text}"
            );
        }
    }
}
