//! Medications and their doses.

mod daily;
pub(crate) mod entry;
#[cfg(test)]
mod fixture;
mod number;
mod pair;

use super::room;

room! {
    active_medication_missing_in_target: ActiveMedicationMissingInTarget,
    active_medication_that_ended: ActiveMedicationThatEnded,
    as_needed_or_ceiling_lost: AsNeededOrCeilingLost,
    controlled_order_incomplete: ControlledOrderIncomplete,
    controlled_substance_schedule_changed: ControlledSubstanceScheduleChanged,
    daily_dose_above_maximum: DailyDoseAboveMaximum,
    daily_dose_changed: DailyDoseChanged,
    dosage_lost: DosageLost,
    dosage_steps_lost: DosageStepsLost,
    dose_changed_tenfold: DoseChangedTenfold,
    dose_changed_thousandfold: DoseChangedThousandfold,
    dose_doubled_or_halved: DoseDoubledOrHalved,
    dose_form_or_release_changed: DoseFormOrReleaseChanged,
    dose_unit_swapped: DoseUnitSwapped,
    dosing_frequency_changed: DosingFrequencyChanged,
    duplicate_therapy_created: DuplicateTherapyCreated,
    error_prone_dose_notation: ErrorProneDoseNotation,
    high_alert_medication_changed: HighAlertMedicationChanged,
    medication_category_lost: MedicationCategoryLost,
    medication_coded_by_ndc_only: MedicationCodedByNdcOnly,
    medication_end_before_start: MedicationEndBeforeStart,
    medication_end_invented: MedicationEndInvented,
    medication_indication_lost: MedicationIndicationLost,
    medication_ingredient_changed: MedicationIngredientChanged,
    medication_route_changed: MedicationRouteChanged,
    medication_status_changed: MedicationStatusChanged,
    medication_without_dose_or_code: MedicationWithoutDoseOrCode,
    number_in_sig_misread: NumberInSigMisread,
    refill_beyond_legal_limit: RefillBeyondLegalLimit,
    salt_or_concentration_changed: SaltOrConcentrationChanged,
    sig_contradicts_structured_dosage: SigContradictsStructuredDosage,
    strength_counted_as_dose: StrengthCountedAsDose,
    supply_contradicts_dosage: SupplyContradictsDosage,
    supply_item_in_medication_list: SupplyItemInMedicationList,
}
