//! The clock of the system, in UTC. The crates have none: the time is passed in.

use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate, Utc};

/// The second in which this is asked.
pub fn now() -> DateTime<Utc> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0), 0).unwrap_or_default()
}

/// The day in which this is asked.
pub fn today() -> NaiveDate {
    now().date_naive()
}

/// A time as in RFC 3339.
pub fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
