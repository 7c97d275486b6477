//! Vaccinations.

mod vaccine;

use super::room;

room! {
    immunization_status_changed: ImmunizationStatusChanged,
    immunization_without_vaccine_code: ImmunizationWithoutVaccineCode,
    live_vaccine_despite_contraindication: LiveVaccineDespiteContraindication,
    vaccine_doses_decreased: VaccineDosesDecreased,
    vaccine_given_after_expiry: VaccineGivenAfterExpiry,
    vaccine_given_too_soon_again: VaccineGivenTooSoonAgain,
    vaccine_group_changed: VaccineGroupChanged,
    vaccine_lot_or_manufacturer_lost: VaccineLotOrManufacturerLost,
    vaccine_lot_without_manufacturer: VaccineLotWithoutManufacturer,
}
