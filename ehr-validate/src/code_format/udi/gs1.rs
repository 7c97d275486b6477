//! GS1: application identifiers, in brackets for people, bare in the bar code.

use super::{IssuingAgency, Udi};
use crate::code_format::shape::digits;
use crate::code_format::{Fault, Malformed, check_digit};

/// Ends an element of variable length in a bar code.
const SEPARATOR: char = '\u{1d}';

pub(super) fn parse(text: &str) -> Result<Udi, Malformed> {
    let elements = match text.starts_with('(') {
        true => bracketed(text)?,
        false => bare(text)?,
    };
    let mut udi = None;
    for (number, value) in &elements {
        if *number == "01" {
            check_gtin(value)?;
            udi = Some(Udi::of(IssuingAgency::Gs1, *value));
        }
    }
    let (found, expected) = ("a text without a device identifier", "a UDI");
    let mut udi = udi.ok_or(Fault::Kind { found, expected })?;
    for (number, value) in elements {
        let value = Some(value.to_owned());
        match number {
            "10" => udi.lot = value,
            "11" => udi.manufactured = value,
            "17" => udi.expires = value,
            "21" => udi.serial = value,
            _ => {}
        }
    }
    for date in [&udi.expires, &udi.manufactured].into_iter().flatten() {
        check_date(date)?;
    }
    Ok(udi)
}

/// Fourteen digits, the last the GS1 check digit.
fn check_gtin(value: &str) -> Result<(), Malformed> {
    digits(value)?;
    if value.len() != 14 {
        let (found, expected) = (value.len(), "14 of the GTIN");
        return Err(Fault::Length { found, expected }.into());
    }
    match check_digit::gs1(value.as_bytes()) {
        true => Ok(()),
        false => Err(Fault::CheckDigit.into()),
    }
}

/// Six digits, a month, and a day or 00 for the end of the month.
fn check_date(value: &str) -> Result<(), Malformed> {
    digits(value)?;
    if value.len() != 6 {
        let (found, expected) = (value.len(), "6 of a date");
        return Err(Fault::Length { found, expected }.into());
    }
    let number = |text: &str| text.parse().unwrap_or(99_u8);
    if !(1..=12).contains(&number(&value[2..4])) || number(&value[4..]) > 31 {
        let (found, expected) = ("a day that does not exist", "a date");
        return Err(Fault::Kind { found, expected }.into());
    }
    Ok(())
}

fn bracketed(text: &str) -> Result<Vec<(&str, &str)>, Malformed> {
    let mut elements = Vec::new();
    for element in text.split('(').skip(1) {
        let Some((number, value)) = element.split_once(')') else {
            return Err(Fault::Punctuation.into());
        };
        digits(number)?;
        if number.is_empty() || value.is_empty() {
            return Err(Fault::Punctuation.into());
        }
        elements.push((number, value.trim()));
    }
    Ok(elements)
}

fn bare(text: &str) -> Result<Vec<(&str, &str)>, Malformed> {
    let mut rest = text.strip_prefix("]d2").unwrap_or(text);
    if !rest.starts_with("01") {
        let (found, expected) = ("a text of no issuing agency", "a UDI");
        return Err(Fault::Kind { found, expected }.into());
    }
    let mut elements = Vec::new();
    loop {
        rest = rest.trim_start_matches(SEPARATOR);
        if rest.is_empty() {
            return Ok(elements);
        }
        let Some((number, after)) = rest.split_at_checked(2) else {
            return Err(Fault::Punctuation.into());
        };
        let length = match number {
            "01" => 14,
            "11" | "13" | "15" | "17" => 6,
            _ => after.find(SEPARATOR).unwrap_or(after.len()),
        };
        let Some((value, after)) = after.split_at_checked(length) else {
            let (found, expected) = (after.len(), "the length of its element");
            return Err(Fault::Length { found, expected }.into());
        };
        elements.push((number, value));
        rest = after;
    }
}
