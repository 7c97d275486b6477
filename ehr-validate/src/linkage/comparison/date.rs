//! Dates of birth.

use super::levels::{NOT_COMPARED, dob};
use crate::linkage::normalise::date::BirthDate;

pub(crate) fn compare(a: BirthDate, b: BirthDate) -> u8 {
    if a.is_missing() || b.is_missing() {
        return NOT_COMPARED;
    }
    let open = a.century_open || b.century_open;
    let year = if open {
        a.short_year() == b.short_year()
    } else {
        a.year == b.year
    };
    let century = year || a.short_year() == b.short_year();
    if !a.is_whole() || !b.is_whole() {
        let month = a.month == 0 || b.month == 0 || a.month == b.month;
        return if year && month {
            dob::PARTIAL
        } else {
            dob::DIFFERS
        };
    }
    let (month, day) = (a.month == b.month, a.day == b.day);
    if month && day && century {
        return if year { dob::EXACT } else { dob::CENTURY };
    }
    if year && a.month == b.day && a.day == b.month {
        return dob::SWAPPED;
    }
    if one_slip(a, b) {
        return dob::ONE_DIGIT;
    }
    if year && (a.is_first_of_january() || b.is_first_of_january()) {
        return dob::FIRST_OF_JANUARY;
    }
    if u8::from(year) + u8::from(month) + u8::from(day) >= 2 {
        return dob::TWO_PARTS;
    }
    dob::DIFFERS
}

/// One digit is another, or two neighbours inside year, month or day have changed places.
fn one_slip(a: BirthDate, b: BirthDate) -> bool {
    let (mut a, mut b) = (a.digits(), b.digits());
    let from = if a[..2] == [0, 0] || b[..2] == [0, 0] {
        2
    } else {
        0
    };
    a[..from].fill(0);
    b[..from].fill(0);
    let wrong: Vec<usize> = (0..8).filter(|&at| a[at] != b[at]).collect();
    match wrong.as_slice() {
        [_] => true,
        [one, two] => {
            two - one == 1
                && one % 2 == usize::from(*one == 1) % 2
                && a[*one] == b[*two]
                && a[*two] == b[*one]
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::normalise::date::OrderEvidence;

    fn level(a: &str, b: &str) -> u8 {
        let mut order = OrderEvidence::default();
        let (mut a, mut b) = (
            BirthDate::read(a, &mut order),
            BirthDate::read(b, &mut order),
        );
        a.settle(order);
        b.settle(order);
        assert_eq!(compare(a, b), compare(b, a));
        compare(a, b)
    }

    #[test]
    fn levels_of_dates() {
        for (a, b, wanted) in [
            ("1980-01-17", "01/17/1980", dob::EXACT),
            ("1980-01-17", "1/17/80", dob::EXACT),
            ("1925-03-04", "2025-03-04", dob::CENTURY),
            ("1980-03-04", "1980-04-03", dob::SWAPPED),
            ("1980-01-17", "1980-01-18", dob::ONE_DIGIT),
            ("1980-01-17", "1990-01-17", dob::ONE_DIGIT),
            ("1980-01-21", "1980-01-12", dob::ONE_DIGIT),
            ("1980-01-17", "1908-01-17", dob::ONE_DIGIT),
            ("1980-01-17", "1963-01-17", dob::TWO_PARTS),
            ("1980-07-17", "1980-01-01", dob::FIRST_OF_JANUARY),
            ("1980-07-17", "1980-07-25", dob::TWO_PARTS),
            ("1980-07-17", "1980", dob::PARTIAL),
            ("1980-07-17", "1981", dob::DIFFERS),
            ("1980-07-17", "1955-03-02", dob::DIFFERS),
            ("1980-07-17", "1900-01-01", NOT_COMPARED),
            ("1960-09-31", "1960-09-21", dob::ONE_DIGIT),
        ] {
            assert_eq!(level(a, b), wanted, "{a} {b}");
        }
    }
}
