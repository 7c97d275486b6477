//! Days that are known to the year, the month or the day.

use chrono::{Datelike, Days, Months, NaiveDate};

/// A date as precise as it is known. For retention it is the last day that it can be: that keeps longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PartialDay {
    last: NaiveDate,
}

impl PartialDay {
    /// Reads `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; `None` if there is no such day.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if !has_date_form(text) {
            return None;
        }
        let number = |range: std::ops::Range<usize>| {
            text.get(range)
                .and_then(|digits| digits.parse::<u32>().ok())
        };
        let year = number(0..4)? as i32;
        let last = match (number(5..7), number(8..10)) {
            (None, _) => NaiveDate::from_ymd_opt(year, 12, 31)?,
            (Some(month), None) => NaiveDate::from_ymd_opt(year, month, 1)?
                .checked_add_months(Months::new(1))?
                .pred_opt()?,
            (Some(month), Some(day)) => NaiveDate::from_ymd_opt(year, month, day)?,
        };
        Some(PartialDay { last })
    }

    pub(crate) fn last(self) -> NaiveDate {
        self.last
    }

    /// So many years later; the 29 February of a year without one is the 1 March.
    pub(crate) fn plus_years(self, years: u32) -> Option<Self> {
        let moved = self
            .last
            .checked_add_months(Months::new(years.checked_mul(12)?))?;
        let last = if moved.day() == self.last.day() {
            moved
        } else {
            moved.checked_add_days(Days::new(1))?
        };
        Some(PartialDay { last })
    }
}

/// Whether a text has the form of a date of some precision; whether there is such a day is another question.
pub(crate) fn has_date_form(text: &str) -> bool {
    let same = |(byte, form): (u8, &u8)| {
        if *form == b'0' {
            byte.is_ascii_digit()
        } else {
            byte == *form
        }
    };
    [4, 7, 10].contains(&text.len()) && text.bytes().zip(b"0000-00-00").all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_days_are_the_last_that_they_can_be() {
        for (text, last) in [
            ("1980", "1980-12-31"),
            ("1980-02", "1980-02-29"),
            ("1981-12", "1981-12-31"),
            ("1980-02-03", "1980-02-03"),
        ] {
            assert_eq!(PartialDay::parse(text).unwrap().last().to_string(), last);
        }
        for wrong in [
            "",
            "80",
            "1980-13",
            "1981-02-29",
            "1980-2-9",
            "02/29/1980",
            "19800229",
            "1980-00",
        ] {
            assert_eq!(PartialDay::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn years_later_is_never_earlier() {
        let plus = |text: &str, years| {
            PartialDay::parse(text)
                .unwrap()
                .plus_years(years)
                .unwrap()
                .last()
                .to_string()
        };
        assert_eq!(plus("2020-02-29", 1), "2021-03-01");
        assert_eq!(plus("2020-02-29", 4), "2024-02-29");
        assert_eq!(plus("2019-05", 7), "2026-05-31");
        assert_eq!(
            PartialDay::parse("2020").unwrap().plus_years(u32::MAX),
            None
        );
    }

    #[test]
    fn forms() {
        for right in ["1980", "1980-02", "1980-02-31"] {
            assert!(has_date_form(right));
        }
        for wrong in ["", "80", "1980-2-9", "02/29/1980", "19800229"] {
            assert!(!has_date_form(wrong), "{wrong}");
        }
    }
}
