//! Medications and their doses.

use super::room;

room! {
    medication_without_dose_or_code: MedicationWithoutDoseOrCode,
}
