//! First, middle and last name, which can change their places.

use super::levels::{NOT_COMPARED, first, last, middle};
use crate::linkage::normalise::nickname::share_a_group;
use crate::linkage::register::{Frequencies, MISSING, Names, Person};
use crate::linkage::similarity::{jaro_winkler, one_slip};

/// Above this two names are one name with a slip (Winkler's usual threshold is 0.92).
const NEARLY_SAME: f64 = 0.92;
/// Above this, names that also sound alike may be one.
const ALIKE: f64 = 0.80;
/// A name that so many records of a million have is established: two of them are two names, not
/// one with a slip.
const ESTABLISHED_PER_MILLION: u64 = 150;
/// But so many records at least.
const ESTABLISHED: u64 = 4;

/// The levels of the names of a pair.
pub(crate) struct NameLevels {
    pub(crate) first: u8,
    pub(crate) middle: u8,
    pub(crate) last: u8,
}

/// How alike the letters of two names are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Differs,
    Sounds,
    Near,
}

/// Remembers the likeness of pairs of names; common names meet again and again.
pub(crate) struct NameCache(Vec<(u32, u32, Likeness)>);

const CACHE: usize = 1 << 16;

impl NameCache {
    pub(crate) fn new() -> Self {
        Self(vec![(MISSING, MISSING, Likeness::Differs); CACHE])
    }

    fn likeness(&mut self, names: &Names, a: u32, b: u32) -> Likeness {
        let (a, b) = (a.min(b), a.max(b));
        let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let entry = &mut self.0[(mixed >> 48) as usize];
        if (entry.0, entry.1) != (a, b) {
            *entry = (a, b, likeness(names, a, b));
        }
        entry.2
    }
}

fn likeness(names: &Names, a: u32, b: u32) -> Likeness {
    let (letters_a, letters_b) = (names.letters(a), names.letters(b));
    let similarity = jaro_winkler(letters_a, letters_b);
    let short = letters_a.len().min(letters_b.len());
    if short > 2 && (similarity >= NEARLY_SAME || one_slip(letters_a, letters_b)) {
        return Likeness::Near;
    }
    let sound = names.facts(a).phonetic;
    if sound != 0 && sound == names.facts(b).phonetic && similarity >= ALIKE - 0.1
        || similarity >= ALIKE + 0.06
    {
        return Likeness::Sounds;
    }
    Likeness::Differs
}

pub(crate) fn compare(names: &Names, a: &Person, b: &Person, cache: &mut NameCache) -> NameLevels {
    let known = |a: u32, b: u32| a != MISSING && b != MISSING;
    let (mut first_level, mut last_level) = (NOT_COMPARED, NOT_COMPARED);
    if known(a.first, b.first) {
        first_level = compare_first(names, a, b, cache);
    }
    if known(a.last, b.last) {
        last_level = compare_last(names, a, b, cache);
    }
    let weak_first = matches!(
        first_level,
        first::DIFFERS | first::SOUNDS | first::INITIAL | NOT_COMPARED
    );
    if weak_first && last_level >= last::SOUNDS && swapped(names, a, b, cache) {
        (first_level, last_level) = (first::SWAPPED, NOT_COMPARED);
    }
    let middle = if known(a.middle, b.middle) && first_level != first::IS_MIDDLE {
        compare_middle(names, a.middle, b.middle, cache)
    } else {
        NOT_COMPARED
    };
    NameLevels {
        first: first_level,
        middle,
        last: last_level,
    }
}

/// First and last name have changed about: one equality and the other at least near.
fn swapped(names: &Names, a: &Person, b: &Person, cache: &mut NameCache) -> bool {
    let mut near = |a: u32, b: u32| {
        a != MISSING && b != MISSING && (a == b || cache.likeness(names, a, b) == Likeness::Near)
    };
    let nicknames = |a: u32, b: u32| share_a_group(names.facts(a).groups, names.facts(b).groups);
    if a.first == a.last || b.first == b.last {
        return false;
    }
    // One side may be missing: the name alone in the wrong column.
    let (one, two) = ((a.first, b.last), (a.last, b.first));
    (near(one.0, one.1) || nicknames(one.0, one.1))
        && (near(two.0, two.1) || nicknames(two.0, two.1))
}

fn compare_first(names: &Names, a: &Person, b: &Person, cache: &mut NameCache) -> u8 {
    let (x, y) = (a.first, b.first);
    if x == y {
        return if names.letters(x).len() == 1 {
            first::INITIAL
        } else {
            first::EXACT
        };
    }
    if share_a_group(names.facts(x).groups, names.facts(y).groups) {
        return first::NICKNAME;
    }
    let likeness = cache.likeness(names, x, y);
    if likeness == Likeness::Near {
        return if both_established(&names.first, x, y) {
            first::ALIKE
        } else {
            first::TYPO
        };
    }
    let (one, two) = (names.letters(x), names.letters(y));
    let short = one.len().min(two.len());
    if one[..short] == two[..short] && (short == 1 || short >= 3) {
        return first::INITIAL;
    }
    if a.first == b.middle || a.middle == b.first {
        return first::IS_MIDDLE;
    }
    if likeness == Likeness::Sounds {
        first::SOUNDS
    } else {
        first::DIFFERS
    }
}

fn compare_last(names: &Names, a: &Person, b: &Person, cache: &mut NameCache) -> u8 {
    let (x, y) = (a.last, b.last);
    if x == y {
        return last::EXACT;
    }
    let likeness = cache.likeness(names, x, y);
    if likeness == Likeness::Near {
        return if both_established(&names.last, x, y) {
            last::ALIKE
        } else {
            last::TYPO
        };
    }
    if is_part(names.letters(x), names.letters(y)) {
        return last::PART;
    }
    if a.last == b.middle || a.middle == b.last {
        return last::IS_MIDDLE;
    }
    if likeness == Likeness::Sounds {
        last::SOUNDS
    } else {
        last::DIFFERS
    }
}

fn compare_middle(names: &Names, a: u32, b: u32, cache: &mut NameCache) -> u8 {
    let (one, two) = (names.letters(a), names.letters(b));
    if one.len() == 1 || two.len() == 1 {
        return if one[0] == two[0] {
            middle::INITIAL
        } else {
            middle::DIFFERS
        };
    }
    if a == b {
        return middle::EXACT;
    }
    let nicknames = share_a_group(names.facts(a).groups, names.facts(b).groups);
    if nicknames || cache.likeness(names, a, b) == Likeness::Near {
        middle::TYPO
    } else {
        middle::DIFFERS
    }
}

fn both_established(frequencies: &Frequencies, a: u32, b: u32) -> bool {
    let least =
        (u64::from(frequencies.present()) * ESTABLISHED_PER_MILLION / 1_000_000).max(ESTABLISHED);
    u64::from(frequencies.count(a)) >= least && u64::from(frequencies.count(b)) >= least
}

/// Whether one name is a word of the other: "smith" of "smith jones".
fn is_part(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let joined = |name: &[u8]| {
        name.iter()
            .filter(|b| **b != b' ')
            .copied()
            .collect::<Vec<_>>()
    };
    if short.len() < 3 || !long.contains(&b' ') && !short.contains(&b' ') {
        return false;
    }
    long.split(|b| *b == b' ').any(|word| word == short) || joined(short) == joined(long)
}
