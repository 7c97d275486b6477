//! What can fail here: a name that no rule has, and writing.

/// Why something was refused. Findings about a chart are never errors; they are issues.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No rule has this code.
    #[error("no rule has the code `{code}`")]
    NoSuchRule {
        /// The code that was asked for.
        code: String,
    },
    /// Two rules of a ruleset have the same code.
    #[error("two rules have the code `{code}`")]
    DuplicateRule {
        /// The code.
        code: &'static str,
    },
    /// The report cannot be written.
    #[error("cannot write the report: {0}")]
    Write(#[from] std::io::Error),
}
