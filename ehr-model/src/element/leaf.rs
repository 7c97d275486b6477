//! Leaves as they travel in and out of fields.

use std::borrow::Cow;

use crate::record::{Kind, RecordId};
use crate::value::{Decimal, PartialDate};

/// A leaf value on its way into or out of a field.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Leaf<'a> {
    /// Text, codes and URIs.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// An exact decimal.
    Decimal(Decimal),
    /// A date or a point in time.
    Date(PartialDate),
    /// Bytes of a document.
    Bytes(Cow<'a, [u8]>),
    /// Another record.
    Target(Kind, RecordId),
}

/// Which leaf a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LeafType {
    /// Any text.
    Text,
    /// One of a closed set of codes.
    Code {
        /// The canonical URI of the code system.
        system: &'static str,
        /// The codes.
        codes: &'static [&'static str],
    },
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Decimal,
    /// A date without a time of day.
    Date,
    /// A date with or without a time of day.
    DateTime,
    /// A time of day as `hh:mm:ss`.
    Time,
    /// Bytes of a document.
    Bytes,
    /// Another record.
    Target,
}

impl LeafType {
    /// The word for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code { .. } => "code",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Date => "date",
            Self::DateTime => "date-time",
            Self::Time => "time",
            Self::Bytes => "bytes",
            Self::Target => "reference",
        }
    }
}

/// Why a leaf does not fit its field. Carries no part of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeafError {
    /// The field holds an element, not a leaf.
    #[error("the field holds an element, not a value")]
    NotALeaf,
    /// The field takes another type.
    #[error("the field takes a {0}")]
    WrongType(&'static str),
    /// The code is not in the closed set of the field.
    #[error("the code is not one of {0}")]
    UnknownCode(&'static str),
    /// The text does not read as the type of the field.
    #[error("the text does not read as a {0}")]
    Unreadable(&'static str),
    /// The field holds one value at most.
    #[error("the field holds one value, not a list")]
    NotAList,
}
