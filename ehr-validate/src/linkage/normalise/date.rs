//! Dates of birth as they are typed, with what is impossible kept as evidence of a slip.

use std::fmt;

/// A date of birth. A part that is not known is 0. `Debug` shows no part of it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct BirthDate {
    pub(crate) year: u16,
    pub(crate) month: u8,
    pub(crate) day: u8,
    /// The year was written with two digits; `year` is from 0 to 99 and `century_open` is set.
    pub(crate) century_open: bool,
    /// Day and month may stand the other way round in this column.
    order_open: bool,
}

/// Which of two numbers is the month, as far as a column shows it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OrderEvidence {
    month_first: u32,
    day_first: u32,
}

/// Days that stand for "unknown" in the systems that write them.
const PLACEHOLDERS: [(u16, u8, u8); 13] = [
    (1, 1, 1),
    (1600, 1, 1),
    (1700, 1, 1),
    (1753, 1, 1),
    (1800, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1901, 1, 1),
    (2999, 12, 31),
    (9999, 12, 31),
    (9999, 9, 9),
    (1111, 11, 11),
];

impl BirthDate {
    /// Reads ISO, US, European, compact and named-month forms; missing where there is none.
    pub(crate) fn read(text: &str, order: &mut OrderEvidence) -> Self {
        let text = text.trim();
        let date = Self::read_parts(text, order).unwrap_or_default();
        if PLACEHOLDERS.contains(&(date.year, date.month, date.day)) && !date.century_open {
            return Self::default();
        }
        date
    }

    fn read_parts(text: &str, order: &mut OrderEvidence) -> Option<Self> {
        let mut parts = [(0u64, 0usize); 3];
        let mut month_name = None;
        let mut count = 0;
        for word in text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
        {
            if count == 3 {
                break; // a time of day follows
            }
            // "12T00:00:00": the time begins inside the word
            let digits = word.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                let name = month_of(word)?;
                month_name = Some((count, name));
                parts[count] = (name, 0);
                count += 1;
                continue;
            }
            if digits < word.len()
                && !matches!(word.as_bytes()[digits], b'T' | b't' | b's' | b'n' | b'r')
            {
                // "17JAN1980"
                return Self::read_parts(&spaced(word)?, order);
            }
            parts[count] = (word[..digits].parse().ok()?, digits);
            count += 1;
        }
        let date = |year: (u64, usize), month: u64, day: u64, order_open| {
            Some(Self {
                year: u16::try_from(year.0).ok()?,
                month: u8::try_from(month).ok()?,
                day: u8::try_from(day).ok()?,
                century_open: year.1 <= 2,
                order_open,
            })
        };
        match (count, parts, month_name) {
            (1, [(number, 8), ..], _) => date(
                (number / 10_000, 4),
                number / 100 % 100,
                number % 100,
                false,
            ),
            // a compact point in time
            (1, [(_, 12 | 14), ..], _) => {
                let first: String = text.chars().filter(char::is_ascii_digit).take(8).collect();
                Self::read_parts(&first, order)
            }
            (1, [(year, 4), ..], _) => date((year, 4), 0, 0, false),
            (2, [(year, 4), (month, 1..=2), _], None) => date((year, 4), month, 0, false),
            (2, [(month, 1..=2), (year, 4), _], None) => date((year, 4), month, 0, false),
            (2, [_, (year, 4), _], Some((0, month))) => date((year, 4), month, 0, false),
            (3, [day, _, year], Some((1, month))) => date(year, month, day.0, false),
            (3, [_, day, year], Some((0, month))) => date(year, month, day.0, false),
            (3, [year @ (_, 4), (month, 1..=2), (day, 1..=2)], None) => {
                date(year, month, day, false)
            }
            (3, [(first, 1..=2), (second, 1..=2), year @ (_, 2 | 4)], None) => {
                order.month_first += u32::from(second > 12 && first <= 12);
                order.day_first += u32::from(first > 12 && second <= 12);
                date(year, first, second, true)
            }
            _ => None,
        }
    }

    /// Puts day and month in the order that the whole column shows.
    pub(crate) fn settle(&mut self, order: OrderEvidence) {
        if self.order_open && (order.day_first > order.month_first || self.month > 12) {
            std::mem::swap(&mut self.day, &mut self.month);
        }
        self.order_open = false;
    }

    pub(crate) fn is_missing(self) -> bool {
        self.year == 0 && !self.century_open
    }

    /// Year, month and day are written, be they possible or not.
    pub(crate) fn is_whole(self) -> bool {
        !self.is_missing() && self.month > 0 && self.day > 0
    }

    /// The last two digits of the year: what records with open centuries share.
    pub(crate) fn short_year(self) -> u16 {
        self.year % 100
    }

    pub(crate) fn is_first_of_january(self) -> bool {
        self.month == 1 && self.day == 1
    }

    /// The digits as they are typed, for slips of the fingers.
    pub(crate) fn digits(self) -> [u8; 8] {
        let year = self.year;
        [
            (year / 1000) as u8,
            (year / 100 % 10) as u8,
            (year / 10 % 10) as u8,
            (year % 10) as u8,
            self.month / 10,
            self.month % 10,
            self.day / 10,
            self.day % 10,
        ]
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(..)")
    }
}

