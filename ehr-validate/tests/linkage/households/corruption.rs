//! What registration desks do to a record, with the frequencies of the measured set.

use super::names::{self, CITIES, NICKNAMES, STREET_KINDS};
use super::{Person, Practice, Random, home, phone};

const NICKNAME: f64 = 0.10;
const TYPO_FIRST: f64 = 0.10;
const TYPO_LAST: f64 = 0.12;
const MARRIED_NAME: f64 = 0.10;
const NAMES_SWAPPED: f64 = 0.02;
const DAY_MONTH_SWAPPED: f64 = 0.03;
const DATE_DIGIT: f64 = 0.05;
const FIRST_OF_JANUARY: f64 = 0.02;
const PLACEHOLDER_DATE: f64 = 0.015;
const MOVED: f64 = 0.35;
const NEW_PHONE: f64 = 0.40;
const NEW_EMAIL: f64 = 0.20;
const SSN_DIGIT: f64 = 0.04;
const OTHER_SSN: f64 = 0.02;
const OTHER_SEX: f64 = 0.01;
const STREET_TYPO: f64 = 0.08;
const MIDDLE_DIFFERS: f64 = 0.05;

const SSN_MISSING: f64 = 0.45;
const SSN_PLACEHOLDER: f64 = 0.01;
const EMAIL_MISSING: f64 = 0.50;
const MIDDLE_MISSING: f64 = 0.35;
const MIDDLE_INITIAL: f64 = 0.30;
const PHONE_MISSING: f64 = 0.03;

/// A second record of a person, typed by somebody else years later.
pub(super) fn duplicate(person: &Person, practice: &Practice, random: &mut Random) -> Person {
    let mut copy = person.clone();
    if random.chance(NICKNAME) {
        nickname(&mut copy.first, random);
    } else if random.chance(TYPO_FIRST) {
        typo(&mut copy.first, random);
    }
    if copy.female && random.chance(MARRIED_NAME) {
        let new = names::last(practice, random);
        copy.last = match random.below(10) {
            0 => format!("{}-{new}", copy.last),
            1 => {
                copy.middle.clone_from(&copy.last);
                new
            }
            _ => new,
        };
    } else if random.chance(TYPO_LAST) {
        typo(&mut copy.last, random);
    }
    if random.chance(NAMES_SWAPPED) {
        std::mem::swap(&mut copy.first, &mut copy.last);
    }
    if random.chance(MIDDLE_DIFFERS) {
        copy.middle = names::first(copy.female, practice, random);
    }
    date(&mut copy.dob, random);
    if random.chance(MOVED) {
        let place = copy.home.place;
        copy.home = home(practice, random);
        // Most people move within their town.
        if random.chance(0.5) {
            copy.home.place = place;
        }
    }
    if random.chance(NEW_PHONE) {
        copy.phone = phone(random);
    }
    if random.chance(NEW_EMAIL) {
        copy.email = names::email(&copy.first, &copy.last, random);
    }
    if random.chance(OTHER_SSN) {
        copy.ssn = 100_010_001 + random.below(500_000_000) as u32;
    } else if random.chance(SSN_DIGIT) {
        let place = 10u32.pow(random.below(8) as u32);
        let digit = copy.ssn / place % 10;
        copy.ssn = copy.ssn - digit * place + (digit + 1 + random.below(9) as u32) % 10 * place;
    }
    if random.chance(OTHER_SEX) {
        copy.female = !copy.female;
    }
    if random.chance(0.5) {
        copy.suffix = "";
    }
    copy
}

