//! Who the patient is.

use super::room;

room! {
    age_beyond_a_lifetime: AgeBeyondALifetime,
    birth_date_in_future: BirthDateInFuture,
    chart_of_two_persons: ChartOfTwoPersons,
    child_without_guardian: ChildWithoutGuardian,
    confidentiality_lost: ConfidentialityLost,
    death_before_birth: DeathBeforeBirth,
    death_lost: DeathLost,
    demographic_code_outside_value_set: DemographicCodeOutsideValueSet,
    name_that_is_none: NameThatIsNone,
    patient_identity_changed: PatientIdentityChanged,
    possible_duplicate_patient: PossibleDuplicatePatient,
    previous_name_lost: PreviousNameLost,
    race_or_language_lost: RaceOrLanguageLost,
    related_person_lost: RelatedPersonLost,
}
