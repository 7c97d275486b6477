//! Taking an import back: from its batch tag and its manifest of ids to FHIR transactions, and the
//! proof that nothing else was touched.
//!
//! A run writes a [manifest](ManifestFile): every resource that it created, updated or deleted, with
//! what each refers to. [`Undo`] holds that manifest against an [`Inventory`] of the target and
//! refuses as a whole where an entry is not, or no longer, the import's own. Each delete names the
//! version that it is about (`ifMatch`), so that the server refuses as well if somebody was faster.
//! Afterwards [`Undo::prove`] compares the target before and after, resource by resource.

mod bundle;
mod error;
mod inventory;
mod manifest;
mod order;
mod proof;

pub use bundle::UndoBundle;
pub use error::{ManifestError, Refusal};
pub use inventory::{Inventory, Receipt};
pub use manifest::{Change, ManifestEntry, ManifestFile, ManifestLines};
pub use proof::UndoProof;

use std::collections::BTreeMap;

use ehr_model::fhir::BatchTag;

use crate::delta::ResourceKey;

/// An import that can be taken back.
#[derive(Debug, Clone)]
pub struct Undo {
    batch: BatchTag,
    entries: BTreeMap<ResourceKey, ManifestEntry>,
}

impl Undo {
    /// The tag of the batch.
    pub fn batch(&self) -> &BatchTag {
        &self.batch
    }

    /// What the import did, resource by resource.
    pub fn entries(&self) -> impl Iterator<Item = &ManifestEntry> {
        self.entries.values()
    }
}
