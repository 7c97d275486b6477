//! All records of a run in compact form: numbers that stand for names, and how frequent each is.

use std::collections::HashMap;

use super::PersonRecord;
use super::normalise::address::street;
use super::normalise::date::{BirthDate, OrderEvidence};
use super::normalise::{fold, name, nickname, number};
use super::similarity::phonetic;

/// The number of a value that is missing.
pub(crate) const MISSING: u32 = 0;

/// A record in compact form. Numbers are those of [`Values`]; 0 is missing.
#[derive(Clone, Copy, Default)]
pub(crate) struct Person {
    pub(crate) first: u32,
    pub(crate) middle: u32,
    pub(crate) last: u32,
    pub(crate) dob: BirthDate,
    pub(crate) sex: u8,
    pub(crate) generation: u8,
    /// Number, street and dwelling.
    pub(crate) home: u32,
    /// Number and street.
    pub(crate) street: u32,
    /// ZIP code or, without one, the city.
    pub(crate) area: u32,
    pub(crate) city: u32,
    pub(crate) phone: u32,
    pub(crate) ssn: u64,
    pub(crate) email: u32,
    pub(crate) mrn: u32,
}

/// Sex as it is compared; anything else is missing.
pub(crate) const MALE: u8 = 1;
pub(crate) const FEMALE: u8 = 2;

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

/// All records of a run.
#[derive(Default)]
pub(crate) struct Register {
    pub(crate) people: Vec<Person>,
    pub(crate) names: Names,
    pub(crate) homes: Values,
    pub(crate) streets: Values,
    pub(crate) areas: Values,
    pub(crate) cities: Values,
    pub(crate) phones: Values,
    pub(crate) emails: Values,
    pub(crate) mrns: Values,
    pub(crate) ssns: Holders,
    pub(crate) dates: Holders,
    order: OrderEvidence,
    scratch: String,
    street_letters: Vec<u8>,
    street_ends: Vec<u32>,
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

impl Register {
    /// Adds a record and says its number.
    pub(crate) fn add(&mut self, record: &PersonRecord) -> u32 {
        let mut folded = std::mem::take(&mut self.scratch);
        let mut person = Person::default();
        self.add_names(record, &mut person, &mut folded);
        person.dob = BirthDate::read(record.dob.expose(), &mut self.order);
        person.sex = sex(record.sex.expose());
        self.add_address(record, &mut person, &mut folded);
        person.phone = match number::phone(record.phone.expose()) {
            0 => MISSING,
            phone => self.phones.add(&phone.to_string()),
        };
        person.ssn = number::ssn(record.ssn.expose());
        person.email = self.emails.add(&number::email(record.email.expose()));
        fold(record.mrn.expose(), &mut folded);
        person.mrn = self.mrns.add(&folded);
        self.scratch = folded;
        self.people.push(person);
        (self.people.len() - 1) as u32
    }

    fn add_names(&mut self, record: &PersonRecord, person: &mut Person, folded: &mut String) {
        let mut read = |text: &str| {
            fold(text, folded);
            let (name, generation) = name::split_suffix(folded);
            let junk = name.is_empty() || name::is_junk(&name);
            (if junk { String::new() } else { name }, generation)
        };
        let (mut first, of_first) = read(record.first.expose());
        let (mut middle, of_middle) = read(record.middle.expose());
        let (last, of_last) = read(record.last.expose());
        fold(record.suffix.expose(), folded);
        person.generation = [name::generation(folded), of_last, of_first, of_middle]
            .into_iter()
            .find(|generation| *generation > 0)
            .unwrap_or(0);
        // "John Q": the middle name stands behind the first one
        if middle.is_empty()
            && let Some((head, tail)) = first.split_once(' ')
            && head.len() > 1
            && tail.len() == 1
        {
            middle = tail.to_owned();
            first.truncate(head.len());
        }
        for text in [&mut first, &mut middle] {
            text.retain(|letter| letter != ' ');
        }
        person.first = self.names.number(&first);
        person.middle = self.names.number(&middle);
        person.last = self.names.number(&last);
        self.names.first.add(person.first);
        self.names.middle.add(person.middle);
        self.names.last.add(person.last);
    }

