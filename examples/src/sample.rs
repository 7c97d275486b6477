//! The sample practice: a small invented clinic in the layout of an old practice system.

use ehr_mapping::document::{DocumentErrors, MappingDocument};
use ehr_mapping::source::MemoryFolder;

/// The export.
pub fn folder() -> MemoryFolder {
    FILES.iter().fold(MemoryFolder::default(), |folder, (name, content)| folder.with(*name, *content))
}

/// The mapping document with its code maps.
pub fn document() -> Result<MappingDocument, DocumentErrors> {
    MappingDocument::parse("x", "")
}

const FILES: &[(&str, &[u8])] = &[];
