//! The small codes of a claim line: modifiers, revenue code, place of service, type of bill.

use super::shape::{fits, shape, strictly};
use super::{Fault, Malformed};

/// How many modifiers an 837 service line has room for.
pub const MODIFIERS: usize = 4;

/// Two digits or capital letters.
pub fn check_modifier(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| shape(code, "NN", "2"))
}

/// The modifiers of one line: each with its form, and at most [four](MODIFIERS).
pub fn check_modifiers<'c>(codes: impl IntoIterator<Item = &'c str>) -> Result<(), Malformed> {
    let mut found = 0;
    for code in codes {
        check_modifier(code)?;
        found += 1;
    }
    let limit = MODIFIERS;
    if found > limit {
        return Err(Fault::TooMany { found, limit }.into());
    }
    Ok(())
}

/// Three digits, or four with a zero in front (NUBC).
pub fn check_revenue_code(code: &str) -> Result<(), Malformed> {
    strictly(code, three_digits)
}

/// Two digits (CMS place of service code set).
pub fn check_place_of_service(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if fits(code, "9") {
            return Err(Malformed::repaired(Fault::LostZeros, format!("0{code}")));
        }
        shape(code, "99", "2")
    })
}

/// Facility, classification and frequency: three characters, or four with a zero in front (NUBC).
/// The frequency may be a letter, as for an adjustment by another payer.
pub fn check_type_of_bill(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if fits(code, "99N") || fits(code, "099N") {
            return Ok(());
        }
        three_digits(code)
    })
}

fn three_digits(code: &str) -> Result<(), Malformed> {
    if fits(code, "999") || fits(code, "0999") {
        return Ok(());
    }
    if code.chars().count() == 4 {
        return shape(code, "0999", "3 or 4");
    }
    shape(code, "999", "3 or 4")
}
