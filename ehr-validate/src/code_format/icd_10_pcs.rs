//! ICD-10-PCS procedures (CMS): seven characters, without I and O.

use super::shape::{only, strictly};
use super::{Fault, Malformed};

/// The sections that exist, by the first character.
const SECTIONS: &str = "0123456789BCDFGHX";

/// Seven digits and capital letters, none of them I or O, the first a section. The letters I and O
/// are read as the digits that they look like, since no code has them.
pub fn check(code: &str) -> Result<(), Malformed> {
    strictly(code, strict)
}

fn strict(code: &str) -> Result<(), Malformed> {
    if code.contains(['I', 'O']) {
        let meant = code.replace('I', "1").replace('O', "0");
        let position = code.find(['I', 'O']).unwrap_or_default() + 1;
        return Err(match strict(&meant) {
            Ok(()) => Malformed::repaired(Fault::Character { position }, meant),
            Err(_) => Fault::Character { position }.into(),
        });
    }
    only(code, |byte| {
        byte.is_ascii_digit() || byte.is_ascii_uppercase()
    })?;
    if code.len() != 7 {
        let (found, expected) = (code.len(), "7");
        return Err(Fault::Length { found, expected }.into());
    }
    if !code.starts_with(|first| SECTIONS.contains(first)) {
        return Err(Fault::Character { position: 1 }.into());
    }
    Ok(())
}
