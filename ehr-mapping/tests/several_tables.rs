//! The engine on files that hold several tables: dump scripts and workbooks.

use crate::support;

use ehr_mapping::extraction::SOURCE_FILE_UNCLAIMED;
use ehr_mapping::source::MemoryFolder;
use ehr_model::kind::{Encounter, Patient};

const DOCUMENT: &str = r#"
[document]
name = "dump"
version = "1"
format = "sqldump"
system = "https://legacy.example"

[[table]]
name = "people"
file = "patients"
columns = ["id", "name"]
optional = ["born"]
patient = "id"

[[table]]
name = "visits"
file = "visits"
columns = ["id", "chart", "seen"]
patient = "chart"

[[map]]
from = "people"
to = "Patient"
key = ["id"]
[map.fields]
"identifier[0].value" = "id"
"name[0].text" = "name"
"birthDate" = "born"

[[map]]
from = "visits"
to = "Encounter"
key = ["id"]
[map.fields]
"identifier[0].value" = "id"
"status" = { value = "finished" }
"class" = { code = "id" }
"period.start" = "seen"
"#;

const SCRIPT: &str = r"-- MySQL dump 10.13
CREATE TABLE `patients` (`id` int NOT NULL, `name` varchar(50), `born` date);
CREATE TABLE `visits` (`id` int, `chart` int, `seen` date);
CREATE TABLE `audit` (`who` varchar(9));
INSERT INTO `patients` VALUES (7,'O\'Okafor','1954-03-23'),(8,'Roe',NULL);
INSERT INTO `visits` (`chart`,`seen`,`id`) VALUES (7,'2020-01-31',1);
CREATE INDEX x ON visits (chart);
INSERT INTO `audit` VALUES ('me'),(NULL);
";

#[test]
fn tables_of_a_dump_become_charts() {
    let folder = MemoryFolder::default().with("practice.sql", SCRIPT);
    let run = support::run(&support::plan(DOCUMENT), &folder);
    let people: Vec<_> = run
        .units
        .iter()
        .flat_map(|unit| unit.chart.of::<Patient>())
        .map(|(_, patient)| patient.name[0].text.value().unwrap().expose().to_owned())
        .collect();
    assert_eq!(people.len(), 2);
    assert!(people.contains(&"O'Okafor".to_owned()));
    let visits = run
        .units
        .iter()
        .flat_map(|unit| unit.chart.of::<Encounter>());
    assert_eq!(visits.count(), 1);
    let patients = &run.tally.sources["practice.sql#patients"];
    assert_eq!(
        (patients.records.mapped, patients.leaves.unaccounted),
        (2, 0)
    );
    let passed_over: Vec<_> = run.tally.policies.values().collect();
    assert_eq!(passed_over, [&1, &3], "{:?}", run.tally.policies);
}

#[test]
fn a_table_that_nobody_reads_surfaces_by_column() {
    let folder = MemoryFolder::default().with("practice.sql", SCRIPT);
    let plan = support::plan(DOCUMENT);
    let run = support::run(&plan, &folder);
    let audit = &run.tally.sources["practice.sql#audit"];
    assert_eq!(
        (audit.records.unaccounted, audit.leaves.unaccounted),
        (2, 1)
    );
    assert_eq!(audit.paths["who"].unaccounted, 1);
    assert!(
        run.issues
            .iter()
            .any(|issue| issue.code == SOURCE_FILE_UNCLAIMED)
    );

    let ruled = format!(
        "{DOCUMENT}\n[[file]]\nname = \"audit\"\nfate = \"ignore\"\nreason = \"Who logged in\"\n"
    );
    let run = support::run(&support::plan(&ruled), &folder);
    assert!(run.tally.balances(), "{:?}", run.tally);
    assert_eq!(run.tally.rules["Who logged in"].leaves, 1);
}

#[test]
fn a_row_that_cannot_be_read_is_a_reject_of_its_table() {
    let script = SCRIPT.replace("(8,'Roe',NULL)", "(8,'Roe',now())");
    let folder = MemoryFolder::default().with("practice.sql", script);
    let run = support::run(&support::plan(DOCUMENT), &folder);
    let [reject] = run.rejects.as_slice() else {
        panic!("one reject, {:?}", run.rejects)
    };
    assert!(
        reject
            .address
            .to_string()
            .starts_with("practice.sql#patients: record 2, line 5")
    );
}

#[test]
fn sheets_of_a_workbook_become_charts() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let people = workbook.add_worksheet().set_name("Patients").unwrap();
    people.write_row(0, 0, ["id", "name", "born"]).unwrap();
    people
        .write_row(1, 0, ["7", "Okafor, Ada", "1954-03-23"])
        .unwrap();
    let visits = workbook.add_worksheet().set_name("visits").unwrap();
    visits.write_row(0, 0, ["id", "chart", "seen"]).unwrap();
    visits.write_row(1, 0, ["1", "7", "2020-01-31"]).unwrap();
    let notes = workbook.add_worksheet().set_name("notes").unwrap();
    notes.write_row(0, 0, ["text"]).unwrap();
    notes.write_row(1, 0, ["call back"]).unwrap();
    let folder = MemoryFolder::default().with("practice.xlsx", workbook.save_to_buffer().unwrap());
    let plan = support::plan(&DOCUMENT.replace("sqldump", "xlsx"));
    let run = support::run(&plan, &folder);
    assert_eq!(run.records().count(), 2);
    let visits = &run.tally.sources["practice.xlsx#visits"];
    assert_eq!((visits.records.mapped, visits.leaves.unaccounted), (1, 0));
    assert_eq!(
        run.tally.sources["practice.xlsx#notes"].leaves.unaccounted,
        1
    );
}
