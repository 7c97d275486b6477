//! Exact decimals that keep the digits they were written with.

use std::fmt;

use compact_str::CompactString;

/// A decimal number as its source wrote it: `1.00` stays `1.00`, `1e2` stays `1e2`.
///
/// Only what JSON cannot express is normalised: a leading `+`, leading zeros and a naked
/// point (`+007.50` is `7.50`, `.5` is `0.5`). Equality is equality of digits; use
/// [`Decimal::value`] to compare amounts.
///
/// ```
/// use ehr_model::value::Decimal;
/// let dose = Decimal::parse("0.50").unwrap();
/// assert_eq!(dose.expose(), "0.50");
/// assert_eq!(dose.value(), Decimal::parse(".5").unwrap().value());
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal(CompactString);

/// Why a text is not a decimal. Carries no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Nothing between the ends.
    #[error("an empty text is not a decimal")]
    Empty,
    /// A character that no decimal has, at this byte.
    #[error("not a decimal: unexpected character at byte {0}")]
    Unexpected(usize),
}

impl Decimal {
    /// Reads `[+-] digits [. digits] [e [+-] digits]`.
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(DecimalError::Empty);
        }
        let negative = bytes[0] == b'-';
        let mut at = usize::from(negative || bytes[0] == b'+');
        let digits = |from: usize| {
            bytes[from..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };

        let whole = at..at + digits(at);
        at = whole.end;
        let mut fraction = at..at;
        if bytes.get(at) == Some(&b'.') {
            fraction = at + 1..at + 1 + digits(at + 1);
            at = fraction.end;
            if fraction.is_empty() {
                return Err(DecimalError::Unexpected(at));
            }
        }
        if whole.is_empty() && fraction.is_empty() {
            return Err(DecimalError::Unexpected(at));
        }
        let exponent = at;
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            at += 1 + usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let count = digits(at);
            if count == 0 {
                return Err(DecimalError::Unexpected(at));
            }
            at += count;
        }
        if at != bytes.len() {
            return Err(DecimalError::Unexpected(at));
        }

        let significant = text[whole.clone()].trim_start_matches('0');
        let already_json =
            bytes[0] != b'+' && (significant.len() == whole.len() || &text[whole.clone()] == "0");
        if already_json && !whole.is_empty() {
            return Ok(Self(CompactString::from(text)));
        }
        let mut out = CompactString::default();
        if negative {
            out.push('-');
        }
        out.push_str(if significant.is_empty() {
            "0"
        } else {
            significant
        });
        out.push_str(&text[whole.end..exponent]);
        out.push_str(&text[exponent..]);
        Ok(Self(out))
    }

    /// The digits, a valid JSON number. Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The amount, or `None` beyond 28 significant digits.
    pub fn value(&self) -> Option<rust_decimal::Decimal> {
        let parsed = rust_decimal::Decimal::from_str_exact(&self.0)
            .or_else(|_| rust_decimal::Decimal::from_scientific(&self.0));
        parsed.ok().map(|value| value.normalize())
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        use compact_str::ToCompactString;
        Self(value.to_compact_string())
    }
}

impl Default for Decimal {
    fn default() -> Self {
        Self(CompactString::const_new("0"))
    }
}

impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decimal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept() {
        for text in [
            "0", "-0", "1.00", "112.416", "1e2", "0.050", "-12.5E-3", "10",
        ] {
            assert_eq!(Decimal::parse(text).unwrap().expose(), text);
        }
    }

    #[test]
    fn what_json_lacks_is_normalised() {
        for (text, json) in [
            (".5", "0.5"),
            ("+7", "7"),
            ("007", "7"),
            ("-.25", "-0.25"),
            ("00.10", "0.10"),
            ("+0", "0"),
        ] {
            assert_eq!(Decimal::parse(text).unwrap().expose(), json, "{text}");
        }
    }

    #[test]
    fn other_text_is_refused_without_being_repeated() {
        for text in ["", "-", ".", "1.", "1,5", "1e", "12a", " 1", "NaN", "--1"] {
            assert!(Decimal::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            Decimal::parse("12secret").unwrap_err().to_string(),
            "not a decimal: unexpected character at byte 2"
        );
    }

    #[test]
    fn amounts_compare_across_spellings() {
        let value = |text| Decimal::parse(text).unwrap().value();
        assert_eq!(value("1.50"), value("1.5"));
        assert_eq!(value("1e2"), value("100"));
        assert_eq!(value("1e400"), None);
    }
}
