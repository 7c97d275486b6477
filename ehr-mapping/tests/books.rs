//! Laws of the books, for exports and documents that nobody chose: every row has one fate, every
//! value that no line takes is unaccounted, and nothing depends on partitions, threads or order.

use crate::support;

use std::collections::{BTreeMap, BTreeSet};

use ehr_mapping::source::MemoryFolder;
use proptest::prelude::*;
use support::{How, Run, assert_books_add_up, plan, run, run_as};

/// A document of which each field line may be left out. Table, column that the line reads.
const LINES: [(&str, &str, &str); 8] = [
    ("people", "LAST", r#""name[0].family" = "LAST""#),
    ("people", "FIRST", r#""name[0].given[0]" = "FIRST""#),
    (
        "people",
        "BORN",
        r#""birthDate" = { from = "BORN", via = ["date(MM/DD/YYYY)"] }"#,
    ),
    (
        "people",
        "SEX",
        r#""gender" = { from = "SEX", map = "sex" }"#,
    ),
    ("visits", "DAY", r#""period.start" = "DAY""#),
    ("visits", "WHY", r#""reasonCode[0].text" = "WHY""#),
    ("charges", "COST", r#""item[+].net.value" = "COST""#),
    (
        "charges",
        "WHAT",
        r#""item[+].productOrService.text" = "WHAT""#,
    ),
];

/// The columns of the tables; what no line of [`LINES`] and no key reads is unmapped.
const TABLES: [(&str, &[&str]); 3] = [
    ("people", &["ID", "LAST", "FIRST", "BORN", "SEX", "SPARE"]),
    ("visits", &["NO", "PERSON", "STATUS", "DAY", "WHY", "SCORE"]),
    ("charges", &["VISIT", "COST", "WHAT"]),
];

fn document(lines: &[bool]) -> String {
    let fields = |table: &str| -> String {
        let lines = LINES.iter().zip(lines);
        lines
            .filter(|((of, ..), kept)| *of == table && **kept)
            .map(|((.., line), _)| format!("{line}\n"))
            .collect()
    };
    let sex = if lines[3] {
        "[code-map.sex]\nrows = [[\"M\", \"male\"], [\"F\", \"female\"]]\n"
    } else {
        ""
    };
    format!(
        r##"
[document]
name = "laws"
version = "1"
format = "csv"
system = "https://legacy.example/laws"
missing = ["NULL"]

[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "LAST", "FIRST", "BORN", "SEX"]
patient = "ID"

[[table]]
name = "visits"
file = "visits.csv"
columns = ["NO", "PERSON", "STATUS", "DAY", "WHY", "SCORE"]
patient = "PERSON"

[[table]]
name = "charges"
file = "charges.csv"
columns = ["VISIT", "COST", "WHAT"]
patient = {{ column = "VISIT", table = "visits", key = "NO" }}

[[map]]
from = "people"
to = "Patient"
key = ["ID"]

[map.fields]
"identifier[0].value" = "ID"
{}
[[map]]
from = "visits"
to = "Encounter"
key = ["NO", "PERSON", "#"]
when = [{{ column = "STATUS", not-in = ["VOID"] }}]

[map.fields]
"identifier[0].value" = "NO"
"status" = {{ value = "finished" }}
"class.code" = {{ value = "AMB" }}
{}
[[map]]
from = "charges"
to = "Claim"
key = ["VISIT"]
append = "item"

[map.fields]
"status" = {{ value = "active" }}
"use" = {{ value = "claim" }}
"type.text" = {{ value = "bill" }}
"priority.text" = {{ value = "normal" }}
{}
{sex}
[[rule]]
table = "visits"
when = [{{ column = "STATUS", in = ["VOID"] }}]
fate = "archive"
reason = "Voided"

[[rule]]
table = "visits"
columns = ["SCORE"]
fate = "ignore"
reason = "A score of the old system"
"##,
        fields("people"),
        fields("visits"),
        fields("charges"),
    )
}

/// A row as it is written: cells, or bytes that are no row of the table.
#[derive(Debug, Clone)]
enum Row {
    Good(Vec<String>),
    Ragged(Vec<String>),
    Undecodable,
    Nul,
}

type Tables = BTreeMap<&'static str, Vec<Row>>;

fn cell(column: &'static str) -> BoxedStrategy<String> {
    let key = prop_oneof![
        8 => (1..6u8).prop_map(|key| key.to_string()),
        1 => Just(String::new()),
        1 => Just("NULL".to_owned()),
        1 => Just(" ".to_owned()),
        1 => (1..6u8).prop_map(|key| format!(" {key} ")),
    ];
    let text = prop_oneof![
        4 => "[A-Za-z]{1,8}",
        2 => Just(String::new()),
        1 => Just("NULL".to_owned()),
        1 => "[a-z\"',;|\n\r\u{e9}\u{1f600} ]{1,12}",
    ];
    match column {
        "ID" | "PERSON" | "NO" | "VISIT" => key.boxed(),
        "STATUS" => prop_oneof![3 => Just("OK"), 1 => Just("VOID"), 1 => Just("")]
            .prop_map(str::to_owned)
            .boxed(),
        "BORN" => prop_oneof![3 => Just("02/29/2020".to_owned()), 1 => Just("02/30/2020".to_owned()), 1 => text]
            .boxed(),
        "SEX" => prop_oneof![Just("M"), Just("F"), Just("U"), Just("")]
            .prop_map(str::to_owned)
            .boxed(),
        "DAY" => prop_oneof![3 => Just("2021-03-04".to_owned()), 1 => text].boxed(),
        "COST" => prop_oneof![3 => Just("12.50".to_owned()), 1 => text].boxed(),
        _ => text.boxed(),
    }
}

fn row(columns: &'static [&'static str]) -> impl Strategy<Value = Row> {
    let cells: Vec<_> = columns.iter().map(|column| cell(column)).collect();
    (cells, 0..24u8).prop_map(|(cells, luck)| match luck {
        0 => Row::Ragged(cells[1..].to_vec()),
        1 => Row::Ragged([cells, vec!["more".to_owned()]].concat()),
        2 => Row::Undecodable,
        3 => Row::Nul,
        _ => Row::Good(cells),
    })
}

fn tables() -> impl Strategy<Value = Tables> {
    TABLES
        .map(|(name, columns)| {
            prop::collection::vec(row(columns), 0..14).prop_map(move |rows| (name, rows))
        })
        .prop_map(BTreeMap::from)
}

fn folder(tables: &Tables) -> MemoryFolder {
    let mut folder = MemoryFolder::default();
    for (name, columns) in TABLES {
        let mut bytes = (columns.join(",") + "\n").into_bytes();
        for row in &tables[name] {
            match row {
                Row::Good(cells) | Row::Ragged(cells) => {
                    let mut writer = csv::Writer::from_writer(&mut bytes);
                    writer.write_record(cells).unwrap();
                    writer.flush().unwrap();
                }
                Row::Undecodable => bytes.extend_from_slice(b"1,\xff\n"),
                Row::Nul => bytes.extend_from_slice(b"1,\0\n"),
            }
        }
        folder = folder.with(format!("{name}.csv"), bytes);
    }
    folder
}

/// A key as the document reads it; `None` where it says nothing.
fn key(cell: &str) -> Option<&str> {
    let cell = cell.trim();
    (!cell.is_empty() && cell != "NULL").then_some(cell)
}

/// What must become of each row of each table: a reason to reject it, or none.
fn expected_rejects(tables: &Tables) -> BTreeMap<(&'static str, usize), &'static str> {
    let good = |name: &str| {
        tables[name]
            .iter()
            .enumerate()
            .filter_map(|(at, row)| match row {
                Row::Good(cells) => Some((at, cells)),
                _ => None,
            })
    };
    let people: BTreeSet<&str> = good("people").filter_map(|(_, row)| key(&row[0])).collect();
    let mut of_visit: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (_, row) in good("visits") {
        if let (Some(visit), Some(person)) = (key(&row[0]), key(&row[1])) {
            of_visit.entry(visit).or_default().insert(person);
        }
    }
    let orphan = |person: &str| (!people.contains(person)).then_some("orphan-patient");
    let mut expected = BTreeMap::new();
    for (name, _) in TABLES {
        for (at, row) in tables[name].iter().enumerate() {
            let reason = match (name, row) {
                (_, Row::Ragged(_)) => Some("ragged-row"),
                (_, Row::Undecodable) => Some("undecodable-bytes"),
                (_, Row::Nul) => Some("nul-byte"),
                ("people", Row::Good(row)) => match key(&row[0]) {
                    None => Some("patient-key-missing"),
                    Some(_) => None,
                },
                ("visits", Row::Good(row)) => match key(&row[1]) {
                    None => Some("patient-key-missing"),
                    Some(person) => orphan(person),
                },
                (_, Row::Good(row)) => match key(&row[0]).map(|visit| of_visit.get(visit)) {
                    None => Some("patient-key-missing"),
                    Some(None) => Some("patient-not-found"),
                    Some(Some(persons)) if persons.len() > 1 => Some("patient-ambiguous"),
                    Some(Some(persons)) => orphan(persons.first().unwrap()),
                },
            };
            if let Some(reason) = reason {
                expected.insert((name, at), reason);
            }
        }
    }
    expected
}

/// How many values no line, key or rule takes, by table and column.
fn expected_unaccounted(tables: &Tables, lines: &[bool]) -> Vec<(String, String, u64)> {
    let rejects = expected_rejects(tables);
    let mapped = |table: &str, column: &str| {
        LINES
            .iter()
            .zip(lines)
            .any(|((of, reads, _), kept)| *kept && *of == table && *reads == column)
    };
    let mut open = BTreeMap::new();
    for (name, columns) in TABLES {
        for (at, row) in tables[name].iter().enumerate() {
            let Row::Good(cells) = row else { continue };
            let voided = name == "visits" && cells[2] == "VOID";
            if rejects.contains_key(&(name, at)) || voided {
                continue;
            }
            for (column, cell) in columns.iter().zip(cells) {
                let taken = ["ID", "NO", "PERSON", "VISIT", "SCORE"].contains(column)
                    || mapped(name, column);
                if !taken && !cell.is_empty() && cell != "NULL" {
                    let place = (format!("{name}.csv"), (*column).to_owned());
                    *open.entry(place).or_insert(0) += 1;
                }
            }
        }
    }
    open.into_iter()
        .map(|((source, path), leaves)| (source, path, leaves))
        .collect()
}

/// Every row is a reject, part of a record, or ignored by a rule: exactly one of them.
fn assert_one_fate(run: &Run, tables: &Tables) {
    let mut rejected: BTreeMap<(String, u64), &str> = BTreeMap::new();
    for reject in &run.rejects {
        let place = (
            reject.address.source.to_string(),
            reject.address.record.unwrap(),
        );
        let before = rejected.insert(place, reject.reason.as_str());
        assert!(before.is_none(), "one reject a row");
    }
    let expected: BTreeMap<(String, u64), &str> = expected_rejects(tables)
        .into_iter()
        .map(|((name, at), reason)| ((format!("{name}.csv"), at as u64 + 1), reason))
        .collect();
    assert_eq!(rejected, expected);
    let mapped: BTreeSet<(String, u64)> = run
        .records()
        .flat_map(|record| &record.provenance)
        .map(|one| (one.address.source.to_string(), one.address.record.unwrap()))
        .collect();
    for (name, _) in TABLES {
        let file = format!("{name}.csv");
        let (mut read, mut made, mut refused, mut ignored) = (0, 0, 0, 0);
        for (at, row) in tables[name].iter().enumerate() {
            let place = (file.clone(), at as u64 + 1);
            let voided = name == "visits" && matches!(row, Row::Good(cells) if cells[2] == "VOID");
            read += 1;
            match (rejected.contains_key(&place), mapped.contains(&place)) {
                (true, false) => refused += 1,
                (false, true) => made += 1,
                (false, false) if voided => ignored += 1,
                fates => panic!("row {} of {file} has fates {fates:?}", at + 1),
            }
        }
        let counts = run.counts(&file);
        let counted = (counts.read, counts.mapped, counts.rejected, counts.ignored);
        assert_eq!(counted, (read, made, refused, ignored), "{file}");
        assert_eq!(counts.unaccounted, 0, "{file}");
    }
}

fn all_kept() -> Vec<bool> {
    vec![true; LINES.len()]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 64,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_row_has_one_fate_and_only_unmapped_values_are_open(
        tables in tables(),
        lines in prop::collection::vec(any::<bool>(), LINES.len()),
    ) {
        let run = run(&plan(&document(&lines)), &folder(&tables));
        assert_one_fate(&run, &tables);
        assert_books_add_up(&run.tally);
        prop_assert_eq!(run.unaccounted(), expected_unaccounted(&tables, &lines));
        for (name, columns) in TABLES {
            for (at, column) in columns.iter().enumerate() {
                let good = tables[name].iter().filter(|row| match row {
                    Row::Good(cells) => !cells[at].is_empty(),
                    _ => false,
                });
                // rows that were rejected before they were split are counted as whole records
                let file = format!("{name}.csv");
                prop_assert!(run.leaves(&file, column).nonempty <= good.count() as u64);
            }
        }
    }

    #[test]
    fn a_removed_line_moves_exactly_its_values(tables in tables(), line in 0..LINES.len()) {
        let folder = folder(&tables);
        let (table, column, _) = LINES[line];
        let mut lines = all_kept();
        let before = run(&plan(&document(&lines)), &folder);
        lines[line] = false;
        let after = run(&plan(&document(&lines)), &folder);
        for (source, books) in &before.tally.sources {
            for (path, leaves) in &books.paths {
                let now = after.leaves(source, path);
                if **source == format!("{table}.csv") && **path == *column {
                    prop_assert_eq!(now.nonempty, leaves.nonempty);
                    prop_assert_eq!((now.mapped, leaves.unaccounted), (0, 0));
                    prop_assert_eq!(now.ignored, leaves.ignored);
                    prop_assert_eq!(now.archived, leaves.archived);
                    // what a line could not read is set aside; without the line nobody looks at it
                    prop_assert_eq!(now.unaccounted + now.rejected, leaves.mapped + leaves.rejected);
                } else {
                    prop_assert_eq!(now, *leaves, "{} {}", source, path);
                }
            }
            prop_assert_eq!(after.counts(source), books.records);
        }
    }

    #[test]
    fn partitions_and_threads_change_nothing(
        tables in tables(),
        partition_bytes in prop::sample::select(vec![1, 40, 1 << 10]),
        threads in 1..5usize,
    ) {
        let plan = plan(&document(&all_kept()));
        let folder = folder(&tables);
        let plain = run(&plan, &folder);
        let how = How { partition_bytes, threads, ..How::default() };
        let other = run_as(&plan, &folder, &how).unwrap();
        prop_assert_eq!(plain.fhir(), other.fhir());
        prop_assert_eq!(&plain.tally, &other.tally);
        prop_assert_eq!(&plain.issues, &other.issues);
        prop_assert_eq!(plain.rejected(), other.rejected());
        prop_assert_eq!(plain.fingerprint, other.fingerprint);
    }

    #[test]
    fn the_order_of_rows_changes_no_id(tables in tables()) {
        let ids = |tables: &Tables| -> BTreeSet<String> {
            let run = run(&plan(&document(&all_kept())), &folder(tables));
            run.records().map(|record| record.id.to_string()).collect()
        };
        let mut reversed = tables.clone();
        // people with one key may differ, and which of them is the first is a question of order
        for name in ["visits", "charges"] {
            reversed.get_mut(name).unwrap().reverse();
        }
        prop_assert_eq!(ids(&tables), ids(&reversed));
    }
}
