//! How alike two texts are: Jaro-Winkler, one slip of the fingers, and how a name sounds.
//!
//! The inner loop of linkage: on folded ASCII bytes, without an allocation.

/// Winkler's weight of a common beginning, and how long it may be.
const PREFIX_WEIGHT: f64 = 0.1;
const PREFIX_LENGTH: usize = 4;
/// Positions are bits of a word; what is longer is compared as far as this.
const LONGEST: usize = 64;

/// The similarity of Jaro and Winkler, from 0 to 1.
pub(crate) fn jaro_winkler(a: &[u8], b: &[u8]) -> f64 {
    let (a, b) = (&a[..a.len().min(LONGEST)], &b[..b.len().min(LONGEST)]);
    let jaro = jaro(a, b);
    let prefix = a
        .iter()
        .zip(b)
        .take(PREFIX_LENGTH)
        .take_while(|(a, b)| a == b);
    jaro + prefix.count() as f64 * PREFIX_WEIGHT * (1.0 - jaro)
}

fn jaro(a: &[u8], b: &[u8]) -> f64 {
    if a.is_empty() || b.is_empty() {
        return f64::from(u8::from(a.len() == b.len()));
    }
    let window = (a.len().max(b.len()) / 2).saturating_sub(1);
    let (mut in_a, mut in_b) = (0u64, 0u64);
    for (at, letter) in a.iter().enumerate() {
        let from = at.saturating_sub(window);
        let to = (at + window + 1).min(b.len());
        if let Some(found) = (from..to).find(|&at| b[at] == *letter && in_b >> at & 1 == 0) {
            in_a |= 1 << at;
            in_b |= 1 << found;
        }
    }
    let matches = f64::from(in_a.count_ones());
    if in_a == 0 {
        return 0.0;
    }
    let mut moved = 0u32;
    while in_a != 0 {
        moved += u32::from(a[in_a.trailing_zeros() as usize] != b[in_b.trailing_zeros() as usize]);
        in_a &= in_a - 1;
        in_b &= in_b - 1;
    }
    let (long, short) = (a.len() as f64, b.len() as f64);
    (matches / long + matches / short + (matches - f64::from(moved / 2)) / matches) / 3.0
}

/// Whether one letter left out, put in, replaced or changed about with its neighbour makes one text
/// of the other (an optimal string alignment of 1).
pub(crate) fn one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let head = short.iter().zip(long).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[head..], &long[head..]);
    match long.len() - short.len() {
        0 if short.is_empty() => false,
        0 => {
            short[1..] == long[1..]
                || (short.len() > 1
                    && short[0] == long[1]
                    && short[1] == long[0]
                    && short[2..] == long[2..])
        }
        1 => *short == long[1..],
        _ => false,
    }
}

/// How a name sounds to a receptionist: the first letter, then consonants in classes, at most six,
/// 5 bits each. 0 is a name without letters.
pub(crate) fn phonetic(name: &str) -> u32 {
    let letters: Vec<u8> = name.bytes().filter(u8::is_ascii_lowercase).collect();
    let rest = match letters.as_slice() {
        [b'k', b'n', ..] | [b'w', b'r', ..] | [b'p', b's', ..] | [b'g', b'n', ..] => &letters[1..],
        _ => &letters[..],
    };
    let mut key = 0u32;
    let mut length = 0;
    let mut last = 0;
    for (at, letter) in rest.iter().enumerate() {
        let next = rest.get(at + 1).copied().unwrap_or(0);
        let class = match letter {
            b'p' if next == b'h' => b'f',
            b'b' | b'p' => b'p',
            b'f' | b'v' => b'f',
            b'c' if matches!(next, b'e' | b'i' | b'y') => b's',
            b'g' if matches!(next, b'e' | b'i' | b'y') => b'j',
            b'g' if next == b'h' => continue,
            b'c' | b'k' | b'q' | b'g' | b'x' => b'k',
            b's' | b'z' => b's',
            b'd' | b't' => b't',
            b'm' | b'n' => b'n',
            b'l' | b'r' | b'j' => *letter,
            // vowels and half-vowels count only where a name begins
            _ if length == 0 => b'a',
            _ => {
                last = 0;
                continue;
            }
        };
        if class == last {
            continue;
        }
        last = class;
        key = key << 5 | u32::from(class - b'a' + 1);
        length += 1;
        if length == 6 {
            break;
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) -> bool {
        (found - wanted).abs() < 0.001
    }

    #[test]
    fn jaro_winkler_gives_the_values_of_another_library() {
        // the pairs of Winkler's papers; the values are those of the Python library jellyfish
        for (a, b, wanted) in [
            ("martha", "marhta", 0.961),
            ("dixon", "dicksonx", 0.813),
            ("dwayne", "duane", 0.840),
            ("jones", "johnson", 0.832),
            ("abroms", "abrams", 0.922),
            ("", "", 1.0),
            ("a", "", 0.0),
        ] {
            let found = jaro_winkler(a.as_bytes(), b.as_bytes());
            assert!(near(found, wanted), "{a} {b}: {found}");
            assert!(near(jaro_winkler(b.as_bytes(), a.as_bytes()), wanted));
        }
    }

    #[test]
    fn long_texts_are_compared_as_far_as_they_fit() {
        let long = [b'a'; 200];
        assert!(near(jaro_winkler(&long, &long), 1.0));
    }

    #[test]
    fn one_slip_is_one() {
        for (a, b) in [
            ("smith", "smyth"),
            ("smith", "smih"),
            ("smith", "smiith"),
            ("smith", "msith"),
        ] {
            assert!(one_slip(a.as_bytes(), b.as_bytes()), "{a} {b}");
            assert!(one_slip(b.as_bytes(), a.as_bytes()), "{b} {a}");
        }
        for (a, b) in [
            ("smith", "smith"),
            ("smith", "smut"),
            ("smith", "htims"),
            ("", "ab"),
        ] {
            assert!(!one_slip(a.as_bytes(), b.as_bytes()), "{a} {b}");
        }
    }

    #[test]
    fn names_that_sound_alike_have_one_key() {
        for (a, b) in [
            ("stephen", "stefan"),
            ("catherine", "kathryn"),
            ("knight", "night"),
        ] {
            assert_eq!(phonetic(a), phonetic(b), "{a} {b}");
        }
        assert_ne!(phonetic("miller"), phonetic("smith"));
        assert_eq!(phonetic("123"), 0);
    }
}
