//! ICCBBA: the data structures of ISBT 128, each with two characters in front that tell which.

use super::{IssuingAgency, Udi};
use crate::code_format::shape::only;
use crate::code_format::{Fault, Malformed};

/// Facility or processor, product code, product description: what `=/` is followed by.
const PRODUCT: usize = 16;
/// Manufacturer and catalogue number of a blood bag: what `=)` is followed by.
const BAG: usize = 10;

pub(super) fn parse(text: &str) -> Result<Udi, Malformed> {
    let mut udi = None;
    let mut parts = Vec::new();
    for part in structures(text) {
        match part.get(..2) {
            Some("=/") => udi = Some(device(IssuingAgency::Iccbba, part, PRODUCT)?),
            Some("=)") => udi = Some(device(IssuingAgency::IccbbaBlood, part, BAG)?),
            _ => parts.push(part),
        }
    }
    let (found, expected) = ("a text without a device identifier", "a UDI");
    let mut udi: Udi = udi.ok_or(Fault::Kind { found, expected })?;
    for part in parts {
        let value = |skip: usize| part.get(skip..).map(str::to_owned);
        match part.get(..2) {
            Some("=,") => udi.serial = value(2),
            Some("=>") => udi.expires = value(2),
            Some("=}") => udi.manufactured = value(2),
            Some("&,") => udi.lot = value(3),
            Some("&)") => udi.lot = value(2),
            _ if part.starts_with('=') => udi.donation = value(1),
            _ => return Err(Fault::Punctuation.into()),
        }
    }
    Ok(udi)
}

fn device(agency: IssuingAgency, part: &str, length: usize) -> Result<Udi, Malformed> {
    let device = &part[2..];
    only(device, |byte| byte.is_ascii_alphanumeric())?;
    if device.len() != length {
        let (found, expected) = (device.len(), "the length of a device identifier");
        return Err(Fault::Length { found, expected }.into());
    }
    Ok(Udi::of(agency, device))
}

/// The text cut before each `=` and `&`.
fn structures(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut characters = rest.char_indices();
        characters.next()?;
        let end = characters
            .find(|(_, character)| matches!(character, '=' | '&'))
            .map_or(rest.len(), |(at, _)| at);
        let (part, after) = rest.split_at(end);
        rest = after;
        Some(part)
    })
}
