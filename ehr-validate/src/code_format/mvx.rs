//! Manufacturers of vaccines (CDC code set MVX).

use super::shape::{only, strictly};
use super::{Fault, Malformed};

/// Two or three capital letters.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        only(code, |byte| byte.is_ascii_uppercase())?;
        if !(2..=3).contains(&code.len()) {
            let (found, expected) = (code.len(), "2 or 3");
            return Err(Fault::Length { found, expected }.into());
        }
        Ok(())
    })
}
