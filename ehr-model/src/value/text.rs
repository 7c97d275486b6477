//! Text from a chart.

use std::borrow::Cow;
use std::fmt;

use compact_str::CompactString;

/// Text of a chart. Up to 24 bytes stand inline; `Debug` shows only the length.
///
/// ```
/// use ehr_model::value::Text;
/// let name = Text::from("Ada");
/// assert_eq!(format!("{name:?}"), "Text(3 bytes)");
/// assert_eq!(name.expose(), "Ada");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(CompactString);

impl Text {
    /// Shows the text. Every call is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no character at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(CompactString::from(text))
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(CompactString::from(text))
    }
}

impl From<Cow<'_, str>> for Text {
    fn from(text: Cow<'_, str>) -> Self {
        Self(CompactString::from(text))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}
