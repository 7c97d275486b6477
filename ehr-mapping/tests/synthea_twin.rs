//! The charts that are mapped from Synthea's CSV, against the FHIR that Synthea wrote of the same
//! patients. Every difference is explained in [`EXPLAINED`], with how often it occurs: one more or
//! one less and the test fails.

use crate::support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::DateTime;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::DirectoryFolder;
use serde_json::Value;
use support::corpus::{document, folder, synthea};
use support::{json, run};

/// What differs, why, and how often.
const EXPLAINED: [(&str, &str, usize); 14] = [
    (
        "AllergyIntolerance.criticality only in FHIR",
        "the CSV has no such column; severities of reactions are no criticality",
        9,
    ),
    (
        "AllergyIntolerance.reactions differs",
        "the CSV has places for two reactions and shows two of six",
        1,
    ),
    (
        "AllergyIntolerance.severities only in CSV",
        "FHIR's export leaves the severity of reactions out",
        4,
    ),
    (
        "ImagingStudy.display only in FHIR",
        "the CSV has the code of the procedure and not its name",
        10,
    ),
    (
        "Immunization.display has blanks for commas",
        "the CSV writes a blank for each comma of a text",
        72,
    ),
    (
        "MedicationRequest.category only in FHIR",
        "a constant of FHIR's export: `community`",
        73,
    ),
    (
        "Observation.display has blanks for commas",
        "the CSV writes a blank for each comma of a text",
        277,
    ),
    (
        "Observation.value has all digits",
        "FHIR's export rounds to five digits, and incomes have six",
        21,
    ),
    (
        "Observation.value has another code for its unit",
        "FHIR's export writes `pH` as its own code; that of UCUM is `[pH]`",
        1,
    ),
    (
        "Observation.value has blanks for commas",
        "the CSV writes a blank for each comma of a text",
        8,
    ),
    (
        "Observation.value is rounded to one decimal",
        "the CSV keeps one decimal of a result",
        411,
    ),
    (
        "Patient.marital status only in FHIR",
        "empty where the simulator chose none; FHIR's export then says never married",
        2,
    ),
    (
        "Patient.second given name only in FHIR",
        "the CSV of 2024 has no column for it; that of 2025 has `MIDDLE`",
        6,
    ),
    (
        "Procedure.display has blanks for commas",
        "the CSV writes a blank for each comma of a text",
        15,
    ),
];

#[test]
fn every_difference_from_the_simulators_own_fhir_is_explained() {
    let (Some(export), Some(fhir)) = (synthea(), folder("synthea-fhir/ma-2024-11pts")) else {
        return;
    };
    let ours = charts(&run(
        &document(|text| text).compile().unwrap(),
        &export.folder(),
    ));
    let theirs = fs::read_dir(&fhir).unwrap().map(|entry| {
        let bundle: Value =
            serde_json::from_slice(&fs::read(entry.unwrap().path()).unwrap()).unwrap();
        let entries = bundle["entry"].as_array().unwrap().iter();
        entries.map(|entry| entry["resource"].clone()).collect()
    });
    assert_explained(&ours, theirs);
}

#[test]
fn the_same_fhir_through_its_own_document_says_the_same() {
    let (Some(export), Some(fhir)) = (synthea(), folder("synthea-fhir/ma-2024-11pts")) else {
        return;
    };
    let ours = charts(&run(
        &document(|text| text).compile().unwrap(),
        &export.folder(),
    ));
    let plan = MappingDocument::shipped("fhir-r4")
        .unwrap()
        .compile()
        .unwrap();
    let theirs = charts(&run(&plan, &DirectoryFolder::new(fhir)));
    assert_explained(&ours, theirs.into_values());
}

/// The resources of each chart, by the simulator's id of the patient.
fn charts(run: &support::Run) -> BTreeMap<String, Vec<Value>> {
    run.units
        .iter()
        .filter_map(|unit| {
            let records: Vec<Value> = unit.chart.records.iter().map(json).collect();
            let patient = records
                .iter()
                .find(|one| one["resourceType"] == "Patient")?;
            Some((text(&patient["identifier"][0]["value"]), records))
        })
        .collect()
}

