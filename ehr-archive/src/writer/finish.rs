//! Seals the accession: from the journal come the catalogues and the keyring, from the packs the tree, from all files the
//! manifests. `state/CURRENT` is written last; before it, the folder is no archive, and all of this can be done again.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};

use ehr_crypto::tree::{Checkpoint, Frontier};
use ehr_crypto::{Digest, VerifyingKey};

use super::bag::{FINISHED_README, write_bag};
use super::epoch::EpochFiles;
use super::journal::Batch;
use super::pack::PackState;
use super::{ArchiveWriter, FIRST_EPOCH};
use crate::access_log::AccessLog;
use crate::description::{Counts, Current, Description, PackDescription, TreeDescription};
use crate::error::Located;
use crate::files::{Folder, Written};
use crate::names::{self, ARCHIVE_JSON, BAG, CHECKPOINT, CURRENT, FORMAT, LEAVES, LOG, README};
use crate::names::{SLOTS, STATE, SUITE, TREE, UNFINISHED};
use crate::{ArchiveId, Error, ErrorKind};

/// What was archived. Keep `verifying_key` and `checkpoint` apart from the archive: with them, anyone can tell later that
/// it is still this one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Summary {
    /// The archive's id.
    pub archive_id: ArchiveId,
    /// How much it holds.
    pub counts: Counts,
    /// Number of packs.
    pub packs: usize,
    /// Root of the tree over all objects.
    pub tree_root: Digest,
    /// Verifies what the archive signed.
    pub verifying_key: VerifyingKey,
    /// The signed checkpoint of the tree.
    pub checkpoint: String,
}

pub(super) fn finish(writer: ArchiveWriter, report: &[u8]) -> Result<Summary, Error> {
    let ArchiveWriter {
        folder,
        options,
        keys,
        packs,
        mut journal,
        ..
    } = writer;
    let archive = options.archive_id.clone();
    let packs = packs.finish()?;
    let (tree_file, frontier, first_leaves) = write_tree(&folder, &packs)?;

    let mut files = EpochFiles::create(&folder, &archive, &keys, first_leaves)?;
    journal
        .read(&mut |batch: Batch| batch.entries.iter().try_for_each(|entry| files.add(entry)))?;
    let (report_file, report) = files.add_report(&folder, report)?;
    let (mut state, counts) = files.finish(&folder, &keys)?;

    let origin = format!("{}/{BAG}", archive.signer());
    let checkpoint = Checkpoint {
        origin,
        size: frontier.size(),
        root: frontier.root(),
    }
    .sign(&keys.signing)?;
    let tree_root = Digest::from_sha256(frontier.root());
    let description = Description {
        format: FORMAT.to_owned(),
        suite: SUITE.to_owned(),
        archive_id: archive.clone(),
        created: options.created.clone(),
        software: options.software.clone(),
        verifying_key: keys.signing.verifying_key().to_string(),
        counts,
        packs: packs.iter().map(describe).collect::<Result<_, _>>()?,
        tree: TreeDescription {
            size: frontier.size(),
            root: tree_root,
        },
        report,
    };
    let mut payload = vec![tree_file, report_file];
    payload.extend(description.packs.iter().map(|pack| Written {
        path: names::in_bag(&pack.file),
        len: pack.bytes,
        sha256: pack.sha256,
    }));
    payload.push(folder.write(&names::in_bag(CHECKPOINT), checkpoint.as_bytes())?);
    payload.push(folder.write(&names::in_bag(ARCHIVE_JSON), &description.to_json()?)?);
    state.push(write_bag(&folder, &description, payload)?);

    state.push(folder.digest(SLOTS)?);
    state.push(folder.replace(README, FINISHED_README.as_bytes())?);
    let log = AccessLog::create(&folder, &archive, &keys)?;
    for below in [TREE, "data", "SPEC", ""].map(names::in_bag) {
        folder.sync_folder(below.trim_end_matches('/'))?;
    }
    for below in [STATE, LOG, ""] {
        folder.sync_folder(below)?;
    }
    let current = Current::new(FIRST_EPOCH, log.size, log.root, state);
    folder.replace(CURRENT, current.sign(&archive, &keys.signing)?.as_bytes())?;

    fs::remove_dir_all(folder.path(UNFINISHED)).in_file(UNFINISHED)?;
    let verifying_key = keys.signing.verifying_key().clone();
    Ok(Summary {
        archive_id: archive,
        counts,
        packs: packs.len(),
        tree_root,
        verifying_key,
        checkpoint,
    })
}

/// Joins the leaf hashes of all packs, in the order of the packs.
fn write_tree(
    folder: &Folder,
    packs: &[PackState],
) -> Result<(Written, Frontier, Vec<u64>), Error> {
    let mut file = folder.create(&names::in_bag(LEAVES))?;
    let mut frontier = Frontier::new();
    let mut first_leaves = Vec::new();
    for pack in packs {
        first_leaves.push(frontier.size());
        let path = names::pack_leaves(pack.number);
        let mut leaves = BufReader::new(File::open(folder.path(&path)).in_file(&path)?);
        for _ in 0..pack.objects {
            let mut leaf = [0; 32];
            leaves.read_exact(&mut leaf).in_file(&path)?;
            frontier.push(leaf);
            file.write_all(&leaf).in_file(LEAVES)?;
        }
    }
    Ok((file.finish()?, frontier, first_leaves))
}

fn describe(pack: &PackState) -> Result<PackDescription, Error> {
    let closed = pack.closed.as_ref().ok_or(ErrorKind::Malformed {
        what: "a pack was not closed",
    })?;
    Ok(PackDescription {
        file: names::pack(pack.number),
        cohort: pack.cohort.clone(),
        objects: pack.objects,
        bytes: closed.len,
        sha256: closed.sha256,
    })
}
