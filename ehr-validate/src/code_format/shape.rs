//! Shapes: what may stand where.

use super::{Fault, Malformed};

/// Whether a code has a shape, in which `9` is a digit, `A` a capital letter, `N` one of both, and
/// everything else itself.
pub(super) fn fits(code: &str, pattern: &str) -> bool {
    code.len() == pattern.len()
        && code
            .bytes()
            .zip(pattern.bytes())
            .all(|(byte, class)| belongs(byte, class))
}

/// The same as a result that says where it does not.
pub(super) fn shape(
    code: &str,
    pattern: &'static str,
    expected: &'static str,
) -> Result<(), Malformed> {
    for (index, (character, class)) in code.chars().zip(pattern.bytes()).enumerate() {
        if !u8::try_from(character).is_ok_and(|byte| belongs(byte, class)) {
            return Err(Fault::Character {
                position: index + 1,
            }
            .into());
        }
    }
    let found = code.chars().count();
    if found != pattern.len() {
        return Err(Fault::Length { found, expected }.into());
    }
    Ok(())
}

/// Only digits.
pub(super) fn digits(code: &str) -> Result<(), Malformed> {
    only(code, |byte| byte.is_ascii_digit())
}

/// Only characters of a kind.
pub(super) fn only(code: &str, belongs: impl Fn(u8) -> bool) -> Result<(), Malformed> {
    let stranger = |(_, character): &(usize, char)| !u8::try_from(*character).is_ok_and(&belongs);
    match code.chars().enumerate().find(stranger) {
        Some((index, _)) => Err(Fault::Character {
            position: index + 1,
        }
        .into()),
        None => Ok(()),
    }
}

/// Reads a code as it stands, and says where only white space or small letters are wrong.
pub(super) fn strictly<T>(
    code: &str,
    read: impl Fn(&str) -> Result<T, Malformed>,
) -> Result<T, Malformed> {
    let outcome = read(code);
    if outcome.is_ok() {
        return outcome;
    }
    let trimmed = code.trim();
    if trimmed.is_empty() {
        return Err(Fault::Empty.into());
    }
    if trimmed.len() < code.len() && read(trimmed).is_ok() {
        return Err(Malformed::repaired(Fault::WhiteSpace, trimmed));
    }
    let upper = trimmed.to_ascii_uppercase();
    if upper != trimmed && read(&upper).is_ok() {
        return Err(Malformed::repaired(Fault::LowerCase, upper));
    }
    outcome
}

/// Whether this is a number in scientific notation.
pub(super) fn is_scientific(code: &str) -> bool {
    let whole = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((mantissa, exponent)) = code.split_once(['E', 'e']) else {
        return false;
    };
    let mantissa = match mantissa.split_once('.') {
        Some((before, after)) => whole(before) && whole(after),
        None => whole(mantissa),
    };
    mantissa && whole(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
}

/// The digits of a whole number that was written with decimals, such as `.0`.
pub(super) fn without_decimals(code: &str) -> Option<&str> {
    let (whole, decimals) = code.split_once('.')?;
    let zeros = !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0');
    (zeros && !whole.is_empty()).then_some(whole)
}

fn belongs(byte: u8, class: u8) -> bool {
    match class {
        b'9' => byte.is_ascii_digit(),
        b'A' => byte.is_ascii_uppercase(),
        b'N' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
        literal => byte == literal,
    }
}
