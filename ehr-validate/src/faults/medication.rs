//! Faults in medications.

use ehr_model::kind::{Medication, MedicationStatus};

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[Fault::new(
    "medication-without-dose-or-code",
    "medication-without-dose-or-code",
    |m| {
        let is_active = |m: &Medication| m.status.value() == Some(&MedicationStatus::Active);
        m.change("dosageInstruction", is_active)?
            .dosage_instruction
            .clear();
        Some(())
    },
)];
