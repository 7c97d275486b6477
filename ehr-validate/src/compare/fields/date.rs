//! Dates: the same instant, less precise, or another one.

use chrono::{Datelike as _, NaiveDate, TimeDelta};
use ehr_model::element::SafetyClass;
use ehr_model::value::{PartialDate, Precision};

use super::FieldWalk;
use crate::compare::allowance::Allowance;
use crate::compare::difference::{DifferenceClass, Pattern};

/// How two dates stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dates {
    Same,
    Allowed(Allowance),
    Differ(DifferenceClass, Option<Pattern>),
}

impl FieldWalk<'_> {
    pub(super) fn dates(&mut self, a: &PartialDate, b: &PartialDate, safety: SafetyClass) {
        match compare(a, b) {
            Dates::Same => {}
            Dates::Allowed(allowance) => self.allow(allowance),
            Dates::Differ(class, pattern) => self.report(class, pattern, safety),
        }
    }
}

fn compare(a: &PartialDate, b: &PartialDate) -> Dates {
    use DifferenceClass::{Changed, LostPrecision};
    if a == b {
        return Dates::Same;
    }
    if let (Some(one), Some(other)) = (seconds(a), seconds(b)) {
        return match (a.offset_minutes(), b.offset_minutes()) {
            (Some(from), Some(to)) => {
                let apart = other - one - TimeDelta::minutes(i64::from(to) - i64::from(from));
                match apart == TimeDelta::zero() && fraction(a) == fraction(b) {
                    true if from == to => Dates::Allowed(Allowance::ZeroSeconds),
                    true => Dates::Allowed(Allowance::OtherOffset),
                    false => less_or_other(a, b, apart),
                }
            }
            // an offset gone is worse than another point in time only if the rest is the same
            (Some(_), None) if one == other => {
                Dates::Differ(LostPrecision, Some(Pattern::TimeZoneLost))
            }
            (None, Some(_)) if one == other => {
                Dates::Differ(Changed, Some(Pattern::PrecisionInvented))
            }
            (None, None) if one == other && fraction(a) == fraction(b) => {
                Dates::Allowed(Allowance::ZeroSeconds)
            }
            _ => less_or_other(a, b, other - one),
        };
    }
    let (shorter, longer) = match a.precision() < b.precision() {
        true => (a, b),
        false => (b, a),
    };
    let holds = shorter.earliest() <= longer.earliest() && longer.latest() <= shorter.latest();
    if holds && a.precision() > b.precision() {
        return Dates::Differ(LostPrecision, None);
    }
    if holds && a.precision() < b.precision() {
        return Dates::Differ(Changed, Some(Pattern::PrecisionInvented));
    }
    Dates::Differ(Changed, day_pattern(a, b))
}

/// Two points in time that are not the same: fewer digits of the same, or another one.
fn less_or_other(a: &PartialDate, b: &PartialDate, apart: TimeDelta) -> Dates {
    let less = b.precision() < a.precision()
        && a.to_iso().starts_with(&b.to_iso()[..16])
        && a.offset_minutes() == b.offset_minutes();
    if less {
        return Dates::Differ(DifferenceClass::LostPrecision, None);
    }
    let pattern = day_pattern(a, b).filter(|_| time_of(a) == time_of(b));
    let hours = apart.num_minutes() % 30 == 0 && apart.num_hours().abs() <= 26;
    let pattern = pattern.or((hours && apart.num_minutes() != 0).then_some(Pattern::HoursOff));
    Dates::Differ(DifferenceClass::Changed, pattern)
}

fn day_pattern(a: &PartialDate, b: &PartialDate) -> Option<Pattern> {
    if a.precision() < Precision::Day || b.precision() < Precision::Day {
        let years = i32::from(b.year()) - i32::from(a.year());
        return (years != 0 && years % 100 == 0).then_some(Pattern::CenturyOff);
    }
    let (one, other) = (a.earliest(), b.earliest());
    if (other - one).num_days().abs() == 1 {
        return Some(Pattern::DayOff);
    }
    if NaiveDate::from_ymd_opt(one.year(), one.day(), one.month()) == Some(other) && one != other {
        return Some(Pattern::DayAndMonthSwapped);
    }
    let years = other.year() - one.year();
    let same_day = (one.month(), one.day()) == (other.month(), other.day());
    (same_day && years != 0 && years % 100 == 0).then_some(Pattern::CenturyOff)
}

