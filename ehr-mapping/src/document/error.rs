//! Mistakes in a mapping document, shown with the line and a caret.

use std::fmt;
use std::ops::Range;

use super::MappingDocument;

/// A mistake in a mapping document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DocumentError {
    /// The name of the document.
    pub document: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// The line of the document.
    source_line: String,
    /// How many characters the caret marks.
    width: usize,
}

/// All mistakes of a mapping document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentErrors(Vec<DocumentError>);

impl DocumentError {
    /// A mistake at a range of bytes of the document.
    pub(super) fn new(
        document: &MappingDocument,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let text = document.text();
        let start = floor_boundary(text, span.start);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
        let end = floor_boundary(text, span.end).clamp(start, line_end);
        Self {
            document: document.name().to_owned(),
            line: text[..start].matches('\n').count() as u32 + 1,
            column: text[line_start..start].chars().count() as u32 + 1,
            message: message.into(),
            source_line: text[line_start..line_end].trim_end_matches('\r').to_owned(),
            width: text[start..end].chars().count().max(1),
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            document,
            line,
            column,
            message,
            source_line,
            width,
        } = self;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        let indent = " ".repeat(*column as usize - 1);
        writeln!(f, "{document}:{line}:{column}: {message}")?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{number} | {source_line}")?;
        write!(f, "{margin} | {indent}{}", "^".repeat(*width))
    }
}

impl std::error::Error for DocumentError {}

impl DocumentErrors {
    /// Mistakes; at least one.
    pub(super) fn new(mut errors: Vec<DocumentError>) -> Self {
        errors.sort_by_key(|error| (error.line, error.column));
        errors.dedup();
        Self(errors)
    }

    /// The mistakes, in the order of the document.
    pub fn iter(&self) -> impl Iterator<Item = &DocumentError> {
        self.0.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none, which does not happen in an `Err`.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for DocumentErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for DocumentErrors {}

fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
