//! Faults in results.

use ehr_model::datatype::Quantity;
use ehr_model::kind::{Observation, ObservationValue};
use ehr_model::record::Kind;
use ehr_model::value::Field;

use super::{Fault, Mutation};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("quantity-without-unit", "quantity-without-unit", |m| {
        let observation = m.change("valueQuantity", |o: &Observation| quantity(o).is_some())?;
        let amount = quantity(observation)?.value.clone();
        let mut bare = Quantity::default();
        bare.value = amount;
        observation.value = Field::Value(ObservationValue::Quantity(Field::Value(bare)));
        Some(())
    }),
    same("number-stored-as-text", |m| {
        m.add(
            Kind::Observation,
            &[
                ("category[0].coding[0].code", "laboratory"),
                ("valueString", "<0.01"),
            ],
        )
    }),
    same("panel-member-lost", |m| {
        let panel = m.change("component", |o: &Observation| o.component.len() > 1)?;
        panel.component.pop();
        Some(())
    }),
    same("reference-range-contradicts-result", |m| {
        m.write(of_test("2345-7"), "referenceRange[0].low.value", "120")
    }),
    same("reference-range-lost", |m| {
        m.change("referenceRange", of_test("2345-7"))
            .map(|o| o.reference_range.clear())
    }),
    same("result-outside-possible-bounds", |m| {
        m.write(of_test("2345-7"), "valueQuantity.value", "9000")
    }),
    same("result-precision-changed", |m| {
        m.write(of_test("2345-7"), "valueQuantity.value", "90")
    }),
    same("result-scaled-without-unit", |m| {
        m.write(of_test("2345-7"), "valueQuantity.value", "5.0")
    }),
    same("result-status-changed", |m| {
        m.write(of_test("2345-7"), "status", "preliminary")
    }),
    same("result-time-shifted", |m| {
        m.write(
            of_test("2345-7"),
            "effectiveDateTime",
            "2030-10-02T09:05:00Z",
        )
    }),
    same("result-type-changed", |m| {
        m.write(of_test("2345-7"), "valueQuantity.comparator", "<")
    }),
    same("result-unit-of-wrong-dimension", |m| {
        m.write(of_test("2345-7"), "valueQuantity.code", "mmol/L")
    }),
    same("specimen-type-lost", |m| {
        m.change("specimen", of_test("2345-7"))
            .map(|o| o.specimen = Field::Empty)
    }),
];

/// A fault with the name of its rule.
pub(super) const fn same(rule: &'static str, inject: fn(&mut Mutation) -> Option<()>) -> Fault {
    Fault::new(rule, rule, inject)
}

/// Whether an observation is of a test by LOINC.
pub(super) fn of_test(loinc: &'static str) -> impl Fn(&Observation) -> bool {
    move |observation| {
        let code = observation.code.value();
        code.is_some_and(|code| code.has("http://loinc.org", loinc))
    }
}

fn quantity(observation: &Observation) -> Option<&Quantity> {
    match observation.value.value()? {
        ObservationValue::Quantity(quantity) => quantity.value(),
        _ => None,
    }
}
