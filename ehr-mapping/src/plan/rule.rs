//! What is left out, and why.

use std::sync::Arc;

use super::{Column, Condition};

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) table: usize,
    /// Columns, or subtrees. Empty: whole rows.
    pub(crate) columns: Vec<Column>,
    pub(crate) when: Vec<Condition>,
    /// Only subtrees of which no line took anything.
    pub(crate) untouched: bool,
    pub(crate) archive: bool,
    pub(crate) reason: Arc<str>,
}

#[derive(Debug, Clone)]
pub(crate) struct FileRule {
    pub(crate) pattern: String,
    pub(crate) archive: bool,
    pub(crate) reason: Arc<str>,
}

impl FileRule {
    /// Whether the rule names a file; `*` at the end stands for anything.
    pub(crate) fn names(&self, file: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(start) => {
                file.len() >= start.len()
                    && file.is_char_boundary(start.len())
                    && file[..start.len()].eq_ignore_ascii_case(start)
            }
            None => file.eq_ignore_ascii_case(&self.pattern),
        }
    }
}
