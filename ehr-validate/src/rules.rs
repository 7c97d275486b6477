//! The rules, one file each; the doc comment of a rule is its page.

mod active_allergy_without_substance;
mod birth_date_in_future;
mod duplicate_identifier;
mod encounter_end_before_start;
mod event_after_death;
mod event_before_birth;
mod identifier_shared_by_patients;
mod medication_without_dose_or_code;
mod orphan_reference;
mod quantity_without_unit;
#[cfg(test)]
pub(crate) mod testing;
mod unknown_code_system;

pub use active_allergy_without_substance::ActiveAllergyWithoutSubstance;
pub use birth_date_in_future::BirthDateInFuture;
pub use duplicate_identifier::DuplicateIdentifier;
pub use encounter_end_before_start::EncounterEndBeforeStart;
pub use event_after_death::{ADMINISTRATIVE_TAIL_DAYS, EventAfterDeath};
pub use event_before_birth::EventBeforeBirth;
pub use identifier_shared_by_patients::IdentifierSharedByPatients;
pub use medication_without_dose_or_code::MedicationWithoutDoseOrCode;
pub use orphan_reference::OrphanReference;
pub use quantity_without_unit::QuantityWithoutUnit;
pub use unknown_code_system::UnknownCodeSystem;

use ehr_model::datatype::CodeableConcept;
use ehr_model::value::{Field, Text};

use crate::rule::Rule;

/// Every rule of this crate, in alphabetical order of the codes.
pub fn all() -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(ActiveAllergyWithoutSubstance),
        Box::new(BirthDateInFuture),
        Box::new(DuplicateIdentifier),
        Box::new(EncounterEndBeforeStart),
        Box::new(EventAfterDeath),
        Box::new(EventBeforeBirth),
        Box::new(IdentifierSharedByPatients),
        Box::new(MedicationWithoutDoseOrCode),
        Box::new(OrphanReference),
        Box::new(QuantityWithoutUnit),
        Box::new(UnknownCodeSystem),
    ]
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
    use crate::rule::RuleMetadata;

    fn catalogue() -> Vec<&'static RuleMetadata> {
        all().iter().map(|rule| rule.metadata()).collect()
    }

    #[test]
    fn codes_are_unique_lawful_and_in_order() {
        let codes: Vec<_> = catalogue().iter().map(|rule| rule.code.as_str()).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
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
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
        let mut files = BTreeSet::new();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if stem == "testing" {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for fixture in ["fn fires()", "fn stays_silent()"] {
                assert!(text.contains(fixture), "{stem} lacks {fixture}");
            }
            files.insert(stem);
        }
        let codes: BTreeSet<_> = catalogue()
            .iter()
            .map(|rule| rule.code.as_str().replace('-', "_"))
            .collect();
        assert_eq!(files, codes);
    }
}
