//! What is wrong with a path.

/// Why a path does not resolve. `at` is the byte in the path.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PathError {
    /// There is no such field.
    #[error("`{parent}` has no field `{segment}`; it has {fields}")]
    NoSuchField {
        /// Where in the path.
        at: usize,
        /// The path or kind above.
        parent: String,
        /// What was asked for.
        segment: String,
        /// What there is.
        fields: String,
    },
    /// A leaf has no fields.
    #[error("`{parent}` holds a {leaf} and has no fields")]
    BelowLeaf {
        /// Where in the path.
        at: usize,
        /// The path above.
        parent: String,
        /// What it holds.
        leaf: &'static str,
    },
    /// A place in something that is no list.
    #[error("`{segment}` is no list")]
    NotAList {
        /// Where in the path.
        at: usize,
        /// The segment.
        segment: String,
    },
    /// The brackets hold neither a number nor `+`, or `+` stands where it cannot.
    #[error("`[{place}]` is no place in a list: use a number, or `+` at the first segment")]
    BadPlace {
        /// Where in the path.
        at: usize,
        /// What the brackets hold.
        place: String,
    },
    /// The path ends at an element although a leaf is wanted.
    #[error("`{path}` holds several fields; name one of {fields}")]
    NotALeaf {
        /// The path.
        path: String,
        /// What there is.
        fields: String,
    },
}

impl PathError {
    /// The byte of the path at which it goes wrong.
    pub fn at(&self) -> usize {
        match self {
            Self::NoSuchField { at, .. }
            | Self::BelowLeaf { at, .. }
            | Self::NotAList { at, .. }
            | Self::BadPlace { at, .. } => *at,
            Self::NotALeaf { .. } => 0,
        }
    }
}
