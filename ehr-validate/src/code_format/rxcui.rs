//! The concept identifier of RxNorm. It has no check digit: only a table tells a typo.

use super::shape::{digits, strictly, without_decimals};
use super::{Fault, Malformed};

/// One to eight digits without a zero in front.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, strict)
}

fn strict(code: &str) -> Result<(), Malformed> {
    if let Some(meant) = without_decimals(code).filter(|meant| strict(meant).is_ok()) {
        return Err(Malformed::repaired(Fault::Number, meant));
    }
    digits(code)?;
    let meant = code.trim_start_matches('0');
    if meant.len() < code.len() {
        return Err(match strict(meant) {
            Ok(()) => Malformed::repaired(Fault::LeadingZero, meant),
            Err(_) => Fault::LeadingZero.into(),
        });
    }
    if !(1..=8).contains(&code.len()) {
        let (found, expected) = (code.len(), "1 to 8");
        return Err(Fault::Length { found, expected }.into());
    }
    Ok(())
}
