//! What is wrong with a code, without the code.

use ehr_model::value::Text;

/// A code that does not have its form. Shows what is wrong and never the code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{fault}")]
#[non_exhaustive]
pub struct Malformed {
    /// What is wrong.
    pub fault: Fault,
    /// The code as it was meant, where only one reading is left.
    pub repair: Option<Text>,
}

/// What is wrong with a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing but white space.
    #[error("empty")]
    Empty,
    /// White space before or after the code.
    #[error("white space around the code")]
    WhiteSpace,
    /// Small letters where the code has capitals.
    #[error("small letters")]
    LowerCase,
    /// Too long or too short.
    #[error("{found} characters instead of {expected}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there have to be.
        expected: &'static str,
    },
    /// A character that cannot stand where it stands.
    #[error("character {position} cannot stand there")]
    Character {
        /// Which one, from 1.
        position: usize,
    },
    /// A dot, hyphen or asterisk that is missing, misplaced or too many.
    #[error("punctuation misplaced")]
    Punctuation,
    /// The check digit is another one.
    #[error("wrong check digit")]
    CheckDigit,
    /// A zero in front that does not belong there.
    #[error("zero in front")]
    LeadingZero,
    /// The zeros in front are gone, as a numeric column loses them.
    #[error("zeros in front are lost")]
    LostZeros,
    /// Rewritten as a number: scientific notation, decimals, or digits that became zeros.
    #[error("rewritten as a number")]
    Number,
    /// Several readings are left; a table has to decide.
    #[error("{readings} readings")]
    Ambiguous {
        /// How many.
        readings: usize,
    },
    /// Stands for "nothing": a value that is made up to fill a field.
    #[error("placeholder")]
    Placeholder,
    /// In a range that nobody is given.
    #[error("in a range that is never issued")]
    NeverIssued,
    /// An identifier of something else.
    #[error("{found} instead of {expected}")]
    Kind {
        /// What it is.
        found: &'static str,
        /// What it should be.
        expected: &'static str,
    },
    /// More of them than there may be.
    #[error("{found} instead of at most {limit}")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Not an expression of the Unified Code for Units of Measure.
    #[error("not a UCUM unit")]
    NotUcum,
}

impl Malformed {
    /// A fault whose repair is certain.
    pub(super) fn repaired(fault: Fault, repair: impl Into<Text>) -> Self {
        Self {
            fault,
            repair: Some(repair.into()),
        }
    }
}

impl From<Fault> for Malformed {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            repair: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_say_what_is_wrong_and_never_show_the_code() {
        let malformed = Malformed::repaired(Fault::LostZeros, "0123456789");
        assert_eq!(malformed.to_string(), "zeros in front are lost");
        assert!(!format!("{malformed:?}").contains("0123"));
        let length = Fault::Length {
            found: 9,
            expected: "10",
        };
        assert_eq!(length.to_string(), "9 characters instead of 10");
        let kind = Fault::Kind {
            found: "a description",
            expected: "a concept",
        };
        assert_eq!(kind.to_string(), "a description instead of a concept");
    }
}
