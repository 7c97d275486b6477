//! Whether an allergy holds, and what the entry denies.

use ehr_model::datatype::{CodeableConcept, Concept};
use ehr_model::kind::{Allergy, AllergyCategory, AllergyClinicalStatus, AllergyVerificationStatus};

use crate::concept::words;

const SNOMED: &str = "http://snomed.info/sct";

/// What an entry such as "no known allergies" denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Denial {
    /// Any allergy.
    All,
    /// Allergies of one category.
    Category(AllergyCategory),
    /// Allergy to one substance, such as latex.
    Substance(&'static str),
}

/// "No known ..." as SNOMED CT codes it.
const CODES: &[(&str, Denial)] = &[
    ("716186003", Denial::All),
    ("160244002", Denial::All),
    ("409137002", Denial::Category(AllergyCategory::Medication)),
    ("429625007", Denial::Category(AllergyCategory::Food)),
    ("428607008", Denial::Category(AllergyCategory::Environment)),
    ("428197003", Denial::Substance("insect")),
    ("716184000", Denial::Substance("latex")),
    ("716220001", Denial::Substance("animal")),
];

/// The same in words; the whole text must be one of them.
const PHRASES: &[(&str, Denial)] = &[
    ("no known allergies", Denial::All),
    ("no known allergy", Denial::All),
    ("nka", Denial::All),
    (
        "no known drug allergies",
        Denial::Category(AllergyCategory::Medication),
    ),
    (
        "no known drug allergy",
        Denial::Category(AllergyCategory::Medication),
    ),
    (
        "no known medication allergies",
        Denial::Category(AllergyCategory::Medication),
    ),
    ("nkda", Denial::Category(AllergyCategory::Medication)),
    ("nkma", Denial::Category(AllergyCategory::Medication)),
    (
        "no known food allergies",
        Denial::Category(AllergyCategory::Food),
    ),
    (
        "no known food allergy",
        Denial::Category(AllergyCategory::Food),
    ),
    ("nkfa", Denial::Category(AllergyCategory::Food)),
    (
        "no known environmental allergies",
        Denial::Category(AllergyCategory::Environment),
    ),
    ("no known latex allergy", Denial::Substance("latex")),
];

/// What a concept denies, if it is a denial.
pub(super) fn denial(concept: &CodeableConcept) -> Option<Denial> {
    let by_code = CODES.iter().find(|(code, _)| concept.has(SNOMED, code));
    let by_words = || {
        PHRASES
            .iter()
            .find(|(phrase, _)| words(concept).any(|words| words.eq_ignore_ascii_case(phrase)))
    };
    by_code.or_else(by_words).map(|(_, denial)| *denial)
}

/// What an allergy denies, if it is a denial and stands.
pub(super) fn standing_denial(allergy: &Allergy) -> Option<Denial> {
    may_be_active(allergy)
        .then(|| allergy.code.value().and_then(denial))
        .flatten()
}

/// Whether an allergy may be active: one without a status counts, nothing says that it is over.
pub(super) fn may_be_active(allergy: &Allergy) -> bool {
    let over = matches!(
        allergy.clinical_status.value(),
        Some(Concept(
            AllergyClinicalStatus::Inactive | AllergyClinicalStatus::Resolved
        ))
    );
    !over && !is_denied(allergy)
}

/// Whether somebody refuted the allergy, or entered it in error.
pub(super) fn is_denied(allergy: &Allergy) -> bool {
    matches!(
        allergy.verification_status.value(),
        Some(Concept(
            AllergyVerificationStatus::Refuted | AllergyVerificationStatus::EnteredInError
        ))
    )
}

/// Whether an allergy may be active and is no denial.
pub(super) fn is_positive(allergy: &Allergy) -> bool {
    may_be_active(allergy) && allergy.code.value().and_then(denial).is_none()
}

/// The substances of an allergy: its own and those of its reactions.
pub(super) fn substances(allergy: &Allergy) -> impl Iterator<Item = &CodeableConcept> {
    let in_reactions = allergy
        .reaction
        .iter()
        .filter_map(|reaction| reaction.substance.value());
    allergy.code.value().into_iter().chain(in_reactions)
}
