//! How much memory a FHIR export takes. By hand, in a process of its own each, because the peak is
//! that of a process:
//!
//! ```text
//! cargo test --release -p ehr-mapping --test all memory_fhir -- --ignored --nocapture --exact memory_fhir::patients
//! cargo test --release -p ehr-mapping --test all memory_fhir -- --ignored --nocapture --exact memory_fhir::directory
//! ```
//!
//! What belongs to patients is bounded: two gigabytes of NDJSON take some sixty megabytes, ten times
//! less take as much. What belongs to nobody (practitioners, organizations, places, equipment,
//! medications of their own) is held as a whole, its trees and its records beside its text: a
//! directory costs `DIRECTORY` times its size at most, and should be counted in.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use crate::support::peak;

use ehr_mapping::format::Format;
use peak::{Made, extract, megabytes, peak as high_water};

/// Whatever the size of the export.
const PATIENTS: u64 = 160_000_000;
/// Times the size of what belongs to nobody.
const DIRECTORY: u64 = 12;
/// Resources of one patient.
const OBSERVATIONS: u64 = 200;

#[test]
#[ignore = "a measurement"]
fn patients() {
    let bytes = megabytes(2_000) * 1_000_000;
    let export = Made {
        name: "export.ndjson",
        bytes,
        head: "",
        piece: resource,
        tail: "",
    };
    let (records, _) = extract(Format::Fhir, &export);
    let Some(peak) = high_water() else {
        return println!("skipped: the peak memory of a process is read from /proc");
    };
    println!(
        "{} MB, {records} records: peak {} MB",
        bytes / 1_000_000,
        peak / 1_000_000
    );
    assert!(records > bytes / 1000, "{records}");
    assert!(peak < PATIENTS, "{peak}");
}

fn resource(number: u64) -> String {
    let (patient, place) = (number / OBSERVATIONS, number % OBSERVATIONS);
    if place == 0 {
        return format!(
            r#"{{"resourceType":"Patient","id":"p{patient}","identifier":[{{"system":"https://legacy.example/mrn","value":"{patient}"}}],"name":[{{"family":"Okafor","given":["Ada"]}}],"gender":"female","birthDate":"1970-01-01"}}
"#
        );
    }
    format!(
        r#"{{"resourceType":"Observation","id":"o{number}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital signs"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"8302-2","display":"Body height"}}],"text":"Body height"}},"subject":{{"reference":"Patient/p{patient}"}},"effectiveDateTime":"2024-03-01T10:15:{:02}+01:00","issued":"2024-03-01T10:15:30.123+01:00","valueQuantity":{{"value":{}.{place},"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"}}}}
"#,
        number % 60,
        150 + number % 40,
    )
}

#[test]
#[ignore = "a measurement"]
fn directory() {
    let bytes = megabytes(20) * 1_000_000;
    let export = Made {
        name: "Organization.ndjson",
        bytes,
        head: "",
        piece: |number| {
            format!(
                r#"{{"resourceType":"Organization","id":"g{number}","identifier":[{{"system":"http://hl7.org/fhir/sid/us-npi","value":"{number:010}"}}],"active":true,"type":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/organization-type","code":"prov","display":"Healthcare Provider"}}],"text":"Healthcare Provider"}}],"name":"Practice {number}","telecom":[{{"system":"phone","value":"555-{number}"}}],"address":[{{"line":["1 Main Street"],"city":"Springfield","state":"MA","postalCode":"01101","country":"US"}}]}}
"#
            )
        },
        tail: "",
    };
    let (_, shared) = extract(Format::Fhir, &export);
    let Some(peak) = high_water() else {
        return println!("skipped: the peak memory of a process is read from /proc");
    };
    println!(
        "{} MB, {shared} records: peak {} MB",
        bytes / 1_000_000,
        peak / 1_000_000
    );
    assert!(shared > bytes / 1000, "{shared}");
    assert!(peak < DIRECTORY * bytes, "{peak}");
}
