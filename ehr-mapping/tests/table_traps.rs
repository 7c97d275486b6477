//! What goes wrong in tables of old systems: placeholders, numbers that a spreadsheet spoiled, words
//! in code columns, keys that were given out twice, rows that were deleted but are still there.

use crate::support;

use ehr_mapping::source::MemoryFolder;
use serde_json::Value;
use support::Run;

const DOCUMENT: &str = r#"
[document]
name = "traps"
version = "1"
format = "csv"
system = "https://legacy.example"
missing = ["NULL", "N/A", "\\N", " ", "1900-01-01", "0000-00-00"]

[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "BORN", "ZIP", "DEAD"]
patient = "ID"

[[table]]
name = "allergies"
file = "allergies.csv"
columns = ["NO", "ID", "WHAT", "DELETED"]
patient = "ID"

[[table]]
name = "results"
file = "results.csv"
columns = ["NO", "ID", "VALUE", "AT"]
patient = "ID"

[[map]]
from = "people"
to = "Patient"
key = ["ID"]
[map.fields]
"identifier[0].value" = "ID"
"birthDate" = { from = "BORN", via = ["two-digit-years(1930)", "date(MM/DD/YYYY, YYYY-MM-DD, MM/DD/YY)"] }
"address[0].postalCode" = "ZIP"
"deceasedBoolean" = { from = "DEAD", via = ["boolean(Y,1/N,0)"] }

[[map]]
from = "allergies"
to = "Allergy"
key = ["NO"]
when = [{ column = "DELETED", not-in = ["1"] }]
[map.fields]
"identifier[0].value" = "NO"
"code" = { code = "WHAT", system = "https://legacy.example/allergy", translate = "drugs" }

[[map]]
from = "results"
to = "Observation"
key = ["NO"]
[map.fields]
"identifier[0].value" = "NO"
"status" = { value = "final" }
"code.text" = { value = "Result" }
"valueQuantity.value" = { from = "VALUE", via = ["decimal-comma"] }
"effectiveDateTime" = { from = "AT", via = ["date(YYYY-MM-DD hh:mm)"] }

[code-map.drugs]
system = "http://www.nlm.nih.gov/research/umls/rxnorm"
rows = [["PCN", "7980"]]

[[rule]]
table = "allergies"
when = [{ column = "DELETED", in = ["1"] }]
fate = "archive"
reason = "Rows that the old system shows to nobody"

[[rule]]
table = "allergies"
columns = ["DELETED"]
fate = "ignore"
reason = "Says only that the row is there"
"#;

fn run(people: &[&str], allergies: &[&str], results: &[&str]) -> Run {
    let table = |head: &str, rows: &[&str]| format!("{head}\n{}\n", rows.join("\n"));
    let folder = MemoryFolder::default()
        .with("people.csv", table("ID,BORN,ZIP,DEAD", people))
        .with("allergies.csv", table("NO,ID,WHAT,DELETED", allergies))
        .with("results.csv", table("NO,ID,VALUE,AT", results));
    support::run(&support::plan(DOCUMENT), &folder)
}

fn one(run: &Run, kind: &str, number: &str) -> Value {
    let mut all = run.json(kind).into_iter();
    all.find(|one| one["identifier"][0]["value"] == number)
        .unwrap_or_else(|| panic!("no {kind} {number}"))
}

#[test]
fn two_orders_of_a_date_and_two_digits_of_a_year_are_read_as_the_document_says() {
    let run = run(
        &[
            "1,03/04/1987,,",
            "2,1987-04-03,,",
            "3,03/04/31,,",
            "4,03/04/29,,",
            "5,13/04/1987,,",
        ],
        &[],
        &[],
    );
    for (number, born) in [
        ("1", "1987-03-04"),
        ("2", "1987-04-03"),
        ("3", "1931-03-04"),
        ("4", "2029-03-04"),
    ] {
        assert_eq!(one(&run, "Patient", number)["birthDate"], born);
    }
    // the thirteenth month is no day: nobody turns it round
    assert_eq!(one(&run, "Patient", "5")["birthDate"], Value::Null);
    assert!(run.codes().contains(&"value-unreadable"));
}

#[test]
fn placeholders_are_absent_and_counted_where_the_document_names_them() {
    let placeholders = ["1900-01-01", "0000-00-00", "NULL", "N/A", "\\N", " ", ""];
    let rows: Vec<String> = (0..)
        .zip(placeholders)
        .map(|(number, word)| format!("{number},{word},,"))
        .collect();
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let run = run(&rows, &[], &[]);
    for person in run.json("Patient") {
        assert_eq!(person["birthDate"], Value::Null);
    }
    let missing: u64 = run
        .tally
        .rules
        .iter()
        .filter(|(reason, _)| reason.contains("no value"))
        .map(|(_, counts)| counts.leaves)
        .sum();
    assert_eq!(missing, 6, "the empty cell is no value at all");
    assert!(run.tally.balances());
}

