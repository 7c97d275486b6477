//! FHIR resources that other converters get wrong, each with what must become of it.
//!
//! A vector says why it is there and what is expected, then `---`, then the file as it is read:
//! `has TYPE: TEXT` and `lacks TYPE: TEXT` look into the lines of that type that are written,
//! `count TYPE: N`, `reject: CODE`, `issue: CODE`. Nothing may be unaccounted for in any of them.

mod support;

use std::fs;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;

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
