//! ICD-10-CM diagnoses (CDC/NCHS, Official Guidelines I.A).

use super::shape::{is_scientific, only, strictly};
use super::{Fault, Malformed};

/// The shape of an ICD-10-CM code; the form without a dot is what claims and the order file write.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Icd10Cm {
    /// Three to seven capital letters and digits.
    bytes: [u8; 7],
    length: u8,
}

impl Icd10Cm {
    /// The code without its dot.
    pub fn undotted(&self) -> &str {
        std::str::from_utf8(&self.bytes[..usize::from(self.length)]).unwrap_or_default()
    }

    /// The code as people and FHIR write it.
    pub fn dotted(&self) -> String {
        match self.undotted().split_at(3) {
            (category, "") => category.to_owned(),
            (category, rest) => format!("{category}.{rest}"),
        }
    }

    /// The first three characters.
    pub fn category(&self) -> &str {
        &self.undotted()[..3]
    }

    /// The seventh character, which tells the encounter, the fetus or the healing.
    pub fn seventh(&self) -> Option<char> {
        (self.length == 7).then(|| char::from(self.bytes[6]))
    }
}

impl std::fmt::Debug for Icd10Cm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Icd10Cm({} characters)", self.length)
    }
}

/// A capital letter, two letters or digits (`QA0` is a category), and up to four more behind a dot
/// or without one. A dot at another place is repaired.
pub fn parse(code: &str) -> Result<Icd10Cm, Malformed> {
    strictly(code, strict)
}

/// What the code may be that lost a placeholder or its seventh character: an `X` in every place
/// that is free, before the last character and behind all of them. A table tells which exist.
pub fn with_placeholders(code: &Icd10Cm) -> Vec<Icd10Cm> {
    const ENCOUNTERS: [&str; 3] = ["A", "D", "S"];
    let text = code.undotted();
    let free = 7 - text.len();
    let mut readings = Vec::new();
    if free == 0 {
        return readings;
    }
    // T36.01A is T36.0X1A without its placeholder, S01A is S01.XXXA without three.
    for at in 3..text.len() {
        let (before, after) = text.split_at(at);
        let meant = format!("{before}{}{after}", "X".repeat(free));
        readings.extend(strict(&meant));
    }
    for encounter in ENCOUNTERS {
        let meant = format!("{text}{}{encounter}", "X".repeat(free - 1));
        readings.extend(strict(&meant));
    }
    readings
}

fn strict(code: &str) -> Result<Icd10Cm, Malformed> {
    if is_scientific(code) {
        return Err(Fault::Number.into());
    }
    only(code, |byte| {
        byte == b'.' || byte.is_ascii_digit() || byte.is_ascii_uppercase()
    })?;
    if !code.starts_with(|first: char| first.is_ascii_uppercase()) {
        return Err(Fault::Character { position: 1 }.into());
    }
    let undotted: String = code.chars().filter(|character| *character != '.').collect();
    let length = undotted.len();
    if !(3..=7).contains(&length) {
        let (found, expected) = (length, "3 to 7");
        return Err(Fault::Length { found, expected }.into());
    }
    let mut parsed = Icd10Cm {
        bytes: [b' '; 7],
        length: length as u8,
    };
    parsed.bytes[..length].copy_from_slice(undotted.as_bytes());
    if code.contains('.') && code != parsed.dotted() {
        return Err(Malformed::repaired(Fault::Punctuation, parsed.dotted()));
    }
    Ok(parsed)
}
