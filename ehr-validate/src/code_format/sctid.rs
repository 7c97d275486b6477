//! The SNOMED CT identifier: item, namespace, partition, check digit (RF2 specification, chapter 6).

use super::shape::{digits, is_scientific, strictly, without_decimals};
use super::{Fault, Malformed, check_digit};

/// A spreadsheet keeps this many digits of a number and writes zeros for the rest.
const DIGITS_OF_A_FLOAT: usize = 15;

/// A SNOMED CT identifier. Eighteen digits exceed what a float holds exactly, but not 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sctid {
    value: u64,
    component: Component,
    namespace: Option<u32>,
}

/// What a SNOMED CT identifier stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Component {
    /// A concept, the only one that a record codes with.
    Concept,
    /// A description, which is one name of a concept.
    Description,
    /// A relationship between concepts.
    Relationship,
}

impl Sctid {
    /// The number.
    pub fn value(self) -> u64 {
        self.value
    }

    /// What it stands for.
    pub fn component(self) -> Component {
        self.component
    }

    /// The namespace of the extension that issued it, such as 1000124 of the US edition.
    pub fn namespace(self) -> Option<u32> {
        self.namespace
    }
}

/// Six to eighteen digits without a zero in front, a known partition, in the long format a
/// namespace of seven digits, and the Verhoeff digit.
pub fn parse(code: &str) -> Result<Sctid, Malformed> {
    strictly(code, strict)
}

/// The same for the id of a concept; the ids of descriptions and relationships are refused.
pub fn parse_concept(code: &str) -> Result<Sctid, Malformed> {
    let id = parse(code)?;
    let found = match id.component {
        Component::Concept => return Ok(id),
        Component::Description => "a description",
        Component::Relationship => "a relationship",
    };
    let expected = "a concept";
    Err(Fault::Kind { found, expected }.into())
}

fn strict(code: &str) -> Result<Sctid, Malformed> {
    if let Some(meant) = without_decimals(code).filter(|meant| strict(meant).is_ok()) {
        return Err(Malformed::repaired(Fault::Number, meant));
    }
    if is_scientific(code) {
        return Err(Fault::Number.into());
    }
    digits(code)?;
    let length = code.len();
    if !(6..=18).contains(&length) {
        let (found, expected) = (length, "6 to 18");
        return Err(Fault::Length { found, expected }.into());
    }
    if code.starts_with('0') {
        let meant = code.trim_start_matches('0');
        return Err(match strict(meant) {
            Ok(_) => Malformed::repaired(Fault::LeadingZero, meant),
            Err(_) => Fault::LeadingZero.into(),
        });
    }
    if !check_digit::verhoeff(code.as_bytes()) {
        let cut = length > DIGITS_OF_A_FLOAT
            && code[DIGITS_OF_A_FLOAT..].bytes().all(|digit| digit == b'0');
        return Err(if cut {
            Fault::Number
        } else {
            Fault::CheckDigit
        }
        .into());
    }
    let partition = &code[length - 3..length - 1];
    let component = match partition.as_bytes()[1] {
        b'0' => Component::Concept,
        b'1' => Component::Description,
        b'2' => Component::Relationship,
        _ => {
            return Err(Fault::Character {
                position: length - 1,
            }
            .into());
        }
    };
    let namespace = match partition.as_bytes()[0] {
        b'0' => None,
        b'1' if length < 11 => {
            let (found, expected) = (length, "11 to 18");
            return Err(Fault::Length { found, expected }.into());
        }
        b'1' => code[length - 10..length - 3].parse().ok(),
        _ => {
            return Err(Fault::Character {
                position: length - 2,
            }
            .into());
        }
    };
    let value = code.parse().map_err(|_| Fault::Number)?;
    Ok(Sctid {
        value,
        component,
        namespace,
    })
}
