//! Writing charts as FHIR: NDJSON by resource type, and transaction bundles by patient.

mod bundles;
mod ndjson;
mod sources;

pub use bundles::BundleFolder;
pub use ndjson::{FhirCounts, FhirFolder, FhirLines};
pub use sources::{SourceBundles, SourceEntries};
