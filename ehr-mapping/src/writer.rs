//! Writing charts as FHIR: NDJSON by resource type, and transaction bundles by patient.

mod bundles;
mod ndjson;

pub use bundles::BundleFolder;
pub use ndjson::{FhirFolder, FhirLines};
