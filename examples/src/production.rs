//! A production run: what it is asked with, and what must be met before a file of the export is opened.

mod gate;
mod proof;
mod request;

pub use gate::{Admitted, Asked, Unmet, admit};
pub use proof::{Outcome, archive_and_seal};
pub use request::{EvidenceRequest, ProductionRequest};