fn assert_explained(ours: &BTreeMap<String, Vec<Value>>, theirs: impl Iterator<Item = Vec<Value>>) {
    let mut differences: BTreeMap<String, usize> = BTreeMap::new();
    let (mut patients, mut compared) = (0, 0);
    for theirs in theirs {
        let Some(patient) = theirs.iter().find(|one| one["resourceType"] == "Patient") else {
            continue; // hospitals and practitioners
        };
        let ours = Side::of(&ours[&text(&patient["identifier"][0]["value"])]);
        let theirs = Side::of(&theirs);
        patients += 1;
        compared += compare(&ours, &theirs, &mut differences);
    }
    assert_eq!(patients, 8);
    assert!(compared > 9_000, "{compared} fields were compared");
    let explained: BTreeMap<String, usize> = EXPLAINED
        .iter()
        .map(|(what, _, count)| ((*what).to_owned(), *count))
        .collect();
    let all: BTreeSet<&String> = differences.keys().chain(explained.keys()).collect();
    let wrong: Vec<String> = all
        .into_iter()
        .filter(|what| differences.get(*what) != explained.get(*what))
        .map(|what| {
            let count = |of: &BTreeMap<String, usize>| of.get(what).copied().unwrap_or(0);
            format!(
                "{what}: found {}, explained {}",
                count(&differences),
                count(&explained)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Compares entry by entry; entries of one kind, visit and code are paired in their order.
fn compare(ours: &Side, theirs: &Side, differences: &mut BTreeMap<String, usize>) -> usize {
    let mut note = |what: String| *differences.entry(what).or_default() += 1;
    let mut compared = 0;
    let keys: BTreeSet<_> = ours.entries.keys().chain(theirs.entries.keys()).collect();
    for key in keys {
        let none = Vec::new();
        let mine = ours.entries.get(key).unwrap_or(&none);
        let other = theirs.entries.get(key).unwrap_or(&none);
        let kind = key.0;
        for _ in mine.len()..other.len() {
            note(format!("{kind} only in FHIR"));
        }
        for _ in other.len()..mine.len() {
            note(format!("{kind} only in CSV"));
        }
        for (mine, other) in mine.iter().zip(other) {
            let fields: BTreeSet<_> = mine.keys().chain(other.keys()).collect();
            for field in fields {
                compared += 1;
                let (a, b) = (mine.get(field), other.get(field));
                if let Some(how) = difference(a, b) {
                    note(format!("{kind}.{field} {how}"));
                }
            }
        }
    }
    compared
}

/// The questionnaire that FHIR keeps as one observation with an answer a component.
const PANEL: &str = "http://loinc.org|93025-5";

type Entry = BTreeMap<&'static str, String>;

/// The entries of one chart by kind, visit and code.
struct Side {
    entries: BTreeMap<(&'static str, String, String), Vec<Entry>>,
}

const KINDS: [&str; 12] = [
    "Patient",
    "Encounter",
    "Condition",
    "AllergyIntolerance",
    "MedicationRequest",
    "Procedure",
    "Immunization",
    "Observation",
    "CarePlan",
    "Device",
    "ImagingStudy",
    "SupplyDelivery",
];

impl Side {
    fn of(resources: &[Value]) -> Self {
        let by_id: BTreeMap<String, &Value> = resources
            .iter()
            .map(|one| (text(&one["id"]), one))
            .collect();
        let mut entries: BTreeMap<_, Vec<Entry>> = BTreeMap::new();
        for resource in resources {
            let kind = text(&resource["resourceType"]);
            let Some(kind) = KINDS.into_iter().find(|known| *known == kind) else {
                continue;
            };
            let reference = [&resource["encounter"], &resource["context"]]
                .into_iter()
                .find_map(|one| one["reference"].as_str())
                .or_else(|| resource["context"]["encounter"][0]["reference"].as_str());
            let visit = match kind {
                "Encounter" => text(&resource["identifier"][0]["value"]),
                "AllergyIntolerance" => String::new(), // FHIR's export names none
                _ => reference
                    .and_then(|id| by_id.get(last_part(id)))
                    .map_or(String::new(), |visit| {
                        text(&visit["identifier"][0]["value"])
                    }),
            };
            let concept = concept_of(resource, &by_id);
            let entry = fields_of(kind, resource, concept, &by_id);
            let code = coding(&concept["coding"][0]);
            if code != PANEL {
                entries.entry((kind, visit, code)).or_default().push(entry);
                continue;
            }
            // one panel here, a row for each answer there
            for answer in list(&resource["component"]) {
                let mut one = entry.clone();
                one.remove("other component");
                one.insert("display", text(&answer["code"]["coding"][0]["display"]));
                one.insert("value", value_of(answer));
                let code = coding(&answer["code"]["coding"][0]);
                entries
                    .entry((kind, visit.clone(), code))
                    .or_default()
                    .push(one);
            }
        }
        entries
            .values_mut()
            .for_each(|entries| entries.sort_by_key(order));
        Self { entries }
    }
}

/// By time, then by all the rest.
fn order(entry: &Entry) -> (String, Entry) {
    let start = entry.get("start").map_or(String::new(), |start| day(start));
    let mut rest = entry.clone();
    rest.remove("start");
    rest.remove("end");
    (start, rest)
}

/// What the resource is about, also where that is a resource of its own.
fn concept_of<'v>(resource: &'v Value, by_id: &BTreeMap<String, &'v Value>) -> &'v Value {
    let medication = resource["medicationReference"]["reference"]
        .as_str()
        .and_then(|id| by_id.get(last_part(id)))
        .map(|medication| &medication["code"]);
    let places = [
        &resource["code"],
        &resource["vaccineCode"],
        &resource["medicationCodeableConcept"],
        &resource["suppliedItem"]["itemCodeableConcept"],
        &resource["procedureCode"][0],
        &resource["category"][1],
        &resource["type"],
    ];
    let place = places.into_iter().find(|one| one.is_object());
    medication.or(place).unwrap_or(&Value::Null)
}

/// Why something was done: a code, or the code of the diagnosis that it points at.
fn reason_of(resource: &Value, by_id: &BTreeMap<String, &Value>) -> String {
    let codes = [
        &resource["reasonCode"][0],
        &resource["activity"][0]["detail"]["reasonCode"][0],
    ];
    let links = [&resource["reasonReference"][0], &resource["addresses"][0]];
    let linked = links
        .into_iter()
        .find_map(|link| by_id.get(last_part(link["reference"].as_str()?)).copied())
        .map(|diagnosis| &diagnosis["code"]);
    let code = codes.into_iter().find(|one| one.is_object()).or(linked);
    code.map_or(String::new(), |concept| coding(&concept["coding"][0]))
}

fn fields_of(
    kind: &str,
    resource: &Value,
    concept: &Value,
    by_id: &BTreeMap<String, &Value>,
) -> Entry {
    let mut entry = Entry::new();
    let mut put = |name: &'static str, value: String| {
        if !value.is_empty() {
            entry.insert(name, value);
        }
    };
    put("status", text(&resource["status"]));
    put(
        "clinical status",
        coding(&resource["clinicalStatus"]["coding"][0]),
    );
    put(
        "verification",
        coding(&resource["verificationStatus"]["coding"][0]),
    );
    put("intent", text(&resource["intent"]));
    let first = |names: &[&str]| {
        let found = names.iter().map(|name| text(&resource[*name]));
        found
            .into_iter()
            .find(|text| !text.is_empty())
            .unwrap_or_default()
    };
    let period = ["period", "performedPeriod", "usePeriod"]
        .map(|name| &resource[name])
        .into_iter()
        .find(|one| one.is_object())
        .unwrap_or(&Value::Null);
    let start = first(&[
        "onsetDateTime",
        "effectiveDateTime",
        "authoredOn",
        "occurrenceDateTime",
        "started",
        "birthDate",
    ]);
    put(
        "start",
        if start.is_empty() {
            text(&period["start"])
        } else {
            start
        },
    );
    let end = first(&["abatementDateTime", "deceasedDateTime"]);
    put(
        "end",
        if end.is_empty() {
            text(&period["end"])
        } else {
            end
        },
    );
    put("recorded", text(&resource["recordedDate"]));
    put("category", {
        let category = &resource["category"][0];
        category
            .as_str()
            .map_or_else(|| coding(&category["coding"][0]), str::to_owned)
    });
    put("display", text(&concept["coding"][0]["display"]));
    put("reason", reason_of(resource, by_id));
    put("value", value_of(resource));
    for component in list(&resource["component"]) {
        match coding(&component["code"]["coding"][0]).as_str() {
            "http://loinc.org|8480-6" => put("systolic", value_of(component)),
            "http://loinc.org|8462-4" => put("diastolic", value_of(component)),
            _ => put("other component", "yes".to_owned()),
        }
    }
    match kind {
        "Patient" => {
            let name = &resource["name"][0];
            let first = &name["given"][0];
            put(
                "first name",
                format!("{} {first} {}", name["prefix"][0], name["family"]),
            );
            put("second given name", text(&name["given"][1]));
            put("maiden name", text(&resource["name"][1]["family"]));
            put("gender", text(&resource["gender"]));
            put("marital status", {
                let codings = list(&resource["maritalStatus"]["coding"]);
                codings
                    .iter()
                    .map(coding)
                    .filter(|one| one.contains("v3-"))
                    .collect()
            });
            let address = &resource["address"][0];
            put(
                "address",
                format!(
                    "{} {} {}",
                    address["line"], address["city"], address["state"]
                ),
            );
            put("postal code", text(&address["postalCode"]));
            for identifier in list(&resource["identifier"]) {
                match identifier["type"]["coding"][0]["code"].as_str() {
                    Some("SS") => put("SSN", text(&identifier["value"])),
                    Some("DL") => put("licence", text(&identifier["value"])),
                    Some("PPN") => put("passport", text(&identifier["value"])),
                    Some("MR") => put("record number", text(&identifier["value"])),
                    _ => {}
                }
            }
            for extension in list(&resource["extension"]) {
                let omb = list(&extension["extension"])
                    .iter()
                    .filter(|part| part["url"] == "ombCategory")
                    .map(|part| coding(&part["valueCoding"]))
                    .collect();
                match extension["url"]
                    .as_str()
                    .and_then(|url| url.rsplit('/').next())
                {
                    Some("us-core-race") => put("race", omb),
                    Some("us-core-ethnicity") => put("ethnicity", omb),
                    Some("us-core-birthsex") => put("birth sex", text(&extension["valueCode"])),
                    _ => {}
                }
            }
        }
        "Encounter" => {
            put("class", text(&resource["class"]["code"]));
            put("type", coding(&resource["type"][0]["coding"][0]));
        }
        "AllergyIntolerance" => {
            put("type", text(&resource["type"]));
            put("criticality", text(&resource["criticality"]));
            let reactions = list(&resource["reaction"]);
            put(
                "reactions",
                reactions
                    .iter()
                    .map(|one| coding(&one["manifestation"][0]["coding"][0]))
                    .collect::<Vec<_>>()
                    .join(" "),
            );
            put(
                "severities",
                reactions
                    .iter()
                    .map(|one| text(&one["severity"]))
                    .collect::<String>(),
            );
        }
        "Device" => {
            put("udi", text(&resource["udiCarrier"][0]["carrierHRF"]));
            put(
                "device identifier",
                text(&resource["udiCarrier"][0]["deviceIdentifier"]),
            );
            put("made", text(&resource["manufactureDate"]));
            put("expires", text(&resource["expirationDate"]));
            put("lot", text(&resource["lotNumber"]));
            put("serial", text(&resource["serialNumber"]));
        }
        "SupplyDelivery" => put(
            "quantity",
            number(&resource["suppliedItem"]["quantity"]["value"]),
        ),
        _ => {}
    }
    entry
}

fn value_of(owner: &Value) -> String {
    let quantity = &owner["valueQuantity"];
    if quantity.is_object() {
        return format!(
            "{} {} {}",
            number(&quantity["value"]),
            text(&quantity["unit"]),
            text(&quantity["code"])
        );
    }
    let concept = &owner["valueCodeableConcept"];
    if concept.is_object() {
        let snomed = list(&concept["coding"]).iter().map(coding);
        let snomed: String = snomed.filter(|one| one.contains("snomed")).collect();
        return match snomed.is_empty() {
            true => text(&concept["text"]),
            false => snomed,
        };
    }
    text(&owner["valueString"])
}

/// How a value of the CSV differs from that of the FHIR.
fn difference(csv: Option<&String>, fhir: Option<&String>) -> Option<&'static str> {
    match (csv, fhir) {
        (Some(csv), Some(fhir)) if csv == fhir || same_date(csv, fhir) => None,
        (Some(csv), Some(fhir)) if *csv == fhir.replace(',', " ") => Some("has blanks for commas"),
        (Some(csv), Some(fhir)) => Some(other_quantity(csv, fhir).unwrap_or("differs")),
        (Some(_), None) => Some("only in CSV"),
        (None, Some(_)) => Some("only in FHIR"),
        (None, None) => None,
    }
}

/// How a quantity of the CSV, as number, unit and code, is another spelling of that of the FHIR.
fn other_quantity(csv: &str, fhir: &str) -> Option<&'static str> {
    let parts = |quantity: &str| -> Option<(f64, usize, String, String)> {
        let (number, units) = quantity.split_once(' ')?;
        let (unit, code) = units.rsplit_once(' ')?;
        let decimals = number.split_once('.').map_or(0, |(_, part)| part.len());
        Some((
            number.parse().ok()?,
            decimals,
            unit.to_owned(),
            code.to_owned(),
        ))
    };
    let (mine, decimals, unit, code) = parts(csv)?;
    let (other, _, other_unit, other_code) = parts(fhir)?;
    let near = decimals <= 1 && (mine - other).abs() < 0.050_001;
    let five_digits = format!("{mine:.4e}").parse() == Ok(other);
    match (unit == other_unit, code == other_code) {
        (true, true) if near => Some("is rounded to one decimal"),
        (true, true) if five_digits => Some("has all digits"),
        (true, false) if near => Some("has another code for its unit"),
        _ => None,
    }
}

/// Two spellings of one moment, or a day and a moment of that day where the patient lives.
fn same_date(a: &str, b: &str) -> bool {
    match (
        DateTime::parse_from_rfc3339(a),
        DateTime::parse_from_rfc3339(b),
    ) {
        (Ok(a), Ok(b)) => a == b,
        (Err(_), Ok(b)) => a.len() == 10 && b.date_naive().to_string() == a,
        _ => false,
    }
}

fn day(date: &str) -> String {
    match DateTime::parse_from_rfc3339(date) {
        Ok(date) => date.to_utc().date_naive().to_string(),
        Err(_) => date.to_owned(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> String {
    value
        .as_f64()
        .map_or(String::new(), |number| number.to_string())
}

fn coding(coding: &Value) -> String {
    match coding["code"].as_str() {
        Some(code) => format!("{}|{code}", text(&coding["system"])),
        None => String::new(),
    }
}

fn last_part(reference: &str) -> &str {
    reference.rsplit(['/', ':']).next().unwrap_or(reference)
}
