//! A value on its way through a chain of transforms.

use std::borrow::Cow;
use std::fmt;

use ehr_model::value::{DataAbsentReason, Decimal, PartialDate};

/// A value on its way through transforms. `Debug` shows the type only.
#[derive(Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Date(PartialDate),
    Decimal(Decimal),
    Integer(i64),
    Boolean(bool),
    List(Vec<Cow<'a, str>>),
    /// There is nothing left, and that is an answer: a result without a comparator has none.
    Nothing,
    /// The source says why there is no value.
    Absent(DataAbsentReason),
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Date(_) => "Date(..)",
            Self::Decimal(_) => "Decimal(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Boolean(_) => "Boolean(..)",
            Self::List(_) => "List(..)",
            Self::Nothing => "Nothing",
            Self::Absent(_) => "Absent",
        })
    }
}

/// The type of a value, for the checks at load time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Date,
    Decimal,
    Integer,
    Boolean,
    List,
}

impl ValueKind {
    /// The word for people.
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Date => "a date",
            Self::Decimal => "a decimal",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::List => "a list",
        }
    }
}