/// `17JAN1980` as `17 JAN 1980`.
fn spaced(word: &str) -> Option<String> {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &word[digits..];
    let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
    let year = &rest[letters..];
    let whole =
        digits > 0 && letters >= 3 && !year.is_empty() && year.bytes().all(|b| b.is_ascii_digit());
    whole.then(|| format!("{} {} {year}", &word[..digits], &rest[..letters]))
}

fn month_of(word: &str) -> Option<u64> {
    let word = word.get(..3)?.to_ascii_lowercase();
    let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    months
        .iter()
        .position(|month| *month == word)
        .map(|at| at as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (u16, u8, u8) {
        let mut order = OrderEvidence::default();
        let mut date = BirthDate::read(text, &mut order);
        date.settle(order);
        (date.year, date.month, date.day)
    }

    #[test]
    fn every_form_says_the_same_day() {
        for text in [
            "1980-01-17",
            "19800117",
            "01/17/1980",
            "1/17/1980",
            "17.01.1980",
            "17-JAN-1980",
            "Jan 17, 1980",
            "17JAN1980",
            "1980/1/17",
            "1980-01-17T00:00:00Z",
            "1980-01-17 00:00:00.000",
            " 1980-01-17 ",
            "19800117000000",
            "January 17th 1980",
            "01-17-1980",
        ] {
            assert_eq!(read(text), (1980, 1, 17), "{text}");
        }
        assert_eq!(read("1980"), (1980, 0, 0));
        assert_eq!(read("1980-01"), (1980, 1, 0));
        assert_eq!(read("01/1980"), (1980, 1, 0));
    }

    #[test]
    fn what_stands_for_unknown_is_missing() {
        for text in [
            "",
            "1900-01-01",
            "01/01/1900",
            "18991230",
            "unknown",
            "0001-01-01",
            "n/a",
            "12/31/2999",
            "5",
        ] {
            assert_eq!(read(text), (0, 0, 0), "{text}");
        }
    }

    #[test]
    fn an_impossible_day_is_kept_as_it_is_written() {
        assert_eq!(read("19729518"), (1972, 95, 18));
        assert_eq!(read("1975-02-30"), (1975, 2, 30));
    }

    #[test]
    fn a_column_shows_the_order_of_day_and_month() {
        let mut order = OrderEvidence::default();
        let mut open = BirthDate::read("03/04/1980", &mut order);
        BirthDate::read("25/12/1980", &mut order);
        open.settle(order);
        assert_eq!((open.month, open.day), (4, 3));
        assert_eq!(read("03/04/1980"), (1980, 3, 4));
    }

    #[test]
    fn two_digits_leave_the_century_open() {
        let mut order = OrderEvidence::default();
        let date = BirthDate::read("1/17/80", &mut order);
        assert!(date.century_open && date.short_year() == 80 && !date.is_missing());
    }
}
