//! HIBCC: `+`, labeler, product and unit of measure; then lot, serial and expiry behind a slash.

use super::{IssuingAgency, Udi};
use crate::code_format::{Fault, Malformed, check_digit};

pub(super) fn parse(text: &str) -> Result<Udi, Malformed> {
    let body = &text[1..];
    let (primary, secondary) = body.split_once('/').unwrap_or((body, ""));
    // Without a second part the first ends with the check character; with one, the whole does.
    let (primary, secondary) = match secondary.is_empty() {
        true => (without_check(primary), ""),
        false => (primary, without_check(secondary)),
    };
    let labeler = primary.get(..4).unwrap_or_default();
    let lawful = labeler.starts_with(|first: char| first.is_ascii_uppercase())
        && primary
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    // Labeler, one to eighteen characters of the product, unit of measure.
    if !lawful || !(6..=23).contains(&primary.len()) {
        let (found, expected) = ("a text of no issuing agency", "a UDI");
        return Err(Fault::Kind { found, expected }.into());
    }
    if !check_digit::hibcc(text.as_bytes()) {
        return Err(Fault::CheckDigit.into());
    }
    let mut udi = Udi::of(IssuingAgency::Hibcc, primary);
    for (index, part) in secondary.split('/').enumerate() {
        read_production(&mut udi, part, index == 0);
    }
    Ok(udi)
}

fn without_check(text: &str) -> &str {
    let mut characters = text.chars();
    characters.next_back();
    characters.as_str()
}

/// `$` lot, `$$` date and lot, `$+` serial, `$$+` date and serial, five digits of year and day and a
/// lot; behind a further slash `S` serial, `14D` expiry, `16D` manufacture.
fn read_production(udi: &mut Udi, part: &str, first: bool) {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if let Some(rest) = part.strip_prefix("$$+") {
        let (date, serial) = dated(rest);
        udi.expires = date.map(str::to_owned);
        udi.serial = text(serial);
    } else if let Some(rest) = part.strip_prefix("$$") {
        let (date, lot) = dated(rest);
        udi.expires = date.map(str::to_owned);
        udi.lot = text(lot);
    } else if let Some(rest) = part.strip_prefix("$+") {
        udi.serial = text(rest);
    } else if let Some(rest) = part.strip_prefix('$') {
        udi.lot = text(rest);
    } else if let Some(rest) = part.strip_prefix("14D") {
        udi.expires = text(rest);
    } else if let Some(rest) = part.strip_prefix("16D") {
        udi.manufactured = text(rest);
    } else if let Some(rest) = part.strip_prefix('S').filter(|_| !first) {
        udi.serial = text(rest);
    } else if let Some((date, lot)) = part.split_at_checked(5).filter(|_| first) {
        udi.expires = text(date);
        udi.lot = text(lot);
    }
}

/// A date with what stands behind it. The first digit tells the form: 0 and 1 begin a month and
/// year, 2 MMDDYY, 3 YYMMDD, 4 with an hour, 5 year and day of the year, 6 with an hour, 7 no date.
fn dated(text: &str) -> (Option<&str>, &str) {
    let (skip, length) = match text.as_bytes().first() {
        Some(b'0' | b'1') => (0, 4),
        Some(b'2' | b'3') => (1, 6),
        Some(b'4') => (1, 8),
        Some(b'5') => (1, 5),
        Some(b'6') => (1, 7),
        Some(b'7') => return (None, &text[1..]),
        _ => return (None, text),
    };
    match (text.get(skip..skip + length), text.get(skip + length..)) {
        (Some(date), Some(rest)) => (Some(date), rest),
        _ => (None, text),
    }
}
