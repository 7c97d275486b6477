//! The results of an observation: its own and those of its components.

use ehr_model::datatype::{CodeableConcept, Quantity};
use ehr_model::kind::{Observation, ObservationStatus, ObservationValue, ReferenceRange};
use ehr_model::value::Field;
use rust_decimal::Decimal;

use crate::concept;
use crate::terminology::system;

/// One result.
pub(super) struct TestResult<'o> {
    /// Which component it stands in.
    component: Option<usize>,
    pub(super) code: &'o Field<CodeableConcept>,
    pub(super) value: &'o Field<ObservationValue>,
    pub(super) interpretation: &'o [CodeableConcept],
    pub(super) ranges: &'o [ReferenceRange],
}

impl<'o> TestResult<'o> {
    /// The path of one of its fields.
    pub(super) fn field(&self, name: &str) -> String {
        match self.component {
            Some(number) => format!("component[{number}].{name}"),
            None => name.to_owned(),
        }
    }

    /// Its amount with unit, if it is one.
    pub(super) fn quantity(&self) -> Option<&'o Quantity> {
        match self.value.value()? {
            ObservationValue::Quantity(quantity) => quantity.value(),
            _ => None,
        }
    }

    /// Its number.
    pub(super) fn number(&self) -> Option<Decimal> {
        number(self.quantity()?)
    }

    /// Its LOINC codes.
    pub(super) fn loinc(&self) -> impl Iterator<Item = &'o str> + use<'o> {
        let code = self.code.value().into_iter();
        code.flat_map(|code| concept::codes_in(code, system::LOINC))
    }
}

/// The results of an observation: its own first.
pub(super) fn results(observation: &Observation) -> impl Iterator<Item = TestResult<'_>> {
    let own = TestResult {
        component: None,
        code: &observation.code,
        value: &observation.value,
        interpretation: &observation.interpretation,
        ranges: &observation.reference_range,
    };
    let parts = observation.component.iter().enumerate();
    std::iter::once(own).chain(parts.map(|(number, part)| TestResult {
        component: Some(number),
        code: &part.code,
        value: &part.value,
        interpretation: &part.interpretation,
        ranges: &part.reference_range,
    }))
}

/// Whether it was cancelled or entered in error.
pub(super) fn is_void(observation: &Observation) -> bool {
    matches!(
        observation.status.value(),
        Some(ObservationStatus::Cancelled | ObservationStatus::EnteredInError)
    )
}

/// The number of a quantity.
pub(super) fn number(quantity: &Quantity) -> Option<Decimal> {
    quantity.value.value()?.value()
}

/// The unit of a quantity, coded or written.
pub(super) fn unit(quantity: &Quantity) -> Option<&str> {
    concept::text(&quantity.code).or_else(|| concept::text(&quantity.unit))
}

/// Whether two quantities are in one unit, as far as they say; `None` where one does not.
pub(super) fn same_unit(one: &Quantity, other: &Quantity) -> Option<bool> {
    let units = |quantity| {
        let quantity: &Quantity = quantity;
        [concept::text(&quantity.code), concept::text(&quantity.unit)]
    };
    let (one, other) = (units(one), units(other));
    if one == [None, None] || other == [None, None] {
        return None;
    }
    let is_in = |unit: &&str| {
        other
            .iter()
            .flatten()
            .any(|other| same_spelling(unit, other))
    };
    Some(one.iter().flatten().any(is_in))
}

/// Whether two spellings of a unit are one: case and the brackets of UCUM make no difference here,
/// save for the prefixes `m` and `M`.
fn same_spelling(one: &str, other: &str) -> bool {
    let bare = |unit: &str| -> String {
        unit.chars()
            .filter(|c| c.is_alphanumeric() || "/%^*.".contains(*c))
            .collect()
    };
    let (one, other) = (bare(one), bare(other));
    one.eq_ignore_ascii_case(&other) && one.starts_with('M') == other.starts_with('M')
}
