//! How words sound: names that are written differently and said alike have a code in common.

use rphonetic::{DoubleMetaphone, Encoder};

/// Codes are compared whole; longer than the four letters of old, so that long names are told apart.
const CODE_LEN: usize = 6;

/// How a word sounds, in the one or two ways of Double Metaphone. It knows Latin letters only; other words have no code.
pub(crate) fn codes(word: &str) -> Vec<String> {
    let is_latin = word.chars().all(|letter| letter.is_ascii_alphabetic());
    if word.len() < 2 || !is_latin {
        return Vec::new();
    }
    let metaphone = DoubleMetaphone::new(Some(CODE_LEN));
    let mut codes = vec![metaphone.encode(word), metaphone.encode_alternate(word)];
    codes.dedup();
    codes.retain(|code| !code.is_empty());
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Archives hold these codes: another version of the algorithm must not give others.
    #[test]
    fn codes_stay_what_they_are() {
        for (word, expected) in [
            ("schmidt", &["XMT", "SMT"][..]),
            ("smith", &["SM0", "XMT"]),
            ("catherine", &["K0RN", "KTRN"]),
            ("hernandez", &["HRNNTS"]),
            ("thumb", &["0M", "TM"]),
            ("a", &[]),
            ("łukasz", &[]),
            ("42", &[]),
        ] {
            assert_eq!(codes(word), expected, "{word}");
        }
    }
}
