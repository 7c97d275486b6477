//! Rows that need other rows: their patient, a value of another table, the record that they complete.
//!
//! Long because each case brings the small document that provokes it.

use crate::support;

use ehr_mapping::source::MemoryFolder;
use support::{Run, assert_books_add_up, plan, run};

const HEAD: &str = r#"
[document]
name = "joins"
version = "1"
format = "csv"
system = "https://legacy.example/joins"
missing = ["NULL"]
"#;

const PEOPLE: &str = r#"
[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "NAME"]
patient = "ID"

[[map]]
from = "people"
to = "Patient"
key = ["ID"]

[map.fields]
"identifier[0].value" = "ID"
"name[0].text" = "NAME"
"#;

const VISITS: &str = r#"
[[table]]
name = "visits"
file = "visits.csv"
columns = ["NO", "PERSON"]
patient = "PERSON"

[[map]]
from = "visits"
to = "Encounter"
key = ["NO"]

[map.fields]
"identifier[0].value" = "NO"
"#;

/// Orders are found through visits, results through orders.
const CHAIN: [&str; 2] = [
    r#"
[[table]]
name = "orders"
file = "orders.csv"
columns = ["ORDER", "VISIT"]
patient = { column = "VISIT", table = "visits", key = "NO" }

[[map]]
from = "orders"
to = "Referral"
key = ["ORDER"]

[map.fields]
"identifier[0].value" = "ORDER"
"#,
    r#"
[[table]]
name = "results"
file = "results.csv"
columns = ["RESULT", "OF", "TEXT"]
patient = { column = "OF", table = "orders", key = "ORDER" }

[[map]]
from = "results"
to = "Observation"
key = ["RESULT"]

[map.fields]
"code.text" = "RESULT"
"valueString" = "TEXT"
"basedOn[0]" = { reference = "Referral", key = ["OF"] }
"#,
];

fn folder(files: &[(&str, &str)]) -> MemoryFolder {
    files
        .iter()
        .fold(MemoryFolder::default(), |folder, (name, text)| {
            folder.with(format!("{name}.csv"), *text)
        })
}

fn map(parts: &[&str], files: &[(&str, &str)]) -> Run {
    let run = run(&plan(&format!("{HEAD}{}", parts.concat())), &folder(files));
    assert_books_add_up(&run.tally);
    run
}

/// Reason, source, record and text of each reject.
fn rejects(run: &Run) -> Vec<(String, &'static str, String)> {
    run.rejected()
        .into_iter()
        .map(|(address, reason, text)| {
            let place = address.split(", line").next().unwrap().to_owned();
            (place, reason, text)
        })
        .collect()
}

fn reject(place: &str, reason: &'static str, text: &str) -> (String, &'static str, String) {
    (place.to_owned(), reason, text.to_owned())
}

#[test]
fn a_patient_is_found_through_one_table_and_through_two_in_any_order() {
    let files = [
        ("people", "ID,NAME\n1,Ada\n2,Bo\n"),
        ("visits", "NO,PERSON\nv1,1\nv2,2\n"),
        ("orders", "ORDER,VISIT\no1,v1\no2, v2 \n"),
        ("results", "RESULT,OF,TEXT\nr1,o2,of Bo\nr2,o1,of Ada\n"),
    ];
    let parts = [PEOPLE, VISITS, CHAIN[0], CHAIN[1]];
    let mut forms = Vec::new();
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 3, 0, 1], [3, 0, 2, 1]] {
        let run = map(&order.map(|at| parts[at]), &files);
        assert_eq!(run.rejects.len(), 0);
        assert!(run.tally.balances());
        let names = ["Ada", "Bo"];
        for unit in run.units.iter().filter(|unit| unit.patient.is_some()) {
            let text: String = unit.chart.records.iter().map(support::line).collect();
            let own = names
                .iter()
                .position(|name| text.contains(&format!("\"{name}\"")))
                .unwrap();
            assert!(text.contains(&format!("of {}", names[own])));
            assert!(!text.contains(&format!("of {}", names[1 - own])));
            assert_eq!(unit.chart.records.len(), 4);
        }
        forms.push(run.fhir());
    }
    assert!(forms.iter().all(|form| *form == forms[0]));
}

