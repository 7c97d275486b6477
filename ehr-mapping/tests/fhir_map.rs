//! FHIR resources that other converters get wrong, each with what must become of it.
//!
//! A vector says why it is there and what is expected, then `---`, then the file as it is read:
//! `has TYPE: TEXT` and `lacks TYPE: TEXT` look into the lines of that type that are written,
//! `count TYPE: N`, `reject: CODE`, `issue: CODE`. Nothing may be unaccounted for in any of them.

use crate::support;

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;
use ehr_model::record::Kind;

#[test]
fn every_vector_becomes_what_it_says() {
    let plan = MappingDocument::shipped("fhir-r4")
        .expect("it ships")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fhir_map");
    let mut names: Vec<_> = fs::read_dir(folder)
        .expect("the folder of vectors")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    names.sort();
    assert!(names.len() >= 20, "{} vectors", names.len());
    let mut wrong = Vec::new();
    for path in names {
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&path).expect("text");
        let (head, input) = text.split_once("\n---\n").expect("`---` before the file");
        let run = support::run(&plan, &MemoryFolder::default().with("in.json", input));
        support::assert_books_add_up(&run.tally);
        let mut fail =
            |what: &str| wrong.push(format!("{name}: {what}\n{}{:?}", run.fhir(), run.issues));
        if !run.unaccounted().is_empty() {
            fail(&format!("unaccounted: {:?}", run.unaccounted()));
        }
        let lines = |kind: &str| -> Vec<String> {
            let of_kind = |record: &&ehr_model::record::Record| record.kind().fhir() == kind;
            run.records().filter(of_kind).map(support::line).collect()
        };
        for line in head.lines().skip(1) {
            let (what, text) = line
                .split_once(": ")
                .unwrap_or_else(|| panic!("{name}: {line}"));
            let held = match what.split_once(' ') {
                Some(("has", kind)) => lines(kind).iter().any(|line| line.contains(text)),
                Some(("lacks", kind)) => !lines(kind).iter().any(|line| line.contains(text)),
                Some(("count", kind)) => lines(kind).len().to_string() == text,
                None if what == "reject" => {
                    run.rejects.iter().any(|one| one.reason.as_str() == text)
                }
                None if what == "issue" => run.codes().contains(&text),
                None if what == "archived" => run
                    .tally
                    .sources
                    .values()
                    .filter_map(|books| books.paths.get(text))
                    .any(|leaves| leaves.archived > 0),
                _ => panic!("{name}: {line}"),
            };
            if !held {
                fail(line);
            }
        }
        assert!(head.starts_with("why: "), "{name} says why");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// A document that extends this one can replace any line, so that every field must have one.
#[test]
fn every_field_of_every_kind_has_a_line() {
    let document = MappingDocument::shipped("fhir-r4").expect("it ships");
    let maps: Vec<&str> = document.text().split("\n[[map]]\n").collect();
    let mut missing = Vec::new();
    for kind in Kind::ALL {
        let to = format!("to = \"{}\"\n", kind.name());
        let map = maps
            .iter()
            .find(|map| map.contains(&to) && map.contains("[map.fields]"));
        let map = map.unwrap_or_else(|| panic!("no map makes a {}", kind.name()));
        for field in kind.spec().fields {
            let list = if field.many { "[*]" } else { "" };
            if !map.contains(&format!("\n\"{}{list}\" = ", field.name)) {
                missing.push(format!("{}.{}", kind.name(), field.name));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

/// A vendor's line stands in place of the shipped one, also where resources are contained.
#[test]
fn a_line_of_another_document_goes_over_the_shipped_one() {
    let own = r#"
[document]
name = "vendor"
version = "1"
format = "fhir"
system = "https://legacy.example"
extends = ["fhir-r4"]

[[map]]
name = "fhir.practitioner"
[map.fields]
"active" = false
"name[*]" = { from = "extension[url='https://legacy.example/names']/valueHumanName", as = "HumanName" }
"#;
    let plan = support::plan(own);
    let input = r##"{"resourceType":"Patient","id":"p1","name":[{"family":"Okafor"}]}
{"resourceType":"Practitioner","id":"d1","active":true,"name":[{"family":"Wrong"}],"extension":[{"url":"https://legacy.example/names","valueHumanName":{"family":"Lindqvist"}}]}
{"resourceType":"Condition","id":"c1","contained":[{"resourceType":"Practitioner","id":"d","active":true,"name":[{"family":"Wrong"}]}],"code":{"text":"x"},"subject":{"reference":"Patient/p1"},"recorder":{"reference":"#d"}}
"##;
    let run = support::run(&plan, &MemoryFolder::default().with("in.ndjson", input));
    let lines = run.fhir();
    assert!(
        lines.contains("Lindqvist") && !lines.contains("Wrong"),
        "{lines}"
    );
    assert!(!lines.contains(r#""active":true"#), "{lines}");
    // what no line takes any more surfaces
    let open: Vec<String> = run
        .unaccounted()
        .into_iter()
        .map(|(_, path, _)| path)
        .collect();
    assert_eq!(
        open,
        [
            "contained/active",
            "contained/name/family",
            "active",
            "name/family"
        ]
    );
}
