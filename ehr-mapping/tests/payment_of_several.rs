//! A payment that names no patient belongs to the chart of the claims that it pays: of one patient, or of nobody's chart.

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions, PATIENT_AMBIGUOUS};
use ehr_mapping::format::Format;
use ehr_mapping::source::MemoryFolder;
use ehr_model::kind::{Patient, Payment};
use serde_json::json;

/// For each patient how many payments stand on the chart, and the codes of what was set aside.
fn payments(details: &[&str]) -> (Vec<(String, usize)>, Vec<String>) {
    let claim = |id: &str, patient: &str| {
        json!({ "resourceType": "Claim", "id": id, "status": "active", "use": "claim",
                "patient": { "reference": format!("Patient/{patient}") } })
    };
    let patient = |id: &str, family: &str| json!({ "resourceType": "Patient", "id": id, "name": [{ "family": family }] });
    let detail = details
        .iter()
        .map(|claim| json!({ "request": { "reference": format!("Claim/{claim}") } }));
    let payment = json!({ "resourceType": "PaymentReconciliation", "id": "p", "status": "active",
                          "paymentDate": "2031-03-04", "detail": detail.collect::<Vec<_>>() });
    let resources = [
        payment,
        patient("1", "Okafor"),
        patient("2", "Lindqvist"),
        claim("a", "1"),
        claim("b", "1"),
        claim("c", "2"),
    ];
    let lines: Vec<String> = resources.iter().map(ToString::to_string).collect();
    let folder = MemoryFolder::default().with("export.ndjson", lines.join("\n"));

    let document = MappingDocument::for_formats([Format::Fhir], "urn:test").unwrap();
    let plan = document.compile().unwrap();
    let spill = tempfile::tempdir().unwrap();
    let options = ExtractionOptions::new(spill.path());
    let extraction = Extraction::open_rehearsal(&plan, &folder, options).unwrap();
    let mut charts = Vec::new();
    extraction
        .patients(
            |unit, _| {
                let (_, patient) = unit.chart.of::<Patient>().next().unwrap();
                let family = patient.name[0].family.value().unwrap().expose().to_owned();
                (family, unit.chart.of::<Payment>().count())
            },
            |chart| {
                charts.push(chart);
                Ok(())
            },
        )
        .unwrap();
    charts.sort();
    let mut rejected = Vec::new();
    extraction
        .rejects(|reject| {
            rejected.push(reject.reason.to_string());
            Ok(())
        })
        .unwrap();
    (charts, rejected)
}

fn charts(lindqvist: usize, okafor: usize) -> Vec<(String, usize)> {
    vec![("Lindqvist".into(), lindqvist), ("Okafor".into(), okafor)]
}

#[test]
fn claims_of_one_patient_lead_to_that_chart() {
    for details in [&["a"][..], &["a", "b"], &["b", "a", "unknown"]] {
        assert_eq!(payments(details), (charts(0, 1), vec![]), "{details:?}");
    }
    assert_eq!(payments(&["c"]), (charts(1, 0), vec![]));
}

#[test]
fn claims_of_two_patients_lead_to_no_chart() {
    let ambiguous = vec![PATIENT_AMBIGUOUS.to_string()];
    for details in [["a", "c"], ["c", "a"]] {
        assert_eq!(payments(&details), (charts(0, 0), ambiguous.clone()));
    }
}