#[test]
fn a_row_whose_patient_nobody_can_tell_is_kept_word_for_word() {
    let run = map(
        &[PEOPLE, VISITS, CHAIN[0], CHAIN[1]],
        &[
            ("people", "ID,NAME\n1,Ada\n2,Bo\n,Nobody\nNULL,None\n"),
            // v9 belongs to two people, v3 to nobody who has a row
            ("visits", "NO,PERSON\nv1,1\nv9,1\nv9,2\nv3,3\n"),
            (
                "orders",
                "ORDER,VISIT\no1,v1\no2,\"v7\"\no3,v9\no4,\no5,v3\n",
            ),
            (
                "results",
                "RESULT,OF,TEXT\nr1,o1,x\nr2,o2,y\nr3,o3,\"a \"\"b\"\"\"\n",
            ),
        ],
    );
    let expected = [
        reject("orders.csv: record 2", "patient-not-found", "o2,\"v7\""),
        reject("orders.csv: record 3", "patient-ambiguous", "o3,v9"),
        reject("orders.csv: record 4", "patient-key-missing", "o4,"),
        reject("orders.csv: record 5", "orphan-patient", "o5,v3"),
        reject("people.csv: record 3", "patient-key-missing", ",Nobody"),
        reject("people.csv: record 4", "patient-key-missing", "NULL,None"),
        reject("results.csv: record 2", "patient-not-found", "r2,o2,y"),
        reject(
            "results.csv: record 3",
            "patient-not-found",
            "r3,o3,\"a \"\"b\"\"\"",
        ),
        reject("visits.csv: record 4", "orphan-patient", "v3,3"),
    ];
    assert_eq!(rejects(&run), expected);
    assert!(run.tally.balances());
    let mut codes = run.codes();
    codes.sort_unstable();
    let mut reasons: Vec<_> = expected.iter().map(|(_, reason, _)| *reason).collect();
    reasons.sort_unstable();
    assert_eq!(codes, reasons);
}

/// Notes join a list that all share, and the visits of the same patient.
const NOTES: &str = r#"
[[table]]
name = "words"
file = "words.csv"
columns = ["CODE", "WORD"]
shared = true

[[table]]
name = "times"
file = "times.csv"
columns = ["NO", "WHOSE", "DAY"]
patient = "WHOSE"

[[table]]
name = "notes"
file = "notes.csv"
columns = ["ID", "PERSON", "CODE", "VISIT"]
patient = "PERSON"

[[map]]
from = "notes"
to = "Observation"
key = ["ID"]

[map.fields]
"code.text" = "ID"
"valueString" = { from = "WORD", join = { table = "words", on = "CODE", key = "CODE" } }
"effectiveDateTime" = { from = "DAY", join = { table = "times", on = "VISIT", key = "NO" } }
"#;

const WORDS: &str = "CODE,WORD\na,alpha\nb,beta\nb,BETA\nc,NULL\nd,delta\nd,delta\n";

fn notes(times: &str, notes: &str) -> Run {
    map(
        &[PEOPLE, NOTES],
        &[
            ("people", "ID,NAME\n1,Ada\n2,Bo\n"),
            ("words", WORDS),
            ("times", &format!("NO,WHOSE,DAY\n{times}")),
            ("notes", &format!("ID,PERSON,CODE,VISIT\n{notes}")),
        ],
    )
}

fn values(run: &Run) -> Vec<(String, Option<String>, Option<String>)> {
    run.json("Observation")
        .iter()
        .map(|one| {
            let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
            let code = text(&one["code"]["text"]).unwrap();
            (
                code,
                text(&one["valueString"]),
                text(&one["effectiveDateTime"]),
            )
        })
        .collect()
}

