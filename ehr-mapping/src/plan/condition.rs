//! Conditions on the value of a column.

use super::Column;

#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) column: Column,
    pub(crate) test: Test,
}

impl Condition {
    /// The column and the words of an `in` condition.
    pub(super) fn words(&self) -> Option<(Column, &[String])> {
        match &self.test {
            Test::In(words) => Some((self.column, words)),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Filled,
    Empty,
}

impl Test {
    /// Whether a value passes; `None` is an empty cell.
    pub(crate) fn holds(&self, value: Option<&str>) -> bool {
        let among =
            |words: &[String]| value.is_some_and(|value| words.iter().any(|word| word == value));
        match self {
            Self::In(words) => among(words),
            Self::NotIn(words) => !among(words),
            Self::Filled => value.is_some(),
            Self::Empty => value.is_none(),
        }
    }
}
