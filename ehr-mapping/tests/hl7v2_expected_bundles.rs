//! The bundles that Microsoft's FHIR Converter gives for messages of the corpus, a second opinion and
//! not the truth: every fact that only one side has stands in the table of `HL7V2.md`, with the reason.

use crate::support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::DateTime;
use serde_json::Value;

const TABLE: &str = include_str!("../HL7V2.md");
const ENDING: &str = "-expected.json";

/// What a bundle says of the patient and the care: a field such as `Condition.code`, and its value.
type Facts = BTreeSet<(String, String)>;

/// How many facts are on one side only: by message, side and field.
type Differences = BTreeMap<(String, &'static str, String), usize>;

#[test]
fn every_difference_is_explained_and_every_explanation_is_needed() {
    let Some(corpus) = support::corpus::folder("hl7v2") else {
        return;
    };
    let plan = support::hl7v2::plan();
    let mut found = Differences::new();
    let mut agreed = BTreeMap::new();
    let mut shown = Vec::new();
    for entry in fs::read_dir(corpus.join("microsoft-expected-fhir")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let message = name.strip_suffix(ENDING).unwrap();
        let bundle: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let entries = bundle["entry"].as_array().unwrap();
        let theirs = facts(entries.iter().map(|entry| &entry["resource"]));
        let file = corpus.join("microsoft").join(format!("{message}.hl7"));
        let run = support::hl7v2::run_file(&plan, &file);
        let records: Vec<Value> = run
            .fhir()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let ours = facts(records.iter());
        agreed.insert(message.to_owned(), theirs.intersection(&ours).count());
        for (side, one, other) in [("theirs", &theirs, &ours), ("ours", &ours, &theirs)] {
            for (field, value) in one.difference(other) {
                shown.push(format!("{message} {side} {field} {value}"));
                let field = match same_instant(field, value, other) {
                    true => format!("{field} (instant)"),
                    false => field.clone(),
                };
                *found.entry((message.to_owned(), side, field)).or_default() += 1;
            }
        }
    }
    assert_eq!(agreed, stated_agreement(), "facts that both sides have");
    let stated = stated();
    let gone: Vec<_> = stated
        .iter()
        .filter(|(at, count)| found.get(at) != Some(count))
        .collect();
    let new: Vec<_> = found
        .iter()
        .filter(|(at, count)| stated.get(at) != Some(count))
        .collect();
    assert!(
        gone.is_empty() && new.is_empty(),
        "not in the table of HL7V2.md: {new:#?}\nno longer so: {gone:#?}\n{}",
        shown.join("\n")
    );
}

/// Whether the other side says the same instant with another offset.
fn same_instant(field: &str, value: &str, other: &Facts) -> bool {
    let Ok(instant) = DateTime::parse_from_rfc3339(value) else {
        return false;
    };
    other.iter().any(|(named, value)| {
        named == field && DateTime::parse_from_rfc3339(value).is_ok_and(|other| other == instant)
    })
}

/// The rows of the table: `| class | differences | reason |`, differences such as
/// `ADT-A01-01 theirs Condition.code 1`.
fn stated() -> Differences {
    let mut stated = Differences::new();
    for row in rows("## Differences") {
        let [class, differences, reason] = &row[..] else {
            panic!("a row has three cells: {row:?}")
        };
        assert!(!class.is_empty() && reason.ends_with('.'), "{row:?}");
        for difference in differences.split('`').skip(1).step_by(2) {
            let words: Vec<&str> = difference.split(' ').collect();
            let (head, count) = words.split_at(words.len() - 1);
            let side = match head[1] {
                "theirs" => "theirs",
                "ours" => "ours",
                other => panic!("no side: {other}"),
            };
            let at = (head[0].to_owned(), side, head[2..].join(" "));
            // several reasons may explain facts of one field
            let count: usize = count[0].parse().unwrap();
            *stated.entry(at).or_default() += count;
        }
    }
    stated
}

fn stated_agreement() -> BTreeMap<String, usize> {
    let rows = rows("## Agreement").into_iter();
    rows.map(|row| (row[0].clone(), row[1].parse().unwrap()))
        .collect()
}

/// The rows of the table beneath a heading.
fn rows(heading: &str) -> Vec<Vec<String>> {
    let (_, after) = TABLE.split_once(heading).expect("the heading is there");
    after
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .skip(2)
        .map(|line| {
            line.trim_matches('|')
                .split('|')
                .map(|cell| cell.trim().to_owned())
                .collect()
        })
        .collect()
}

const CLINICAL: [&str; 13] = [
    "AllergyIntolerance",
    "Appointment",
    "Condition",
    "Coverage",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "Immunization",
    "MedicationDispense",
    "MedicationRequest",
    "Observation",
    "Procedure",
    "ServiceRequest",
];

fn facts<'v>(resources: impl Iterator<Item = &'v Value>) -> Facts {
    let mut facts = Facts::new();
    for resource in resources {
        let kind = resource["resourceType"].as_str().unwrap();
        let mut add = |field: &str, value: &Value| {
            let value = match value {
                Value::String(text) => text.clone(),
                Value::Number(_) | Value::Bool(_) => value.to_string(),
                _ => return,
            };
            facts.insert((format!("{kind}.{field}"), value));
        };
        match kind {
            "Patient" => person(resource, &mut add),
            // one side writes the drug as a resource of its own
            "Medication" => concept(&resource["code"], &mut |code| {
                facts.insert(("MedicationRequest.code".to_owned(), code.to_owned()));
            }),
            _ if CLINICAL.contains(&kind) => clinical(resource, &mut add),
            _ => {}
        }
    }
    facts
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn person(resource: &Value, add: &mut dyn FnMut(&str, &Value)) {
    for identifier in list(&resource["identifier"]) {
        add("identifier", &identifier["value"]);
    }
    for name in list(&resource["name"]) {
        let given = list(&name["given"]).filter_map(Value::as_str);
        let parts: Vec<&str> = name["family"].as_str().into_iter().chain(given).collect();
        add("name", &parts.join(" ").to_uppercase().into());
    }
    for field in ["birthDate", "gender", "deceasedDateTime", "deceasedBoolean"] {
        add(field, &resource[field]);
    }
}

/// The codes of a concept, or its text where it has none.
fn concept(value: &Value, add: &mut dyn FnMut(&str)) {
    let codes: Vec<&str> = list(&value["coding"])
        .filter_map(|coding| coding["code"].as_str())
        .collect();
    match codes.is_empty() {
        true => value["text"].as_str().into_iter().for_each(add),
        false => codes.into_iter().for_each(add),
    }
}

fn clinical(resource: &Value, add: &mut dyn FnMut(&str, &Value)) {
    for field in ["code", "vaccineCode", "medicationCodeableConcept", "type"] {
        concept(&resource[field], &mut |code| add("code", &code.into()));
    }
    add("status", &resource["status"]);
    for field in ["clinicalStatus", "verificationStatus"] {
        concept(&resource[field], &mut |code| add("status", &code.into()));
    }
    for (field, value) in resource.as_object().unwrap() {
        const DATES: [&str; 7] = [
            "authoredOn",
            "date",
            "end",
            "expirationDate",
            "issued",
            "recordedDate",
            "start",
        ];
        if !field.starts_with('_')
            && (DATES.contains(&field.as_str()) || field.ends_with("DateTime"))
        {
            add("date", value);
        }
        if field.to_lowercase().ends_with("period") {
            add("date", &value["start"]);
            add("date", &value["end"]);
        }
    }
    measured(resource, add);
    for component in list(&resource["component"]) {
        concept(&component["code"], &mut |code| add("code", &code.into()));
        measured(component, add);
    }
    add("dose", &quantity(&resource["doseQuantity"]));
    for dosage in list(&resource["dosageInstruction"]) {
        for dose in list(&dosage["doseAndRate"]) {
            add("dose", &quantity(&dose["doseQuantity"]));
            add("dose", &quantity(&dose["doseRange"]["low"]));
            add("dose", &quantity(&dose["doseRange"]["high"]));
        }
    }
}

fn measured(value: &Value, add: &mut dyn FnMut(&str, &Value)) {
    add("value", &quantity(&value["valueQuantity"]));
    add("value", &value["valueString"]);
    add("value", &value["valueDateTime"]);
    concept(&value["valueCodeableConcept"], &mut |code| {
        add("value", &code.into())
    });
}

/// A number with its unit as one text.
fn quantity(value: &Value) -> Value {
    match value["value"].as_number() {
        Some(number) => {
            let unit = ["unit", "code"]
                .iter()
                .find_map(|field| value[field].as_str());
            format!("{number} {}", unit.unwrap_or_default())
                .trim()
                .into()
        }
        None => Value::Null,
    }
}
