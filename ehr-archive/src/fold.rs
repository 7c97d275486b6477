//! The forms under which names and numbers are found.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Names of more words are found by their first eight only.
const MAX_WORDS: usize = 8;

/// A name without case, diacritics and punctuation: `O'Brien-Núñez, Zoë` becomes `obrien nunez zoe`.
pub(crate) fn fold_name(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    for letter in name
        .nfkd()
        .filter(|letter| !is_combining_mark(*letter))
        .flat_map(char::to_lowercase)
    {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ħ' => folded.push('h'),
            'ı' => folded.push('i'),
            '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '.' => {}
            letter if letter.is_alphanumeric() => folded.push(letter),
            _ => folded.push(' '),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The forms under which a name stands in the catalogue: it begins with each of its words once, so that a search for the
/// beginning of any word finds it.
pub(crate) fn name_keys(name: &str) -> Vec<String> {
    let folded = fold_name(name);
    let words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let rotated = |start: usize| [&words[start..], &words[..start]].concat().join(" ");
    let mut keys: Vec<String> = (0..words.len().min(MAX_WORDS)).map(rotated).collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// A record number without case and spaces.
pub(crate) fn fold_number(number: &str) -> String {
    number
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names() {
        for (name, folded) in [
            ("O'Brien-Núñez, Zoë", "obrien nunez zoe"),
            ("Nguyễn Thị Đào", "nguyen thi dao"),
            ("Łukasz Groß", "lukasz gross"),
            ("İpek IŞIK", "ipek isik"),
            ("Ｗｉｄｅ", "wide"),
            ("St. John  Jr.", "st john jr"),
            ("王 小明", "王 小明"),
            ("  ", ""),
        ] {
            assert_eq!(fold_name(name), folded, "{name}");
        }
        assert_eq!(
            name_keys("Hernández, María José"),
            [
                "hernandez maria jose",
                "jose hernandez maria",
                "maria jose hernandez"
            ]
        );
        assert_eq!(name_keys("-"), [""; 0]);
    }

    #[test]
    fn numbers() {
        assert_eq!(fold_number(" mrn 0042\t"), "MRN0042");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing_and_leaves_no_separator(name in "\\PC{0,40}") {
            let folded = fold_name(&name);
            prop_assert_eq!(fold_name(&folded), folded.clone());
            prop_assert!(!folded.contains(['\t', '\n']));
        }
    }
}
