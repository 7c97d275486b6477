//! What the tests of this room have in common.

use ehr_model::record::{Kind, Record};

use crate::rules::testing::record;

pub(super) const NONE: [&str; 0] = [];
pub(super) const WEIGHT: &str = "29463-7";
pub(super) const HEIGHT: &str = "8302-2";

/// A vital sign of a day.
pub(super) fn sign(key: &str, loinc: &str, value: &str, unit: &str, day: &str) -> Record {
    let fields = [
        ("status", "final"),
        ("code.coding[0].system", "http://loinc.org"),
        ("code.coding[0].code", loinc),
        ("valueQuantity.value", value),
        ("valueQuantity.unit", unit),
        ("effectiveDateTime", day),
    ];
    record(Kind::Observation, key, &fields)
}

/// A patient.
pub(super) fn patient(birth: &str, gender: &str) -> Record {
    record(
        Kind::Patient,
        "p",
        &[("birthDate", birth), ("gender", gender)],
    )
}
