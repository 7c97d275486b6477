//! ICD-9-CM diagnoses and procedures, in force until 2015-09-30.

use super::shape::{digits, fits, is_scientific, strictly};
use super::{Fault, Malformed};

/// What an ICD-9-CM code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Icd9CmKind {
    /// A disease or injury, 001 to 999.
    Diagnosis,
    /// A supplementary code of factors of health, V01 to V91.
    Factor,
    /// An external cause, E000 to E999.
    ExternalCause,
}

/// The shape of a diagnosis: `250`, `250.0`, `250.00`, `V10.05`, `E810.1`; without dot too.
pub fn parse(code: &str) -> Result<Icd9CmKind, Malformed> {
    strictly(code, strict)
}

/// The shape of a procedure of volume 3: `36`, `36.1`, `36.11`; without dot too.
pub fn check_procedure(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if ["99", "99.9", "99.99", "999", "9999"]
            .iter()
            .any(|pattern| fits(code, pattern))
        {
            return Ok(());
        }
        digits(&code.replace('.', ""))?;
        Err(wrong_length(code, "2 to 4"))
    })
}

/// What a diagnosis may be that a numeric column rewrote: zeros in front to three digits, zeros
/// behind to two decimals. A table tells which exist.
pub fn with_zeros(code: &str) -> Vec<String> {
    let (whole, decimals) = code.split_once('.').unwrap_or((code, ""));
    let numeric = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || decimals.len() > 2 {
        return Vec::new();
    }
    if !numeric(whole) || !numeric(decimals) {
        return Vec::new();
    }
    (decimals.len()..=2)
        .map(|length| match length {
            0 => format!("{whole:0>3}"),
            _ => format!("{whole:0>3}.{decimals:0<length$}"),
        })
        .collect()
}

fn strict(code: &str) -> Result<Icd9CmKind, Malformed> {
    let patterns = [
        (
            Icd9CmKind::Diagnosis,
            ["999", "999.9", "999.99", "9999", "99999"].as_slice(),
        ),
        (
            Icd9CmKind::Factor,
            &["V99", "V99.9", "V99.99", "V999", "V9999"],
        ),
        (Icd9CmKind::ExternalCause, &["E999", "E999.9", "E9999"]),
    ];
    for (kind, patterns) in patterns {
        if patterns.iter().any(|pattern| fits(code, pattern)) {
            return Ok(kind);
        }
    }
    let (whole, decimals) = code.split_once('.').unwrap_or((code, ""));
    let short = (1..3).contains(&whole.len()) && digits(whole).is_ok();
    if short && decimals.len() <= 2 && digits(decimals).is_ok() {
        return Err(Fault::LostZeros.into());
    }
    if is_scientific(code) {
        return Err(Fault::Number.into());
    }
    let body = code.strip_prefix(['V', 'E']).unwrap_or(code);
    let offset = code.len() - body.len();
    if let Some(at) = body.find(|character: char| !character.is_ascii_digit() && character != '.') {
        let position = offset + at + 1;
        return Err(Fault::Character { position }.into());
    }
    if code.contains('.') && code.len() <= 6 {
        return Err(Fault::Punctuation.into());
    }
    Err(wrong_length(code, "3 to 5"))
}

fn wrong_length(code: &str, expected: &'static str) -> Malformed {
    let found = code.chars().filter(|character| *character != '.').count();
    Fault::Length { found, expected }.into()
}
