//! A generated practice whose duplicates are hard to tell from families.
//!
//! FEBRL is too easy: its people live alone. Here one in five shares last name, address and phone
//! with the person before, there are twins and Jr/Sr, and the duplicates carry the faults of real
//! registration desks with the frequencies of the figures that the linkage is measured by. Names
//! and streets are invented combinations of common words. The same seed gives the same people.

// Each program that includes this file uses a part of it.
#![allow(dead_code, unreachable_pub)]

#[path = "households/corruption.rs"]
mod corruption;
#[path = "households/names.rs"]
mod names;
#[path = "households/random.rs"]
mod random;

use std::fmt::Write as _;

pub use random::Random;

/// The columns of a row.
pub const HEADER: [&str; 13] = [
    "id", "first", "middle", "last", "dob", "sex", "street", "city", "state", "zip", "phone",
    "ssn", "email",
];

/// What a practice is made of.
#[derive(Debug, Clone, Copy)]
pub struct Practice {
    /// People, without their duplicates.
    pub people: usize,
    /// How many of the first names are in use; fewer make a harder set.
    pub first_names: usize,
    /// How many of the last names are in use.
    pub last_names: usize,
    /// How many ZIP codes the patients come from.
    pub places: usize,
    /// What the random numbers start from.
    pub seed: u64,
}

impl Practice {
    /// The set that Splink was measured on in size and faults: about 81,700 records, 13,800 pairs.
    pub const fn whole(seed: u64) -> Self {
        Self::of(69_000, seed)
    }

    /// So many people.
    pub const fn of(people: usize, seed: u64) -> Self {
        Self {
            people,
            first_names: usize::MAX,
            last_names: usize::MAX,
            places: 120,
            seed,
        }
    }
}

/// Rows in random order, and which person each is about.
#[derive(Debug, Default)]
pub struct Population {
    /// One text a column of [`HEADER`].
    pub rows: Vec<[String; 13]>,
    /// The person of each row.
    pub person: Vec<u32>,
}

/// A person, or a record about one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) first: String,
    pub(crate) middle: String,
    pub(crate) last: String,
    pub(crate) suffix: &'static str,
    pub(crate) female: bool,
    /// Year, month, day.
    pub(crate) dob: (u32, u32, u32),
    pub(crate) home: Home,
    pub(crate) phone: u64,
    pub(crate) ssn: u32,
    pub(crate) email: String,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Home {
    pub(crate) number: u32,
    pub(crate) street: &'static str,
    pub(crate) kind: usize,
    pub(crate) unit: u32,
    pub(crate) place: usize,
}

/// 20 % of neighbours share last name, address and phone.
const SAME_HOUSEHOLD: f64 = 0.20;
const TWINS: f64 = 0.004;
const JUNIORS: f64 = 0.005;
/// One duplicate, and two, of a person: about 13,800 pairs of 69,000 people.
const ONE_DUPLICATE: f64 = 0.160;
const TWO_DUPLICATES: f64 = 0.0135;

impl Population {
    /// The rows of a practice.
    pub fn generate(practice: Practice) -> Self {
        let mut random = Random::new(practice.seed);
        let mut records: Vec<(u32, Person)> = Vec::new();
        let mut before: Option<Person> = None;
        for number in 0..practice.people as u32 {
            let person = match &before {
                Some(relative) if random.chance(TWINS) => twin(relative, &practice, &mut random),
                Some(relative) if random.chance(JUNIORS) => junior(relative, &mut random),
                Some(relative) if random.chance(SAME_HOUSEHOLD) => {
                    relative_of(relative, &practice, &mut random)
                }
                _ => stranger(&practice, &mut random),
            };
            let copies = match random.unit() {
                share if share < TWO_DUPLICATES => 2,
                share if share < TWO_DUPLICATES + ONE_DUPLICATE => 1,
                _ => 0,
            };
            for _ in 0..copies {
                let copy = corruption::duplicate(&person, &practice, &mut random);
                records.push((number, copy));
            }
            before = Some(person.clone());
            records.push((number, person));
        }
        random.shuffle(&mut records);
        let mut population = Self::default();
        for (at, (number, person)) in records.iter().enumerate() {
            let row = corruption::written(at, person, &mut random);
            population.rows.push(row);
            population.person.push(*number);
        }
        population
    }

