//! Allergies and intolerances.

use super::room;

room! {
    active_allergy_without_substance: ActiveAllergyWithoutSubstance,
}
