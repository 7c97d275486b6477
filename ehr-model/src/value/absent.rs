//! Absence as a value.

use super::code::code_set;

code_set! {
    /// Why a value is missing (FHIR `DataAbsentReason`; HL7 v3 null flavors map onto it).
    pub enum DataAbsentReason in "http://terminology.hl7.org/CodeSystem/data-absent-reason" {
        /// Nobody knows.
        Unknown = "unknown",
        /// Asked, and the answer was "I do not know".
        AskedUnknown = "asked-unknown",
        /// May be known later.
        TempUnknown = "temp-unknown",
        /// Was never asked.
        NotAsked = "not-asked",
        /// Asked, and the answer was refused.
        AskedDeclined = "asked-declined",
        /// Hidden for reasons of privacy.
        Masked = "masked",
        /// Has no meaning for this patient.
        NotApplicable = "not-applicable",
        /// The source system could not hold it.
        Unsupported = "unsupported",
        /// Stands only in the text.
        AsText = "as-text",
        /// An error made it unusable.
        Error = "error",
        /// The value is not a number.
        NotANumber = "not-a-number",
        /// Below what can be measured.
        NegativeInfinity = "negative-infinity",
        /// Above what can be measured.
        PositiveInfinity = "positive-infinity",
        /// The act was not performed.
        NotPerformed = "not-performed",
        /// Not permitted here.
        NotPermitted = "not-permitted",
    }
}

/// A field that may hold at most one value, and may say why it holds none.
#[derive(Clone, PartialEq, Eq, Default, Hash)]
pub enum Field<T> {
    /// The source said nothing.
    #[default]
    Empty,
    /// The source said that there is no value, and why.
    Absent(DataAbsentReason),
    /// The value.
    Value(T),
}

impl<T> Field<T> {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Empty | Self::Absent(_) => None,
        }
    }

    /// The value to change, if there is one.
    pub fn value_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Empty | Self::Absent(_) => None,
        }
    }

    /// The reason for absence, if one was given.
    pub fn absent(&self) -> Option<DataAbsentReason> {
        match self {
            Self::Absent(reason) => Some(*reason),
            Self::Empty | Self::Value(_) => None,
        }
    }

    /// Whether the source said nothing at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// Sets the value and returns it.
    pub fn set(&mut self, value: T) -> &mut T {
        *self = Self::Value(value);
        match self {
            Self::Value(value) => value,
            Self::Empty | Self::Absent(_) => unreachable!("it was set in the line above"),
        }
    }
}

impl<T> From<T> for Field<T> {
    fn from(value: T) -> Self {
        Self::Value(value)
    }
}

impl<T> std::fmt::Debug for Field<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("Empty"),
            Self::Absent(_) => f.write_str("Absent(..)"),
            Self::Value(_) => f.write_str("Value(..)"),
        }
    }
}
