//! Telephone, Social Security number, ZIP code, e-mail address.

use super::is_placeholder_word;

fn digits(text: &str) -> impl Iterator<Item = u64> + '_ {
    text.bytes()
        .filter(u8::is_ascii_digit)
        .map(|digit| u64::from(digit - b'0'))
}

/// All digits are one, or they count up or down.
fn is_made_up(digits: &[u64]) -> bool {
    let steps = |step: u64| digits.windows(2).all(|two| (two[0] + step) % 10 == two[1]);
    steps(0) || steps(1) || steps(9)
}

/// The digits of a telephone number: ten, or seven where the area was left out; 0 is missing.
/// A leading 1 is the country; what stands behind `x` or `ext` is the extension.
pub(crate) fn phone(text: &str) -> u64 {
    // Of several numbers the first; "home 312…" begins with letters, an extension does not.
    let parts = text.split([';', '/', ',', 'x', 'X', 'e', 'E']);
    let mut numbers = parts.map(|part| digits(part).collect::<Vec<u64>>());
    let mut found = numbers.find(|found| found.len() >= 7).unwrap_or_default();
    if found.len() == 11 && found[0] == 1 {
        found.remove(0);
    }
    let line = &found[found.len().saturating_sub(7)..];
    if !(7..=15).contains(&found.len()) || is_made_up(&found) || is_made_up(line) {
        return 0;
    }
    found.iter().fold(0, |number, digit| number * 10 + digit)
}

/// A Social Security number or another national number, with its length above the digits so that
/// leading zeros count; 0 is missing. Four digits are the last four.
pub(crate) fn ssn(text: &str) -> u64 {
    // A masked number shows its last four.
    let masked = text.bytes().any(|b| matches!(b, b'*' | b'x' | b'X' | b'#'));
    let found: Vec<u64> = digits(text).collect();
    let length = found.len() as u64;
    let number = found
        .iter()
        .take(18)
        .fold(0, |number, digit| number * 10 + digit);
    let never_issued = length == 9
        && (number / 1_000_000 == 0
            || number / 1_000_000 == 666
            || number / 10_000 % 100 == 0
            || number % 10_000 == 0
            // printed in wallets and advertisements, and used by thousands since
            || matches!(number, 78_051_120 | 219_099_999 | 457_555_462 | 111_223_333 | 123_121_234));
    if !(4..=12).contains(&length) || (masked && length != 4) || is_made_up(&found) || never_issued
    {
        return 0;
    }
    length << 56 | number
}

/// How many digits a number of [`ssn`] has.
pub(crate) fn ssn_length(ssn: u64) -> u64 {
    ssn >> 56
}

/// The digits of a number of [`ssn`].
pub(crate) fn ssn_digits(ssn: u64) -> u64 {
    ssn & ((1 << 56) - 1)
}

/// The five digits of a ZIP code, or another postal code without spaces; empty is missing.
pub(crate) fn zip(folded: &str) -> String {
    let code: String = folded.chars().filter(|c| *c != ' ').collect();
    let numeric = code.bytes().all(|b| b.is_ascii_digit());
    let code = match code.len() {
        // a spreadsheet took the leading zero of New England
        9.. if numeric => code[..5].to_owned(),
        8 if numeric => format!("0{}", &code[..4]),
        _ => code,
    };
    let mut letters = code.bytes();
    let first = letters.next();
    if numeric
        && letters.all(|letter| Some(letter) == first)
        && code != "22222"
        && code != "44444"
        && code != "55555"
    {
        return String::new();
    }
    if is_placeholder_word(&code) {
        String::new()
    } else {
        code
    }
}

/// An e-mail address in lower case without its tag; empty is missing.
pub(crate) fn email(text: &str) -> String {
    let text = text.trim().trim_start_matches("mailto:").to_lowercase();
    let Some((name, host)) = text.split_once('@') else {
        return String::new();
    };
    let name = name.split('+').next().unwrap_or_default();
    let nobody = matches!(
        name,
        "no" | "noemail" | "no-email" | "no.email" | "email" | "test" | "noreply" | "nomail"
    );
    if name.is_empty() || !host.contains('.') || nobody || is_placeholder_word(name) {
        return String::new();
    }
    format!("{name}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephones_in_all_shapes_are_one() {
        for text in [
            "(312) 867-4209",
            "312.867.4209",
            "+1 312 867 4209",
            "13128674209",
            "3128674209 x12",
            "Home: 312-867-4209",
            "3128674209 / 7732004411",
        ] {
            assert_eq!(phone(text), 3_128_674_209, "{text}");
        }
        assert_eq!(phone("867-4209"), 8_674_209);
        for text in [
            "",
            "none",
            "000-0000",
            "9999999999",
            "1234567890",
            "312-555-5555",
            "12",
        ] {
            assert_eq!(phone(text), 0, "{text}");
        }
    }

    #[test]
    fn numbers_that_nobody_has_are_missing() {
        for text in [
            "999-99-9999",
            "000-12-3456",
            "666-12-3456",
            "123456789",
            "078-05-1120",
            "987654321",
            "",
            "n/a",
            "123-00-4567",
        ] {
            assert_eq!(ssn(text), 0, "{text}");
        }
        assert_eq!(ssn("219-46-0871"), ssn("219460871"));
        assert_eq!(ssn_digits(ssn("***-**-0871")), 871);
        assert_eq!(ssn_length(ssn("xxx-xx-0871")), 4);
        assert_eq!(ssn_length(ssn("6988048")), 7);
    }

    #[test]
    fn postal_codes() {
        assert_eq!(zip("60601 1234"), "60601");
        assert_eq!(zip("606011234"), "60601");
        assert_eq!(zip("4011"), "4011");
        assert_eq!(zip("00000"), "");
        assert_eq!(zip("sw1a 1aa"), "sw1a1aa");
    }

    #[test]
    fn addresses_of_nobody_are_missing() {
        assert_eq!(email("Ann.Lee+ehr@Example.com "), "ann.lee@example.com");
        for text in [
            "",
            "none@none.com",
            "declined",
            "noemail@example.com",
            "@example.com",
        ] {
            assert_eq!(email(text), "", "{text}");
        }
    }
}
