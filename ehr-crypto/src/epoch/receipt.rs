//! What a store says after it destroyed a key.

use serde::{Deserialize, Serialize};

use crate::Digest;

/// That the key of an epoch was destroyed, how, and so under which conditions nobody has it any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DestructionReceipt {
    /// The epoch whose key it was.
    pub epoch: u32,
    /// The [fingerprint](crate::DataKey::fingerprint) of the key, where the store knew it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<Digest>,
    /// How.
    #[serde(flatten)]
    pub method: DestructionMethod,
}

/// How a key was destroyed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum DestructionMethod {
    /// Its file was overwritten and removed.
    FileOverwritten,
    /// A person says that the sheet with its recovery code was destroyed.
    Attested {
        /// Who says so.
        by: String,
    },
    /// A key service has deleted the key that wrapped it.
    ServiceKeyDeleted {
        /// Which service.
        service: String,
        /// Which of its keys.
        key: String,
    },
    /// A key service will delete the key that wrapped it; until then its owner can still cancel that.
    ServiceKeyScheduled {
        /// Which service.
        service: String,
        /// Which of its keys.
        key: String,
        /// From when the key is gone, as the service wrote it.
        effective: String,
    },
}

impl DestructionMethod {
    /// What must hold for the key to be gone for everybody: to be printed in a certificate.
    pub fn conditions(&self) -> &'static [&'static str] {
        match self {
            DestructionMethod::FileOverwritten => &[
                "no copy of the key file exists: no backup, no snapshot, no replica",
                "the file system and the disk overwrote the file where it lay: no journal, no copy-on-write, no worn flash cell holds it",
                "nobody wrote the recovery code of the key down",
            ],
            DestructionMethod::Attested { .. } => &[
                "the person's word is true and covers every copy of the sheet",
                "nobody keeps the code elsewhere",
            ],
            DestructionMethod::ServiceKeyDeleted { .. } => &[
                "the service deletes keys as it documents, its own backups included",
                "nobody exported the service's key",
                "no program keeps the data key in memory or on disk",
            ],
            DestructionMethod::ServiceKeyScheduled { .. } => &[
                "the deletion is not cancelled before it takes effect",
                "the service deletes keys as it documents, its own backups included",
                "no program keeps the data key in memory or on disk",
            ],
        }
    }

    /// Whether the key is gone already, as far as the conditions hold.
    pub fn is_final(&self) -> bool {
        !matches!(self, DestructionMethod::ServiceKeyScheduled { .. })
    }
}
