//! All records of a run in compact form: numbers that stand for names, and how frequent each is.

mod values;

use super::PersonRecord;
use super::normalise::address::street;
use super::normalise::date::{BirthDate, OrderEvidence};
use super::normalise::{fold, name, number};
pub(crate) use values::{Frequencies, Names};
use values::{Holders, Values};

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

/// Where a record keeps the number of a value.
type NumberOf = fn(&Person) -> u32;

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
        let numbers: [(&mut Values, NumberOf); 5] = [
            (&mut self.homes, |person| person.home),
            (&mut self.streets, |person| person.street),
            (&mut self.phones, |person| person.phone),
            (&mut self.emails, |person| person.email),
            (&mut self.mrns, |person| person.mrn),
        ];
        for (values, number) in numbers {
            values.count_holders(people, number);
        }
        self.areas.drop_texts();
        self.cities.drop_texts();
        self.names.drop_texts();
    }
}

/// A date of birth as a number, for counting and for blocking.
pub(crate) fn date_number(dob: BirthDate) -> u64 {
    u64::from(dob.short_year()) << 16 | u64::from(dob.month) << 8 | u64::from(dob.day)
}

fn sex(text: &str) -> u8 {
    match text.trim().to_ascii_lowercase().as_str() {
        "m" | "male" | "man" | "boy" | "1" => MALE,
        "f" | "female" | "w" | "woman" | "girl" | "2" => FEMALE,
        _ => 0,
    }
}
