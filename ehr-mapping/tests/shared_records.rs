//! What several patients share stands in the FHIR files once, with all that any of them says of it.

use std::fs;

use ehr_mapping::mapper::SOURCES_DISAGREE;
use ehr_mapping::writer::{FhirFolder, FhirLines};
use ehr_model::catalogue::FieldPath;
use ehr_model::element::Leaf;
use ehr_model::fhir::BatchTag;
use ehr_model::issue::Severity;
use ehr_model::record::{Kind, Namespace, Record};
use serde_json::Value;

fn location(fields: &[(&str, &str)]) -> Record {
    let mut resource = Kind::Location.empty_resource();
    for (path, text) in fields {
        let path = FieldPath::resolve(Kind::Location, path).unwrap();
        path.set(resource.element_mut(), 0, Leaf::Text((*text).into()))
            .unwrap();
    }
    Record {
        id: Namespace::of_system("urn:test").id(Kind::Location, "7"),
        provenance: Vec::new(),
        resource,
    }
}

fn lines(record: &Record, is_directory: bool) -> FhirLines {
    let (mut lines, batch) = (FhirLines::default(), BatchTag::new("urn:test:batch", "1"));
    match is_directory {
        true => lines.push_directory(record, &batch),
        false => lines.push(record, &batch),
    }
    lines
}

#[test]
fn each_patient_adds_what_the_others_did_not_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut fhir = FhirFolder::create(folder.path()).unwrap();
    let bare = location(&[("name", "North clinic")]);
    let with_street = location(&[("name", "North clinic"), ("address.city", "Yarmouth")]);
    let renamed = location(&[("name", "Northside"), ("description", "Second floor")]);
    for record in [&bare, &with_street, &bare, &renamed] {
        fhir.append(lines(record, false)).unwrap();
    }
    let arrived = fhir.finish().unwrap();
    assert_eq!(arrived.written["Location"], 1);
    assert_eq!(arrived.repeated["Location"], 3);
    let written = fs::read_to_string(folder.path().join("Location.ndjson")).unwrap();
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["name"], "North clinic");
    assert_eq!(written["address"]["city"], "Yarmouth");
    assert_eq!(written["description"], "Second floor");
    // what the last one calls it stands in no file, and that is said
    let [issue] = arrived.issues.as_slice() else {
        panic!("{:?}", arrived.issues);
    };
    assert_eq!(
        (issue.code, issue.severity),
        (SOURCES_DISAGREE, Severity::Warning)
    );
    assert_eq!(issue.field.as_deref(), Some("name"));
}

#[test]
fn the_directory_of_the_export_stands_and_other_words_are_said() {
    let folder = tempfile::tempdir().unwrap();
    let mut fhir = FhirFolder::create(folder.path()).unwrap();
    let listed = location(&[("name", "North clinic")]);
    fhir.append(lines(&listed, true)).unwrap();
    fhir.append(lines(&listed, false)).unwrap();
    fhir.append(lines(&location(&[("name", "Northside")]), false))
        .unwrap();
    let arrived = fhir.finish().unwrap();
    assert_eq!(
        (arrived.written["Location"], arrived.repeated["Location"]),
        (1, 2)
    );
    let codes: Vec<_> = arrived.issues.iter().map(|issue| issue.code).collect();
    assert_eq!(codes, [SOURCES_DISAGREE]);
}
