//! The National Drug Code: labeler, product, package (21 CFR 207.33; HIPAA writes 5-4-2).

use super::shape::{digits, is_scientific, strictly, without_decimals};
use super::{Fault, Malformed};

/// A National Drug Code without hyphens.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ndc {
    /// Eleven digits, 5-4-2, as claims carry it.
    Eleven(String),
    /// Twelve digits, 6-4-2, the form that becomes law on 2033-03-07. Never cut to eleven.
    Twelve(String),
}

impl Ndc {
    /// The digits.
    pub fn digits(&self) -> &str {
        match self {
            Self::Eleven(digits) | Self::Twelve(digits) => digits,
        }
    }

    /// Twelve digits for all: what two codes are compared by.
    pub fn twelve(&self) -> String {
        format!("{:0>12}", self.digits())
    }
}

impl std::fmt::Debug for Ndc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ndc({} digits)", self.digits().len())
    }
}

/// The segments that a code with hyphens may have. 5-4-2 and 6-4-2 are complete, the others lack
/// one zero in the segment that is too short.
const SEGMENTS: [[usize; 3]; 5] = [[4, 4, 2], [5, 3, 2], [5, 4, 1], [5, 4, 2], [6, 4, 2]];

/// With hyphens every form of 10, 11 and 12 digits; without hyphens 11 and 12 digits. Ten digits
/// without hyphens have three [readings], and fewer have lost their zeros.
pub fn parse(code: &str) -> Result<Ndc, Malformed> {
    strictly(code, strict)
}

/// The three eleven-digit readings of ten digits without hyphens (4-4-2, 5-3-2, 5-4-1), and what
/// nine digits may be that lost a zero in front. A table tells which exist.
pub fn readings(code: &str) -> Vec<Ndc> {
    let Ok(()) = digits(code) else {
        return Vec::new();
    };
    match code.len() {
        10 => {
            let mut all: Vec<_> = [0, 5, 9]
                .map(|at| Ndc::Eleven(format!("{}0{}", &code[..at], &code[at..])))
                .into();
            all.dedup();
            all
        }
        // Nine digits are ten whose first was a zero, or eleven whose first two were.
        9 => readings(&format!("0{code}")),
        _ => parse(code).into_iter().collect(),
    }
}

fn strict(code: &str) -> Result<Ndc, Malformed> {
    if code.contains('*') {
        // Some sources write an asterisk for the zero that fills a segment.
        let meant = strict(&code.replace('*', "0"));
        return Err(match meant {
            Ok(ndc) => Malformed::repaired(Fault::Punctuation, ndc.digits()),
            Err(_) => Fault::Punctuation.into(),
        });
    }
    if code.contains('-') {
        return segments(code);
    }
    if let Some(ndc) = without_decimals(code).and_then(|meant| strict(meant).ok()) {
        return Err(Malformed::repaired(Fault::Number, ndc.digits()));
    }
    if is_scientific(code) {
        return Err(Fault::Number.into());
    }
    digits(code)?;
    match code.len() {
        11 => Ok(Ndc::Eleven(code.to_owned())),
        12 => Ok(Ndc::Twelve(code.to_owned())),
        10 => Err(Fault::Ambiguous {
            readings: readings(code).len(),
        }
        .into()),
        7..=9 => Err(Fault::LostZeros.into()),
        found => Err(Fault::Length {
            found,
            expected: "10 to 12",
        }
        .into()),
    }
}

fn segments(code: &str) -> Result<Ndc, Malformed> {
    let parts: Vec<_> = code.split('-').collect();
    for (index, character) in code.chars().enumerate() {
        if !character.is_ascii_digit() && character != '-' {
            let position = index + 1;
            return Err(Fault::Character { position }.into());
        }
    }
    let [labeler, product, package] = parts[..] else {
        return Err(Fault::Punctuation.into());
    };
    let lengths = [labeler.len(), product.len(), package.len()];
    if !SEGMENTS.contains(&lengths) {
        return Err(Fault::Punctuation.into());
    }
    Ok(match labeler.len() {
        6 => Ndc::Twelve(format!("{labeler}{product}{package}")),
        _ => Ndc::Eleven(format!("{labeler:0>5}{product:0>4}{package:0>2}")),
    })
}
