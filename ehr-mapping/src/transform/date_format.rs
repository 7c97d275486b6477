//! Date formats as people write them: `MM/DD/YYYY hh:mm AM`.

use ehr_model::value::PartialDate;

/// A date format. The precision of what it reads is that of its tokens.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DateFormat(Vec<Token>);

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Year,
    ShortYear,
    Month { padded: bool },
    MonthName,
    Day { padded: bool },
    Hour { padded: bool },
    Minute,
    Second,
    HalfDay,
    Literal(char),
}

/// Longer tokens stand before their beginnings.
const TOKENS: &[(&str, Token)] = &[
    ("YYYY", Token::Year),
    ("YY", Token::ShortYear),
    ("MON", Token::MonthName),
    ("MM", Token::Month { padded: true }),
    ("M", Token::Month { padded: false }),
    ("DD", Token::Day { padded: true }),
    ("D", Token::Day { padded: false }),
    ("hh", Token::Hour { padded: true }),
    ("h", Token::Hour { padded: false }),
    ("mm", Token::Minute),
    ("ss", Token::Second),
    ("AM", Token::HalfDay),
];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

impl DateFormat {
    /// Reads a format; the error is for people.
    pub(crate) fn parse(format: &str) -> Result<Self, String> {
        let mut tokens = Vec::new();
        let mut rest = format;
        'next: while let Some(first) = rest.chars().next() {
            for (name, token) in TOKENS {
                if let Some(after) = rest.strip_prefix(name) {
                    tokens.push(token.clone());
                    rest = after;
                    continue 'next;
                }
            }
            if first.is_alphanumeric() && first != 'T' {
                return Err(format!(
                    "`{format}` is no date format: `{first}` is no token"
                ));
            }
            tokens.push(Token::Literal(first));
            rest = &rest[first.len_utf8()..];
        }
        let has = |wanted: fn(&Token) -> bool| tokens.iter().any(wanted);
        let year = has(|token| matches!(token, Token::Year | Token::ShortYear));
        let month = has(|token| matches!(token, Token::Month { .. } | Token::MonthName));
        let day = has(|token| matches!(token, Token::Day { .. }));
        let hour = has(|token| matches!(token, Token::Hour { .. }));
        let minute = has(|token| matches!(token, Token::Minute));
        let gapless = year && (month || !day) && (day || !hour) && hour == minute;
        if !gapless {
            return Err(format!(
                "`{format}` is no date format: it skips a part between year and time"
            ));
        }
        Ok(Self(tokens))
    }

    /// Whether the year has two digits.
    pub(crate) fn has_short_year(&self) -> bool {
        self.0.contains(&Token::ShortYear)
    }

    /// Reads a date; `None` where it does not fit the format or the calendar.
    pub(crate) fn read(&self, text: &str, first_year: Option<u16>) -> Option<PartialDate> {
        let (mut year, mut month, mut day) = (None, None, None);
        let (mut hour, mut minute, mut second, mut afternoon) = (None, None, None, None);
        let mut rest = text;
        for token in &self.0 {
            match token {
                Token::Year => year = Some(take_digits(&mut rest, 4, 4)?),
                Token::ShortYear => {
                    let short = take_digits(&mut rest, 2, 2)?;
                    let first = first_year?;
                    let century = first / 100 * 100;
                    let candidate = century + short;
                    year = Some(if candidate < first {
                        candidate + 100
                    } else {
                        candidate
                    });
                }
                Token::Month { padded } => {
                    month = Some(take_digits(&mut rest, if *padded { 2 } else { 1 }, 2)? as u8)
                }
                Token::MonthName => {
                    let letters = rest.get(..3)?.to_ascii_lowercase();
                    month = Some(MONTHS.iter().position(|name| *name == letters)? as u8 + 1);
                    rest = &rest[3..];
                }
                Token::Day { padded } => {
                    day = Some(take_digits(&mut rest, if *padded { 2 } else { 1 }, 2)? as u8)
                }
                Token::Hour { padded } => {
                    hour = Some(take_digits(&mut rest, if *padded { 2 } else { 1 }, 2)? as u8)
                }
                Token::Minute => minute = Some(take_digits(&mut rest, 2, 2)? as u8),
                Token::Second => second = Some(take_digits(&mut rest, 2, 2)? as u8),
                Token::HalfDay => {
                    afternoon = Some(match rest.get(..2)?.to_ascii_uppercase().as_str() {
                        "AM" => false,
                        "PM" => true,
                        _ => return None,
                    });
                    rest = &rest[2..];
                }
                Token::Literal(literal) => rest = rest.strip_prefix(*literal)?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let hour = match (hour, afternoon) {
            (Some(hour), Some(afternoon)) if (1..=12).contains(&hour) => {
                Some(hour % 12 + if afternoon { 12 } else { 0 })
            }
            (Some(_), Some(_)) => return None,
            (hour, None) => hour,
            (None, Some(_)) => return None,
        };
        let date = match (year?, month, day) {
            (year, None, None) => PartialDate::year_only(year),
            (year, Some(month), None) => PartialDate::year_month(year, month),
            (year, Some(month), Some(day)) => PartialDate::day(year, month, day),
            _ => return None,
        };
        match (date.ok()?, hour, minute) {
            (date, None, None) => Some(date),
            (date, Some(hour), Some(minute)) => date.at(hour, minute, second, None, None).ok(),
            _ => None,
        }
    }
}

fn take_digits(rest: &mut &str, least: usize, most: usize) -> Option<u16> {
    let count = rest
        .bytes()
        .take(most)
        .take_while(u8::is_ascii_digit)
        .count();
    if count < least {
        return None;
    }
    let (digits, after) = rest.split_at(count);
    *rest = after;
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(format: &str, text: &str) -> Option<String> {
        DateFormat::parse(format)
            .unwrap()
            .read(text, Some(1930))
            .map(|date| date.to_iso())
    }

    #[test]
    fn common_formats() {
        for (format, text, iso) in [
            ("MM/DD/YYYY", "03/04/1987", "1987-03-04"),
            ("M/D/YYYY", "3/4/1987", "1987-03-04"),
            ("DD-MON-YYYY", "04-Mar-1987", "1987-03-04"),
            ("YYYYMMDD", "19870304", "1987-03-04"),
            ("YYYYMMDDhhmmss", "19870304140509", "1987-03-04T14:05:09"),
            (
                "MM/DD/YYYY h:mm AM",
                "03/04/1987 2:05 PM",
                "1987-03-04T14:05",
            ),
            (
                "MM/DD/YYYY h:mm AM",
                "03/04/1987 12:05 AM",
                "1987-03-04T00:05",
            ),
            ("MM/DD/YY", "03/04/87", "1987-03-04"),
            ("YYYY", "1987", "1987"),
        ] {
            assert_eq!(read(format, text).as_deref(), Some(iso), "{format} {text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (format, text) in [
            ("MM/DD/YYYY", "3/4/1987"),
            ("MM/DD/YYYY", "13/04/1987"),
            ("MM/DD/YYYY", "02/29/2021"),
            ("MM/DD/YYYY", "03/04/1987 extra"),
            ("MM/DD/YYYY h:mm AM", "03/04/1987 14:05 PM"),
            ("DD-MON-YYYY", "04-Mär-1987"),
        ] {
            assert_eq!(read(format, text), None, "{format} {text}");
        }
    }

    #[test]
    fn formats_with_gaps_are_no_formats() {
        for format in [
            "DD",
            "YYYY-DD",
            "YYYY-MM hh:mm",
            "hh:mm",
            "MM/DD/YYYY hh",
            "dd/mm/yyyy",
        ] {
            assert!(DateFormat::parse(format).is_err(), "{format}");
        }
    }
}
