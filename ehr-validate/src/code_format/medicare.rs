//! Numbers of Medicare beneficiaries: the MBI, and the HICN that ended on 2020-01-01.

use super::shape::{only, strictly};
use super::{Fault, Malformed, ssn};

/// The places of an MBI: `C` 1 to 9, `9` a digit, `A` a letter, `N` either.
const MBI: &[u8; 11] = b"CAN9AN9AA99";
/// The letters that look like digits, which no MBI has.
const LOOK_LIKE_DIGITS: &[u8] = b"SLOIBZ";

/// Eleven characters without hyphens, or with them where the card shows them.
pub fn check_mbi(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        let plain = match (code.len(), code.as_bytes().get(4), code.as_bytes().get(8)) {
            (13, Some(b'-'), Some(b'-')) => code.replace('-', ""),
            _ => code.to_owned(),
        };
        for (index, (byte, class)) in plain.bytes().zip(MBI).enumerate() {
            let letter = byte.is_ascii_uppercase() && !LOOK_LIKE_DIGITS.contains(&byte);
            let belongs = match class {
                b'C' => matches!(byte, b'1'..=b'9'),
                b'9' => byte.is_ascii_digit(),
                b'A' => letter,
                _ => letter || byte.is_ascii_digit(),
            };
            if !belongs {
                let position = index + 1;
                return Err(Fault::Character { position }.into());
            }
        }
        if plain.len() != MBI.len() {
            let (found, expected) = (plain.chars().count(), "11");
            return Err(Fault::Length { found, expected }.into());
        }
        Ok(())
    })
}

/// The health insurance claim number: a social security number with the code of the beneficiary
/// behind it, or the letters of the Railroad Retirement Board in front of six or nine digits.
pub fn check_hicn(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        let plain = code.replace('-', "");
        only(&plain, |byte| {
            byte.is_ascii_digit() || byte.is_ascii_uppercase()
        })?;
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if let Some((number, beneficiary)) = plain.split_at_checked(9) {
            let letter = beneficiary.starts_with(|first: char| first.is_ascii_uppercase());
            if digits(number) && letter && beneficiary.len() <= 2 {
                return ssn::check(number);
            }
        }
        let number = plain.trim_start_matches(|first: char| first.is_ascii_uppercase());
        let prefix = &plain[..plain.len() - number.len()];
        let railroad = [
            "A", "CA", "H", "JA", "MA", "MH", "PA", "PD", "PH", "WA", "WCA", "WCD", "WCH", "WD",
            "WH",
        ];
        if railroad.contains(&prefix) && digits(number) && matches!(number.len(), 6 | 9) {
            return Ok(());
        }
        let (found, expected) = (plain.len(), "10 or 11");
        if (10..=11).contains(&found) {
            let position = 10;
            return Err(Fault::Character { position }.into());
        }
        Err(Fault::Length { found, expected }.into())
    })
}
