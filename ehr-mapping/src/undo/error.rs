//! Why an import is not taken back.

use crate::delta::ResourceKey;

/// Why a manifest, an export of the target or a receipt cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// The operating system refused.
    #[error("line {line}: reading failed")]
    Io {
        /// The line, counted from 1.
        line: u64,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is not what it should be.
    #[error("line {line}: {expected} expected")]
    Malformed {
        /// The line, counted from 1.
        line: u64,
        /// What should stand there.
        expected: &'static str,
    },
    /// The manifest has no end, or its end counts other lines: what is missing would stay behind.
    #[error("the manifest ends after {found} entries and does not say that it is complete")]
    Incomplete {
        /// How many entries there are.
        found: u64,
    },
}

/// Why an import cannot be taken back. One of these, and nothing is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The manifest names an id that this project's writers never make.
    #[error("{0}: the id is no UUID of version 5, so this import did not make it")]
    NotOurId(ResourceKey),
    /// The target holds it without the tag of the batch: another import or a person replaced it.
    #[error("{0}: the target holds it without the tag of this batch")]
    NotOfThisBatch(ResourceKey),
    /// The target holds another version than the one that the import wrote.
    #[error("{0}: changed in the target since the import")]
    ChangedSince(ResourceKey),
    /// The target holds a resource with the tag of the batch that the manifest does not name.
    #[error("{0}: has the tag of this batch and is not in the manifest")]
    NotInManifest(String),
    /// Something that is not part of the import refers to it and would point at nothing.
    #[error("{key}: {by} refers to it and is not part of this import")]
    ReferredTo {
        /// The resource of the import.
        key: ResourceKey,
        /// The other resource.
        by: String,
    },
    /// The import replaced or deleted it, and nobody gave what stood there before.
    #[error("{0}: what stood there before the import was not given")]
    NoEarlierVersion(ResourceKey),
    /// What was given as the earlier version is another resource.
    #[error("{0}: what was given as its earlier version is another resource")]
    OtherResource(ResourceKey),
}