    fn add_address(&mut self, record: &PersonRecord, person: &mut Person, folded: &mut String) {
        fold(record.zip.expose(), folded);
        let zip = number::zip(folded);
        fold(record.city.expose(), folded);
        if super::normalise::is_placeholder_word(folded) {
            folded.clear();
        }
        person.city = self.cities.add(folded);
        person.area = if zip.is_empty() {
            self.areas.add(folded)
        } else {
            self.areas.add(&zip)
        };
        fold(record.street.expose(), folded);
        let street = street(folded);
        person.street = self.streets.add(&street.line);
        self.keep_street(person.street, &street.line);
        if person.street != MISSING {
            let home = format!("{}|{}", street.line, street.unit);
            person.home = self.homes.add(&home);
        }
    }

    fn keep_street(&mut self, number: u32, line: &str) {
        if self.street_ends.is_empty() {
            self.street_ends.push(0);
        }
        if number as usize == self.street_ends.len() {
            self.street_letters.extend_from_slice(line.as_bytes());
            self.street_ends.push(self.street_letters.len() as u32);
        }
    }

    /// The letters of a street line.
    pub(crate) fn street_letters(&self, number: u32) -> &[u8] {
        let at = number as usize;
        &self.street_letters[self.street_ends[at - 1] as usize..self.street_ends[at] as usize]
    }

    /// Settles what only all records together can tell: the order of day and month, and counts.
    pub(crate) fn settle(&mut self) {
        for person in &mut self.people {
            person.dob.settle(self.order);
        }
        let people = &self.people;
        self.ssns = Holders::of(people, |person| person.ssn);
        self.dates = Holders::of(people, |person| {
            if person.dob.is_whole() {
                date_number(person.dob)
            } else {
                0
            }
        });
        let numbers: [(&mut Values, fn(&Person) -> u32); 5] = [
            (&mut self.homes, |person| person.home),
            (&mut self.streets, |person| person.street),
            (&mut self.phones, |person| person.phone),
            (&mut self.emails, |person| person.email),
            (&mut self.mrns, |person| person.mrn),
        ];
        for (values, number) in numbers {
            values.count_holders(people, number);
        }
        self.areas.numbers = HashMap::default();
        self.cities.numbers = HashMap::default();
        self.names.numbers = HashMap::default();
    }
}

/// A date of birth as a number, for counting and for blocking.
pub(crate) fn date_number(dob: BirthDate) -> u64 {
    u64::from(dob.short_year()) << 16 | u64::from(dob.month) << 8 | u64::from(dob.day)
}

impl Values {
    fn add(&mut self, text: &str) -> u32 {
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

    /// Keeps how many differently named people have each value, and drops the texts.
    fn count_holders(&mut self, people: &[Person], number: fn(&Person) -> u32) {
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
    fn number(&mut self, name: &str) -> u32 {
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

    pub(crate) fn facts(&self, number: u32) -> &NameFacts {
        &self.facts[number as usize]
    }

    pub(crate) fn letters(&self, number: u32) -> &[u8] {
        let facts = self.facts(number);
        &self.letters[facts.start as usize..facts.start as usize + usize::from(facts.length)]
    }
}

impl Frequencies {
    fn add(&mut self, number: u32) {
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
    fn of(people: &[Person], number: impl Fn(&Person) -> u64) -> Self {
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

fn sex(text: &str) -> u8 {
    match text.trim().to_ascii_lowercase().as_str() {
        "m" | "male" | "man" | "boy" | "1" => MALE,
        "f" | "female" | "w" | "woman" | "girl" | "2" => FEMALE,
        _ => 0,
    }
}
