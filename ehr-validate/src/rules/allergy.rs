//! Allergies and intolerances.

mod status;

use super::room;

room! {
    absence_became_denial: AbsenceBecameDenial,
    active_allergy_missing_in_target: ActiveAllergyMissingInTarget,
    active_allergy_without_substance: ActiveAllergyWithoutSubstance,
    allergen_became_drug_product: AllergenBecameDrugProduct,
    allergy_date_or_recorder_lost: AllergyDateOrRecorderLost,
    allergy_negation_lost: AllergyNegationLost,
    allergy_reaction_changed: AllergyReactionChanged,
    allergy_status_changed: AllergyStatusChanged,
    allergy_substance_changed: AllergySubstanceChanged,
    allergy_type_changed: AllergyTypeChanged,
    allergy_without_code: AllergyWithoutCode,
    denied_allergies_beside_active_allergy: DeniedAllergiesBesideActiveAllergy,
    denied_category_beside_its_allergy: DeniedCategoryBesideItsAllergy,
    duplicate_allergy_with_conflicting_reactions: DuplicateAllergyWithConflictingReactions,
    order_against_allergy_created: OrderAgainstAllergyCreated,
    severe_allergy_downgraded: SevereAllergyDowngraded,
    words_that_are_no_allergen: WordsThatAreNoAllergen,
}

/// Whether a concept says that there are no allergies, or none of a sort.
pub(crate) fn allergy_is_denial(concept: &ehr_model::datatype::CodeableConcept) -> bool {
    status::denial(concept).is_some()
}
