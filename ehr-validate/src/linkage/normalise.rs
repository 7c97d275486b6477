//! From what a registration desk typed to what can be compared. What says nothing (a placeholder, a
//! junk name, a date that stands for "unknown") becomes missing, never a value.

pub(crate) mod address;
pub(crate) mod date;
pub(crate) mod name;
pub(crate) mod nickname;
pub(crate) mod number;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Lower-case ASCII letters and digits; accents are dropped and everything else is a space.
pub(crate) fn fold(text: &str, folded: &mut String) {
    folded.clear();
    if text.is_ascii() {
        for byte in text.bytes() {
            push(folded, char::from(byte));
        }
    } else {
        for letter in text.nfd().filter(|letter| !is_combining_mark(*letter)) {
            match letter {
                'ß' => folded.push_str("ss"),
                'æ' | 'Æ' => folded.push_str("ae"),
                'œ' | 'Œ' => folded.push_str("oe"),
                'ø' | 'Ø' => folded.push('o'),
                'ł' | 'Ł' => folded.push('l'),
                'đ' | 'Đ' | 'ð' | 'Ð' => folded.push('d'),
                'þ' | 'Þ' => folded.push_str("th"),
                'ı' => folded.push('i'),
                '’' | 'ʻ' | 'ʼ' | '‘' => {}
                // Letters of other scripts are kept as they are: they can still be equal.
                letter if letter.is_alphanumeric() => folded.extend(letter.to_lowercase()),
                other => push(folded, other),
            }
        }
    }
    let kept = folded.trim_end().len();
    folded.truncate(kept);
}

fn push(folded: &mut String, letter: char) {
    if letter.is_ascii_alphanumeric() {
        folded.push(letter.to_ascii_lowercase());
    } else if letter != '\'' && letter != '`' && !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

/// Words that people type where they have nothing to type.
pub(crate) fn is_placeholder_word(word: &str) -> bool {
    matches!(
        word,
        "unknown"
            | "unk"
            | "unkn"
            | "unkown"
            | "none"
            | "na"
            | "nan"
            | "null"
            | "nil"
            | "missing"
            | "empty"
            | "blank"
            | "tbd"
            | "undefined"
            | "declined"
            | "refused"
            | "notgiven"
            | "notprovided"
            | "not provided"
            | "not available"
            | "notavailable"
            | "n a"
            | "no data"
            | "x"
            | "xx"
            | "xxx"
            | "zzz"
    )
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn folding_keeps_letters_and_digits() {
        let mut folded = String::new();
        for (text, wanted) in [
            (" José  Muñoz-O'Brien, Jr. ", "jose munoz obrien jr"),
            ("Łukasz Groß", "lukasz gross"),
            ("12 B-Street", "12 b street"),
            ("--", ""),
            ("D’Angelo", "dangelo"),
        ] {
            fold(text, &mut folded);
            assert_eq!(folded, wanted);
        }
    }
}
