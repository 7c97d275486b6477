//! How dates are written in a column, and what years they are of.

use std::collections::BTreeMap;

use serde::Serialize;

/// The dates of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DateProfile {
    /// The formats, the most frequent first, in the notation of mapping documents.
    pub formats: Vec<DateShare>,
    /// Which comes first in dates such as 3/4/2020.
    pub order: DateOrder,
    /// Dates whose second number is above twelve, so that the month comes first.
    pub month_first: u64,
    /// Dates whose first number is above twelve, so that the day comes first.
    pub day_first: u64,
    /// Dates that could be read either way.
    pub ambiguous: u64,
    /// Days that stand for "unknown", such as 1900-01-01.
    pub placeholders: u64,
    /// Days that are in no calendar, such as February 30.
    pub impossible: u64,
    /// Days after the day of the audit.
    pub future: u64,
    /// Dates by year, without placeholders and impossible ones.
    pub years: BTreeMap<u16, u64>,
    /// Whether the dates stand inside of texts.
    pub inside_text: bool,
}

/// A way to write dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DateShare {
    /// The format, such as `MM/DD/YYYY`.
    pub format: String,
    /// How many dates are written so.
    pub count: u64,
}

/// Whether the month or the day comes first where a date is written as numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DateOrder {
    /// No date is written so.
    #[default]
    NotApplicable,
    /// The month: numbers above twelve stand only in the second place.
    MonthFirst,
    /// The day: numbers above twelve stand only in the first place.
    DayFirst,
    /// Both occur.
    Mixed,
    /// No number is above twelve: nothing tells.
    Unknown,
}

impl DateShare {
    /// A format with its count.
    pub fn new(format: impl Into<String>, count: u64) -> Self {
        Self {
            format: format.into(),
            count,
        }
    }
}

impl DateProfile {
    /// How many dates there are.
    pub fn count(&self) -> u64 {
        self.formats.iter().map(|format| format.count).sum()
    }
}
