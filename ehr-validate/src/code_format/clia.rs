//! The number of a laboratory under the Clinical Laboratory Improvement Amendments.

use super::Malformed;
use super::shape::{shape, strictly};

/// Two digits, a D, seven digits.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| shape(code, "99D9999999", "10"))
}
