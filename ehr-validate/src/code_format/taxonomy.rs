//! The provider taxonomy of the National Uniform Claim Committee.

use super::Malformed;
use super::shape::{shape, strictly};

/// Nine digits or capital letters and an X.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| shape(code, "NNNNNNNNNX", "10"))
}
