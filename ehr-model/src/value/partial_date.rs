//! Dates with the precision that the source gave, never padded.
//!
//! Long because reading, order and writing are one law and are tested as one.

#[cfg(test)]
mod tests;

use std::cmp::Ordering;
use std::fmt;

use chrono::NaiveDate;

/// How far a [`PartialDate`] goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Precision {
    /// `2006`
    Year,
    /// `2006-01`
    Month,
    /// `2006-01-17`
    Day,
    /// `2006-01-17T08:30`
    Minute,
    /// `2006-01-17T08:30:00`
    Second,
    /// `2006-01-17T08:30:00.000`, with the digits of the fraction kept
    Fraction,
}

/// A date or a point in time with partial precision and an optional offset from UTC.
///
/// Nothing is invented: a year stays a year, a local time stays without an offset. Two dates
/// compare only as far as both say something ([`PartialDate::compare`]).
///
/// ```
/// use ehr_model::value::{PartialDate, Precision};
/// let onset = PartialDate::parse("2006-01").unwrap();
/// assert_eq!(onset.precision(), Precision::Month);
/// assert_eq!(onset.to_iso(), "2006-01");
/// assert_eq!(onset.compare(&PartialDate::parse("2006-01-17").unwrap()), None);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: u16,
    month: u8,
    day: u8,
    hour: u8,
    minute: u8,
    second: u8,
    /// How many digits the fraction of a second was written with.
    fraction_digits: u8,
    nanosecond: u32,
    precision: Precision,
    /// Minutes east of UTC.
    offset: Option<i16>,
}

/// A [`PartialDate`] without a time of day (FHIR `date`).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Date(PartialDate);

/// A [`PartialDate`] where FHIR wants an `instant`: what is less precise than that is kept beside
/// it, and no time of day is made up.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instant(pub PartialDate);

/// Why a text or a set of numbers is not a date. Carries no part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DateError {
    /// The text does not have the shape of a date.
    #[error("not a date: unexpected character at byte {0}")]
    Unexpected(usize),
    /// There is no such day in the calendar.
    #[error("no such day in the calendar")]
    NoSuchDay,
    /// There is no such time of day.
    #[error("no such time of day")]
    NoSuchTime,
    /// A time of day where only a date can stand.
    #[error("a time of day where only a date can stand")]
    TimeInDate,
}

impl PartialDate {
    /// A year.
    pub fn year_only(year: u16) -> Result<Self, DateError> {
        if !(1..=9999).contains(&year) {
            return Err(DateError::NoSuchDay);
        }
        Ok(Self {
            year,
            month: 0,
            day: 0,
            hour: 0,
            minute: 0,
            second: 0,
            fraction_digits: 0,
            nanosecond: 0,
            precision: Precision::Year,
            offset: None,
        })
    }

    /// A month of a year.
    pub fn year_month(year: u16, month: u8) -> Result<Self, DateError> {
        if !(1..=12).contains(&month) {
            return Err(DateError::NoSuchDay);
        }
        Ok(Self {
            month,
            precision: Precision::Month,
            ..Self::year_only(year)?
        })
    }