#[test]
fn digits_that_a_spreadsheet_ate_are_not_given_back() {
    let run = run(
        &["1,,2110,", "2,,02110,"],
        &["a1,1,1E10,0", "a2,1,0250,0"],
        &[
            "r1,1,1E10,",
            "r2,1,1.234;5,",
            "r3,1,\"0,50\",",
            "r4,1,\"<0,5\",",
        ],
    );
    let zip = |number: &str| one(&run, "Patient", number)["address"][0]["postalCode"].clone();
    assert_eq!((zip("1"), zip("2")), ("2110".into(), "02110".into()));
    // a code is no number, whatever it looks like
    let code = |number: &str| {
        let allergy = one(&run, "AllergyIntolerance", number);
        allergy["code"]["coding"][0]["code"].clone()
    };
    assert_eq!((code("a1"), code("a2")), ("1E10".into(), "0250".into()));
    // a number stays as it was written, digit for digit, and what is none is set aside
    for exact in ["1E10", "0.50"] {
        let written = format!(r#""valueQuantity":{{"value":{exact}}}"#);
        assert_eq!(run.fhir().matches(&written).count(), 1, "{exact}");
    }
    for spoiled in ["r2", "r4"] {
        let value = &one(&run, "Observation", spoiled)["valueQuantity"]["value"];
        assert!(value.is_null(), "{spoiled}: {value}");
    }
    let unreadable = run
        .codes()
        .into_iter()
        .filter(|code| *code == "value-unreadable");
    assert_eq!(unreadable.count(), 2);
}

#[test]
fn words_in_a_code_column_and_several_facts_in_a_cell_stay_for_a_person() {
    let run = run(
        &["1,,,"],
        &[
            "a1,1,PCN,0",
            "a2,1,\"PCN, sulfa; NKDA\",0",
            "a3,1,hives from shrimp?,0",
            "a4,1,PCN,1",
        ],
        &[],
    );
    let systems = |number: &str| -> Vec<String> {
        let allergy = one(&run, "AllergyIntolerance", number);
        let codings = allergy["code"]["coding"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        codings
            .iter()
            .map(|coding| coding["system"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        systems("a1"),
        [
            "https://legacy.example/allergy",
            "http://www.nlm.nih.gov/research/umls/rxnorm"
        ]
    );
    // the cell stays what it is; no part of it becomes a code
    assert_eq!(systems("a2"), ["https://legacy.example/allergy"]);
    assert_eq!(systems("a3"), ["https://legacy.example/allergy"]);
    let untranslated = run
        .codes()
        .iter()
        .filter(|code| **code == "code-without-translation")
        .count();
    assert_eq!(untranslated, 2);
    // what the old system deleted is in no chart, and counted by its rule
    assert_eq!(run.json("AllergyIntolerance").len(), 3);
    assert_eq!(
        run.tally.rules["Rows that the old system shows to nobody"].records,
        1
    );
    assert!(run.tally.balances());
}

#[test]
fn words_for_true_are_those_that_the_document_lists() {
    let run = run(&["1,,,Y", "2,,,0", "3,,,yes", "4,,,T"], &[], &[]);
    let dead = |number: &str| one(&run, "Patient", number)["deceasedBoolean"].clone();
    assert_eq!((dead("1"), dead("2")), (true.into(), false.into()));
    assert_eq!((dead("3"), dead("4")), (Value::Null, Value::Null));
    assert_eq!(run.codes(), ["value-unreadable", "value-unreadable"]);
}

#[test]
fn a_time_without_a_zone_gets_none() {
    let run = run(
        &["1,,,"],
        &[],
        &["r1,1,,2024-03-01 08:15", "r2,1,,2024-03-01"],
    );
    let shown = one(&run, "Observation", "r1").to_string();
    assert!(
        shown.contains("2024-03-01T08:15") && !shown.contains('Z'),
        "{shown}"
    );
    assert!(!shown.contains("+00:00"), "{shown}");
    assert!(
        run.codes().contains(&"value-unreadable"),
        "r2 has no time, and gets none"
    );
}

#[test]
fn a_key_that_was_given_out_twice_makes_two_entries() {
    let run = run(
        &["1,,,", "2,,,"],
        &["a1,1,PCN,0", "a1,2,PCN,0", "a1,9,PCN,0"],
        &[],
    );
    let whose: Vec<Value> = run
        .json("AllergyIntolerance")
        .into_iter()
        .map(|one| one["patient"]["reference"].clone())
        .collect();
    assert_eq!(whose.len(), 2);
    assert_ne!(whose[0], whose[1]);
    // a row of nobody is in nobody's chart
    let rejected = run.rejected();
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].1, "orphan-patient");
}
