//! Every line of the list of requirements is covered by a rule.
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::BTreeSet;
use std::path::Path;

use ehr_validate::rules::catalogue;

/// Lines of the requirement list that no rule covers yet. Empty when the catalogue is whole.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "MED-001 MED-002 MED-003 MED-004 MED-005 MED-006 MED-007 MED-008 MED-009 MED-010 MED-011 MED-012 MED-013 MED-014 MED-015 MED-016 MED-017 MED-018 MED-019 MED-020 MED-021 MED-022 MED-023 MED-025 MED-026 MED-027 MED-028 MED-029 MED-030",
    "LAB-002 LAB-003 LAB-004 LAB-005 LAB-006 LAB-007 LAB-008 LAB-009 LAB-010 LAB-011",
    "VIT-001 VIT-002 VIT-003 VIT-004 VIT-005 VIT-006 VIT-007",
    "BIL-001 BIL-002 BIL-003 BIL-004 BIL-005 BIL-006 BIL-007 BIL-008 BIL-009 BIL-010 BIL-011 BIL-012 BIL-013",
];

#[test]
fn every_line_of_the_requirement_list_is_covered() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let list = std::fs::read_to_string(Path::new(&corpus).join("../rules.tsv")).unwrap();
    let lines: BTreeSet<&str> = list
        .lines()
        .skip(1)
        .filter_map(|line| line.split('\t').next())
        .collect();
    let covered: BTreeSet<&str> = catalogue()
        .iter()
        .flat_map(|rule| rule.covers.iter().copied())
        .collect();
    assert_eq!(
        covered.difference(&lines).count(),
        0,
        "a line that is not in the list"
    );
    let open: BTreeSet<_> = lines.difference(&covered).copied().collect();
    let known: BTreeSet<_> = OPEN.iter().flat_map(|line| line.split(' ')).collect();
    assert_eq!(open, known);
}