#[test]
fn a_join_finds_its_row_in_a_shared_table_and_among_the_patients_own() {
    let run = notes("v1,1,2020-01-02\n", "n1,1, a ,v1\n");
    let found = (
        "n1".to_owned(),
        Some("alpha".to_owned()),
        Some("2020-01-02".to_owned()),
    );
    assert_eq!(values(&run), [found]);
    assert_eq!(run.codes(), [""; 0]);
    assert!(run.tally.balances());
    // the row that was found and its key are in the record, with their addresses in the books
    assert_eq!(run.leaves("times.csv", "DAY").mapped, 1);
    assert_eq!(run.leaves("times.csv", "NO").mapped, 1);
}

#[test]
fn a_join_never_reaches_another_patient() {
    let run = notes("v1,2,2020-01-02\n", "n1,1,a,v1\n");
    assert_eq!(values(&run)[0].2, None);
    assert_eq!(run.codes(), ["join-orphan"]);
    assert_eq!(run.leaves("notes.csv", "VISIT").rejected, 1);
    // nobody asked for Bo's day, and it does not pass as mapped
    assert_eq!(run.leaves("times.csv", "DAY").unaccounted, 1);
}

#[test]
fn an_orphan_join_is_an_issue_with_the_address_of_its_key() {
    let run = notes("", "n1,1,z,v1\n");
    let shown: Vec<String> = run.issues.iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 2);
    assert!(
        shown[0].ends_with("valueString [notes.csv: record 1, line 2, byte 21, CODE]"),
        "{shown:?}"
    );
    assert!(shown[1].ends_with("effectiveDateTime [notes.csv: record 1, line 2, byte 21, VISIT]"));
    assert_eq!(run.codes(), ["join-orphan"; 2]);
    assert!(run.tally.balances());
}

#[test]
fn an_ambiguous_join_gives_no_value() {
    let run = notes("v1,1,2020-01-02\nv1,1,2020-01-03\n", "n1,1,b,v1\n");
    assert_eq!(values(&run), [("n1".to_owned(), None, None)]);
    assert_eq!(run.codes(), ["join-ambiguous"; 2]);
    assert_eq!(run.leaves("notes.csv", "CODE").rejected, 1);
    assert_eq!(run.leaves("notes.csv", "VISIT").rejected, 1);
    assert_eq!(run.leaves("times.csv", "DAY").mapped, 0);
}

#[test]
fn rows_that_say_the_same_are_no_ambiguity() {
    let run = notes("v1,1,2020-01-02\nv1,1,2020-01-02\n", "n1,1,d,v1\n");
    let found = (
        "n1".to_owned(),
        Some("delta".to_owned()),
        Some("2020-01-02".to_owned()),
    );
    assert_eq!(values(&run), [found]);
    assert_eq!(run.codes(), [""; 0]);
    assert!(run.tally.balances());
    assert_eq!(run.leaves("times.csv", "DAY").mapped, 2);
}

#[test]
fn a_word_of_no_value_is_none_behind_a_join_either() {
    let run = notes("v1,1,NULL\n", "n1,1,c,v1\n");
    assert_eq!(values(&run), [("n1".to_owned(), None, None)]);
    assert!(!run.fhir().contains("NULL"));
}

/// Lines of a bill: the first row makes the claim.
const BILLS: &str = r#"
[[table]]
name = "lines"
file = "lines.csv"
columns = ["BILL", "PERSON", "TYPE", "COST"]
patient = "PERSON"

[[map]]
from = "lines"
to = "Claim"
key = ["BILL"]
append = "item"

[map.fields]
"status" = { value = "active" }
"type.text" = "TYPE"
"item[+].net.value" = "COST"
"item[+].net.currency" = { value = "USD" }
"#;

