//! What shows a recipient, without any key, that a release is in the archive's log and its objects in the archive.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use ehr_crypto::tree::{self, Checkpoint, Hash, verify_inclusion};
use ehr_crypto::{Digest, VerifyingKey};
use serde::{Deserialize, Serialize};

use super::{DISCLOSURE, MANIFEST, PROOFS};
use crate::catalogue::ObjectRow;
use crate::current::Current;
use crate::error::Located;
use crate::files::Folder;
use crate::hex::{from_hex, to_hex};
use crate::names::{self, CHECKPOINT, CURRENT, LEAVES};
use crate::reader::{ArchiveReader, read_sealed};
use crate::writer::pack_leaf;
use crate::{ArchiveId, Error, ErrorKind, ObjectId};

const FORMAT: &str = "ehr-archive-release/1";
const MAX_LEN: u64 = 1 << 28;

/// What verifying a release found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseReport {
    /// Files whose digest agrees with the manifest.
    pub files: usize,
    /// Objects that are proved to be in the archive.
    pub objects: usize,
    /// Number of the disclosure in the access log.
    pub log_entry: u64,
    /// Hash of that entry, a leaf of the log's tree.
    pub log_leaf: Digest,
    /// The signed checkpoint of the log in which it was proved to be.
    pub log_checkpoint: String,
}

#[derive(Serialize, Deserialize)]
struct Proofs {
    format: String,
    archive_id: ArchiveId,
    verifying_key: String,
    /// The signed state, which names the key that signs the log.
    state: String,
    log_checkpoint: String,
    disclosure: DisclosureProof,
    checkpoints: BTreeMap<u32, String>,
    objects: Vec<ObjectProof>,
}

#[derive(Serialize, Deserialize)]
struct DisclosureProof {
    index: u64,
    sealed: String,
    proof: Vec<Digest>,
}

#[derive(Serialize, Deserialize)]
struct ObjectProof {
    object: String,
    accession: u32,
    leaf: u64,
    sealed_sha256: Digest,
    proof: Vec<Digest>,
}

/// The proofs of the last entry of the log and of these objects.
pub(super) fn write(
    reader: &ArchiveReader,
    ordinals: &[u64],
    released: &[ObjectId],
) -> Result<Vec<u8>, Error> {
    let state = &reader.state;
    let entry = reader.log.prove_last()?;
    let mut rows: Vec<ObjectRow> = Vec::new();
    for &ordinal in ordinals {
        rows.extend(
            reader
                .rows_of(ordinal)?
                .into_iter()
                .filter(|row| released.contains(&row.id)),
        );
    }
    let (mut leaves, mut checkpoints) = (BTreeMap::new(), BTreeMap::new());
    let mut objects = Vec::new();
    for row in rows {
        if let std::collections::btree_map::Entry::Vacant(vacant) = leaves.entry(row.bag) {
            vacant.insert(read_leaves(&state.folder, row.bag)?);
            checkpoints.insert(
                row.bag,
                state
                    .folder
                    .read_text(&names::in_bag(row.bag, CHECKPOINT), 1 << 16)?,
            );
        }
        let proof =
            tree::inclusion_proof(&leaves[&row.bag], row.leaf as usize).ok_or(ErrorKind::Missing);
        objects.push(ObjectProof {
            object: row.id.to_string(),
            accession: row.bag,
            leaf: row.leaf,
            sealed_sha256: Digest::sha256(&read_sealed(state, &row)?),
            proof: digests(proof.in_file(names::in_bag(row.bag, LEAVES))?),
        });
    }
    let proofs = Proofs {
        format: FORMAT.to_owned(),
        archive_id: state.archive.clone(),
        verifying_key: state.keys.verifying_key().to_string(),
        state: state.folder.read_text(CURRENT, MAX_LEN)?,
        log_checkpoint: entry.checkpoint,
        disclosure: DisclosureProof {
            index: entry.index,
            sealed: to_hex(&entry.sealed),
            proof: digests(entry.proof),
        },
        checkpoints,
        objects,
    };
    serde_json::to_vec_pretty(&proofs).map_err(|_| malformed().into())
}

