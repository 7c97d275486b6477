//! Vital signs and body measures.

#[cfg(test)]
mod fixture;
mod measure;
mod table;

use super::room;

room! {
    body_size_inconsistent: BodySizeInconsistent,
    body_size_jumps: BodySizeJumps,
    dose_by_weight_without_weight: DoseByWeightWithoutWeight,
    impossible_vital_sign: ImpossibleVitalSign,
    measure_in_swapped_unit: MeasureInSwappedUnit,
    systolic_not_above_diastolic: SystolicNotAboveDiastolic,
    vital_sign_unusual_for_age: VitalSignUnusualForAge,
}
