//! Seals the accession: from the journal come the catalogues and the keyring, from the packs the tree, from all files the
//! manifests. `state/CURRENT` is written last; before it, the folder is no archive, and all of this can be done again.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};

use ehr_crypto::tree::{Checkpoint, Frontier};
use ehr_crypto::{Digest, SigningKey, VerifyingKey};

use super::bag::{FINISHED_README, write_bag};
use super::journal::Batch;
use super::pack::{PackSet, PackState};
use super::{ArchiveOptions, ArchiveWriter, FIRST_EPOCH};
use crate::access_log::AccessLog;
use crate::current::Current;
use crate::description::{
    Counts, Description, PackDescription, ReportDescription, TreeDescription,
};
use crate::epoch_files::EpochFiles;
use crate::error::Located;
use crate::files::{Folder, Written};
use crate::names::{self, ARCHIVE_JSON, CHECKPOINT, CURRENT, FORMAT, LEAVES, LOG, README};
use crate::names::{SLOTS, STATE, SUITE, TREE, UNFINISHED};
use crate::{ArchiveId, Error, ErrorKind};

/// What an accession brought. Keep `verifying_key` and `checkpoint` apart from the archive: with them, anyone can tell later that
/// it is still this one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Summary {
    /// The archive's id.
    pub archive_id: ArchiveId,
    /// Number of the accession, from 1.
    pub accession: u32,
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
    match writer.accession {
        None => finish_first(writer, report),
        Some(_) => super::accession::finish(writer, report),
    }
}

fn finish_first(writer: ArchiveWriter, report: &[u8]) -> Result<Summary, Error> {
    let ArchiveWriter {
        folder,
        options,
        bag,
        keys,
        packs,
        mut journal,
        ..
    } = writer;
    let archive = options.archive_id.clone();
    let (tree, packs) = Tree::write(&folder, bag, packs)?;
    let mut files = EpochFiles::create(
        &folder,
        &archive,
        &keys,
        FIRST_EPOCH,
        bag,
        tree.first_leaves.clone(),
    )?;
    journal
        .read(&mut |batch: Batch| batch.entries.iter().try_for_each(|entry| files.add(entry)))?;
    let report = files.add_report(&folder, report)?;
    let (mut state, counts) = files.finish(&folder)?;
    let (tag_manifest, summary) = seal_bag(
        &folder,
        bag,
        &options,
        keys.signing()?,
        &tree,
        &packs,
        report,
        counts,
    )?;
    state.push(tag_manifest);

    state.push(folder.digest(SLOTS)?);
    state.push(folder.replace(README, FINISHED_README.as_bytes())?);
    let log_signer = keys.log_signer()?;
    let log = AccessLog::create(&folder, &archive, &log_signer)?;
    sync_bag(&folder, bag)?;
    for below in [STATE, LOG, ""] {
        folder.sync_folder(below)?;
    }
    let mut current = Current::new(FIRST_EPOCH, log.size, log.root, state);
    current.log_key = Some(log_signer.verifying_key().clone());
    folder.replace(CURRENT, current.sign(&archive, keys.signing()?)?.as_bytes())?;
    fs::remove_dir_all(folder.path(UNFINISHED)).in_file(UNFINISHED)?;
    Ok(summary)
}

/// The tree over the objects of one accession.
pub(super) struct Tree {
    file: Written,
    frontier: Frontier,
    /// The number of the first leaf of each pack.
    pub(super) first_leaves: Vec<u64>,
}

/// Writes what describes an accession and makes it a bag; gives back its tag manifest, which stands for all of it.
#[allow(clippy::too_many_arguments)] // each is a part of the bag that was written before
pub(super) fn seal_bag(
    folder: &Folder,
    bag: u32,
    options: &ArchiveOptions,
    signing: &SigningKey,
    tree: &Tree,
    packs: &[PackState],
    report: (Written, ReportDescription),
    counts: Counts,
) -> Result<(Written, Summary), Error> {
    let archive = &options.archive_id;
    let (report_file, report) = report;
    let checkpoint = Checkpoint {
        origin: format!("{}/{}", archive.signer(), names::bag(bag)),
        size: tree.frontier.size(),
        root: tree.frontier.root(),
    }
    .sign(signing)?;
    let tree_root = Digest::from_sha256(tree.frontier.root());
    let description = Description {
        format: FORMAT.to_owned(),
        suite: SUITE.to_owned(),
        archive_id: archive.clone(),
        created: options.created.clone(),
        software: options.software.clone(),
        verifying_key: signing.verifying_key().to_string(),
        counts,
        packs: packs.iter().map(describe).collect::<Result<_, _>>()?,
        tree: TreeDescription {
            size: tree.frontier.size(),
            root: tree_root,
        },
        report,
    };
    let mut payload = vec![tree.file.clone(), report_file];
    payload.extend(description.packs.iter().map(|pack| Written {
        path: names::in_bag(bag, &pack.file),
        len: pack.bytes,
        sha256: pack.sha256,
    }));
    payload.push(folder.write(&names::in_bag(bag, CHECKPOINT), checkpoint.as_bytes())?);
    payload.push(folder.write(&names::in_bag(bag, ARCHIVE_JSON), &description.to_json()?)?);
    let tag_manifest = write_bag(folder, bag, &description, payload)?;
    let summary = Summary {
        archive_id: archive.clone(),
        accession: bag,
        counts,
        packs: packs.len(),
        tree_root,
        verifying_key: signing.verifying_key().clone(),
        checkpoint,
    };
    Ok((tag_manifest, summary))
}

pub(super) fn sync_bag(folder: &Folder, bag: u32) -> Result<(), Error> {
    for below in [TREE, "data", "SPEC", ""].map(|path| names::in_bag(bag, path)) {
        folder.sync_folder(below.trim_end_matches('/'))?;
    }
    Ok(())
}

impl Tree {
    /// Closes all packs and joins their leaf hashes, in the order of the packs.
    pub(super) fn write(
        folder: &Folder,
        bag: u32,
        packs: PackSet,
    ) -> Result<(Self, Vec<PackState>), Error> {
        let packs = packs.finish()?;
        let path = names::in_bag(bag, LEAVES);
        let mut file = folder.create(&path)?;
        let mut frontier = Frontier::new();
        let mut first_leaves = Vec::new();
        for pack in &packs {
            first_leaves.push(frontier.size());
            let pack_path = names::pack_leaves(pack.number);
            let mut leaves =
                BufReader::new(File::open(folder.path(&pack_path)).in_file(&pack_path)?);
            for _ in 0..pack.objects {
                let mut leaf = [0; 32];
                leaves.read_exact(&mut leaf).in_file(&pack_path)?;
                frontier.push(leaf);
                file.write_all(&leaf).in_file(&path)?;
            }
        }
        let file = file.finish()?;
        let tree = Tree {
            file,
            frontier,
            first_leaves,
        };
        Ok((tree, packs))
    }
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
