//! What was run: facts that the caller passes in.

use serde::Serialize;

/// What was run, on what, and on which day. Nothing here is looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct RunFacts {
    /// The mapping document.
    pub document: DocumentFacts,
    /// The id of the batch, by which the import can be undone.
    pub batch: String,
    /// The day that counted as today.
    pub as_of: String,
    /// The program that ran.
    pub software: SoftwareFacts,
    /// The fingerprint of the export that was read.
    pub source_fingerprint: String,
}

/// The mapping document that the practice signed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct DocumentFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The digest that the signature covers.
    pub digest: String,
}

/// A program and its version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SoftwareFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// Which records migrate, and how many each decision took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScopeSummary {
    /// The scope, such as `full` or `active-patients`.
    pub mode: String,
    /// The decisions, in the order in which they were asked.
    pub decisions: Vec<ScopeDecision>,
}

/// What one decision of the scope took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ScopeDecision {
    /// The rule of the scope.
    pub rule: String,
    /// What it decides, such as `migrate` or `archive`.
    pub decision: String,
    /// How many entries it took.
    pub entries: u64,
}

impl DocumentFacts {
    /// A mapping document by name, version and digest.
    pub fn new(
        name: impl Into<String>,
        version: impl Into<String>,
        digest: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
            digest: digest.into(),
        }
    }
}

impl SoftwareFacts {
    /// A program by name and version.
    pub fn new(name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            version: version.into(),
        }
    }
}

impl ScopeSummary {
    /// A scope that has decided nothing yet.
    pub fn new(mode: impl Into<String>) -> Self {
        Self {
            mode: mode.into(),
            decisions: Vec::new(),
        }
    }

    /// Adds what a decision took.
    pub fn decide(&mut self, rule: impl Into<String>, decision: impl Into<String>, entries: u64) {
        self.decisions.push(ScopeDecision {
            rule: rule.into(),
            decision: decision.into(),
            entries,
        });
    }
}
