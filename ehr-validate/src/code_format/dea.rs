//! The registration number of the Drug Enforcement Administration.

use super::shape::{shape, strictly};
use super::{Fault, Malformed};

/// A letter for the kind of registrant, the initial of the last name or a 9, six digits, and a digit
/// that is the last of (1st + 3rd + 5th) + 2 × (2nd + 4th + 6th).
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        let pattern = match code.as_bytes().get(1) {
            Some(b'9') => "A99999999",
            _ => "AA9999999",
        };
        shape(code, pattern, "9")?;
        let digit = |index: usize| u32::from(code.as_bytes()[index] - b'0');
        let odd = digit(2) + digit(4) + digit(6);
        let even = digit(3) + digit(5) + digit(7);
        if (odd + 2 * even) % 10 != digit(8) {
            return Err(Fault::CheckDigit.into());
        }
        Ok(())
    })
}

/// Whether the second letter fits the last name or the name of the business. A 9 fits all.
pub fn fits_name(code: &str, last_name: &str) -> bool {
    let Some(second) = code.trim().chars().nth(1) else {
        return false;
    };
    let initial = last_name.trim().chars().next();
    second == '9' || initial.is_some_and(|initial| initial.eq_ignore_ascii_case(&second))
}