/// The local time to the second, of dates that have one.
fn seconds(date: &PartialDate) -> Option<chrono::NaiveDateTime> {
    let iso = date.to_iso();
    let number = |from: usize| iso.get(from..from + 2)?.parse::<u32>().ok();
    let second = match iso.as_bytes().get(16) {
        Some(b':') => number(17)?,
        _ => 0,
    };
    let (hour, minute) = (number(11)?, number(14)?);
    // a leap second is the last one of its minute
    date.earliest().and_hms_opt(hour, minute, second.min(59))
}

/// The digits after the second, without zeros at the end.
fn fraction(date: &PartialDate) -> String {
    let iso = date.to_iso();
    let rest = iso.split_once('.').map_or("", |(_, rest)| rest);
    let end = rest
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(rest.len());
    rest[..end].trim_end_matches('0').to_owned()
}

fn time_of(date: &PartialDate) -> Option<String> {
    date.to_iso().get(11..).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_stand_to_each_other() {
        use DifferenceClass::{Changed, LostPrecision};
        let differ = |class, pattern| Dates::Differ(class, pattern);
        for (a, b, wanted) in [
            ("2020-03-04", "2020-03-04", Dates::Same),
            (
                "2020-03-04",
                "2020-03-05",
                differ(Changed, Some(Pattern::DayOff)),
            ),
            (
                "2020-03-04",
                "2020-04-03",
                differ(Changed, Some(Pattern::DayAndMonthSwapped)),
            ),
            (
                "1920-03-04",
                "2020-03-04",
                differ(Changed, Some(Pattern::CenturyOff)),
            ),
            ("2020-03-04", "2021-08-09", differ(Changed, None)),
            ("2020-03-04", "2020-03-06", differ(Changed, None)),
            ("2010-03-04", "2020-03-04", differ(Changed, None)),
            ("2010", "2020", differ(Changed, None)),
            ("1920", "2020", differ(Changed, Some(Pattern::CenturyOff))),
            (
                "2020-03-04T10:00:00Z",
                "2020-03-06T10:00:00Z",
                differ(Changed, None),
            ),
            (
                "2020-03-04T10:00:00",
                "2020-03-04T12:15:00Z",
                differ(Changed, None),
            ),
            (
                "2020-03-04T10:00:00",
                "2020-03-04T10:00:00Z",
                differ(Changed, Some(Pattern::PrecisionInvented)),
            ),
            ("2020-03-04", "2020-03", differ(LostPrecision, None)),
            (
                "2020-03",
                "2020-03-01",
                differ(Changed, Some(Pattern::PrecisionInvented)),
            ),
            (
                "2020-03-04T10:00:00Z",
                "2020-03-04",
                differ(LostPrecision, None),
            ),
            (
                "2020-03-04T10:00:00-05:00",
                "2020-03-04T15:00:00Z",
                Dates::Allowed(Allowance::OtherOffset),
            ),
            (
                "2020-03-04T10:00:00-05:00",
                "2020-03-04T10:00:00",
                differ(LostPrecision, Some(Pattern::TimeZoneLost)),
            ),
            (
                "2020-03-04T10:00:00-05:00",
                "2020-03-04T10:00:00Z",
                differ(Changed, Some(Pattern::HoursOff)),
            ),
            (
                "2020-03-04T10:00",
                "2020-03-04T10:00:00",
                Dates::Allowed(Allowance::ZeroSeconds),
            ),
            (
                "2020-03-04T10:00:31Z",
                "2020-03-04T10:00Z",
                differ(LostPrecision, None),
            ),
            (
                "2020-03-04T10:00:31.250Z",
                "2020-03-04T10:00:31Z",
                differ(LostPrecision, None),
            ),
            (
                "2020-03-04T10:00:00Z",
                "2020-03-05T10:00:00Z",
                differ(Changed, Some(Pattern::DayOff)),
            ),
            (
                "2020-03-04T23:30:00-05:00",
                "2020-03-05",
                differ(Changed, Some(Pattern::DayOff)),
            ),
        ] {
            let (one, other) = (
                PartialDate::parse(a).unwrap(),
                PartialDate::parse(b).unwrap(),
            );
            assert_eq!(compare(&one, &other), wanted, "{a} {b}");
        }
    }
}
