//! A value that redacts itself.

use std::fmt;

/// Protected health information: prints as `Phi(..)`, and is shown only by [`Phi::expose`].
///
/// ```
/// use ehr_model::value::Phi;
/// let row = Phi::new("Doe,Jane");
/// assert_eq!(format!("{row:?}"), "Phi(..)");
/// assert_eq!(*row.expose(), "Doe,Jane");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Shows the value. Every call is a place to review.
    pub fn expose(&self) -> &T {
        &self.0
    }

    /// Takes the value out. Every call is a place to review.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phi(..)")
    }
}
