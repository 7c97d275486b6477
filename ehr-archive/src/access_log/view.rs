//! The access log for whoever has no key: entries stay sealed, and yet it can be shown that one is in the log, and that nothing
//! was taken out of the log or rewritten since a checkpoint that was kept.

use std::path::Path;

use ehr_crypto::tree::{Checkpoint, verify_inclusion};
use ehr_crypto::{Digest, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::StoredLog;
use crate::current::Current;
use crate::description::Description;
use crate::error::Located;
use crate::files::Folder;
use crate::names::{FIRST_BAG, LOG_CHECKPOINT};
use crate::release::ReleaseReport;
use crate::state::check_is_archive;
use crate::verify::{kept_head, not_continued};
use crate::{Error, ErrorKind};

/// The access log of an archive, seen without a key of it. A proof reads a few small files, however long the log is.
///
/// ```no_run
/// use ehr_archive::AccessLogView;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let (path, verifying_key, kept) = (std::path::Path::new(""), "".parse()?, "");
/// let log = AccessLogView::open(path, &verifying_key)?;
/// log.consistency_proof(kept)?; // fails if entries were removed or rewritten since
/// # Ok(())
/// # }
/// ```
pub struct AccessLogView {
    log: StoredLog,
}

/// That an entry is in the log, for whoever has the key that verifies the log's checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InclusionProof {
    /// Number of the entry, from zero.
    pub index: u64,
    /// Its hash: that of a leaf as RFC 6962 takes it, of the sealed bytes.
    pub leaf: Digest,
    /// The hashes that lead from it to the root, as in RFC 6962 section 2.1.1.
    pub path: Vec<Digest>,
    /// The signed checkpoint with size and root.
    pub checkpoint: String,
}

impl AccessLogView {
    /// Opens the log of an archive whose state `key` verifies. Get the key from somebody you trust, not from the archive.
    pub fn open(path: &Path, key: &VerifyingKey) -> Result<Self, Error> {
        let folder = Folder::new(path);
        check_is_archive(&folder)?;
        let archive = Description::read(&folder, FIRST_BAG)?.archive_id;
        let current = Current::read(&folder, &archive, key)?;
        let log = StoredLog::read(&folder, &archive, current.log_key.as_ref().unwrap_or(key))?;
        if !log.contains(current.log_head())? {
            return Err(super::rewritten()).in_file(LOG_CHECKPOINT);
        }
        Ok(AccessLogView { log })
    }

    /// Number of entries.
    pub fn size(&self) -> u64 {
        self.log.head().size
    }

    /// Root of the tree over them.
    pub fn root(&self) -> Digest {
        Digest::from_sha256(self.log.head().root)
    }

    /// The signed checkpoint, to be kept elsewhere.
    pub fn checkpoint(&self) -> &str {
        self.log.checkpoint()
    }

    /// Verifies the checkpoints of this log.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.log.verifying_key
    }

    /// That an entry is in the log.
    pub fn inclusion_proof(&self, index: u64) -> Result<InclusionProof, Error> {
        let proof = self.log.tree()?.inclusion_proof(index)?;
        let (leaf, path) = proof.ok_or(ErrorKind::Missing).in_file(LOG_CHECKPOINT)?;
        Ok(InclusionProof {
            index,
            leaf: Digest::from_sha256(leaf),
            path: path.into_iter().map(Digest::from_sha256).collect(),
            checkpoint: self.checkpoint().to_owned(),
        })
    }

    /// That this log continues the one of a checkpoint that was kept: the proof of RFC 6962 section 2.1.2, which was checked.
    ///
    /// # Errors
    ///
    /// [`RolledBack`](ErrorKind::RolledBack) if the log is shorter now, [`Changed`](ErrorKind::Changed) if what was there was
    /// rewritten.
    pub fn consistency_proof(&self, kept: &str) -> Result<Vec<Digest>, Error> {
        let kept = kept_head(kept, &self.log.verifying_key, &self.log.origin)?;
        if !self.log.contains(kept)? {
            return Err(not_continued(kept, self.log.head())).in_file(LOG_CHECKPOINT);
        }
        let proof = self.log.tree()?.consistency_proof(kept.size)?;
        let path = proof.map_or_else(Vec::new, |(_, path)| path);
        Ok(path.into_iter().map(Digest::from_sha256).collect())
    }

    /// That the disclosure of a release, which was [verified](crate::release::verify_release), is still in this log.
    pub fn release_proof(&self, release: &ReleaseReport) -> Result<InclusionProof, Error> {
        self.consistency_proof(&release.log_checkpoint)?;
        let proof = self.inclusion_proof(release.log_entry)?;
        if proof.leaf == release.log_leaf {
            Ok(proof)
        } else {
            Err(super::rewritten()).in_file(LOG_CHECKPOINT)
        }
    }
}

impl InclusionProof {
    /// Checks the proof against the key that verifies the log's checkpoints. It needs no file.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), Error> {
        let checkpoint = Checkpoint::verify(&self.checkpoint, key)?;
        let wrong = || Error::from(ehr_crypto::Error::BadProof);
        let hash = |digest: &Digest| digest.as_bytes().try_into().map_err(|_| wrong());
        let path = self.path.iter().map(hash).collect::<Result<Vec<_>, _>>()?;
        let (size, root) = (checkpoint.size, &checkpoint.root);
        Ok(verify_inclusion(
            &hash(&self.leaf)?,
            self.index,
            size,
            &path,
            root,
        )?)
    }
}

impl std::fmt::Debug for AccessLogView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessLogView")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}
