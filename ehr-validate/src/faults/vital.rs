//! Faults in vital signs.

use ehr_model::record::Kind;

use super::Fault;
use super::laboratory::{of_test, same};

const VALUE: &str = "valueQuantity.value";

pub(super) const FAULTS: &[Fault] = &[
    same("body-size-inconsistent", |m| {
        m.write(of_test("39156-5"), VALUE, "31.7")
    }),
    same("body-size-jumps", |m| {
        m.add(
            Kind::Observation,
            &[
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", "29463-7"),
                ("effectiveDateTime", "2030-10-05"),
                (VALUE, "95"),
                ("valueQuantity.unit", "kg"),
            ],
        )
    }),
    same("dose-by-weight-without-weight", |m| {
        m.overwrite(Kind::Patient, "birthDate", "2027-03-17")?;
        m.add(
            Kind::Medication,
            &[
                ("status", "active"),
                ("dosageInstruction[0].text", "10 mg/kg every 8 hours"),
            ],
        )
    }),
    same("impossible-vital-sign", |m| {
        m.write(of_test("8310-5"), VALUE, "368")
    }),
    same("measure-in-swapped-unit", |m| {
        m.add(
            Kind::Observation,
            &[
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", "8302-2"),
                ("effectiveDateTime", "2030-03-01"),
                (VALUE, "66.9"),
                ("valueQuantity.unit", "cm"),
            ],
        )
    }),
    same("systolic-not-above-diastolic", |m| {
        m.write(of_test("85354-9"), "component[0].valueQuantity.value", "60")
    }),
    same("vital-sign-unusual-for-age", |m| {
        m.overwrite(Kind::Patient, "birthDate", "2027-03-17")?;
        m.add(
            Kind::Observation,
            &[
                ("code.coding[0].system", "http://loinc.org"),
                ("code.coding[0].code", "8867-4"),
                ("effectiveDateTime", "2030-10-05"),
                (VALUE, "50"),
                ("valueQuantity.unit", "/min"),
            ],
        )
    }),
];
