//! Keyed pseudonyms: test data that looks like the original and joins like it, and says nobody's name.
//!
//! The same value of the same field gives the same pseudonym under one key, so that records still belong together
//! across tables and formats; under another key it gives another one. Without the key nobody can check a guess.
//!
//! Pseudonyms are for test and demonstration systems. They are not a de-identification under HIPAA (45 CFR 164.514):
//! what is left as it was, and how often each value occurs, can still single a person out. Destroy the key when the test
//! data are made, or keep it as you keep the data.

use std::fmt;

use crate::digest::{Digest, DigestAlgorithm};
use crate::{DataKey, Error};

/// Rounds of the permutation behind [`Pseudonymizer::same_shape`], as many as FF1 (NIST SP 800-38G) has.
const ROUNDS: u8 = 10;
/// Letters of a token: 100 bits, so that a billion values have none in common.
const TOKEN_LEN: usize = 20;
const TOKEN_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Makes pseudonyms under one key. Wiped on drop.
pub struct Pseudonymizer(DataKey);

impl Pseudonymizer {
    /// Under a key derived from `key`, so that the same key may serve other purposes.
    pub fn new(key: &DataKey) -> Result<Self, Error> {
        key.derive(b"pseudonyms/1").map(Pseudonymizer)
    }

    /// A token of 20 letters and digits for a value of any form.
    ///
    /// `field` keeps equal values of different fields apart: the same number as an MRN and as a phone number.
    pub fn token(&self, field: &str, value: &str) -> String {
        let digest = self.digest(b"token", field, &[value.as_bytes()]);
        digest.as_bytes()[..TOKEN_LEN]
            .iter()
            .map(|byte| char::from(TOKEN_ALPHABET[usize::from(byte & 31)]))
            .collect()
    }

    /// A value of the same shape: a digit stays a digit, a letter a letter of its case, everything else stays as it is.
    ///
    /// Two different values of one field never get the same pseudonym, so that no two people become one: for one shape
    /// this is a permutation (a Feistel network over HMAC-SHA-256). A shape with few values is soon known whole, and
    /// the only value of a shape is its own pseudonym. Letters beyond ASCII become a token's letters and are not
    /// covered by that promise.
    ///
    /// ```
    /// use ehr_crypto::DataKey;
    /// use ehr_crypto::pseudonym::Pseudonymizer;
    ///
    /// let pseudonyms = Pseudonymizer::new(&DataKey::generate()?)?;
    /// let phone = pseudonyms.same_shape("phone", "(555) 010-4477");
    /// assert_eq!(phone.len(), 14);
    /// assert_eq!((&phone[..1], &phone[4..6], &phone[9..10]), ("(", ") ", "-"));
    /// assert_eq!(phone, pseudonyms.same_shape("phone", "(555) 010-4477"));
    /// # Ok::<(), ehr_crypto::Error>(())
    /// ```
    pub fn same_shape(&self, field: &str, value: &str) -> String {
        let (mut digits, shape): (Vec<Symbol>, String) = split(value);
        let middle = digits.len() / 2;
        let mut step = |round: u8| {
            let (left, right) = digits.split_at_mut(middle);
            let (changed, other) = if round.is_multiple_of(2) {
                (right, left)
            } else {
                (left, right)
            };
            let other: Vec<u8> = other.iter().map(|symbol| symbol.value).collect();
            for (place, symbol) in changed.iter_mut().enumerate() {
                let place = (place as u64).to_be_bytes();
                let parts: [&[u8]; 4] = [&[round], &place, shape.as_bytes(), &other];
                let digest = self.digest(b"same-shape", field, &parts);
                symbol.value = symbol.plus(&digest);
            }
        };
        (0..ROUNDS).for_each(&mut step);
        join(value, &digits, || self.token(field, value))
    }

    /// One of `count` things, such as a name of a list of invented names; `None` if there are none.
    pub fn choose(&self, field: &str, value: &str, count: usize) -> Option<usize> {
        let number = number(&self.digest(b"choose", field, &[value.as_bytes()]));
        // 128 bits over any list: the first entries are not favoured by anything that can be measured
        (count > 0).then(|| (number % count as u128) as usize)
    }

    /// Days by which all dates of one patient are moved, from `-most` to `most` and never 0: the time between two events
    /// stays what it was. 0 days only if `most` is 0.
    pub fn date_shift(&self, patient: &str, most: u16) -> i32 {
        if most == 0 {
            return 0;
        }
        let number = number(&self.digest(b"date-shift", "", &[patient.as_bytes()]));
        let shift = (number % (2 * u128::from(most))) as i32 - i32::from(most);
        if shift >= 0 { shift + 1 } else { shift }
    }

    /// Each part with its length before it, so that no two calls hash the same bytes.
    fn digest(&self, purpose: &[u8], field: &str, parts: &[&[u8]]) -> Digest {
        let mut text = Vec::new();
        for part in [&[purpose, field.as_bytes()], parts].concat() {
            text.extend_from_slice(&(part.len() as u64).to_be_bytes());
            text.extend_from_slice(part);
        }
        Digest::keyed(DigestAlgorithm::Sha256, &self.0, &[&text])
    }
}

impl fmt::Debug for Pseudonymizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pseudonymizer(secret)")
    }
}

/// A digit or letter as a number below its radix.
struct Symbol {
    first: u8,
    radix: u8,
    value: u8,
}

