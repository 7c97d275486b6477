//! What holds for every table: it answers what was put in, and of several years the right one.

use ehr_validate::terminology::release::icd_10;
use ehr_validate::terminology::{
    FORMAT_VERSION, Status, Table, TableBuilder, Terminology, TerminologyError,
};
use proptest::prelude::*;

use super::{file, get, on, order, release};

fn year(name: &str, date: &str, lines: &[(&str, bool)]) -> TableBuilder {
    let text: String = lines
        .iter()
        .enumerate()
        .map(|(number, (code, billable))| order(number, code, *billable, "A title"))
        .collect();
    icd_10::read_cm(&release(name, date), file(&text)).unwrap()
}

#[test]
fn releases_of_several_years_tell_what_was_valid_when() {
    let first = year(
        "FY2030",
        "2029-10-01",
        &[("E11", false), ("E119", true), ("Z000", true)],
    );
    let second = year(
        "FY2031",
        "2030-10-01",
        &[("E11", false), ("E119", false), ("E1191", true)],
    );
    let third = year(
        "FY2031 April",
        "2031-04-01",
        &[
            ("E11", false),
            ("E119", false),
            ("E1191", true),
            ("Z000", true),
        ],
    );
    let table = first
        .followed_by(second)
        .unwrap()
        .followed_by(third)
        .unwrap()
        .build()
        .unwrap();
    assert_eq!(table.release(), "FY2031 April");
    let split = get(&table, "E11.9");
    assert_eq!(split.is_billable_on(&on("2030-09-30")), Some(true));
    assert_eq!(split.is_billable_on(&on("2030-10-01")), Some(false));
    assert_eq!(split.is_valid_on(&on("2030-10-01")), Some(true));
    assert_eq!(split.is_billable(), Some(false));
    let added = get(&table, "E1191");
    assert_eq!(added.is_valid_on(&on("2030-09-30")), Some(false));
    assert_eq!(added.is_valid_on(&on("2031-03-31")), Some(true));
    let gone = get(&table, "Z000");
    assert_eq!(gone.is_valid_on(&on("2030-09-30")), Some(true));
    assert_eq!(gone.is_valid_on(&on("2030-12-24")), Some(false));
    assert_eq!(gone.is_valid_on(&on("2031-04-01")), Some(true));
    // What is before the first release, or too coarse, has no answer.
    assert_eq!(gone.is_valid_on(&on("2029-09-30")), None);
    assert_eq!(gone.is_valid_on(&on("2031")), None);
    assert_eq!(gone.is_valid_on(&on("2030-11")), Some(false));
}

#[test]
fn releases_come_in_order() {
    let (first, second) = (
        year("A", "2029-10-01", &[("E11", true)]),
        year("B", "2029-10-01", &[("E11", true)]),
    );
    let refused = first.followed_by(second).unwrap_err();
    assert_eq!(refused.to_string(), "release B does not come after A");
}

#[test]
fn a_table_is_whole_or_refused() {
    let bytes = year("A", "2029-10-01", &[("E11", false), ("E119", true)]).bytes();
    assert!(Table::from_bytes("t", bytes.clone()).is_ok());
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        assert!(
            Table::from_bytes("t", changed).is_err(),
            "byte {at} may change"
        );
        assert!(
            Table::from_bytes("t", bytes[..at].to_vec()).is_err(),
            "may be cut at {at}"
        );
    }
    let mut old = bytes;
    old[8] = 0;
    let refused = Table::from_bytes("icd.table", old).unwrap_err().to_string();
    assert_eq!(
        refused,
        format!(
            "icd.table: format version 0, but this library reads {FORMAT_VERSION}; build it again from its release"
        )
    );
    let refused = Table::from_bytes("t", b"code,title".to_vec()).unwrap_err();
    assert!(matches!(refused, TerminologyError::NotATable { .. }));
}

#[test]
fn a_table_is_written_and_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("icd-10-cm.table");
    year("A", "2029-10-01", &[("E119", true)])
        .write(&path)
        .unwrap();
    let table = Table::open(&path).unwrap();
    assert_eq!((table.len(), table.release()), (1, "A"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    let two = Terminology::default()
        .with(table.clone())
        .unwrap()
        .with(table);
    assert_eq!(
        two.unwrap_err().to_string(),
        "two tables of http://hl7.org/fhir/sid/icd-10-cm"
    );
    let missing = Table::open(&folder.path().join("no.table")).unwrap_err();
    assert!(matches!(missing, TerminologyError::Io { .. }));
}

proptest! {
    #[test]
    fn a_table_answers_what_was_put_in(
        codes in prop::collection::btree_map("[a-zA-Z0-9é-]{1,9}", ("\\PC{0,40}", prop::collection::vec("\\PC{0,12}", 0..3)), 0..40),
        other in "[a-z]{1,6}",
    ) {
        let mut builder = TableBuilder::new("urn:practice:codes", &release("local", "2031-01-01"));
        for (code, (display, synonyms)) in &codes {
            let draft = builder.draft(code);
            draft.display = Some(display.clone());
            draft.synonyms = synonyms.clone();
            draft.status = Some(Status::Trial);
        }
        let table = builder.build().unwrap();
        prop_assert_eq!(table.len(), codes.len());
        for (code, (display, synonyms)) in &codes {
            let concept = table.get(code).unwrap();
            prop_assert_eq!(concept.display(), Some(display.as_str()));
            prop_assert!(concept.synonyms().eq(synonyms.iter().map(String::as_str)));
            prop_assert_eq!(concept.status(), Some(Status::Trial));
        }
        prop_assert_eq!(table.get(&other).is_some(), codes.contains_key(&other));
        let below = codes.keys().any(|code| code.starts_with(&other) && *code != other);
        prop_assert_eq!(table.has_codes_below(&other), below);
        let mut seen = Vec::new();
        table.for_each(|code, _| seen.push(code.to_owned()));
        prop_assert!(seen.iter().eq(codes.keys()));
    }

    #[test]
    fn bytes_of_any_kind_are_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut table = b"EHRTERM\n\x01\x00".to_vec();
        table.extend(bytes);
        prop_assert!(Table::from_bytes("t", table).is_err());
    }
}
