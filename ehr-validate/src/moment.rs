//! A moment with its offset, as RFC 3339 writes it. There is no clock here: callers pass it in.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, FixedOffset, NaiveDate, TimeDelta};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A moment such as `2031-05-01T18:00:00-05:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(DateTime<FixedOffset>);

/// The text is no moment with an offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a moment of the form 2031-05-01T18:00:00-05:00")]
pub struct NotAMoment;

impl Moment {
    /// So many hours later, or earlier below zero. `None` beyond the calendar.
    pub fn plus_hours(self, hours: i64) -> Option<Self> {
        let hours = TimeDelta::try_hours(hours)?;
        self.0.checked_add_signed(hours).map(Self)
    }

    /// The day at its own place.
    pub fn day(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// The whole hours since an earlier moment; below zero if it is later.
    pub fn hours_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).num_hours()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%:z"))
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        DateTime::parse_from_rfc3339(text)
            .map(Self)
            .map_err(|_| NotAMoment)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_and_are_needed() {
        let a: Moment = "2031-05-01T18:00:00-05:00".parse().unwrap();
        let b: Moment = "2031-05-01T23:00:00Z".parse().unwrap();
        assert_eq!(a, b);
        assert_eq!(a.plus_hours(48).unwrap().hours_since(b), 48);
        assert_eq!(a.to_string(), "2031-05-01T18:00:00-05:00");
        for wrong in ["2031-05-01", "2031-05-01T18:00:00", ""] {
            assert_eq!(wrong.parse::<Moment>(), Err(NotAMoment));
        }
    }
}
