//! Address, phone and e-mail as one evidence.
//!
//! A family shares street, ZIP code, phone and often e-mail all at once, so four agreements are not
//! four times the evidence. The comparison has one cell for each combination; where a value is
//! missing, the pair lies in all the cells that it may belong to.

use crate::linkage::register::{MISSING, Person, Register};
use crate::linkage::similarity::{jaro_winkler, one_slip};

/// How many combinations there are: four of the address, two of phone, two of e-mail.
pub(crate) const CELLS: usize = 16;

/// The cells that a pair may lie in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contact(pub(crate) u16);

/// Levels of the address.
pub(crate) const SAME_HOME: usize = 0;
pub(crate) const LIKE_HOME: usize = 1;
pub(crate) const SAME_AREA: usize = 2;
pub(crate) const OTHER_HOME: usize = 3;

/// Streets are alike above this (Jaro-Winkler): a slip or two in a line of usual length.
const STREETS_ALIKE: f64 = 0.92;

impl Contact {
    /// Nothing of it is known.
    pub(crate) const UNKNOWN: Self = Self(u16::MAX);

    fn of(home: Option<usize>, phone: Option<bool>, email: Option<bool>) -> Self {
        let mut cells = 0;
        for at in 0..CELLS {
            let fits = home.is_none_or(|home| home == at / 4)
                && phone.is_none_or(|same| same == same_phone(at))
                && email.is_none_or(|same| same == same_email(at));
            cells |= u16::from(fits) << at;
        }
        Self(cells)
    }

    /// Whether address, phone or e-mail are certainly shared.
    pub(crate) fn shares(self) -> bool {
        (0..CELLS).all(|at| self.0 >> at & 1 == 0 || cell_shares(at))
    }

    /// What the cells have in common, for people.
    pub(crate) fn describe(self) -> &'static str {
        let all =
            |shares: fn(usize) -> bool| (0..CELLS).all(|at| self.0 >> at & 1 == 0 || shares(at));
        let home = all(|at| at / 4 <= LIKE_HOME);
        let phone = all(same_phone);
        let email = all(same_email);
        match (home, phone, email) {
            (true, true, true) => "address, phone and e-mail shared",
            (true, true, false) => "address and phone shared",
            (true, false, true) => "address and e-mail shared",
            (false, true, true) => "phone and e-mail shared",
            (true, false, false) => "address shared",
            (false, true, false) => "phone shared",
            (false, false, true) => "e-mail shared",
            (false, false, false) if self == Self::UNKNOWN => "not known",
            (false, false, false) if all(|at| at / 4 == SAME_AREA) => {
                "same area, else nothing shared"
            }
            (false, false, false) => "nothing shared",
        }
    }
}

/// Whether a cell means that the phone is shared.
pub(crate) fn same_phone(at: usize) -> bool {
    at & 2 == 0
}

/// Whether a cell means that the e-mail address is shared.
pub(crate) fn same_email(at: usize) -> bool {
    at & 1 == 0
}

/// Whether a cell means that home, phone or e-mail are shared.
pub(crate) fn cell_shares(at: usize) -> bool {
    at / 4 <= LIKE_HOME || same_phone(at) || same_email(at)
}

pub(crate) fn compare(register: &Register, a: &Person, b: &Person) -> Contact {
    let both = |a: u32, b: u32| (a != MISSING && b != MISSING).then_some(a == b);
    Contact::of(
        compare_homes(register, a, b),
        both(a.phone, b.phone),
        both(a.email, b.email),
    )
}

fn compare_homes(register: &Register, a: &Person, b: &Person) -> Option<usize> {
    let area_known = a.area != MISSING && b.area != MISSING;
    let area = area_known && a.area == b.area || a.city != MISSING && a.city == b.city;
    if a.street == MISSING || b.street == MISSING {
        // the area alone shows only that people did not stay
        return (area_known && !area).then_some(OTHER_HOME);
    }
    if a.home == b.home && (area || !area_known) {
        return Some(SAME_HOME);
    }
    if a.street == b.street && (area || !area_known || register.streets.share(a.street) < 0.001) {
        return Some(LIKE_HOME);
    }
    if area && register.alike(a.street, b.street) {
        return Some(LIKE_HOME);
    }
    if area {
        Some(SAME_AREA)
    } else {
        area_known.then_some(OTHER_HOME)
    }
}

impl Register {
    /// Whether two street lines differ by slips, or in the number alone.
    fn alike(&self, a: u32, b: u32) -> bool {
        let (a, b) = (self.street_letters(a), self.street_letters(b));
        let number = |line: &[u8]| line.iter().take_while(|b| b.is_ascii_digit()).count();
        let (digits_a, digits_b) = (number(a), number(b));
        if digits_a > 0 && digits_b > 0 && a[..digits_a] != b[..digits_b] {
            // another house of the street, or a slip in the number
            return a[digits_a..] == b[digits_b..]
                && one_slip(&a[..digits_a], &b[..digits_b])
                && digits_a.max(digits_b) > 2;
        }
        one_slip(a, b) || jaro_winkler(&a[digits_a..], &b[digits_b..]) >= STREETS_ALIKE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_value_leaves_its_cells_open() {
        assert_eq!(Contact::of(None, None, None), Contact::UNKNOWN);
        let known = Contact::of(Some(SAME_HOME), Some(true), Some(false));
        assert_eq!(known.0.count_ones(), 1);
        assert!(known.shares());
        assert!(!Contact::of(Some(OTHER_HOME), Some(false), None).shares());
        assert!(Contact::of(None, Some(true), None).shares());
        assert_eq!(
            Contact::of(Some(SAME_AREA), Some(false), Some(false)).describe(),
            "same area, else nothing shared"
        );
    }
}
