//! The employer identification number of the Internal Revenue Service.

use super::shape::{shape, strictly};
use super::{Fault, Malformed};

/// Nine digits, or 2-7 with a hyphen; nine equal digits stand for nothing.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if code.contains('-') {
            shape(code, "99-9999999", "9")?;
        } else {
            shape(code, "999999999", "9")?;
        }
        let first = code.as_bytes()[0];
        if code.bytes().all(|byte| byte == first || byte == b'-') {
            return Err(Fault::Placeholder.into());
        }
        Ok(())
    })
}
