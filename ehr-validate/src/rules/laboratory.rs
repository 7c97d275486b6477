//! Results.

#[cfg(test)]
mod fixture;
mod pair;
mod result;

use super::room;

room! {
    number_stored_as_text: NumberStoredAsText,
    panel_member_lost: PanelMemberLost,
    quantity_without_unit: QuantityWithoutUnit,
    reference_range_contradicts_result: ReferenceRangeContradictsResult,
    reference_range_lost: ReferenceRangeLost,
    result_outside_possible_bounds: ResultOutsidePossibleBounds,
    result_population_shifted: ResultPopulationShifted,
    result_precision_changed: ResultPrecisionChanged,
    result_scaled_without_unit: ResultScaledWithoutUnit,
    result_status_changed: ResultStatusChanged,
    result_time_shifted: ResultTimeShifted,
    result_type_changed: ResultTypeChanged,
    result_unit_of_wrong_dimension: ResultUnitOfWrongDimension,
    specimen_type_lost: SpecimenTypeLost,
}
