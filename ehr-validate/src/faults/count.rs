//! Faults that counts find.

use ehr_model::kind::Observation;
use ehr_model::record::Kind;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("record-lost", "record-count-of-patient-changed", |m| {
        m.remove(|_: &Observation| true)
    }),
    Fault::new("record-twice", "record-count-of-patient-changed", |m| {
        m.copy("", |_: &Observation| true)?;
        Some(())
    }),
    Fault::new("code-became-text", "structure-lost", |m| {
        let coded = |o: &Observation| o.code.value().is_some_and(|code| !code.coding.is_empty());
        let code = m.change("code", coded)?.code.value_mut()?;
        code.coding.clear();
        code.text.set("Sodium".into());
        Some(())
    }),
    Fault::new("number-became-text", "structure-lost", |m| {
        m.retype(
            Kind::Observation,
            "valueQuantity.value",
            "valueString",
            "140 mmol/L",
        )
    }),
];