#[test]
fn many_rows_make_one_record() {
    let run = map(
        &[PEOPLE, BILLS],
        &[
            ("people", "ID,NAME\n1,Ada\n"),
            (
                "lines",
                "BILL,PERSON,TYPE,COST\nb1,1,lab,1.00\nb2,1,lab,9.00\nb1,1,lab,2.50\nb1,1,,3\n",
            ),
        ],
    );
    let claims = run.json("Claim");
    assert_eq!(claims.len(), 2);
    let costs: Vec<String> = claims[0]["item"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["net"].to_string())
        .collect();
    assert_eq!(costs.len(), 3);
    assert!(costs.iter().all(|cost| cost.contains("USD")));
    assert!(
        run.fhir()
            .contains(r#""net":{"value":2.50,"currency":"USD"}"#),
        "digits stay"
    );
    let record = run
        .records()
        .find(|record| record.kind().name() == "Claim")
        .unwrap();
    assert_eq!(record.provenance.len(), 3);
    assert!(run.tally.balances() && run.issues.is_empty());
}

#[test]
fn rows_that_disagree_keep_the_first_word_and_say_so() {
    let run = map(
        &[PEOPLE, BILLS],
        &[
            ("people", "ID,NAME\n1,Ada\n"),
            ("lines", "BILL,PERSON,TYPE,COST\nb1,1,lab,1\nb1,1,drug,2\n"),
        ],
    );
    let claim = &run.json("Claim")[0];
    assert_eq!(claim["type"]["text"], "lab");
    assert_eq!(claim["item"].as_array().unwrap().len(), 2);
    assert_eq!(run.codes(), ["rows-disagree"]);
    assert!(
        run.issues[0]
            .to_string()
            .contains("type.text [lines.csv: record 2")
    );
    let types = run.leaves("lines.csv", "TYPE");
    assert_eq!((types.mapped, types.rejected), (1, 1));
}

#[test]
fn a_line_without_its_bill_is_set_aside() {
    let bills = BILLS.replace("append = \"item\"", "append = \"item\"\ncreate = false");
    let makers = r#"
[[table]]
name = "bills"
file = "bills.csv"
columns = ["NO", "OWNER"]
patient = "OWNER"

[[map]]
from = "bills"
to = "Claim"
key = ["NO"]

[map.fields]
"identifier[0].value" = "NO"
"#;
    let run = map(
        &[PEOPLE, &bills, makers],
        &[
            ("people", "ID,NAME\n1,Ada\n"),
            ("bills", "NO,OWNER\nb1,1\n"),
            ("lines", "BILL,PERSON,TYPE,COST\nb1,1,lab,1\nb2,1,lab,2\n"),
        ],
    );
    assert_eq!(run.json("Claim").len(), 1);
    assert_eq!(run.codes(), ["parent-missing"]);
    assert_eq!(
        rejects(&run),
        [reject(
            "lines.csv: record 2",
            "parent-missing",
            "b2,1,lab,2"
        )]
    );
    assert!(run.tally.balances());
}

#[test]
fn a_block_that_cannot_place_a_row_keeps_no_other_block_from_it() {
    // the coverage stands before the patient, and Bo has no policy
    let coverage = r#"
[[map]]
from = "people"
to = "Coverage"
key = ["NAME"]

[map.fields]
"subscriberId" = "NAME"

"#;
    let at = PEOPLE.find("[[map]]").unwrap();
    let people = format!("{}{coverage}{}", &PEOPLE[..at], &PEOPLE[at..]);
    let run = map(&[&people], &[("people", "ID,NAME\n1,Ada\n2,\n")]);
    assert_eq!(run.json("Patient").len(), 2);
    assert_eq!(run.json("Coverage").len(), 1);
    assert_eq!(run.codes(), ["key-missing"]);
    assert_eq!(run.rejects.len(), 0);
    assert!(run.tally.balances());
}

#[test]
fn equal_keys_with_equal_content_are_one_record_and_with_other_content_two() {
    let run = map(
        &[
            PEOPLE,
            VISITS.replace("[\"NO\"]\n\n", "[\"PERSON\"]\n\n").as_str(),
        ],
        &[
            ("people", "ID,NAME\n1,Ada\n"),
            ("visits", "NO,PERSON\nv1,1\nv1,1\nv2,1\nv2,1\n"),
        ],
    );
    let visits: Vec<_> = run
        .records()
        .filter(|one| one.kind().name() == "Encounter")
        .collect();
    assert_eq!(visits.len(), 2);
    assert_ne!(visits[0].id, visits[1].id);
    assert!(visits.iter().all(|visit| visit.provenance.len() == 2));
    assert_eq!(
        run.codes(),
        ["duplicate-record", "duplicate-key", "duplicate-record"]
    );
    assert!(run.tally.balances());
}

#[test]
fn a_key_of_blanks_is_no_key() {
    let run = map(
        &[PEOPLE, VISITS],
        &[
            ("people", "ID,NAME\n1,Ada\n"),
            ("visits", "NO,PERSON\n ,1\n NULL ,1\nv1,1\n"),
        ],
    );
    assert_eq!(run.json("Encounter").len(), 1);
    let expected = [
        reject("visits.csv: record 1", "key-missing", " ,1"),
        reject("visits.csv: record 2", "key-missing", " NULL ,1"),
    ];
    assert_eq!(rejects(&run), expected);
}

#[test]
fn two_lines_that_fill_one_choice_do_not_displace_each_other() {
    let dead = r#"
[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "DIED", "DEAD"]
patient = "ID"

[[map]]
from = "people"
to = "Patient"
key = ["ID"]

[map.fields]
"identifier[0].value" = "ID"
"deceasedDateTime" = "DIED"
"deceasedBoolean" = "DEAD"
"#;
    let run = map(
        &[dead],
        &[("people", "ID,DIED,DEAD\n1,2020-01-02,true\n2,,true\n")],
    );
    let fhir = run.fhir();
    assert!(fhir.contains(r#""deceasedDateTime":"2020-01-02""#));
    assert!(fhir.contains(r#""deceasedBoolean":true"#));
    assert_eq!(run.codes(), ["values-disagree"]);
    let dead = run.leaves("people.csv", "DEAD");
    assert_eq!((dead.mapped, dead.rejected), (1, 1));
}

const NOTES_OF_VISITS: &str = r#"
[[table]]
name = "notes"
file = "notes.csv"
columns = ["NO", "PERSON", "VISIT"]
patient = "PERSON"

[[map]]
from = "notes"
to = "Observation"
key = ["NO"]

[map.fields]
"code.text" = "NO"
"encounter" = { reference = "Encounter", key = ["VISIT"] }
"#;

#[test]
fn a_key_counts_within_its_patient() {
    let run = map(
        &[PEOPLE, VISITS, NOTES_OF_VISITS],
        &[
            ("people", "ID,NAME\n1,A\n2,B\n"),
            ("visits", "NO,PERSON\n7,1\n7,2\n8,2\n"),
            // the second note names a visit of the other patient
            ("notes", "NO,PERSON,VISIT\na,1,7\nb,1,8\nc,2,8\n"),
        ],
    );
    let records: Vec<_> = run
        .units
        .iter()
        .map(|unit| &unit.chart)
        .flat_map(|chart| &chart.records)
        .collect();
    let mut ids: Vec<_> = records.iter().map(|record| record.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2 + 3 + 3);
    for chart in run.units.iter().map(|unit| &unit.chart) {
        for record in &chart.records {
            record.visit_references(|_, _, id| {
                let elsewhere = run
                    .units
                    .iter()
                    .map(|unit| &unit.chart)
                    .any(|other| other.record(id).is_some());
                assert_eq!(
                    elsewhere,
                    chart.record(id).is_some(),
                    "a reference leads into another chart"
                );
            });
        }
    }
    let dangling = |chart: &ehr_model::chart::Chart| {
        let mut count = 0;
        for record in &chart.records {
            record.visit_references(|_, _, id| count += usize::from(chart.record(id).is_none()));
        }
        count
    };
    assert_eq!(
        run.units
            .iter()
            .map(|unit| &unit.chart)
            .map(dangling)
            .sum::<usize>(),
        1
    );
}

#[test]
fn a_key_that_no_line_takes_is_unaccounted() {
    let visits = VISITS.replace(
        "\"identifier[0].value\" = \"NO\"",
        "\"status\" = { value = \"finished\" }",
    );
    let run = map(
        &[PEOPLE, &visits],
        &[
            ("people", "ID,NAME\n1,A\n"),
            ("visits", "NO,PERSON\n7,1\n8,1\n"),
        ],
    );
    let number = &run.tally.sources["visits.csv"].paths["NO"];
    assert_eq!((number.nonempty, number.unaccounted), (2, 2));
    assert_eq!(run.tally.sources["visits.csv"].paths["PERSON"].mapped, 2);
}
