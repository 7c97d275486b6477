//! The National Provider Identifier (45 CFR 162.406).

use super::shape::{digits, strictly, without_decimals};
use super::{Fault, Malformed, check_digit};

/// The prefix of ISO/IEC 7812 that the check digit counts in: 80 for health, 840 for the USA.
const PREFIX: &str = "80840";

/// Ten digits, the first of them 1 or 2, the last the Luhn digit over `80840` and the number.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, strict)
}

fn strict(code: &str) -> Result<(), Malformed> {
    for meant in [code.strip_prefix(PREFIX), without_decimals(code)] {
        if let Some(meant) = meant.filter(|meant| meant.len() == 10 && strict(meant).is_ok()) {
            let fault = if code.contains('.') {
                Fault::Number
            } else {
                let (found, expected) = (code.len(), "10");
                Fault::Length { found, expected }
            };
            return Err(Malformed::repaired(fault, meant));
        }
    }
    digits(code)?;
    if code.len() != 10 {
        let (found, expected) = (code.len(), "10");
        return Err(Fault::Length { found, expected }.into());
    }
    if !code.starts_with(['1', '2']) {
        return Err(Fault::Character { position: 1 }.into());
    }
    if !check_digit::luhn(PREFIX.bytes().chain(code.bytes())) {
        return Err(Fault::CheckDigit.into());
    }
    Ok(())
}
