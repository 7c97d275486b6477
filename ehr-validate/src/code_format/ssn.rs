//! The social security number: only what rules a number out, since none proves itself.

use super::shape::{digits, fits, strictly};
use super::{Fault, Malformed};

/// Numbers that were printed in advertisements and sample cards, or typed to fill a field.
const MADE_UP: [&str; 6] = [
    "078051120",
    "219099999",
    "123456789",
    "987654321",
    "111223333",
    "457555462",
];

/// Nine digits, or 3-2-4 with hyphens: an area that is issued, a group, a serial number, and none
/// of the numbers that stand for nothing. A number of a taxpayer (ITIN) is not one.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        let plain = if fits(code, "999-99-9999") || fits(code, "999 99 9999") {
            code.replace(['-', ' '], "")
        } else {
            code.to_owned()
        };
        digits(&plain)?;
        match plain.len() {
            9 => {}
            7 | 8 => return Err(Fault::LostZeros.into()),
            found => {
                let expected = "9";
                return Err(Fault::Length { found, expected }.into());
            }
        }
        let first = plain.as_bytes()[0];
        if MADE_UP.contains(&plain.as_str()) || plain.bytes().all(|digit| digit == first) {
            return Err(Fault::Placeholder.into());
        }
        let (area, group, serial) = (&plain[..3], &plain[3..5], &plain[5..]);
        if first == b'9' && is_itin_group(group) {
            let (found, expected) = ("a taxpayer number (ITIN)", "a social security number");
            return Err(Fault::Kind { found, expected }.into());
        }
        if matches!(area, "000" | "666") || first == b'9' || group == "00" || serial == "0000" {
            return Err(Fault::NeverIssued.into());
        }
        Ok(())
    })
}

fn is_itin_group(group: &str) -> bool {
    matches!(group.parse(), Ok(50..=65 | 70..=88 | 90..=92 | 94..=99_u8))
}
