//! The sample practice without any arguments, and its odd cases one by one.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::migrate::program::{migrate, printed, run_sample, sample};
use crate::migrate::result::{files, issues, names, one, reference, report, resources, total};

#[test]
fn no_arguments_are_needed() {
    let folder = tempfile::tempdir().unwrap();
    for run in ["first", "second"] {
        let output = migrate().current_dir(&folder).output().unwrap();
        let text = printed(&output);
        assert_eq!(output.status.code(), Some(0), "{run}: {text}");
        assert!(output.stderr.is_empty(), "{run}: {text}");
        assert!(text.contains("verdict     GO\n"), "{run}: {text}");
        assert!(
            text.contains("unaccounted         0 values, 0 records\n"),
            "{run}: {text}"
        );
        assert!(
            text.lines().count() <= 24,
            "{run}: more than one screen: {text}"
        );
        for path in ["report/index.html", "fhir", "archive", "report/report.json"] {
            assert!(folder.path().join("target/migration").join(path).exists());
        }
        assert!(
            text.contains("archive key target/migration.key"),
            "{run}: {text}"
        );
    }
    assert_eq!(names(folder.path()), ["target"].map(str::to_owned).into());
    let beside = ["migration", "migration.key"].map(str::to_owned).into();
    assert_eq!(names(&folder.path().join("target")), beside);
}

#[test]
fn the_result_is_complete_and_nothing_is_left_over() {
    let (folder, out) = migrated(&[]);
    let beside = ["out", "out.key"].map(str::to_owned).into();
    assert_eq!(names(folder.path()), beside);
    let parts = ["archive", "fhir", "report"].map(str::to_owned).into();
    assert_eq!(names(&out), parts);
    for name in files(&out).keys() {
        assert!(!name.ends_with('/'), "{name} is an empty folder");
        assert!(!name.ends_with(".key") && !name.contains("spill"), "{name}");
    }
    let report = report(&out);
    assert_eq!(report["verdict"], "go");
    assert_eq!(report["reasons"], json!([]));
    assert_eq!(total(&report, "leaves", "unaccounted"), 0);
    assert_eq!(total(&report, "records", "unaccounted"), 0);
    assert_eq!(report["reconciliation"]["balances"], true);
}

#[test]
fn the_report_counts_what_lies_in_the_folder() {
    let (_folder, out) = migrated(&["--lineage"]);
    let report = report(&out);
    let mut written = BTreeMap::new();
    let mut lineage = Vec::new();
    for name in names(&out.join("fhir")) {
        let kind = name.strip_suffix(".ndjson").unwrap();
        let found = resources(&out, kind);
        assert!(
            found
                .iter()
                .all(|resource| resource["resourceType"] == kind)
        );
        lineage.extend(found.iter().map(reference));
        written.insert(kind.to_owned(), json!({ "count": found.len() }));
    }
    assert_eq!(report["resources"], json!(written));
    let expected = [
        "AllergyIntolerance",
        "Appointment",
        "Claim",
        "Condition",
        "Coverage",
        "Device",
        "DiagnosticReport",
        "DocumentReference",
        "Encounter",
        "FamilyMemberHistory",
        "Immunization",
        "Location",
        "MedicationRequest",
        "Observation",
        "Organization",
        "Patient",
        "PaymentReconciliation",
        "Practitioner",
        "PractitionerRole",
        "Procedure",
        "RelatedPerson",
        "ServiceRequest",
        "Specimen",
    ];
    for kind in expected {
        assert!(written.contains_key(kind), "no {kind} was written");
    }
    assert_eq!(written["Patient"], json!({ "count": 12 }));

    let lines = fs::read_to_string(out.join("lineage.ndjson")).unwrap();
    let mut traced: Vec<String> = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| line["resource"].as_str().unwrap().to_owned())
        .collect();
    traced.sort();
    lineage.sort();
    assert_eq!(traced, lineage, "one line of lineage for each resource");
}

#[test]
fn every_resource_carries_the_batch_tag() {
    let (_folder, out) = migrated(&[]);
    let batch = report(&out)["run"]["batch"].clone();
    for name in names(&out.join("fhir")) {
        for resource in resources(&out, name.strip_suffix(".ndjson").unwrap()) {
            let tag = &resource["meta"]["tag"][0];
            assert_eq!(
                *tag,
                json!({ "system": "urn:ehr:migration-batch", "code": batch })
            );
        }
    }
}

#[test]
fn people_keep_their_names_their_insurers_and_their_guardians() {
    let (_folder, out) = migrated(&[]);
    let patients = resources(&out, "Patient");
    let marigold = one(&patients, "/identifier/0/value", "10001");
    let previous = &marigold["name"][1];
    assert_eq!(
        (&previous["use"], &previous["family"]),
        (&json!("old"), &json!("Candlewright"))
    );

    let mut covers: Vec<(u64, Value)> = resources(&out, "Coverage")
        .into_iter()
        .filter(|cover| cover["beneficiary"]["reference"] == reference(marigold))
        .map(|cover| {
            (
                cover["order"].as_u64().unwrap(),
                cover["subscriberId"].clone(),
            )
        })
        .collect();
    covers.sort_by_key(|(order, _)| *order);
    assert_eq!(covers, [(1, json!("SM-100441")), (2, json!("BC-88120"))]);

    let child = one(&patients, "/identifier/0/value", "10007");
    let guardians = resources(&out, "RelatedPerson");
    let guardian = one(&guardians, "/patient/reference", &reference(child));
    assert_eq!(guardian["name"][0]["text"], "Marigold Thimblewick");
    assert_eq!(guardian["relationship"][0]["coding"][1]["code"], "MTH");

    let dead = one(&patients, "/identifier/0/value", "10006");
    assert_eq!(dead["deceasedDateTime"], "2021-02-11");
    let accents = one(&patients, "/identifier/0/value", "10003");
    assert_eq!(accents["name"][0]["family"], "Núñez-Farrow");
    let nobody_knows = one(&patients, "/identifier/0/value", "10010");
    assert!(nobody_knows.get("birthDate").is_none() && nobody_knows.get("_birthDate").is_some());
}

