//! Every line of the list of requirements is covered by a rule.
#![expect(clippy::print_stdout, reason = "a skipped test says so")]

use std::collections::BTreeSet;
use std::path::Path;

use ehr_validate::rules::catalogue;

/// Lines of the requirement list that no rule covers yet. Empty when the catalogue is whole.
#[rustfmt::skip]
const OPEN: &[&str] = &[
    "COD-001 COD-002 COD-003 COD-004 COD-005 COD-006 COD-007 COD-008 COD-009 COD-010 COD-011 COD-012 COD-013 COD-014 COD-015 COD-016 COD-017 COD-018 COD-019 COD-020 COD-021 COD-022 COD-023 COD-024 COD-025 COD-026 COD-028 COD-029 COD-030 COD-031 COD-032 COD-033 COD-034 COD-035 COD-036 COD-037 COD-038 COD-039 COD-040",
    "ALG-001 ALG-002 ALG-003 ALG-004 ALG-005 ALG-006 ALG-007 ALG-008 ALG-009 ALG-011 ALG-012 ALG-013 ALG-014 ALG-015 ALG-016 ALG-017",
    "PRB-001 PRB-002 PRB-003 PRB-004 PRB-005 PRB-006 PRB-007 PRB-008",
    "IMM-001 IMM-002 IMM-003 IMM-004 IMM-005 IMM-006",
    "DEM-001 DEM-003 DEM-004 DEM-005 DEM-006 DEM-007 DEM-008 DEM-009 DEM-011 DEM-012 DEM-013 DEM-014",
    "REF-003 REF-004 REF-005 REF-006",
    "CNT-001 CNT-002 CNT-003 CNT-004 CNT-005",
    "DOC-001 DOC-002 DOC-003 DOC-004 DOC-005 DOC-006 DOC-007",
   "RND-001 RND-002 RND-004",
    "USC-001 USC-002",
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