impl Symbol {
    fn of(letter: char) -> Option<Self> {
        let (first, radix) = match letter {
            '0'..='9' => (b'0', 10),
            'a'..='z' => (b'a', 26),
            'A'..='Z' => (b'A', 26),
            _ => return None,
        };
        let value = letter as u8 - first;
        Some(Symbol {
            first,
            radix,
            value,
        })
    }

    fn plus(&self, digest: &Digest) -> u8 {
        let radix = u128::from(self.radix);
        ((u128::from(self.value) + number(digest) % radix) % radix) as u8
    }
}

/// What is permuted, and the rest with a mark where each of those stood.
fn split(value: &str) -> (Vec<Symbol>, String) {
    let mut symbols = Vec::new();
    let shape = value
        .chars()
        .map(|letter| match Symbol::of(letter) {
            Some(symbol) => {
                let mark = char::from(symbol.first);
                symbols.push(symbol);
                mark
            }
            None if letter.is_alphanumeric() => '\u{fffd}',
            None => letter,
        })
        .collect();
    (symbols, shape)
}

fn join(value: &str, symbols: &[Symbol], token: impl FnOnce() -> String) -> String {
    let mut symbols = symbols.iter();
    let mut token = Some(token);
    let mut letters = String::new().into_bytes().into_iter().cycle();
    value
        .chars()
        .map(|letter| match Symbol::of(letter) {
            Some(_) => symbols
                .next()
                .map_or(letter, |symbol| char::from(symbol.first + symbol.value)),
            None if letter.is_alphanumeric() => {
                if let Some(token) = token.take() {
                    letters = token().into_bytes().into_iter().cycle();
                }
                letters.next().map_or('x', char::from)
            }
            None => letter,
        })
        .collect()
}

fn number(digest: &Digest) -> u128 {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn pseudonyms(byte: u8) -> Pseudonymizer {
        Pseudonymizer::new(&DataKey::from_bytes([byte; 32])).unwrap()
    }

    #[test]
    fn every_number_of_a_shape_gets_its_own() {
        let pseudonyms = pseudonyms(1);
        for (width, count) in [(1, 10), (2, 100), (3, 1000), (4, 10_000)] {
            let made: BTreeSet<String> = (0..count)
                .map(|number| pseudonyms.same_shape("mrn", &format!("{number:0width$}")))
                .collect();
            assert_eq!(made.len(), count);
            assert!(
                made.iter()
                    .all(|one| one.len() == width && one.bytes().all(|byte| byte.is_ascii_digit()))
            );
        }
    }

    #[test]
    fn key_field_and_value_each_matter() {
        let [a, b] = [1, 2].map(pseudonyms);
        let mrn = a.same_shape("mrn", "MRN-0012345");
        assert!(mrn.as_bytes()[3] == b'-' && mrn.len() == 11 && mrn != "MRN-0012345");
        assert_eq!(mrn, a.same_shape("mrn", "MRN-0012345"));
        assert_ne!(mrn, b.same_shape("mrn", "MRN-0012345"));
        assert_ne!(mrn, a.same_shape("account", "MRN-0012345"));
        assert_ne!(a.token("mrn", "1"), a.token("account", "1"));
        assert_ne!(a.token("ab", "c"), a.token("a", "bc"));
        assert_eq!(a.token("mrn", "1").len(), TOKEN_LEN);
        assert_eq!(format!("{a:?}"), "Pseudonymizer(secret)");
    }

    #[test]
    fn no_letter_of_a_name_stays_where_it_must() {
        let made = pseudonyms(3).same_shape("family", "Núñez-O'Hara");
        assert!(!made.contains('ú') && !made.contains('ñ'));
        assert_eq!(
            made.chars().filter(|letter| "-'".contains(*letter)).count(),
            2
        );
        assert_eq!(pseudonyms(3).same_shape("x", " - "), " - ");
        assert_eq!(pseudonyms(3).same_shape("x", ""), "");
    }

    #[test]
    fn choices_and_shifts_cover_their_range() {
        let pseudonyms = pseudonyms(4);
        let chosen: BTreeSet<_> = (0..400)
            .map(|number| pseudonyms.choose("name", &number.to_string(), 7).unwrap())
            .collect();
        assert_eq!(chosen, (0..7).collect());
        assert_eq!(pseudonyms.choose("name", "x", 0), None);
        let shifts: BTreeSet<_> = (0..400)
            .map(|number| pseudonyms.date_shift(&number.to_string(), 3))
            .collect();
        assert_eq!(shifts, BTreeSet::from([-3, -2, -1, 1, 2, 3]));
        assert_eq!(pseudonyms.date_shift("x", 0), 0);
    }

    proptest! {
        #[test]
        fn the_shape_stays(value in "[a-zA-Z0-9 ./()-]{0,30}") {
            let made = pseudonyms(5).same_shape("x", &value);
            let shape = |text: &str| split(text).1;
            prop_assert_eq!(shape(&made), shape(&value));
        }

        #[test]
        fn different_values_stay_different(a in "[A-C]{2}[0-9]{2}", b in "[A-C]{2}[0-9]{2}") {
            let pseudonyms = pseudonyms(6);
            let same = pseudonyms.same_shape("x", &a) == pseudonyms.same_shape("x", &b);
            prop_assert_eq!(same, a == b);
        }
    }
}
