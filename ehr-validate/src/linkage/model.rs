//! The model: how likely a pattern is for one person, for two of a family, and for two strangers.
//!
//! Fellegi and Sunter weigh a pair by m/u. Here the pairs of different people are two classes:
//! strangers, who agree by chance and seldom on rare values, and members of a family, who share
//! address, phone and last name at once. Weights are those of one person against both together.

use super::comparison::{
    ALL, COMPARISONS, Comparison, Contact, NOT_COMPARED, Pattern, dob, first, last, middle, mrn,
    ssn,
};
use super::comparison::{same_email, same_phone};
use super::register::{MISSING, Person, Register};

mod rates;

pub(crate) use rates::Rates;

/// What is believed of agreement by chance where nothing in the data shows it: the calendar has
/// about 33,000 days of living people.
const ONE_DAY: f64 = 1.0 / 33_000.0;
/// A Social Security number has nine digits, of which not all are in use.
const ONE_SSN: f64 = 1.0 / 400_000_000.0;
/// A stranger with the phone, e-mail address or home of another one.
const ONE_CONTACT: f64 = 1.0 / 1_000_000.0;
/// A stranger with the medical record number of another one.
const ONE_MRN: f64 = 1.0 / 10_000_000.0;

/// Twins whose Social Security numbers follow one another: both are applied for at birth.
const TWINS_WITH_NEXT_SSN: f64 = 0.3;

/// The classes of pairs with their sizes and rates.
#[derive(Debug, Clone)]
pub struct Model {
    /// All pairs of the register.
    pub(crate) pairs: f64,
    /// How many of them are of one person.
    pub(crate) matches: f64,
    /// How many are of two people of one family.
    pub(crate) families: f64,
    pub(crate) m: Rates,
    pub(crate) family: Rates,
    pub(crate) u: Rates,
}

impl Model {
    /// What is believed before the data are seen, with `u` from random pairs.
    pub(crate) fn before_the_data(records: usize, u: Rates) -> Self {
        let records = records as f64;
        Self {
            pairs: (records * (records - 1.0) / 2.0).max(1.0),
            matches: (records * 0.05).max(1.0),
            families: (records * 0.2).max(1.0),
            m: Rates::of_one_person(),
            family: Rates::of_a_family(),
            u,
        }
    }

    /// How many pairs are estimated to be of one person.
    pub fn estimated_matches(&self) -> f64 {
        self.matches
    }

    /// How many pairs are estimated to be of two people of one family.
    pub fn estimated_families(&self) -> f64 {
        self.families
    }

    /// The rates of a level: m, of one person; those of a family; u, of strangers, where it is not
    /// taken from the frequency of the value.
    pub fn rates(&self, comparison: Comparison, level: usize) -> Option<[f64; 3]> {
        let at = comparison as usize;
        comparison.levels().get(level)?;
        Some([&self.m, &self.family, &self.u].map(|rates| rates.levels[at][level]))
    }

    /// How many pairs of one person are expected with this pattern, up to a factor that the classes share.
    pub(crate) fn of_one_person(&self, pattern: &Pattern) -> f64 {
        self.matches * self.m.of(pattern)
    }

    /// The same of two people of one family.
    pub(crate) fn of_a_family(&self, pattern: &Pattern) -> f64 {
        let mut likelihood = self.families * self.family.of_contact(pattern.contact);
        for comparison in ALL {
            let level = pattern.level(comparison);
            if level != NOT_COMPARED {
                likelihood *= self.within_family(pattern, comparison, level);
            }
        }
        likelihood
    }

    /// The rate at which two people of one family are at a level, given their first names and dates.
    pub(crate) fn within_family(
        &self,
        pattern: &Pattern,
        comparison: Comparison,
        level: u8,
    ) -> f64 {
        let at = (comparison as usize, usize::from(level));
        let rate = self.family.levels[at.0][at.1];
        let m = &self.m.levels[at.0];
        match (comparison, level) {
            // Who is named after a parent is written with the same slips as anybody.
            (Comparison::FirstName, first::NICKNAME | first::TYPO) => {
                let namesakes = self.family.levels[at.0][usize::from(first::EXACT)];
                rate.max(namesakes * m[at.1] / m[usize::from(first::EXACT)])
            }
            // Who has the first name of a parent often has the middle name as well.
            (Comparison::MiddleName, _) if is_namesake(pattern) => m[at.1],
            // Numbers of twins are often given one after the other.
            (Comparison::Ssn, ssn::ONE_DIGIT)
                if pattern.level(Comparison::BirthDate) == dob::EXACT =>
            {
                rate.max(TWINS_WITH_NEXT_SSN)
            }
            _ => rate,
        }
    }

