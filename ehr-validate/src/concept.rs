//! What two concepts say of each other.

use ehr_model::datatype::{CodeableConcept, Coding};
use ehr_model::value::{Field, Text};

/// Whether two concepts mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// They share a code, or their words.
    Same,
    /// They have different codes of one system.
    Different,
    /// Codes of different systems, or words against codes: only a terminology knows.
    Unknown,
}

/// Whether two concepts mean the same, as far as codes and words tell.
pub(crate) fn likeness(a: &CodeableConcept, b: &CodeableConcept) -> Likeness {
    let mut common_system = false;
    for (one, other) in a
        .coding
        .iter()
        .flat_map(|a| b.coding.iter().map(move |b| (a, b)))
    {
        let (Some(system), Some(code)) = (text(&one.system), text(&one.code)) else {
            continue;
        };
        if text(&other.system) == Some(system) && text(&other.code).is_some() {
            common_system = true;
            if text(&other.code) == Some(code) {
                return Likeness::Same;
            }
        }
    }
    if common_system {
        return Likeness::Different;
    }
    let same_words = words(a).any(|one| words(b).any(|other| one.eq_ignore_ascii_case(other)));
    if same_words {
        Likeness::Same
    } else {
        Likeness::Unknown
    }
}

/// The text and the displays of a concept.
pub(crate) fn words(concept: &CodeableConcept) -> impl Iterator<Item = &str> {
    let displays = concept
        .coding
        .iter()
        .filter_map(|coding| text(&coding.display));
    text(&concept.text).into_iter().chain(displays)
}

/// The codes of one system.
pub(crate) fn codes_in<'c>(
    concept: &'c CodeableConcept,
    system: &'static str,
) -> impl Iterator<Item = &'c str> {
    let of_system = move |coding: &&Coding| text(&coding.system) == Some(system);
    concept
        .coding
        .iter()
        .filter(of_system)
        .filter_map(|coding| text(&coding.code))
}

/// Whether the words of a concept say one of these phrases, as whole words.
pub(crate) fn says_any(concept: &CodeableConcept, phrases: &[&str]) -> bool {
    words(concept).any(|words| phrases.iter().any(|phrase| has_phrase(words, phrase)))
}

/// Whether a text has a phrase of lower-case ASCII as whole words, whatever its case.
pub(crate) fn has_phrase(text: &str, phrase: &str) -> bool {
    let (text, phrase) = (text.as_bytes(), phrase.as_bytes());
    if phrase.is_empty() || text.len() < phrase.len() {
        return false;
    }
    let is_word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte >= 128);
    (0..=text.len() - phrase.len()).any(|at| {
        let end = at + phrase.len();
        text[at..end].eq_ignore_ascii_case(phrase)
            && !(at > 0 && is_word(text.get(at - 1)))
            && !is_word(text.get(end))
    })
}

/// The text of a field, trimmed, if it says anything.
pub(crate) fn text(field: &Field<Text>) -> Option<&str> {
    let text = field.value()?.expose().trim();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concept(codings: &[(&str, &str)], words: &str) -> CodeableConcept {
        let mut concept = CodeableConcept::default();
        concept.coding = codings
            .iter()
            .map(|(system, code)| Coding::new(system, code))
            .collect();
        concept.text.set(words.into());
        concept
    }

    #[test]
    fn codes_of_one_system_decide_and_words_only_without_them() {
        let like = |a: &[(&str, &str)], b: &[(&str, &str)], words: [&str; 2]| {
            likeness(&concept(a, words[0]), &concept(b, words[1]))
        };
        assert_eq!(
            like(&[("s", "1"), ("t", "9")], &[("s", "1")], ["x", "y"]),
            Likeness::Same
        );
        assert_eq!(
            like(&[("s", "1")], &[("s", "2")], ["x", "x"]),
            Likeness::Different
        );
        assert_eq!(
            like(&[("s", "1")], &[("t", "2")], ["Gout", "gout "]),
            Likeness::Same
        );
        assert_eq!(
            like(&[("s", "1")], &[], ["Gout", "podagra"]),
            Likeness::Unknown
        );
    }

    #[test]
    fn a_phrase_is_whole_words() {
        assert!(has_phrase("No Known Allergies (NKA)", "nka"));
        assert!(has_phrase("r/o gout", "r/o"));
        assert!(!has_phrase("Kanka", "nka"));
        assert!(!has_phrase("leftover", "left"));
        assert!(!has_phrase("", "left"));
    }
}
