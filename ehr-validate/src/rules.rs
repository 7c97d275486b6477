//! The rules, one file each, in rooms by what they look at; the doc comment of a rule is its page.

mod allergy;
mod billing;
mod coding;
mod count;
mod coverage;
mod date;
mod demographic;
mod document;
mod immunization;
mod laboratory;
mod medication;
mod problem;
mod reference;
mod round;
#[cfg(test)]
pub(crate) mod testing;
mod vital;

pub use allergy::*;
pub use billing::*;
pub use coding::*;
pub use count::*;
pub use coverage::*;
pub use date::*;
pub use demographic::*;
pub use document::*;
pub use immunization::*;
pub use laboratory::*;
pub use medication::*;
pub use problem::*;
pub use reference::*;
pub use round::*;
pub use vital::*;

use ehr_model::datatype::CodeableConcept;
use ehr_model::value::{Field, Text};

pub(crate) use allergy::allergy_is_denial;

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
        billing::all(),
        coding::all(),
        count::all(),
        coverage::all(),
        document::all(),
        date::all(),
        demographic::all(),
        immunization::all(),
        laboratory::all(),
        medication::all(),
        problem::all(),
        reference::all(),
        round::all(),
        vital::all(),
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
pub(crate) fn says(text: &Field<Text>) -> bool {
    text.value()
        .is_some_and(|text| !text.expose().trim().is_empty())
}

/// Whether a concept says what it is, in a code or in words.
pub(crate) fn is_named(concept: &CodeableConcept) -> bool {
    let coded = concept
        .coding
        .iter()
        .any(|coding| says(&coding.code) || says(&coding.display));
    coded || says(&concept.text)
}

/// Whether a concept has a code of a code system.
pub(crate) fn is_coded(concept: &CodeableConcept) -> bool {
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
}
