//! Vaccines administered (CDC code set CVX).

use super::shape::{digits, fits, strictly};
use super::{Fault, Malformed};

/// Two or three digits; the zero in front of the first nine belongs to them.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if fits(code, "9") {
            return Err(Malformed::repaired(Fault::LostZeros, format!("0{code}")));
        }
        digits(code)?;
        if !(2..=3).contains(&code.len()) {
            let (found, expected) = (code.len(), "2 or 3");
            return Err(Fault::Length { found, expected }.into());
        }
        // 001 to 099 do not exist: three digits begin at 100.
        if code.len() == 3 && code.starts_with('0') {
            return Err(Malformed::repaired(Fault::LeadingZero, &code[1..]));
        }
        Ok(())
    })
}
