//! Numbers that stand for values, and how frequent each value is.

use std::collections::HashMap;

use super::{MISSING, Person};
use crate::linkage::normalise::nickname;
use crate::linkage::similarity::phonetic;

/// Distinct values by number, with how many records have each.
#[derive(Default)]
pub(crate) struct Values {
    numbers: HashMap<Box<str>, u32, foldhash::fast::FixedState>,
    pub(crate) counts: Vec<u32>,
    /// Records that have a value.
    pub(crate) present: u32,
}

/// What is known about a name besides its letters.
#[derive(Clone, Copy, Default)]
pub(crate) struct NameFacts {
    pub(crate) phonetic: u32,
    pub(crate) groups: &'static [u16],
    start: u32,
    length: u16,
}

/// First, middle and last names share one numbering, so that a swap is an equality.
#[derive(Default)]
pub(crate) struct Names {
    numbers: HashMap<Box<str>, u32, foldhash::fast::FixedState>,
    letters: Vec<u8>,
    facts: Vec<NameFacts>,
    pub(crate) first: Frequencies,
    pub(crate) middle: Frequencies,
    pub(crate) last: Frequencies,
}

/// How many records have each numbered value.
#[derive(Default)]
pub(crate) struct Frequencies {
    counts: Vec<u32>,
    present: u32,
}

/// How many differently named people have a number, where that is more than one family.
///
/// Six records of one person share a date of birth and a first name; six people who share a date
/// do not share the name. So a value that stands in the records of one person many times is not
/// taken for a common one, and a placeholder that nobody listed is.
#[derive(Default)]
pub(crate) struct Holders {
    counts: HashMap<u64, u32, foldhash::fast::FixedState>,
    present: u32,
}

/// So many first names on one value are one family, or one person with slips.
const ONE_FAMILY: u32 = 3;

impl Values {
    pub(super) fn add(&mut self, text: &str) -> u32 {
        if self.counts.is_empty() {
            self.counts.push(0);
        }
        if text.is_empty() {
            return MISSING;
        }
        self.present += 1;
        if let Some(number) = self.numbers.get(text) {
            self.counts[*number as usize] += 1;
            return *number;
        }
        let number = self.counts.len() as u32;
        self.numbers.insert(text.into(), number);
        self.counts.push(1);
        number
    }

    /// Drops the texts; the numbers have taken their place.
    pub(super) fn drop_texts(&mut self) {
        self.numbers = HashMap::default();
    }

    /// Keeps how many differently named people have each value, and drops the texts.
    pub(super) fn count_holders(&mut self, people: &[Person], number: fn(&Person) -> u32) {
        self.numbers = HashMap::default();
        self.counts.fill(0);
        for (number, count) in Holders::of(people, |person| u64::from(number(person))).counts {
            self.counts[number as usize] = count;
        }
    }

    /// The share of records with a value that have this one; for values whose holders are counted,
    /// 0 where it is not common.
    pub(crate) fn share(&self, number: u32) -> f64 {
        let count = self.counts.get(number as usize).copied().unwrap_or(0);
        f64::from(count) / f64::from(self.present.max(1))
    }
}

impl Names {
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if self.facts.is_empty() {
            self.facts.push(NameFacts::default());
        }
        if name.is_empty() {
            return MISSING;
        }
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = self.facts.len() as u32;
        self.facts.push(NameFacts {
            phonetic: phonetic(name),
            groups: nickname::groups(name),
            start: self.letters.len() as u32,
            length: name.len().min(usize::from(u16::MAX)) as u16,
        });
        self.letters.extend_from_slice(name.as_bytes());
        self.numbers.insert(name.into(), number);
        number
    }

    /// Drops the table that finds the number of a name.
    pub(super) fn drop_texts(&mut self) {
        self.numbers = HashMap::default();
    }

    pub(crate) fn facts(&self, number: u32) -> &NameFacts {
        &self.facts[number as usize]
    }

    pub(crate) fn letters(&self, number: u32) -> &[u8] {
        let facts = self.facts(number);
        &self.letters[facts.start as usize..facts.start as usize + usize::from(facts.length)]
    }
}

impl Frequencies {
    pub(super) fn add(&mut self, number: u32) {
        let at = number as usize;
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        if number != MISSING {
            self.counts[at] += 1;
            self.present += 1;
        }
    }

    /// How many records have a value.
    pub(crate) fn present(&self) -> u32 {
        self.present
    }

    pub(crate) fn count(&self, number: u32) -> u32 {
        self.counts.get(number as usize).copied().unwrap_or(0)
    }

    /// The share of other records that have this value; a pair that agrees has it twice itself.
    pub(crate) fn share(&self, number: u32) -> f64 {
        (f64::from(self.count(number).saturating_sub(2)) + 0.5) / f64::from(self.present.max(1))
    }
}

impl Holders {
    pub(super) fn of(people: &[Person], number: impl Fn(&Person) -> u64) -> Self {
        let mut held: Vec<(u64, u32)> = people
            .iter()
            .map(|person| (number(person), person.first))
            .filter(|(number, _)| *number != 0)
            .collect();
        let present = held.len() as u32;
        held.sort_unstable();
        held.dedup();
        let counts = held
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|names| names.len() as u32 > ONE_FAMILY)
            .map(|names| (names[0].0, names.len() as u32 - ONE_FAMILY))
            .collect();
        Self { counts, present }
    }

    /// The share of records with a value that have this one, where it is common; else 0.
    pub(crate) fn share(&self, number: u64) -> f64 {
        let count = self.counts.get(&number).copied().unwrap_or(0);
        f64::from(count) / f64::from(self.present.max(1))
    }
}
