//! Concepts and codes in words.

use serde_json::{Map, Value};

use super::{joined, label};
use crate::chart_page::Names;

/// What systems of codes are called.
const SYSTEMS: [(&str, &str); 9] = [
    ("http://snomed.info/sct", "SNOMED CT"),
    ("http://loinc.org", "LOINC"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "ICD-10-CM"),
    ("http://hl7.org/fhir/sid/icd-9-cm", "ICD-9-CM"),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "RxNorm"),
    ("http://hl7.org/fhir/sid/cvx", "CVX"),
    ("http://hl7.org/fhir/sid/ndc", "NDC"),
    ("http://www.ama-assn.org/go/cpt", "CPT"),
    ("http://hl7.org/fhir/sid/us-npi", "NPI"),
];

pub(super) fn is_concept(fields: &Map<String, Value>) -> bool {
    fields.contains_key("coding")
        || fields.contains_key("text")
            && fields
                .keys()
                .all(|key| ["text", "extension", "id"].contains(&key.as_str()))
}

pub(super) fn concept(value: &Value, names: &Names) -> String {
    let codings = value["coding"].as_array().into_iter().flatten();
    let main = label(value, names);
    let codes = codings.map(|coding| {
        let display = coding["display"]
            .as_str()
            .filter(|display| *display != main);
        joined([display.unwrap_or_default().to_owned(), code(coding)], " ")
    });
    match joined(codes, "; ") {
        codes if codes.is_empty() || codes == main => main,
        codes => format!("{main} [{codes}]"),
    }
}

/// A code with the name of its system, if that has one that people know.
pub(super) fn code(coding: &Value) -> String {
    let system = coding["system"].as_str().unwrap_or_default();
    let name = SYSTEMS
        .iter()
        .find(|(uri, _)| *uri == system)
        .map_or("", |(_, name)| name);
    joined(
        [
            name.to_owned(),
            coding["code"].as_str().unwrap_or_default().to_owned(),
        ],
        " ",
    )
}
