//! How a concept is written in a table: fields, each a tag and what belongs to it.

use chrono::{Datelike, NaiveDate};

/// What a field is. A number is never used again for something else.
pub(super) mod tag {
    pub(in crate::terminology) const DISPLAY: u8 = 1;
    pub(in crate::terminology) const SYNONYM: u8 = 2;
    pub(in crate::terminology) const STATUS: u8 = 3;
    pub(in crate::terminology) const STATUS_DATE: u8 = 4;
    pub(in crate::terminology) const VALIDITY: u8 = 5;
    pub(in crate::terminology) const TERM_TYPE: u8 = 6;
    pub(in crate::terminology) const REPLACEMENT: u8 = 7;
    pub(in crate::terminology) const INGREDIENT: u8 = 8;
    pub(in crate::terminology) const SCHEDULE: u8 = 9;
    pub(in crate::terminology) const TARGET: u8 = 10;
}

/// Writes a field: tag, length, bytes.
pub(super) fn field(out: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    out.push(tag);
    varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes a number in groups of seven bits.
pub(super) fn varint(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Takes a number from the front; `None` where it is cut off or too long.
pub(super) fn take_varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// Takes so many bytes from the front.
pub(super) fn take<'b>(bytes: &mut &'b [u8], length: u64) -> Option<&'b [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(taken)
}

/// Takes a text with its length from the front.
pub(super) fn take_text<'b>(bytes: &mut &'b [u8]) -> Option<&'b str> {
    let length = take_varint(bytes)?;
    std::str::from_utf8(take(bytes, length)?).ok()
}

/// Writes a day, 0 for none.
pub(super) fn day(out: &mut Vec<u8>, day: Option<NaiveDate>) {
    let number = day.map_or(0, |day| day.num_days_from_ce());
    varint(out, u64::try_from(number).unwrap_or_default());
}

/// Takes a day from the front.
pub(super) fn take_day(bytes: &mut &[u8]) -> Option<Option<NaiveDate>> {
    match take_varint(bytes)? {
        0 => Some(None),
        number => NaiveDate::from_num_days_from_ce_opt(i32::try_from(number).ok()?).map(Some),
    }
}

/// The fields of an entry; ends at the first that is cut off.
pub(super) fn fields(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (tag, rest) = bytes.split_first()?;
        bytes = rest;
        let length = take_varint(&mut bytes)?;
        Some((*tag, take(&mut bytes, length)?))
    })
}
