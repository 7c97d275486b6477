//! The rules, one file each, in rooms by what they look at; the doc comment of a rule is its page.

mod allergy;
mod coding;
mod date;
mod demographic;
mod laboratory;
mod medication;
mod reference;
#[cfg(test)]
mod testing;

pub use allergy::*;
pub use coding::*;
pub use date::*;
pub use demographic::*;
pub use laboratory::*;
pub use medication::*;
pub use reference::*;

use ehr_model::datatype::CodeableConcept;
use ehr_model::value::{Field, Text};

use crate::rule::{Rule, RuleMetadata};

/// Declares the rules of a room, one file each: `file: Name`.
macro_rules! room {
    ($($file:ident: $rule:ident $(and $constant:ident)*),* $(,)?) => {
        $(mod $file;)*
        $(pub use $file::{$rule $(, $constant)*};)*

        pub(super) fn all() -> Vec<Box<dyn crate::rule::Rule>> {
            vec![$(Box::new($rule)),*]
        }
    };
}

use room;

/// Every rule of this crate, in alphabetical order of the codes.
pub fn all() -> Vec<Box<dyn Rule>> {
    let rooms = [
        allergy::all(),
        coding::all(),
        date::all(),
        demographic::all(),
        laboratory::all(),
        medication::all(),
        reference::all(),
    ];
    let mut all: Vec<_> = rooms.into_iter().flatten().collect();
    all.sort_by_key(|rule| rule.metadata().code.as_str());
    all
}

/// What is known about every rule of this crate, in alphabetical order of the codes.
pub fn catalogue() -> Vec<&'static RuleMetadata> {
    all().iter().map(|rule| rule.metadata()).collect()
}

/// Whether a text says anything.
fn says(text: &Field<Text>) -> bool {
    text.value()
        .is_some_and(|text| !text.expose().trim().is_empty())
}

/// Whether a concept says what it is, in a code or in words.
fn is_named(concept: &CodeableConcept) -> bool {
    let coded = concept
        .coding
        .iter()
        .any(|coding| says(&coding.code) || says(&coding.display));
    coded || says(&concept.text)
}

/// Whether a concept has a code of a code system.
fn is_coded(concept: &CodeableConcept) -> bool {
    concept
        .coding
        .iter()
        .any(|coding| says(&coding.system) && says(&coding.code))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use ehr_model::issue::Severity;

    use super::*;

    #[test]
    fn codes_are_unique_lawful_and_in_order() {
        let codes: Vec<_> = catalogue().iter().map(|rule| rule.code.as_str()).collect();
        assert!(
            codes.is_sorted_by(|a, b| a < b),
            "a code is there twice: {codes:?}"
        );
        for code in codes {
            let words: Vec<_> = code.split('-').collect();
            assert!(words.len() >= 2, "{code} says too little");
            for word in &words {
                let lawful = !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
                assert!(lawful, "{code} is not lower-case words joined by -");
            }
            // "allow check-birth-date" and "allow invalid-data" say nothing about what is wrong.
            let first = words[0];
            assert!(
                ![
                    "check", "invalid", "bad", "wrong", "no", "allow", "validate"
                ]
                .contains(&first),
                "{code} does not say what is wrong"
            );
        }
    }

    #[test]
    fn every_page_has_a_title_and_text_under_every_heading() {
        for rule in catalogue() {
            let code = rule.code;
            assert!(!rule.title().is_empty(), "{code} has no title");
            assert!(!rule.title().contains(". "), "{code}: one sentence");
            let headings: Vec<_> = rule
                .page
                .lines()
                .map(str::trim)
                .filter(|line| line.starts_with('#'))
                .collect();
            assert_eq!(headings, RuleMetadata::HEADINGS, "{code}");
            for heading in RuleMetadata::HEADINGS {
                let parent = heading == "## What to do";
                let text = rule.section(heading);
                assert_eq!(text.is_empty(), parent, "{code}: {heading}");
            }
            assert!(rule.source().ends_with(['.', ')']), "{code}: source");
        }
    }

    #[test]
    fn severity_and_version_are_set() {
        for rule in catalogue() {
            assert!(rule.severity <= Severity::Information, "{}", rule.code);
            assert_eq!(rule.since.split('.').count(), 3, "{}", rule.code);
        }
    }

    #[test]
    fn every_rule_is_a_file_with_two_fixtures() {
        let rooms = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let folders = std::fs::read_dir(&rooms)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let mut files = BTreeSet::new();
        for folder in folders.filter(|path| path.is_dir()) {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    continue;
                }
                let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
                let text = std::fs::read_to_string(&path).unwrap();
                if !text.contains("rule! {") {
                    continue;
                }
                for fixture in ["fn fires()", "fn stays_silent()"] {
                    assert!(text.contains(fixture), "{stem} lacks {fixture}");
                }
                files.insert(stem);
            }
        }
        let codes: BTreeSet<_> = catalogue()
            .iter()
            .map(|rule| rule.code.as_str().replace('-', "_"))
            .collect();
        assert_eq!(files, codes);
    }
    /// Lines of the requirement list that no rule covers yet. Empty when the catalogue is whole.
    #[rustfmt::skip]
    const OPEN: &[&str] = &[
        "COD-001 COD-002 COD-003 COD-004 COD-005 COD-006 COD-007 COD-008 COD-009 COD-010 COD-011 COD-012 COD-013 COD-014 COD-015 COD-016 COD-017 COD-018 COD-019 COD-020 COD-021 COD-022 COD-023 COD-024 COD-025 COD-026 COD-028 COD-029 COD-030 COD-031 COD-032 COD-033 COD-034 COD-035 COD-036 COD-037 COD-038 COD-039 COD-040",
        "ALG-001 ALG-002 ALG-003 ALG-004 ALG-005 ALG-006 ALG-007 ALG-008 ALG-009 ALG-011 ALG-012 ALG-013 ALG-014 ALG-015 ALG-016 ALG-017",
        "MED-001 MED-002 MED-003 MED-004 MED-005 MED-006 MED-007 MED-008 MED-009 MED-010 MED-011 MED-012 MED-013 MED-014 MED-015 MED-016 MED-017 MED-018 MED-019 MED-020 MED-021 MED-022 MED-023 MED-025 MED-026 MED-027 MED-028 MED-029 MED-030",
        "PRB-001 PRB-002 PRB-003 PRB-004 PRB-005 PRB-006 PRB-007 PRB-008",
        "IMM-001 IMM-002 IMM-003 IMM-004 IMM-005 IMM-006",
        "LAB-002 LAB-003 LAB-004 LAB-005 LAB-006 LAB-007 LAB-008 LAB-009 LAB-010 LAB-011",
        "VIT-001 VIT-002 VIT-003 VIT-004 VIT-005 VIT-006 VIT-007",
        "DEM-001 DEM-003 DEM-004 DEM-005 DEM-006 DEM-007 DEM-008 DEM-009 DEM-011 DEM-012 DEM-013 DEM-014",
        "REF-003 REF-004 REF-005 REF-006",
        "CNT-001 CNT-002 CNT-003 CNT-004 CNT-005",
        "BIL-001 BIL-002 BIL-003 BIL-004 BIL-005 BIL-006 BIL-007 BIL-008 BIL-009 BIL-010 BIL-011 BIL-012 BIL-013",
        "DOC-001 DOC-002 DOC-003 DOC-004 DOC-005 DOC-006 DOC-007",
        "RND-001 RND-002 RND-003 RND-004",
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
}
