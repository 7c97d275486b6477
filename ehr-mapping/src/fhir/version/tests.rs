//! The traces of each release, and that R4 has none of them.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use ehr_model::source::{Arena, Names};

use super::tells::{MEMBERS, PATHS, TYPES};
use crate::fhir::parse;
use crate::raw::Position;

fn reason(text: &str) -> Option<&'static str> {
    let names = Arc::new(Names::default());
    let at = Position::default();
    let read = parse(text, &"t.json".into(), at, &names, Arena::default());
    read.err().map(|unreadable| unreadable.reason.as_str())
}

#[test]
fn releases_are_known_by_their_traces() {
    const DSTU2: Option<&str> = Some("fhir-version-dstu2");
    const STU3: Option<&str> = Some("fhir-version-stu3");
    const R5: Option<&str> = Some("fhir-version-r5");
    for (text, expected) in [
        (r#"{"resourceType":"MedicationOrder"}"#, DSTU2),
        (r#"{"resourceType":"ReferralRequest"}"#, STU3),
        (r#"{"resourceType":"Transport"}"#, R5),
        (r#"{"resourceType":"MyOwnType","notGiven":true}"#, None),
        (r#"{"resourceType":"Immunization","notGiven":false}"#, STU3),
        (
            r#"{"resourceType":"Immunization","wasNotGiven":true}"#,
            DSTU2,
        ),
        (
            r#"{"resourceType":"Immunization","status":"not-done"}"#,
            None,
        ),
        (
            r#"{"resourceType":"MedicationStatement","taken":"n"}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"MedicationStatement","wasNotTaken":true}"#,
            DSTU2,
        ),
        (
            r#"{"resourceType":"Condition","clinicalStatus":"active"}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"Condition","clinicalStatus":"active","dateRecorded":"2001"}"#,
            DSTU2,
        ),
        (
            r#"{"resourceType":"Condition","clinicalStatus":{"coding":[{"code":"active"}]}}"#,
            None,
        ),
        (
            r#"{"resourceType":"Condition","evidence":[{"detail":[{"reference":"Observation/1"}]}]}"#,
            None,
        ),
        (
            r#"{"resourceType":"Condition","evidence":[{"reference":{"reference":"Observation/1"}}]}"#,
            R5,
        ),
        (
            r#"{"resourceType":"Encounter","class":{"code":"AMB"}}"#,
            None,
        ),
        (
            r#"{"resourceType":"Encounter","class":"ambulatory"}"#,
            DSTU2,
        ),
        (
            r#"{"resourceType":"Encounter","class":[{"coding":[{"code":"AMB"}]}]}"#,
            R5,
        ),
        (
            r#"{"resourceType":"Encounter","reason":[{"text":"Fever"}]}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"Encounter","reason":[{"value":[{"concept":{"text":"Fever"}}]}]}"#,
            R5,
        ),
        (
            r#"{"resourceType":"MedicationRequest","medication":{"concept":{"text":"x"}}}"#,
            R5,
        ),
        (
            r#"{"resourceType":"MedicationRequest","requester":{"agent":{"reference":"Practitioner/1"}}}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"MedicationRequest","dosageInstruction":[{"doseQuantity":{"value":1}}]}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"MedicationRequest","dosageInstruction":[{"doseAndRate":[{"doseQuantity":{"value":1}}]}]}"#,
            None,
        ),
        (
            r#"{"resourceType":"AllergyIntolerance","type":"allergy"}"#,
            None,
        ),
        (
            r#"{"resourceType":"AllergyIntolerance","type":{"coding":[]}}"#,
            R5,
        ),
        (
            r#"{"resourceType":"CarePlan","addresses":[{"reference":"Condition/1"}]}"#,
            None,
        ),
        (
            r#"{"resourceType":"CarePlan","addresses":[{"reference":{"reference":"Condition/1"}}]}"#,
            R5,
        ),
        (
            r#"{"resource":{"resourceType":"Procedure","notDone":true},"request":{"url":"x"}}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient|3.1.1"]}}"#,
            None,
        ),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/Patient|4.0.1"]}}"#,
            None,
        ),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/StructureDefinition/Patient|3.0.2"]}}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/5.0/StructureDefinition/Patient"]}}"#,
            R5,
        ),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://hl7.org/fhir/5.0/StructureDefinition/profile-Patient"]}}"#,
            None,
        ),
        (
            r#"{"resourceType":"Patient","meta":{"profile":["http://fhir.org/guides/argonaut/StructureDefinition/argo-patient"]}}"#,
            DSTU2,
        ),
        (
            r#"{"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/5.0/StructureDefinition/extension-Patient.x","valueString":"x"}]}"#,
            None,
        ),
        (
            r#"{"resourceType":"CapabilityStatement","fhirVersion":"4.3.0"}"#,
            None,
        ),
        (
            r#"{"resourceType":"CapabilityStatement","fhirVersion":"5.0.0"}"#,
            R5,
        ),
        (
            r#"{"resourceType":"CapabilityStatement","fhirVersion":"3.0.1"}"#,
            STU3,
        ),
        (
            r#"{"resourceType":"CapabilityStatement","fhirVersion":"1.0.2"}"#,
            DSTU2,
        ),
    ] {
        assert_eq!(reason(text), expected, "{text}");
    }
}

