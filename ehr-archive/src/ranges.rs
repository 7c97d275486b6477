//! Lists of ordinals as ranges: `1-3 7`.

/// Sorted numbers as text.
pub(crate) fn to_text(numbers: &[u64]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = numbers;
    while let [first, ..] = rest {
        let run = rest
            .iter()
            .zip(*first..)
            .take_while(|(number, expected)| **number == *expected)
            .count();
        parts.push(match run {
            1 => first.to_string(),
            _ => format!("{first}-{}", rest[run - 1]),
        });
        rest = &rest[run..];
    }
    parts.join(" ")
}

/// More numbers than these are no list of entries.
const MAX_NUMBERS: u64 = 1 << 26;

/// The numbers of such a text; `None` if it is none.
pub(crate) fn of_text(text: &str) -> Option<Vec<u64>> {
    let mut numbers = Vec::new();
    for part in text.split_whitespace() {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        if last < first
            || last - first >= MAX_NUMBERS - numbers.len() as u64
            || numbers.last().is_some_and(|previous| *previous >= first)
        {
            return None;
        }
        numbers.extend(first..=last);
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ranges() {
        assert_eq!(to_text(&[]), "");
        assert_eq!(to_text(&[1, 2, 3, 7, 9, 10]), "1-3 7 9-10");
        for wrong in ["1-", "3-1", "a", "2 1", "1 1", "0-99999999999"] {
            assert_eq!(of_text(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn ranges_go_round(numbers in prop::collection::btree_set(0..200u64, 0..60)) {
            let numbers: Vec<u64> = numbers.into_iter().collect();
            prop_assert_eq!(of_text(&to_text(&numbers)), Some(numbers));
        }
    }
}
