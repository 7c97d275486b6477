//! Names: what belongs to the last name, what to the middle one, and what is no name at all.

use super::is_placeholder_word;

/// The generation that a suffix names; 0 is none.
pub(crate) fn generation(word: &str) -> u8 {
    match word {
        "sr" | "senior" | "i" => 1,
        "jr" | "junior" | "ii" | "2nd" => 2,
        "iii" | "3rd" => 3,
        "iv" | "4th" => 4,
        _ => 0,
    }
}

/// Titles that stand among names.
fn is_title(word: &str) -> bool {
    matches!(
        word,
        "mr" | "mrs" | "ms" | "miss" | "dr" | "md" | "phd" | "rn" | "esq" | "prof"
    )
}

/// Takes suffix and titles off a folded name and joins particles: "de la cruz jr" is
/// "delacruz" of generation 2. The words stay in their order, without spaces between.
pub(crate) fn split_suffix(folded: &str) -> (String, u8) {
    let mut found = 0;
    let mut words: Vec<&str> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    while words.len() > 1 {
        let last = words[words.len() - 1];
        match generation(last) {
            // "i" alone may be an initial
            0 | 1 if last != "sr" && last != "senior" => {
                if !is_title(last) {
                    break;
                }
            }
            generation => found = generation,
        }
        words.pop();
    }
    while words.len() > 1 && is_title(words[0]) {
        words.remove(0);
    }
    (words.join(" "), found)
}

/// Whether a folded name is no name: of a newborn, of a test, of nobody.
///
/// The words are those that immunization registries list as junk (Minnesota, 2018).
pub(crate) fn is_junk(folded: &str) -> bool {
    let letters: String = folded
        .chars()
        .filter(|c| !c.is_ascii_digit() && *c != ' ')
        .collect();
    if letters.is_empty() || is_placeholder_word(folded) || is_placeholder_word(&letters) {
        return true;
    }
    let first = folded.as_bytes()[0];
    if letters.len() > 1 && letters.bytes().all(|letter| letter == first) {
        return true;
    }
    let newborn = [
        "babyboy", "babygirl", "babyb", "babyg", "babym", "babys", "twinboy", "twingirl",
        "testgirl", "testboy",
    ];
    if newborn
        .iter()
        .any(|junk| letters.starts_with(junk) || letters.ends_with("babygirl"))
        || letters.starts_with("noname")
        || (letters.starts_with("no") && letters.contains("nam") && letters.len() > 5)
    {
        return true;
    }
    // "boy a", "girl 2", "boy1": the word, then at most one letter or a number in words.
    let word = folded.split(' ').next().unwrap_or_default();
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let rest: String = letters.chars().skip(word.len()).collect();
    let counted = matches!(
        rest.as_str(),
        "" | "one" | "two" | "three" | "l" | "a" | "b" | "c" | "twin"
    );
    matches!(
        word,
        "boy"
            | "girl"
            | "baby"
            | "infant"
            | "newborn"
            | "male"
            | "female"
            | "twin"
            | "triplet"
            | "test"
            | "testing"
            | "unnamed"
            | "bg"
            | "fnu"
            | "lnu"
            | "nfn"
            | "nln"
            | "nmn"
            | "bboy"
            | "bgirl"
            | "boya"
            | "boyb"
            | "girla"
            | "girlb"
            | "patient"
            | "person"
            | "deceased"
            | "donotuse"
    ) && counted
        || (matches!(word, "a" | "b" | "c") && matches!(rest.as_str(), "boy" | "girl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_and_titles_come_off() {
        for (folded, name, generation) in [
            ("smith jr", "smith", 2),
            ("de la cruz iii", "de la cruz", 3),
            ("smith jr md", "smith", 2),
            ("mrs smith", "smith", 0),
            ("jr", "jr", 0),
            ("anna i", "anna i", 0),
            ("smith sr", "smith", 1),
        ] {
            assert_eq!(
                split_suffix(folded),
                (name.to_owned(), generation),
                "{folded}"
            );
        }
    }

    #[test]
    fn junk_is_told_from_names() {
        for junk in [
            "baby boy",
            "babygirl a",
            "boy 1",
            "girl",
            "unknown",
            "test",
            "no first name",
            "zz",
            "bboy",
            "baby girl twin",
            "unnamed",
            "fnu",
            "123",
            "b boy",
            "girl 2",
            "boy one",
            "male",
        ] {
            assert!(is_junk(junk), "{junk}");
        }
        for name in [
            "boyd", "bob", "noah", "nancy", "norman", "ann", "al", "testa", "boyce", "bo",
            "babette", "tester", "nam", "malek", "bb king", "norma", "nolan", "girolamo",
        ] {
            assert!(!is_junk(name), "{name}");
        }
    }
}