    /// How many pairs of rows are about one person.
    pub fn true_pairs(&self) -> usize {
        true_pairs(&self.person)
    }

    /// The rows as delimited text.
    pub fn to_csv(&self) -> String {
        let mut text = HEADER.join(",");
        text.push('\n');
        for row in &self.rows {
            let _ = writeln!(text, "{}", row.join(","));
        }
        text
    }
}

/// How many pairs of rows are about one person, where each row names its person.
pub fn true_pairs(person: &[u32]) -> usize {
    let people = person.iter().max().map_or(0, |most| *most as usize + 1);
    let mut rows = vec![0usize; people];
    for one in person {
        rows[*one as usize] += 1;
    }
    rows.iter().map(|n| n * n.saturating_sub(1) / 2).sum()
}

fn stranger(practice: &Practice, random: &mut Random) -> Person {
    let female = random.chance(0.52);
    let first = names::first(female, practice, random);
    let last = names::last(practice, random);
    Person {
        middle: names::first(female, practice, random),
        email: names::email(&first, &last, random),
        first,
        last,
        suffix: "",
        female,
        dob: birth(1928, 2024, random),
        home: home(practice, random),
        phone: phone(random),
        ssn: ssn(random),
    }
}

fn relative_of(relative: &Person, practice: &Practice, random: &mut Random) -> Person {
    let mut person = stranger(practice, random);
    while person.first == relative.first {
        person.first = names::first(person.female, practice, random);
    }
    person.last.clone_from(&relative.last);
    person.home = relative.home.clone();
    person.phone = relative.phone;
    // A spouse or a sibling is of like age, a child or parent is not.
    let year = relative.dob.0;
    let (from, to) = match random.below(2) {
        0 => (year.saturating_sub(6), year + 6),
        _ => (year.saturating_sub(40), year + 40),
    };
    person.dob = birth(from.clamp(1925, 2020), to.clamp(1930, 2024), random);
    person.email = if random.chance(0.2) {
        relative.email.clone()
    } else {
        names::email(&person.first, &person.last, random)
    };
    person
}

fn twin(other: &Person, practice: &Practice, random: &mut Random) -> Person {
    let mut person = relative_of(other, practice, random);
    person.dob = other.dob;
    if random.chance(0.6) {
        person.female = other.female;
        person.first.clone_from(&other.first);
        while person.first == other.first {
            person.first = names::first(person.female, practice, random);
        }
    }
    // Numbers of twins were often given one after the other.
    if random.chance(0.5) {
        person.ssn = other.ssn + 1;
    }
    person
}

fn junior(senior: &Person, random: &mut Random) -> Person {
    let year = senior.dob.0;
    let (from, to) = if year > 1985 {
        (year - 40, year - 19)
    } else {
        (year + 19, year + 40)
    };
    let written = random.chance(0.4);
    Person {
        dob: birth(from, to, random),
        suffix: if written { "Jr" } else { "" },
        ssn: ssn(random),
        email: names::email(&senior.first, &senior.last, random),
        middle: if random.chance(0.7) {
            senior.middle.clone()
        } else {
            String::new()
        },
        ..senior.clone()
    }
}

pub(crate) fn birth(from: u32, to: u32, random: &mut Random) -> (u32, u32, u32) {
    let month = 1 + random.below(12) as u32;
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month as usize - 1];
    let year = from + random.below(u64::from(to - from + 1)) as u32;
    (year, month, 1 + random.below(days) as u32)
}

pub(crate) fn home(practice: &Practice, random: &mut Random) -> Home {
    Home {
        number: 1 + random.below(9_800) as u32,
        street: names::STREETS[random.skewed(names::STREETS.len())],
        kind: random.skewed(names::STREET_KINDS.len()),
        unit: if random.chance(0.2) {
            1 + random.below(40) as u32
        } else {
            0
        },
        place: random.skewed(practice.places),
    }
}

pub(crate) fn phone(random: &mut Random) -> u64 {
    let area = [312, 773, 630, 847, 815, 224][random.skewed(6)];
    (area * 1000 + 200 + random.below(790)) * 10_000 + random.below(10_000)
}

fn ssn(random: &mut Random) -> u32 {
    let area = loop {
        let area = 1 + random.below(772) as u32;
        if area != 666 {
            break area;
        }
    };
    (area * 100 + 1 + random.below(99) as u32) * 10_000 + 1 + random.below(9_998) as u32
}
