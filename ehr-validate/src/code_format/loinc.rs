//! LOINC codes and the identifiers of its parts, answers and groups (LOINC Users' Guide).

use super::shape::{digits, strictly};
use super::{Fault, Malformed, check_digit};

/// Codes that LOINC issued with a wrong check digit and keeps, as deprecated terms.
pub const ISSUED_WITH_WRONG_CHECK_DIGIT: [&str; 14] = [
    "11491-6", "11501-6", "5895-7", "5896-5", "5897-3", "5928-1", "6028-3", "6415-5", "6580-7",
    "6645-7", "6646-5", "6647-3", "6648-1", "6649-9",
];

/// A LOINC identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Loinc {
    /// What it stands for.
    pub kind: LoincKind,
    /// Whether it is one of the [fourteen](ISSUED_WITH_WRONG_CHECK_DIGIT) with a wrong check digit.
    pub wrong_by_design: bool,
}

/// What a LOINC identifier stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoincKind {
    /// A term: what was observed.
    Term,
    /// A part of a term (`LP`), of which only classes serve, as a category.
    Part,
    /// An answer (`LA`).
    Answer,
    /// A list of answers (`LL`).
    AnswerList,
    /// A group of terms (`LG`).
    Group,
}

impl LoincKind {
    fn name(self) -> &'static str {
        match self {
            Self::Term => "a LOINC term",
            Self::Part => "a LOINC part",
            Self::Answer => "a LOINC answer",
            Self::AnswerList => "a LOINC answer list",
            Self::Group => "a LOINC group",
        }
    }
}

/// One to seven digits, a hyphen and the Luhn digit; behind `LP`, `LA`, `LL` or `LG` any digit.
pub fn parse(code: &str) -> Result<Loinc, Malformed> {
    strictly(code, strict)
}

/// The same for a term, which is what an observation is coded with.
pub fn parse_term(code: &str) -> Result<Loinc, Malformed> {
    let loinc = parse(code)?;
    match loinc.kind {
        LoincKind::Term => Ok(loinc),
        other => Err(Fault::Kind {
            found: other.name(),
            expected: LoincKind::Term.name(),
        }
        .into()),
    }
}

fn strict(code: &str) -> Result<Loinc, Malformed> {
    let (kind, number, offset) = match code.get(..2) {
        Some("LP") => (LoincKind::Part, &code[2..], 2),
        Some("LA") => (LoincKind::Answer, &code[2..], 2),
        Some("LL") => (LoincKind::AnswerList, &code[2..], 2),
        Some("LG") => (LoincKind::Group, &code[2..], 2),
        _ => (LoincKind::Term, code, 0),
    };
    let Some((before, check)) = number.split_once('-') else {
        digits(number)?;
        return Err(Fault::Punctuation.into());
    };
    let shift = |malformed: Malformed| match malformed.fault {
        Fault::Character { position } => Fault::Character {
            position: position + offset,
        }
        .into(),
        _ => malformed,
    };
    digits(before).map_err(shift)?;
    let expected = "1 to 7 digits before the hyphen";
    if !(1..=7).contains(&before.len()) {
        let found = before.len();
        return Err(Fault::Length { found, expected }.into());
    }
    if check.len() != 1 || digits(check).is_err() {
        let position = offset + before.len() + 2;
        return Err(Fault::Character { position }.into());
    }
    if kind == LoincKind::Term && before.starts_with('0') {
        let meant = code.trim_start_matches('0');
        return Err(match strict(meant) {
            Ok(_) => Malformed::repaired(Fault::LeadingZero, meant),
            Err(_) => Fault::LeadingZero.into(),
        });
    }
    let wrong_by_design = ISSUED_WITH_WRONG_CHECK_DIGIT.contains(&code);
    // The digit of parts, answers and groups follows no published rule.
    let counts = kind == LoincKind::Term && !wrong_by_design;
    if counts && !check_digit::luhn(before.bytes().chain(check.bytes())) {
        return Err(Fault::CheckDigit.into());
    }
    Ok(Loinc {
        kind,
        wrong_by_design,
    })
}
