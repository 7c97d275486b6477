//! Entities and character references.

use ehr_model::issue::IssueCode;

use super::reason::{UNKNOWN_ENTITY, XML_NOT_WELL_FORMED};

/// The character that a reference stands for; `reference` is what is between `&` and `;`.
pub(super) fn resolve(reference: &str) -> Result<char, IssueCode> {
    match reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => match reference.strip_prefix('#') {
            Some(number) => character(number).ok_or(XML_NOT_WELL_FORMED),
            None => Err(UNKNOWN_ENTITY),
        },
    }
}

/// Appends `escaped` with its references resolved.
///
/// # Errors
///
/// The reason, and where in `escaped` the reference begins.
pub(super) fn unescape_into(escaped: &str, text: &mut String) -> Result<(), (IssueCode, usize)> {
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'&', &escaped.as_bytes()[at..]) {
        let start = at + found;
        text.push_str(&escaped[at..start]);
        let rest = &escaped[start + 1..];
        let end = memchr::memchr(b';', rest.as_bytes()).ok_or((XML_NOT_WELL_FORMED, start))?;
        let reference = &rest[..end];
        if reference.contains(['&', ' ', '<']) {
            return Err((XML_NOT_WELL_FORMED, start));
        }
        text.push(resolve(reference).map_err(|reason| (reason, start))?);
        at = start + end + 2;
    }
    text.push_str(&escaped[at..]);
    Ok(())
}

fn character(number: &str) -> Option<char> {
    let (digits, radix) = match number.strip_prefix('x') {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    // from_str_radix would take a sign
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok()?;
    char::from_u32(code).filter(|character| *character != '\0')
}
