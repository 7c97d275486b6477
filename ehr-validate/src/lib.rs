//! Rules, verdicts and reconciliation that prove an EHR migration.

pub mod context;
mod error;
pub mod identifiers;
pub mod reconciliation;
pub mod report;
pub mod rule;
pub mod rules;
mod ruleset;
mod time;
pub mod validation;
mod validator;
pub mod walk;

pub use context::{Context, Directory};
pub use error::Error;
pub use ruleset::Ruleset;
pub use validation::{ValidationReport, Verdict};
pub use validator::Validator;
