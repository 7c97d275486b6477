//! Faults in medications.

use ehr_model::kind::{Medication, MedicationStatus};

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[Fault::new(
    "medication-without-dose-or-code",
    "medication-without-dose-or-code",
    |m| {
        let has_dose = |m: &Medication| {
            let active = m.status.value() == Some(&MedicationStatus::Active);
            let steps = m.dosage_instruction.iter();
            active
                && steps
                    .flat_map(|step| &step.dose_and_rate)
                    .any(|dose| dose.dose.value().is_some())
        };
        m.change("dosageInstruction", has_dose)?
            .dosage_instruction
            .clear();
        Some(())
    },
)];