fn date(dob: &mut (u32, u32, u32), random: &mut Random) {
    let (year, month, day) = *dob;
    *dob = match random.unit() {
        share if share < DAY_MONTH_SWAPPED => {
            if day <= 12 {
                (year, day, month)
            } else {
                *dob
            }
        }
        share if share < DAY_MONTH_SWAPPED + DATE_DIGIT => match random.below(4) {
            0 => (year - year % 10 + random.below(10) as u32, month, day),
            1 => (year - 10 * (1 + random.below(2) as u32), month, day),
            2 => (year, 1 + random.below(12) as u32, day.min(28)),
            _ => (
                year,
                month,
                (day / 10 * 10).min(20) + 1 + random.below(8) as u32,
            ),
        },
        share if share < DAY_MONTH_SWAPPED + DATE_DIGIT + FIRST_OF_JANUARY => (year, 1, 1),
        share if share < DAY_MONTH_SWAPPED + DATE_DIGIT + FIRST_OF_JANUARY + PLACEHOLDER_DATE => {
            (1900, 1, 1)
        }
        _ => *dob,
    };
}

fn nickname(first: &mut String, random: &mut Random) {
    let known: Vec<_> = NICKNAMES
        .iter()
        .filter(|(formal, _)| *formal == first.as_str())
        .flat_map(|(_, nicknames)| nicknames.iter())
        .collect();
    if !known.is_empty() {
        *first = (*known[random.below(known.len() as u64) as usize]).to_owned();
    }
}

/// One slip of the fingers: a letter dropped, doubled, replaced, put in, or two changed about.
pub(super) fn typo(text: &mut String, random: &mut Random) {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 3 {
        return;
    }
    let at = 1 + random.below(letters.len() as u64 - 1) as usize;
    let letter = (b'a' + random.below(26) as u8) as char;
    match random.below(5) {
        0 => drop(letters.remove(at)),
        1 => letters.insert(at, letters[at]),
        2 => letters[at] = letter,
        3 => letters.insert(at, letter),
        _ => letters.swap(at - 1, at),
    }
    *text = letters.into_iter().collect();
}

/// A record as it stands in the export, with what was never asked for left out.
pub(super) fn written(at: usize, person: &Person, random: &mut Random) -> [String; 13] {
    let Person { home, .. } = person;
    let mut street = format!("{} {} ", home.number, home.street);
    let kind = STREET_KINDS[home.kind];
    street += if random.chance(0.5) { kind.0 } else { kind.1 };
    if home.unit > 0 {
        let word = ["Apt ", "#", "Unit "][random.below(3) as usize];
        street += &format!(" {word}{}", home.unit);
    }
    if random.chance(STREET_TYPO) {
        typo(&mut street, random);
    }
    let (city, state) = CITIES[home.place % CITIES.len()];
    let mut last = person.last.clone();
    if !person.suffix.is_empty() {
        last = format!("{last} {}", person.suffix);
    }
    let middle = match random.unit() {
        share if share < MIDDLE_MISSING => String::new(),
        share if share < MIDDLE_MISSING + MIDDLE_INITIAL => person.middle.chars().take(1).collect(),
        _ => person.middle.clone(),
    };
    let ssn = match random.unit() {
        share if share < SSN_MISSING => String::new(),
        share if share < SSN_MISSING + SSN_PLACEHOLDER => "999999999".to_owned(),
        _ => format!("{:09}", person.ssn),
    };
    let (year, month, day) = person.dob;
    let mut row = [
        format!("R{at:07}"),
        person.first.clone(),
        middle,
        last,
        format!("{year:04}-{month:02}-{day:02}"),
        if person.female { "F" } else { "M" }.to_owned(),
        street,
        city.to_owned(),
        state.to_owned(),
        format!("{:05}", 60_001 + home.place),
        if random.chance(PHONE_MISSING) {
            String::new()
        } else {
            phone_text(person.phone, random)
        },
        ssn,
        if random.chance(EMAIL_MISSING) {
            String::new()
        } else {
            person.email.clone()
        },
    ];
    if random.chance(0.15) {
        for name in &mut row[1..4] {
            *name = name.to_uppercase();
        }
    }
    row
}

fn phone_text(phone: u64, random: &mut Random) -> String {
    let (area, exchange, line) = (phone / 10_000_000, phone / 10_000 % 1_000, phone % 10_000);
    match random.below(3) {
        0 => format!("{phone}"),
        1 => format!("({area}) {exchange}-{line:04}"),
        _ => format!("{area}-{exchange}-{line:04}"),
    }
}