    /// The same of strangers, by the frequencies of the values.
    pub(crate) fn of_strangers(
        &self,
        register: &Register,
        a: &Person,
        b: &Person,
        pattern: &Pattern,
    ) -> f64 {
        let mut likelihood =
            self.pairs * chance_of_contact(register, a, b, pattern.contact, &self.u);
        for comparison in ALL {
            let level = pattern.level(comparison);
            if level != NOT_COMPARED {
                likelihood *= self.by_chance(register, a, b, comparison, level);
            }
        }
        likelihood
    }

    /// The rate at which strangers are at a level, given the values of this pair.
    pub(crate) fn by_chance(
        &self,
        register: &Register,
        a: &Person,
        b: &Person,
        comparison: Comparison,
        level: u8,
    ) -> f64 {
        let names = &register.names;
        let table = self.u.levels[comparison as usize][usize::from(level)];
        match (comparison, level) {
            (Comparison::FirstName, first::EXACT) => names.first.share(a.first),
            (Comparison::FirstName, first::SWAPPED) => {
                let one = names.first.share(a.first).max(names.first.share(b.first));
                one * names
                    .last
                    .share(a.last)
                    .max(names.last.share(b.last))
                    .max(1e-5)
            }
            (Comparison::LastName | Comparison::LastNameOfWoman, last::EXACT) => {
                names.last.share(a.last)
            }
            (Comparison::MiddleName, middle::EXACT) => names.middle.share(a.middle).max(1e-4),
            (Comparison::BirthDate, dob::EXACT) => register
                .dates
                .share(super::register::date_number(a.dob))
                .max(ONE_DAY),
            (Comparison::Ssn, ssn::EXACT) => register.ssns.share(a.ssn).max(ONE_SSN),
            (Comparison::MedicalRecordNumber, mrn::SAME) => register.mrns.share(a.mrn).max(ONE_MRN),
            _ => table,
        }
    }
}

/// Whether the first names are one.
fn is_namesake(pattern: &Pattern) -> bool {
    let level = pattern.level(Comparison::FirstName);
    matches!(level, first::EXACT | first::NICKNAME | first::TYPO)
}

/// The rate at which strangers share this much of address, phone and e-mail.
pub(crate) fn chance_of_contact(
    register: &Register,
    a: &Person,
    b: &Person,
    contact: Contact,
    u: &Rates,
) -> f64 {
    if contact == Contact::UNKNOWN {
        return 1.0;
    }
    let common = |share: f64| share.max(ONE_CONTACT);
    let home = if a.street != MISSING && a.home == b.home {
        common(register.homes.share(a.home))
    } else if a.street != MISSING && a.street == b.street {
        common(register.streets.share(a.street))
    } else {
        ONE_CONTACT
    };
    let area = if a.area != MISSING && a.area == b.area {
        register.areas.share(a.area)
    } else if a.city != MISSING && a.city == b.city {
        register.cities.share(a.city)
    } else {
        0.0
    };
    let phone = if a.phone == b.phone {
        common(register.phones.share(a.phone))
    } else {
        ONE_CONTACT
    };
    let email = if a.email == b.email {
        common(register.emails.share(a.email))
    } else {
        ONE_CONTACT
    };
    let homes = [
        home,
        u.cells[4].max(ONE_CONTACT),
        area.max(1e-6),
        1.0 - area.min(0.99),
    ];
    let cell = |at: usize| {
        let phone = if same_phone(at) { phone } else { 1.0 };
        let email = if same_email(at) { email } else { 1.0 };
        homes[at / 4] * phone * email
    };
    let open = contact.0;
    (0..super::comparison::CELLS)
        .filter(|at| open >> at & 1 == 1)
        .map(cell)
        .sum::<f64>()
        .min(1.0)
}

const _: () = assert!(COMPARISONS == ALL.len());

/// Cells that are all as likely, for pairs that tell nothing more.
pub(crate) fn even_cells() -> Rates {
    let mut rates = Rates::zero();
    rates.cells.fill(1.0);
    rates
}
