//! The amount of the one ingredient that is taken in a day.

use crate::dose::{AmountRange, DailyAmount, Dimension, DoseUnit, Regimen};

/// The amount of a day of the one ingredient; none where a dose, a frequency or a strength is open.
pub(super) fn daily_of_ingredient(regimen: &Regimen) -> Option<(AmountRange, DoseUnit)> {
    let daily = DailyAmount::of(&regimen.steps, regimen.course);
    let unit = daily.unit.filter(|_| daily.amount.is_known())?;
    let several = regimen
        .strength
        .as_ref()
        .is_some_and(|strength| strength.ingredients.len() > 1);
    if several {
        return None;
    }
    if !unit.is_form() && unit.dimension() != Dimension::Volume {
        return Some((daily.amount, unit));
    }
    let strength = regimen.strength.as_ref()?.single()?;
    let pieces = daily.amount.scaled(unit.in_terms_of(strength.per)?);
    Some((pieces.scaled(strength.amount), strength.unit))
}
