//! Units of the Unified Code for Units of Measure, and how the common other spellings are meant.

use super::{Fault, Malformed};

/// Spellings that are not UCUM, and the unit that is meant. Only what has one meaning in a chart:
/// `cc`, `u` alone or `IU/mL` have several and are left to a person.
const SPELLINGS: &str = include_str!("ucum/spellings.tsv");

/// Parses the unit, with case; where a common spelling stands for a unit, that is the repair.
pub fn check(unit: &str) -> Result<(), Malformed> {
    if unit.trim().is_empty() {
        return Err(Fault::Empty.into());
    }
    if octofhir_ucum::validate(unit).is_ok() && !is_mistaken(unit) {
        return Ok(());
    }
    let trimmed = unit.trim();
    if trimmed.len() < unit.len() && check(trimmed).is_ok() {
        return Err(Malformed::repaired(Fault::WhiteSpace, trimmed));
    }
    Err(match propose(unit) {
        Some(meant) => Malformed::repaired(Fault::NotUcum, meant),
        None => Fault::NotUcum.into(),
    })
}

/// The UCUM unit that a common other spelling stands for.
pub fn propose(unit: &str) -> Option<&'static str> {
    let unit = unit.trim();
    SPELLINGS
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .find(|(spelling, _)| *spelling == unit)
        .map(|(_, meant)| meant)
}

/// Whether a unit parses but means something else than people mean by it.
fn is_mistaken(unit: &str) -> bool {
    propose(unit).is_some()
}
