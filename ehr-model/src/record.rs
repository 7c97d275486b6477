//! Records: one resource with its identity and where it came from.

mod id;
mod kind;
mod reference;

pub use id::{Namespace, RecordId};
pub use kind::{DataClass, Kind, Resource, ResourceType};

use crate::provenance::Provenance;

/// One resource of a chart with its identity and its sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The id, the same in every run.
    pub id: RecordId,
    /// Where it came from: one entry for each source record that made or completed it.
    pub provenance: Vec<Provenance>,
    /// The content.
    pub resource: Resource,
}

impl Record {
    /// The kind of the resource.
    pub fn kind(&self) -> Kind {
        self.resource.kind()
    }
}

/// The records of one patient on their way from the mapping to the assembler.
pub type RecordBatch = Vec<Record>;
