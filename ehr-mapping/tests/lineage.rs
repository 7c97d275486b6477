//! What a field says of how it was read: which alternative of its line, which row of a code map.

use crate::support;

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::source::MemoryFolder;
use ehr_model::provenance::{FieldProvenance, MappingRow};
use ehr_model::record::Record;

const DOCUMENT: &str = r#"
[document]
name = "lineage"
version = "1"
format = "csv"
system = "https://legacy.example"

[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "LAST", "BORN", "ACTIVE", "SEX", "STATE", "DIED"]
patient = "ID"

[[map]]
from = "people"
to = "Patient"
key = ["ID"]
[map.fields]
"identifier[0].value" = "ID"
"name[0].family" = "LAST"
"birthDate" = { from = "BORN", via = ["date(MM/DD/YYYY, YYYYMMDD)"] }
"active" = { from = "ACTIVE", via = ["boolean(Y/N)"] }
"gender" = { from = "SEX", map = "sex" }
"maritalStatus" = { code = "STATE", system = "https://legacy.example/state", translate = "state" }
"deceasedDateTime" = { from = "DIED", via = ["date(MM/DD/YYYY)"] }
"name[0].use" = { value = "official" }

[code-map.sex]
rows = [["M", "male"], ["F", "female"]]

[code-map.state]
system = "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"
rows = [["S", "S"], ["M", "M"]]
"#;

const PEOPLE: &str = "ID,LAST,BORN,ACTIVE,SEX,STATE,DIED\n\
    1,Okafor,03/23/1954,Y,F,M,01/02/2020\n\
    2,Lindqvist,19610405,N,M,S,\n\
    3,Roe,19740102,N,F,X,\n";

/// The patients of the table in its order.
fn patients(lineage: bool) -> Vec<Record> {
    let plan = support::plan(DOCUMENT);
    let folder = MemoryFolder::default().with("people.csv", PEOPLE);
    let spill = tempfile::tempdir().unwrap();
    let mut options = ExtractionOptions::new(spill.path());
    options.lineage = lineage;
    let extraction = Extraction::open_rehearsal(&plan, &folder, options).unwrap();
    let mut records = Vec::new();
    extraction
        .patients(
            |unit, _| unit.chart.records,
            |mut chart| {
                records.append(&mut chart);
                Ok(())
            },
        )
        .unwrap();
    records.sort_by_key(|record| record.provenance[0].address.record);
    records
}

fn field<'r>(record: &'r Record, path: &str) -> &'r FieldProvenance {
    let mut fields = record.provenance[0].fields.iter();
    fields.find(|one| &*one.field == path).unwrap()
}

#[test]
fn alternatives_of_a_line_are_told_apart() {
    let people = patients(true);
    let branches =
        |path: &str| -> Vec<_> { people.iter().map(|one| field(one, path).branch).collect() };
    assert_eq!(branches("birthDate"), [Some(0), Some(1), Some(1)]);
    assert_eq!(branches("active"), [Some(0), Some(1), Some(1)]);
    // one format is no choice, and what a line used is not taken for the next one's
    assert_eq!(field(&people[0], "deceasedDateTime").branch, None);
    assert_eq!(branches("name[0].family"), [None; 3]);
    assert_eq!(branches("gender"), [None; 3]);
    assert_eq!(branches("name[0].use"), [None; 3]);
    assert_eq!(field(&people[0], "name[0].use").source_path, None);
    let from = field(&people[0], "birthDate").source_path.as_deref();
    assert_eq!(from, Some("BORN"));
}

#[test]
fn a_translated_value_names_its_row() {
    let people = patients(true);
    let row = |number: usize, path: &str| {
        let row = field(&people[number], path).code_map_row.as_ref()?;
        Some((row.map.to_string(), row.row))
    };
    let of = |map: &str, row| Some((map.to_owned(), row));
    assert_eq!(
        [0, 1, 2].map(|number| row(number, "gender")),
        [of("sex", 2), of("sex", 1), of("sex", 2)]
    );
    assert!(
        [0, 1, 2]
            .iter()
            .all(|number| row(*number, "birthDate").is_none())
    );
    assert!(
        [0, 1, 2]
            .iter()
            .all(|number| row(*number, "name[0].use").is_none())
    );
    let translated: Vec<_> = people[0].provenance[0]
        .fields
        .iter()
        .filter(|one| one.field.starts_with("maritalStatus"))
        .filter_map(|one| one.code_map_row.as_ref())
        .map(|row| (&*row.map, row.row))
        .collect();
    assert!(
        !translated.is_empty() && translated.iter().all(|row| *row == ("state", 2)),
        "{translated:?}"
    );
    // a code without a row used none
    let of_third = people[2].provenance[0].fields.iter();
    let mut of_third = of_third.filter(|one| one.field.starts_with("maritalStatus"));
    assert!(of_third.all(|one| one.code_map_row.is_none()));
}

#[test]
fn what_a_chart_exercises_is_named_with_lineage_only() {
    let rows = |lineage| -> Vec<String> {
        let people = patients(lineage);
        let mut rows: Vec<_> = MappingRow::of(&people[0].provenance[0])
            .map(|row| row.to_string())
            .collect();
        rows.sort();
        rows.dedup();
        rows
    };
    let with = rows(true);
    assert!(with.contains(&"code-map:sex#2".to_owned()), "{with:?}");
    assert!(
        with.iter()
            .any(|row| row.starts_with("line:") && row.ends_with("#0")),
        "{with:?}"
    );
    let without = rows(false);
    assert!(
        without.len() == 1 && without[0].starts_with("block:"),
        "{without:?}"
    );
}
