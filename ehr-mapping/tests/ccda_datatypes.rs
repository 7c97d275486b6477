//! Walks `tests/ccda_datatypes/`: fragments of C-CDA that say themselves what they must become.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the XML of the
//! fragment follows. `why:` is the reason of the vector. `map:` is the kind of record that is made
//! of the fragment and `line:` a line of its map. Then follows everything that must come out of it:
//!
//! * `fhir:` each member of the FHIR resource that the lines fill, digit for digit,
//! * `issue:` each issue with its place,
//! * `policy:` each policy that counted something,
//! * `rejected:` and `open:` each leaf that was set aside, or that nothing took.

use crate::support;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::source::MemoryFolder;
use serde_json::value::RawValue;

const HEAD: &str = r#"
[document]
name = "datatypes"
version = "1"
format = "ccda"
system = "https://legacy.example"
TIME-ZONE
[[source]]
name = "documents"
format = "ccda"
patient = ["ClinicalDocument/recordTarget/patientRole/id/@extension"]

[[map]]
name = "test.patient"
from = "documents"
to = "Patient"
same-key = "merge"
[map.fields]
"identifier[0].value" = "ClinicalDocument/recordTarget/patientRole/id/@extension"
"#;

#[derive(Default, Clone)]
struct Vector {
    why: String,
    kind: String,
    lines: Vec<String>,
    time_zone: Option<String>,
    expect: Vec<String>,
    xml: String,
}

fn paths() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ccda_datatypes");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "vector"))
        .collect();
    paths.sort();
    assert!(paths.len() > 180, "the vectors are not there");
    paths
}

/// Every value of every vector, written as what nobody expects, is read or set aside: the books
/// balance, and nothing panics.
#[test]
fn odd_values_are_read_or_set_aside() {
    let long = "9".repeat(400);
    let odd = [
        "",
        " ",
        "\u{e9}",
        "-",
        "2006-\u{e9}",
        "1e400",
        "tel:",
        "#",
        "&lt;",
        &long,
    ];
    for path in paths() {
        let vector = Vector::read(&fs::read_to_string(path).unwrap());
        for odd in odd {
            // each attribute but `xsi:type` and namespaces, all at once
            let mut xml = String::new();
            let mut parts = vector.xml.split('"');
            let mut name = parts.next().unwrap();
            xml.push_str(name);
            while let (Some(value), Some(next)) = (parts.next(), parts.next()) {
                let kept = name.ends_with(":type=") || name.contains("xmlns:");
                write!(xml, "\"{}\"{next}", if kept { value } else { odd }).unwrap();
                name = next;
            }
            let changed = Vector {
                xml,
                ..vector.clone()
            };
            changed.run();
        }
    }
}

#[test]
fn every_vector_becomes_what_it_says() {
    let paths = paths();
    let mut wrong = String::new();
    for path in &paths {
        let name = path.file_name().unwrap().to_str().unwrap();
        let vector = Vector::read(&fs::read_to_string(path).unwrap());
        assert!(!vector.why.is_empty(), "{name} does not say why");
        let found = vector.run();
        if found != vector.expect {
            writeln!(wrong, "{name} ({})\nexpected", vector.why).unwrap();
            write_lines(&mut wrong, &vector.expect);
            writeln!(wrong, "found").unwrap();
            write_lines(&mut wrong, &found);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The lines as they would stand in a vector.
fn write_lines(to: &mut String, lines: &[String]) {
    for line in lines {
        writeln!(to, "# {line}").unwrap();
    }
}

impl Vector {
    fn read(file: &str) -> Self {
        let (head, xml) = file.split_once("\n\n").unwrap();
        let mut vector = Self {
            xml: xml.to_owned(),
            ..Self::default()
        };
        for line in head.lines() {
            let line = line.strip_prefix("# ").unwrap();
            let (key, value) = line.split_once(": ").unwrap();
            match key {
                "why" => vector.why = value.to_owned(),
                "map" => vector.kind = value.to_owned(),
                "line" => vector.lines.push(value.to_owned()),
                "time-zone" => vector.time_zone = Some(value.to_owned()),
                "fhir" | "issue" | "policy" | "rejected" | "open" => {
                    vector.expect.push(line.to_owned());
                }
                _ => panic!("unknown key {key}"),
            }
        }
        vector
    }

    fn document(&self) -> String {
        let time_zone = self.time_zone.as_deref();
        let time_zone =
            time_zone.map_or_else(String::new, |zone| format!("time-zone = \"{zone}\""));
        let mut document = HEAD.replace("TIME-ZONE", &time_zone);
        // lines of the patient stand in the one map that makes it
        let mut below = "ClinicalDocument/probe/";
        if self.kind != "Patient" {
            below = "";
            let kind = &self.kind;
            write!(
                document,
                "[[map]]\nname = \"test.probe\"\nfrom = \"documents\"\nat = \"//probe\"\n\
                 to = \"{kind}\"\nkey = [\"~\"]\n[map.fields]\n"
            )
            .unwrap();
        }
        for line in &self.lines {
            let line = line.replace("from = \"", &format!("from = \"{below}"));
            writeln!(document, "{line}").unwrap();
        }
        let required = match &*self.kind {
            "Medication" => "medicationCodeableConcept",
            "Goal" => "description",
            "Observation" | "Problem" => "code",
            _ => return document,
        };
        if !self.fills(required) {
            writeln!(document, "\"{required}.text\" = {{ value = \"required\" }}").unwrap();
        }
        document
    }

    fn run(&self) -> Vec<String> {
        let xml = format!(
            "<ClinicalDocument xmlns=\"urn:hl7-org:v3\" xmlns:sdtc=\"urn:hl7-org:sdtc\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><recordTarget><patientRole>\
             <id extension=\"1\"/></patientRole></recordTarget><probe>{}</probe></ClinicalDocument>",
            self.xml.trim()
        );
        let folder = MemoryFolder::default().with("a.xml", xml);
        let run = support::run(&support::plan(&self.document()), &folder);
        support::assert_books_add_up(&run.tally);
        let mut found = Vec::new();
        let mut records = run
            .records()
            .filter(|record| record.kind().name() == self.kind);
        if let Some(record) = records.next() {
            let line = support::line(record);
            let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&line).unwrap();
            for (key, value) in members {
                if self.fills(&key) {
                    found.push(format!("fhir: {key} {}", value.get()));
                }
            }
        }
        assert!(records.next().is_none(), "one fragment, one record");
        for issue in &run.issues {
            let address = issue.address.as_ref().map(ToString::to_string);
            let place = address.as_deref().and_then(|at| at.split("/probe/").nth(1));
            found.push(format!(
                "issue: {} {}",
                issue.code,
                place.unwrap_or_default()
            ));
        }
        for (policy, count) in &run.tally.policies {
            found.push(format!("policy: {policy} ({count})"));
        }
        for (path, leaves) in &run.tally.sources["documents"].paths {
            let path = path.strip_prefix("ClinicalDocument/probe/").unwrap_or(path);
            for (fate, count) in [("rejected", leaves.rejected), ("open", leaves.unaccounted)] {
                if count > 0 {
                    found.push(format!("{fate}: {path} ({count})"));
                }
            }
        }
        found
    }

    /// Whether a member comes from one of the lines.
    fn fills(&self, key: &str) -> bool {
        let key = key.strip_prefix('_').unwrap_or(key);
        self.lines.iter().any(|line| {
            let path = line.split('"').nth(1).unwrap();
            let root = path.split(['.', '[']).next().unwrap();
            key == root || (path.contains("[x]") && key.starts_with(root))
        })
    }
}