#[test]
fn no_trace_is_an_element_of_r4() {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut elements: HashMap<String, Vec<String>> = HashMap::new();
    for name in ["profiles-resources", "profiles-types"] {
        let file = Path::new(&root).join(format!("fhir/r4-definitions/{name}.json.gz"));
        let file = flate2::read::GzDecoder::new(std::fs::File::open(file).unwrap());
        let bundle: serde_json::Value = serde_json::from_reader(file).unwrap();
        for entry in bundle["entry"].as_array().unwrap() {
            let list = &entry["resource"]["snapshot"]["element"];
            for element in list.as_array().into_iter().flatten() {
                let types = element["type"].as_array().into_iter().flatten();
                let types = types.map(|of| of["code"].as_str().unwrap().to_owned());
                let path = element["path"].as_str().unwrap().to_owned();
                if path.starts_with(|first: char| first.is_ascii_uppercase()) {
                    elements.insert(path, types.collect());
                }
            }
        }
    }
    assert!(elements.contains_key("Observation.status") && elements.len() > 5_000);
    // the rules of this test find what is there
    assert!(type_of(&elements, "Observation", "valueQuantity/unit").is_some());
    assert!(
        type_of(
            &elements,
            "MedicationRequest",
            "dosageInstruction/timing/repeat"
        )
        .is_some()
    );
    for (_, types) in TYPES {
        assert!(types.iter().all(|name| !elements.contains_key(*name)));
    }
    let mut seen = 0;
    for (of_type, members) in MEMBERS {
        assert!(elements.contains_key(*of_type), "{of_type}");
        for member in members.iter().flat_map(|(_, members)| *members) {
            let found = type_of(&elements, of_type, member);
            assert!(found.is_none(), "{of_type}.{member} is an element of R4");
            seen += 1;
        }
    }
    for (of_type, paths) in PATHS {
        assert!(elements.contains_key(*of_type), "{of_type}");
        for (_, path) in *paths {
            let found = type_of(&elements, of_type, path.trim_end_matches('='));
            match path.ends_with('=') {
                true => assert!(
                    matches!(found.as_deref(), Some("CodeableConcept" | "Coding")),
                    "{of_type}/{path} has a value in R4"
                ),
                false => assert_eq!(found, None, "{of_type}/{path} is an element of R4"),
            }
            seen += 1;
        }
    }
    assert!(seen > 400, "{seen}");
}

/// The type of an element of R4, or the path of its own elements.
fn type_of(elements: &HashMap<String, Vec<String>>, of: &str, path: &str) -> Option<String> {
    path.split('/').try_fold(of.to_owned(), |of, name| {
        let path = format!("{of}.{name}");
        if let Some(types) = elements.get(&path) {
            return Some(match &*types[0] {
                "BackboneElement" | "Element" => path,
                of_type => of_type.to_owned(),
            });
        }
        // value[x] is written with one of the types that it allows
        let places = name.char_indices().filter(|(_, c)| c.is_ascii_uppercase());
        places.into_iter().find_map(|(at, _)| {
            let types = elements.get(&format!("{of}.{}[x]", &name[..at]))?;
            types
                .iter()
                .find(|of| of.eq_ignore_ascii_case(&name[at..]))
                .cloned()
        })
    })
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