#[test]
fn the_duplicate_patient_is_flagged_and_not_merged() {
    let (_folder, out) = migrated(&[]);
    let patients = resources(&out, "Patient");
    let ssn = "999-01-0004";
    let sharing = patients.iter().filter(|patient| {
        let mut identifiers = patient["identifier"].as_array().unwrap().iter();
        identifiers.any(|identifier| identifier["value"] == ssn)
    });
    assert_eq!(sharing.count(), 2);
    assert!(issues(&report(&out), "identifier-shared-by-patients") > 0);
}

#[test]
fn what_is_negated_never_becomes_positive() {
    let (_folder, out) = migrated(&[]);
    let allergies = resources(&out, "AllergyIntolerance");
    let none_known = one(&allergies, "/code/coding/0/code", "NKDA");
    assert_eq!(none_known["code"]["coding"][1]["code"], "409137002");
    assert!(none_known.get("reaction").is_none());

    let vaccines = resources(&out, "Immunization");
    let refused = one(&vaccines, "/vaccineCode/coding/0/code", "187");
    assert_eq!(refused["status"], "not-done");
    let procedures = resources(&out, "Procedure");
    let not_taken = one(&procedures, "/code/coding/0/code", "TCULT");
    assert_eq!(not_taken["status"], "not-done");
}

#[test]
fn free_text_is_kept_as_it_was_written() {
    let (_folder, out) = migrated(&[]);
    let drugs = resources(&out, "MedicationRequest");
    let herbs = one(&drugs, "/identifier/0/value", "R5007");
    assert_eq!(
        herbs["medicationCodeableConcept"]["text"],
        "Grandmother's thyroid herb tea"
    );
    assert_eq!(
        herbs["dosageInstruction"][0]["text"],
        "One cup in the morning"
    );
    assert!(
        herbs["dosageInstruction"][0].get("doseAndRate").is_none(),
        "no dose is invented"
    );
    let inhaler = one(&drugs, "/identifier/0/value", "R5006");
    let sig = &inhaler["dosageInstruction"][0]["text"];
    assert_eq!(*sig, "2 puffs every 4 hours as needed for wheezing");
}

#[test]
fn documents_are_the_same_to_the_last_byte() {
    let (_folder, out) = migrated(&[]);
    let documents = resources(&out, "DocumentReference");
    let listed = [
        ("D6001", "scans/D6001.pdf", "application/pdf"),
        ("D6002", "scans/D6002.pdf", "application/pdf"),
        ("N9001", "notes/N9001.txt", "text/plain"),
    ];
    for (number, file, media_type) in listed {
        let document = one(&documents, "/identifier/0/value", number);
        let attachment = &document["content"][0]["attachment"];
        let data = STANDARD
            .decode(attachment["data"].as_str().unwrap())
            .unwrap();
        assert_eq!(data, fs::read(sample().join(file)).unwrap(), "{file}");
        assert_eq!(attachment["contentType"], media_type);
    }
    let lost = one(&documents, "/identifier/0/value", "D6003");
    assert!(lost["content"][0]["attachment"].get("data").is_none());
    assert_eq!(issues(&report(&out), "document-file-missing"), 1);
}

#[test]
fn rows_of_an_earlier_conversion_arrive() {
    let (_folder, out) = migrated(&[]);
    let encounters = resources(&out, "Encounter");
    let visit = one(&encounters, "/identifier/0/value", "CNV-0007");
    assert_eq!(
        visit["period"]["start"], "1998-06-12",
        "a two-digit year in its century"
    );
    let problems = resources(&out, "Condition");
    let found = problems
        .iter()
        .any(|problem| problem["encounter"]["reference"] == reference(visit));
    assert!(found, "the problem of the converted visit points at it");
}

#[test]
fn rows_without_a_home_are_rejected_with_a_reason() {
    let (_folder, out) = migrated(&[]);
    let report = report(&out);
    let rejects: Vec<&str> = report["rejects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reject| reject["reason"].as_str().unwrap())
        .collect();
    assert_eq!(rejects, ["orphan-patient", "ragged-row"]);
    let encounters = resources(&out, "Encounter");
    let voided = encounters
        .iter()
        .any(|visit| visit["identifier"][0]["value"] == "V20191");
    assert!(!voided, "a voided visit stays in the archive");
}

/// A result of the sample practice. The folder is removed with the first value.
fn migrated(more: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    run_sample(&out, more);
    (folder, out)
}