    /// A day of the calendar.
    pub fn day(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day))
            .ok_or(DateError::NoSuchDay)?;
        Ok(Self {
            day,
            precision: Precision::Day,
            ..Self::year_month(year, month)?
        })
    }

    /// This day at a time. `second` and the fraction (nanoseconds and how many digits were
    /// written) stay open when they are `None`. A leap second `60` is allowed.
    pub fn at(
        self,
        hour: u8,
        minute: u8,
        second: Option<u8>,
        fraction: Option<(u32, u8)>,
        offset_minutes: Option<i16>,
    ) -> Result<Self, DateError> {
        let fits = self.precision >= Precision::Day
            && hour < 24
            && minute < 60
            && second.is_none_or(|second| second <= 60)
            && fraction
                .is_none_or(|(nanos, digits)| nanos < 1_000_000_000 && (1..=9).contains(&digits))
            && !(fraction.is_some() && second.is_none())
            && offset_minutes.is_none_or(|minutes| minutes.abs() <= 14 * 60);
        if !fits {
            return Err(DateError::NoSuchTime);
        }
        Ok(Self {
            hour,
            minute,
            second: second.unwrap_or(0),
            nanosecond: fraction.map_or(0, |(nanos, _)| nanos),
            fraction_digits: fraction.map_or(0, |(_, digits)| digits),
            precision: match (second, fraction) {
                (None, _) => Precision::Minute,
                (Some(_), None) => Precision::Second,
                (Some(_), Some(_)) => Precision::Fraction,
            },
            offset: offset_minutes,
            ..self
        })
    }

    /// Reads the ISO 8601 / FHIR forms `YYYY[-MM[-DD[(T| )hh:mm[:ss[.f]][Z|±hh:mm]]]]`.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        let b = text.as_bytes();
        let number = |from: usize, len: usize| -> Result<u16, DateError> {
            let mut value = 0u16;
            for at in from..from + len {
                match b.get(at) {
                    Some(digit @ b'0'..=b'9') => value = value * 10 + u16::from(digit - b'0'),
                    _ => return Err(DateError::Unexpected(at)),
                }
            }
            Ok(value)
        };
        let literal = |at: usize, wanted: u8| match b.get(at) {
            Some(found) if *found == wanted => Ok(()),
            _ => Err(DateError::Unexpected(at)),
        };
        let year = number(0, 4)?;
        if b.len() == 4 {
            return Self::year_only(year);
        }
        literal(4, b'-')?;
        let month = number(5, 2)? as u8;
        if b.len() == 7 {
            return Self::year_month(year, month);
        }
        literal(7, b'-')?;
        let date = Self::day(year, month, number(8, 2)? as u8)?;
        if b.len() == 10 {
            return Ok(date);
        }
        if !matches!(b[10], b'T' | b' ') {
            return Err(DateError::Unexpected(10));
        }
        let hour = number(11, 2)? as u8;
        literal(13, b':')?;
        let minute = number(14, 2)? as u8;
        let mut at = 16;
        let mut second = None;
        let mut fraction = None;
        if b.get(at) == Some(&b':') {
            second = Some(number(at + 1, 2)? as u8);
            at += 3;
            if b.get(at) == Some(&b'.') {
                let digits = b[at + 1..]
                    .iter()
                    .take_while(|d| d.is_ascii_digit())
                    .count();
                if !(1..=9).contains(&digits) {
                    return Err(DateError::Unexpected(at + 1));
                }
                let nanos = b[at + 1..at + 1 + digits]
                    .iter()
                    .fold(0u32, |n, d| n * 10 + u32::from(d - b'0'))
                    * 10u32.pow(9 - digits as u32);
                fraction = Some((nanos, digits as u8));
                at += 1 + digits;
            }
        }
        let offset = match b.get(at) {
            None => None,
            Some(b'Z') if at + 1 == b.len() => Some(0),
            Some(sign @ (b'+' | b'-')) => {
                let hours = number(at + 1, 2)?;
                let colon = usize::from(b.get(at + 3) == Some(&b':'));
                let minutes = number(at + 3 + colon, 2)?;
                if at + 5 + colon != b.len() {
                    return Err(DateError::Unexpected(at + 5 + colon));
                }
                if minutes > 59 || hours > 14 {
                    return Err(DateError::NoSuchTime);
                }
                let total = (hours * 60 + minutes) as i16;
                Some(if *sign == b'-' { -total } else { total })
            }
            Some(_) => return Err(DateError::Unexpected(at)),
        };
        date.at(hour, minute, second, fraction, offset)
    }

    /// How far the date goes.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// The year. Every call is a place to review.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The offset from UTC in minutes, if the source gave one.
    pub fn offset_minutes(&self) -> Option<i16> {
        self.offset
    }

    /// Whether there is a time of day.
    pub fn has_time(&self) -> bool {
        self.precision >= Precision::Minute
    }

    /// The date alone.
    pub fn date_part(&self) -> Self {
        match self.precision {
            Precision::Year | Precision::Month | Precision::Day => *self,
            _ => Self {
                hour: 0,
                minute: 0,
                second: 0,
                fraction_digits: 0,
                nanosecond: 0,
                precision: Precision::Day,
                offset: None,
                ..*self
            },
        }
    }

    /// The same local time with an offset; a date without a time stays as it is.
    pub fn with_offset(self, offset_minutes: i16) -> Self {
        if self.has_time() {
            Self {
                offset: Some(offset_minutes),
                ..self
            }
        } else {
            self
        }
    }

    /// The first calendar day that the date may mean.
    pub fn earliest(&self) -> NaiveDate {
        let (month, day) = (self.month.max(1), self.day.max(1));
        NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(month), u32::from(day))
            .expect("constructors accept calendar days only")
    }

    /// The last calendar day that the date may mean.
    pub fn latest(&self) -> NaiveDate {
        let first = self.earliest();
        let next = match self.precision {
            Precision::Year => NaiveDate::from_ymd_opt(i32::from(self.year) + 1, 1, 1),
            Precision::Month if self.month == 12 => {
                NaiveDate::from_ymd_opt(i32::from(self.year) + 1, 1, 1)
            }
            Precision::Month => {
                NaiveDate::from_ymd_opt(i32::from(self.year), u32::from(self.month) + 1, 1)
            }
            _ => return first,
        };
        next.and_then(|day| day.pred_opt())
            .expect("the day before the first of a month exists")
    }

    /// Order, where both dates say enough; `None` where the precision leaves it open, or
    /// where one has an offset and the other has none.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.has_time() && other.has_time() {
            return match (self.offset, other.offset) {
                (Some(a), Some(b)) => self.compare_instants(other, a, b),
                (None, None) => self.compare_instants(other, 0, 0),
                _ => self.compare_days(other).filter(|order| order.is_ne()),
            };
        }
        self.compare_days(other)
    }

    fn compare_days(&self, other: &Self) -> Option<Ordering> {
        if self.latest() < other.earliest() {
            Some(Ordering::Less)
        } else if self.earliest() > other.latest() {
            Some(Ordering::Greater)
        } else if self.precision == other.precision {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    fn compare_instants(&self, other: &Self, offset: i16, other_offset: i16) -> Option<Ordering> {
        let minutes = |date: &Self, offset: i16| {
            let days = date
                .earliest()
                .signed_duration_since(NaiveDate::default())
                .num_days();
            days * 1440 + i64::from(date.hour) * 60 + i64::from(date.minute) - i64::from(offset)
        };
        let order = minutes(self, offset).cmp(&minutes(other, other_offset));
        if order.is_ne()
            || (self.precision == Precision::Minute && other.precision == Precision::Minute)
        {
            return Some(order);
        }
        if self.precision == Precision::Minute || other.precision == Precision::Minute {
            return None;
        }
        Some((self.second, self.nanosecond).cmp(&(other.second, other.nanosecond)))
    }

    /// The date in ISO 8601, exactly as precise as it is. Every call is a place to review.
    pub fn to_iso(&self) -> String {
        let mut out = String::with_capacity(32);
        self.write_iso(&mut out);
        out
    }

    /// Appends [`PartialDate::to_iso`] to `out`.
    pub fn write_iso(&self, out: &mut String) {
        push_digits(out, u32::from(self.year), 4);
        if self.precision >= Precision::Month {
            out.push('-');
            push_digits(out, u32::from(self.month), 2);
        }
        if self.precision >= Precision::Day {
            out.push('-');
            push_digits(out, u32::from(self.day), 2);
        }
        if self.has_time() {
            out.push('T');
            push_digits(out, u32::from(self.hour), 2);
            out.push(':');
            push_digits(out, u32::from(self.minute), 2);
        }
        if self.precision >= Precision::Second {
            out.push(':');
            push_digits(out, u32::from(self.second), 2);
        }
        if self.precision == Precision::Fraction {
            out.push('.');
            let digits = usize::from(self.fraction_digits);
            push_digits(out, self.nanosecond / 10u32.pow(9 - digits as u32), digits);
        }
        match self.offset {
            None => {}
            Some(0) => out.push('Z'),
            Some(minutes) => {
                out.push(if minutes < 0 { '-' } else { '+' });
                let minutes = u32::from(minutes.unsigned_abs());
                push_digits(out, minutes / 60, 2);
                out.push(':');
                push_digits(out, minutes % 60, 2);
            }
        }
    }
}

impl Date {
    /// Reads `YYYY[-MM[-DD]]`.
    pub fn parse(text: &str) -> Result<Self, DateError> {
        Self::try_from(PartialDate::parse(text)?)
    }

    /// The date as a [`PartialDate`].
    pub fn get(&self) -> &PartialDate {
        &self.0
    }
}

impl TryFrom<PartialDate> for Date {
    type Error = DateError;

    fn try_from(date: PartialDate) -> Result<Self, DateError> {
        if date.has_time() {
            Err(DateError::TimeInDate)
        } else {
            Ok(Self(date))
        }
    }
}

impl fmt::Debug for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartialDate({:?})", self.precision)
    }
}

impl Instant {
    /// Whether it is as precise as FHIR's `instant`: to the second, with an offset.
    pub fn is_exact(&self) -> bool {
        self.0.precision >= Precision::Second && self.0.offset.is_some()
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instant({:?})", self.0.precision)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Date({:?})", self.0.precision)
    }
}

fn push_digits(out: &mut String, value: u32, width: usize) {
    let mut digits = [b'0'; 10];
    let mut rest = value;
    for digit in digits[..width].iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend(digits[..width].iter().map(|digit| char::from(*digit)));
}
