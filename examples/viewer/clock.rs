//! The time, as the access log writes it.

use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};

/// Now, as `2026-02-01T15:00:00Z`.
pub(crate) fn now() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Secs, true)
}
