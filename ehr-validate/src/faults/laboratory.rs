//! Faults in results.

use ehr_model::datatype::Quantity;
use ehr_model::kind::{Observation, ObservationValue};
use ehr_model::value::Field;

use super::Fault;

pub(super) const FAULTS: &[Fault] = &[Fault::new(
    "quantity-without-unit",
    "quantity-without-unit",
    |m| {
        let observation = m.change("valueQuantity", |o: &Observation| quantity(o).is_some())?;
        let amount = quantity(observation)?.value.clone();
        let mut bare = Quantity::default();
        bare.value = amount;
        observation.value = Field::Value(ObservationValue::Quantity(Field::Value(bare)));
        Some(())
    },
)];

fn quantity(observation: &Observation) -> Option<&Quantity> {
    match observation.value.value()? {
        ObservationValue::Quantity(quantity) => quantity.value(),
        _ => None,
    }
}
