//! Survival: what the source says is in the output. A plain scan of every file of the corpus, which
//! shares no code with the crate, finds its codes, quantities, doses, dates, ids and documents. What
//! the books call mapped must stand in the FHIR of the records that took it; what they call rejected
//! must be named by an issue or lie in a reject byte for byte. A value that is `mapped` and stands
//! nowhere is a lie of the books. Lies are counted by path; those that say the same in other
//! words are explained in a table, with the reason, and any other fails.

use crate::support;

mod ccda;
mod cells;
mod explained;
mod fhir;
mod output;
mod proof;
mod split;

use std::fs;
use std::path::{Path, PathBuf};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;

use explained::{CCDA, FHIR, HL7V2, SYNTHEA, X12};
use proof::Proof;
use support::corpus;

/// A value of the source, as a plain scan finds it.
pub(crate) struct Value {
    /// The file that it stands in.
    pub(crate) file: String,
    /// The names above it, joined by `/`, as the crate names them.
    pub(crate) path: String,
    pub(crate) text: String,
}

#[test]
fn what_ccda_documents_say_is_in_the_charts() {
    let Some(folder) = corpus::folder("ccda") else {
        return;
    };
    let plan = shipped("ccda-r2.1");
    let mut proof = Proof::default();
    for path in files(&folder, &["xml"]) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let Some(values) = ccda::values(&name, &bytes) else {
            continue; // a fragment, or no XML
        };
        let folder = MemoryFolder::default().with(name.as_str(), bytes);
        proof.of(&plan, &folder, values, CCDA, str::to_owned);
    }
    proof.conclude("C-CDA", 60_000, CCDA);
}

#[test]
fn what_fhir_resources_say_is_in_the_charts() {
    let Some(folder) = corpus::folder("") else {
        return;
    };
    let plan = shipped("fhir-r4");
    let mut proof = Proof::default();
    for name in [
        "fhir/us-core-6.1.0/examples",
        "synthea-fhir/bulk-10pts",
        "synthea-fhir/ma-2024-11pts",
    ] {
        let folder = folder.join(name);
        let mut values = Vec::new();
        let mut export = MemoryFolder::default();
        for path in files(&folder, &["json", "ndjson", "gz"]) {
            let bytes = fs::read(&path).expect("a file of the corpus");
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            values.extend(fhir::values(&name, &bytes));
            export = export.with(name.as_str(), bytes);
        }
        proof.of(&plan, &export, values, FHIR, str::to_owned);
    }
    proof.conclude("FHIR", 100_000, FHIR);
}

#[test]
fn what_hl7v2_messages_say_is_in_the_charts() {
    let Some(folder) = corpus::folder("hl7v2") else {
        return;
    };
    let plan = shipped("hl7v2");
    let mut proof = Proof::default();
    for path in files(&folder, &["hl7", "hl7v2", "txt"]) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let values = split::messages(&name, &bytes);
        let folder = MemoryFolder::default().with(name, bytes);
        proof.of(&plan, &folder, values, HL7V2, split::field);
    }
    proof.conclude("HL7 v2", 30_000, HL7V2);
}

#[test]
fn what_x12_interchanges_say_is_in_the_charts() {
    let Some(folder) = corpus::folder("x12") else {
        return;
    };
    let plans = [shipped("x12-837"), shipped("x12-835")];
    let mut proof = Proof::default();
    for path in files(
        &folder,
        &[
            "txt", "x12", "837", "835", "270", "271", "277", "999", "edi",
        ],
    ) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        let text = String::from_utf8_lossy(&bytes);
        let plan = match () {
            () if text.contains("ST*837*") => &plans[0],
            () if text.contains("ST*835*") => &plans[1],
            () => continue, // questions, answers and receipts have no chart
        };
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        let values = split::interchanges(&name, &bytes);
        let folder = MemoryFolder::default().with(name, bytes);
        proof.of(plan, &folder, values, X12, split::field);
    }
    proof.conclude("X12", 9_000, X12);
}

#[test]
fn what_cells_of_tables_say_is_in_the_charts() {
    let Some(folder) = corpus::folder("synthea-csv/ma-2024-11pts") else {
        return;
    };
    let plan = corpus::document(|text| text)
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut proof = Proof::default();
    let mut values = Vec::new();
    let mut export = MemoryFolder::default();
    for path in files(&folder, &["csv"]) {
        let bytes = fs::read(&path).expect("a file of the corpus");
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        values.extend(cells::values(&name, &bytes));
        export = export.with(name, bytes);
    }
    proof.of(&plan, &export, values, SYNTHEA, str::to_owned);
    proof.conclude("CSV", 100_000, SYNTHEA);
}

const SEXES: &str = r#"
[document]
name    = "sexes"
version = "1.0.0"
format  = "csv"
system  = "https://old.example"

[[table]]
name    = "people"
file    = "people.csv"
columns = ["ID", "SEX", "BORN"]
patient = "ID"

[[map]]
from = "people"
to   = "Patient"
key  = ["ID"]
[map.fields]
"identifier[0].value" = "ID"
"gender"              = { from = "SEX", map = "sex" }
"birthDate"           = "BORN"

[code-map.sex]
rows = [["W", "female"]]
"#;

fn invented(values: Vec<Value>, table: &'static [explained::Explained]) {
    let folder = MemoryFolder::default().with("people.csv", "ID,SEX,BORN\n17,W,1961-04-02\n");
    let mut proof = Proof::default();
    proof.of(&support::plan(SEXES), &folder, values, table, str::to_owned);
    proof.conclude("invented", 3, table);
}

fn cell(path: &str, text: &str) -> Value {
    Value {
        file: "people.csv".into(),
        path: path.into(),
        text: text.into(),
    }
}

#[test]
#[should_panic(expected = "1 mapped: SEX: [(\"W\", 1)]")]
fn a_value_that_is_mapped_and_stands_nowhere_is_found() {
    invented(
        vec![
            cell("ID", "17"),
            cell("SEX", "W"),
            cell("BORN", "1961-04-02"),
        ],
        &[],
    );
}

#[test]
#[should_panic(expected = "1 seen by nobody: BORN")]
fn a_value_that_the_books_do_not_have_is_found() {
    let says = explained::Says::As(&[("W", "female")]);
    let reason = "the gender by the words of FHIR";
    const PATHS: &[&str] = &["SEX"];
    let table = vec![explained::Explained {
        paths: PATHS,
        says,
        reason,
    }];
    invented(
        vec![
            cell("ID", "17"),
            cell("SEX", "W"),
            cell("BORN", "1961-04-03"),
        ],
        table.leak(),
    );
}

fn shipped(name: &str) -> Plan {
    MappingDocument::shipped(name)
        .expect("it ships")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path
            .extension()
            .and_then(|ending| ending.to_str())
            .is_some_and(|ending| endings.contains(&ending.to_ascii_lowercase().as_str()))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}
