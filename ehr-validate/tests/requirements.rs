//! Every line of the list of requirements is covered by a rule.
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::BTreeSet;
use std::path::Path;

use ehr_validate::rules::catalogue;

/// Lines of the requirement list that no rule covers yet. Empty when the catalogue is whole.
#[rustfmt::skip]
const OPEN: &[&str] = &[
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