/// Verifies a release without any key of the archive: its files are those of its manifest, its disclosure names that
/// manifest, and disclosure and objects are in the log and the archive that `key` signs. Get `key` from somebody you trust, not
/// from the release.
///
/// That the sealed entry in the log says the same as `disclosure.json` can only be seen by somebody with the archive's keys.
pub fn verify_release(path: &Path, key: &VerifyingKey) -> Result<ReleaseReport, Error> {
    let folder = Folder::new(path);
    let manifest = folder.read_text(MANIFEST, MAX_LEN)?;
    let mut files = 0;
    for line in manifest.lines() {
        let (digest, name) = line
            .split_once("  ")
            .ok_or_else(malformed)
            .in_file(MANIFEST)?;
        // Only the names that a release has: nothing leads out of its folder.
        let is_plain = name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-./".contains(&byte));
        if !is_plain || name.contains("..") || name.starts_with('/') {
            return Err(malformed()).in_file(MANIFEST);
        }
        if folder.digest(name)?.sha256.to_string() != digest {
            return Err(ErrorKind::Changed { what: "its digest" }).in_file(name);
        }
        files += 1;
    }
    let found = folder.walk("")?.len();
    if found != files + 3 {
        return Err(ErrorKind::Unexpected.into());
    }
    let disclosure = folder.read_text(DISCLOSURE, MAX_LEN)?;
    if !disclosure.contains(&Digest::sha256(manifest.as_bytes()).to_string()) {
        return Err(ErrorKind::Changed {
            what: "the disclosure is of another release",
        })
        .in_file(DISCLOSURE);
    }
    let proofs: Proofs = serde_json::from_slice(&folder.read(PROOFS, MAX_LEN)?)
        .map_err(|_| malformed())
        .in_file(PROOFS)?;
    let leaf = proofs.verify(key).in_file(PROOFS)?;
    Ok(ReleaseReport {
        files,
        objects: proofs.objects.len(),
        log_entry: proofs.disclosure.index,
        log_leaf: Digest::from_sha256(leaf),
        log_checkpoint: proofs.log_checkpoint,
    })
}

impl Proofs {
    /// Gives back the leaf of the disclosure.
    fn verify(&self, key: &VerifyingKey) -> Result<Hash, Error> {
        if self.format != FORMAT {
            return Err(ErrorKind::LaterVersion.into());
        }
        if self.verifying_key != key.to_string() {
            return Err(ehr_crypto::Error::UnknownSigner.into());
        }
        let current = Current::of_note(&self.state, &self.archive_id, key)?;
        let log_key = current.log_key.as_ref().unwrap_or(key);
        let log = Checkpoint::verify(&self.log_checkpoint, log_key)?;
        if log.origin != names::log_origin(&self.archive_id) {
            return Err(malformed().into());
        }
        let disclosure = tree::leaf_hash(&from_hex(&self.disclosure.sealed)?);
        let proof = hashes(&self.disclosure.proof)?;
        verify_inclusion(
            &disclosure,
            self.disclosure.index,
            log.size,
            &proof,
            &log.root,
        )?;
        for object in &self.objects {
            let note = self
                .checkpoints
                .get(&object.accession)
                .ok_or_else(malformed)?;
            let checkpoint = Checkpoint::verify(note, key)?;
            let origin = format!(
                "{}/{}",
                self.archive_id.signer(),
                names::bag(object.accession)
            );
            if checkpoint.origin != origin {
                return Err(malformed().into());
            }
            let id: ObjectId = object.object.parse()?;
            let leaf = pack_leaf(id, object.sealed_sha256);
            let proof = hashes(&object.proof)?;
            verify_inclusion(
                &leaf,
                object.leaf,
                checkpoint.size,
                &proof,
                &checkpoint.root,
            )
            .of_object(id)?;
        }
        Ok(disclosure)
    }
}

fn read_leaves(folder: &Folder, bag: u32) -> Result<Vec<Hash>, Error> {
    let path = names::in_bag(bag, LEAVES);
    let mut bytes = Vec::new();
    folder.open(&path)?.read_to_end(&mut bytes).in_file(path)?;
    Ok(bytes.as_chunks::<32>().0.to_vec())
}

fn digests(hashes: Vec<Hash>) -> Vec<Digest> {
    hashes.into_iter().map(Digest::from_sha256).collect()
}

fn hashes(digests: &[Digest]) -> Result<Vec<Hash>, Error> {
    digests
        .iter()
        .map(|digest| digest.as_bytes().try_into().map_err(|_| malformed().into()))
        .collect()
}

fn malformed() -> ErrorKind {
    ErrorKind::Malformed {
        what: "the proofs of a release",
    }
}
