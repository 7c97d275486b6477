//! Comparisons and their levels: how two records agree, field by field.

mod contact;
mod date;
mod levels;
mod name;

pub(crate) use contact::{CELLS, Contact, cell_shares, same_email, same_phone};
pub(crate) use levels::{
    ALL, COMPARISONS, NOT_COMPARED, dob, first, last, middle, mrn, sex, ssn, suffix,
};
pub use levels::{Comparison, ComparisonLevel};
pub(crate) use name::NameCache;

use super::normalise::number::{ssn_digits, ssn_length};
use super::register::{FEMALE, MISSING, Person, Register};

/// The levels of a pair, one a comparison, and what its contact data show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) levels: [u8; COMPARISONS],
    pub(crate) contact: Contact,
}

impl Pattern {
    pub(crate) fn level(&self, comparison: Comparison) -> u8 {
        self.levels[comparison as usize]
    }

    /// Whether something of the contact data is shared.
    pub(crate) fn shares_contact(&self) -> bool {
        self.contact.shares()
    }
}

/// Compares two records.
pub(crate) fn compare(
    register: &Register,
    a: &Person,
    b: &Person,
    cache: &mut NameCache,
) -> Pattern {
    let mut levels = [NOT_COMPARED; COMPARISONS];
    let mut set = |comparison: Comparison, level: u8| levels[comparison as usize] = level;
    let names = name::compare(&register.names, a, b, cache);
    set(Comparison::FirstName, names.first);
    let of_woman = a.sex != 1 && b.sex != 1 && (a.sex == FEMALE || b.sex == FEMALE);
    set(
        if of_woman {
            Comparison::LastNameOfWoman
        } else {
            Comparison::LastName
        },
        names.last,
    );
    set(Comparison::MiddleName, names.middle);
    set(Comparison::BirthDate, date::compare(a.dob, b.dob));
    set(Comparison::Ssn, compare_ssn(a.ssn, b.ssn));
    // A first name that agrees says the sex already.
    let says_sex = matches!(
        names.first,
        first::EXACT | first::NICKNAME | first::TYPO | first::ALIKE
    );
    if a.sex > 0 && b.sex > 0 && !says_sex {
        set(
            Comparison::Sex,
            if a.sex == b.sex {
                sex::SAME
            } else {
                sex::DIFFERS
            },
        );
    }
    if a.generation > 0 && b.generation > 0 {
        let same = a.generation == b.generation;
        set(
            Comparison::Suffix,
            if same { suffix::SAME } else { suffix::DIFFERS },
        );
    } else if a.generation + b.generation > 0 {
        set(Comparison::Suffix, suffix::ONE_SIDED);
    }
    // A patient with two records has two numbers; only a number shared says something.
    if a.mrn != MISSING && a.mrn == b.mrn {
        set(Comparison::MedicalRecordNumber, mrn::SAME);
    }
    Pattern {
        levels,
        contact: contact::compare(register, a, b),
    }
}

fn compare_ssn(a: u64, b: u64) -> u8 {
    if a == 0 || b == 0 {
        return NOT_COMPARED;
    }
    let (long_a, long_b) = (ssn_length(a), ssn_length(b));
    let (a, b) = (ssn_digits(a), ssn_digits(b));
    if long_a != long_b {
        let four = long_a == 4 || long_b == 4;
        return if four && a % 10_000 == b % 10_000 {
            ssn::LAST_FOUR
        } else {
            ssn::DIFFERS
        };
    }
    if a == b {
        return if long_a == 4 {
            ssn::LAST_FOUR
        } else {
            ssn::EXACT
        };
    }
    let text = |number: u64| {
        let mut digits = [0u8; 12];
        let mut rest = number;
        for digit in digits.iter_mut().rev() {
            *digit = (rest % 10) as u8;
            rest /= 10;
        }
        digits
    };
    if long_a > 4 && super::similarity::one_slip(&text(a), &text(b)) {
        ssn::ONE_DIGIT
    } else {
        ssn::DIFFERS
    }
}
