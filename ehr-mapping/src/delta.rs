//! Runs that write only what changed since the last one, deletions included.
//!
//! A run leaves a sealed [state](StateKey): of every resource that was written its id and a keyed
//! digest of its FHIR, patient by patient in the order of their ids. The next run maps the whole
//! export again and compares what it would write with that state. Compared is the output and not
//! the source, so that a changed mapping document, code map or scope is carried over as well. What
//! the earlier runs wrote and this delta together are what a full run would write.
//!
//! Memory is bounded by one patient, by the records that patients share, and by what changed.
//!
//! ```
//! use ehr_crypto::DataKey;
//! use ehr_mapping::delta::{DeltaRun, StateKey};
//! use ehr_model::kind::Patient;
//! use ehr_model::record::{Kind, Namespace, Record};
//! # let folder = tempfile::tempdir()?;
//! # let (first, second) = (folder.path().join("1.state"), folder.path().join("2.state"));
//! let key = StateKey::new(&DataKey::from_bytes([7; 32]))?; // keep it: the next run needs the same
//! let id = Namespace::of_system("https://legacy.example").id(Kind::Patient, "4711");
//! let chart = [Record { id, provenance: Vec::new(), resource: Patient::default().into() }];
//!
//! let mut run = DeltaRun::begin(&key, None, &first, "round-1")?;
//! assert_eq!(run.patient(id, key.chart(&chart))?.created.len(), 1);
//! run.finish()?;
//!
//! let mut run = DeltaRun::begin(&key, Some(&first), &second, "round-2")?;
//! assert!(run.patient(id, key.chart(&chart))?.is_empty());
//! assert_eq!(run.finish()?.charts_changed, 0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod run;
mod state;

pub use error::StateError;
pub use run::{ChartChange, DeltaRun, RunChanges};
pub use state::{ChartState, StateKey};

use std::fmt;

use ehr_model::record::{Kind, Record, RecordId};

/// A resource by its kind and its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceKey {
    /// The kind.
    pub kind: Kind,
    /// The id.
    pub id: RecordId,
}

impl ResourceKey {
    /// The key of a record.
    pub fn of(record: &Record) -> Self {
        Self {
            kind: record.kind(),
            id: record.id,
        }
    }
}

/// As in a FHIR reference: `Condition/…`.
impl fmt::Display for ResourceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.fhir(), self.id)
    }
}
