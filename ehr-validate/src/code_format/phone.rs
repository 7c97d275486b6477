//! Telephone numbers of the North American Numbering Plan.

use super::{Fault, Malformed};

/// A number of the plan.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// The ten digits: area, exchange, line. An extension is left out.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(..)")
    }
}

/// The usual punctuation aside: an optional 1, area and exchange from 200 that do not end with 11,
/// and a line. 555-0100 to 555-0199 and digits that are all the same stand for nothing.
pub fn parse(text: &str) -> Result<Phone, Malformed> {
    let text = text.trim();
    let text = text.strip_prefix("tel:").unwrap_or(text);
    let number = without_extension(text);
    if number.is_empty() {
        return Err(Fault::Empty.into());
    }
    let abroad = number.starts_with('+') && !number.starts_with("+1");
    if abroad || number.starts_with("011") {
        let (found, expected) = ("a number of another country", "a North American number");
        return Err(Fault::Kind { found, expected }.into());
    }
    let mut digits = String::new();
    for (index, character) in number.chars().enumerate() {
        match character {
            '0'..='9' => digits.push(character),
            '+' | '(' | ')' | '-' | '.' | ' ' | '/' => {}
            _ => {
                let position = index + 1;
                return Err(Fault::Character { position }.into());
            }
        }
    }
    if digits.len() == 11 && digits.starts_with('1') {
        digits.remove(0);
    }
    if digits.len() != 10 {
        let (found, expected) = (digits.len(), "10");
        return Err(Fault::Length { found, expected }.into());
    }
    let first = digits.as_bytes()[0];
    let same = digits.bytes().all(|digit| digit == first);
    if same || digits == "1234567890" || digits[3..].starts_with("55501") {
        return Err(Fault::Placeholder.into());
    }
    for part in [&digits[..3], &digits[3..6]] {
        if part < "200" || part.ends_with("11") {
            return Err(Fault::NeverIssued.into());
        }
    }
    Ok(Phone(digits))
}

fn without_extension(text: &str) -> &str {
    let lower = text.to_ascii_lowercase();
    let end = ["ext", ";", ",", "x", "#"]
        .iter()
        .filter_map(|mark| lower.find(mark))
        .min();
    text[..end.unwrap_or(text.len())].trim()
}
