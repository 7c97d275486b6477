//! What can be verified without a key.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use ehr_crypto::tree::{Checkpoint, Frontier, Hash, leaf_hash};
use ehr_crypto::{Digest, VerifyingKey};

use super::VerifyReport;
use crate::access_log::{read_checkpoint, read_entries};
use crate::catalogue::EPOCH_FILES;
use crate::description::{Current, Description, PackDescription, read_manifest};
use crate::error::Located;
use crate::files::Folder;
use crate::names::{
    self, ARCHIVE_JSON, BAG, CHECKPOINT, CURRENT, LEAVES, LOG_CHECKPOINT, LOG_ENTRIES,
};
use crate::names::{MANIFEST, README, SLOTS, TAG_MANIFEST};
use crate::writer::pack_leaf;
use crate::zip;
use crate::{Error, ErrorKind};

const MAX_CHECKPOINT_LEN: u64 = 1 << 16;
/// Left by a crash between writing a checkpoint and putting it in its place; it holds nothing new.
const CHECKPOINT_LEFT_OVER: &str = "log/checkpoint.new";

pub(super) fn verify(
    folder: &Folder,
    description: &Description,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let key = description.verifying_key()?;
    report.verifying_key = Some(key.clone());
    let current = Current::read(folder, &description.archive_id, &key)?;
    let mut known: BTreeMap<String, Digest> = current
        .files
        .iter()
        .map(|(sha256, path)| (path.clone(), *sha256))
        .collect();
    let state = EPOCH_FILES.map(|name| names::state_file(name, current.epoch));
    let expected = [
        README.to_owned(),
        SLOTS.to_owned(),
        names::in_bag(TAG_MANIFEST),
    ]
    .into_iter()
    .chain(state);
    for path in expected.filter(|path| !known.contains_key(path)) {
        report.add(Error::from(ErrorKind::Missing).in_file(path));
    }
    for manifest in [TAG_MANIFEST, MANIFEST] {
        if let Some(lines) = report.note(read_manifest(folder, manifest)) {
            known.extend(lines);
        }
    }
    verify_files(folder, &known, report)?;
    let result = verify_packs(folder, description, &key, report);
    report.note(result);
    report.note(verify_log(folder, description, &current, &key));
    Ok(())
}

/// Compares the files that are there with those that must be there.
fn verify_files(
    folder: &Folder,
    known: &BTreeMap<String, Digest>,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let unlisted = [CURRENT, LOG_ENTRIES, LOG_CHECKPOINT, CHECKPOINT_LEFT_OVER];
    let found = folder.walk("")?;
    for path in &found {
        let Some(sha256) = known.get(path) else {
            if !unlisted.contains(&path.as_str()) {
                report.add(Error::from(ErrorKind::Unexpected).in_file(path));
            }
            continue;
        };
        if let Some(digest) = report.note(folder.digest(path)) {
            report.files += 1;
            if digest.sha256 != *sha256 {
                report.add(Error::from(ErrorKind::Changed { what: "its digest" }).in_file(path));
            }
        }
    }
    for path in known
        .keys()
        .filter(|path| found.binary_search(path).is_err())
    {
        report.add(Error::from(ErrorKind::Missing).in_file(path));
    }
    Ok(())
}

/// Walks through all packs: their ZIP form, the CRC of every entry, and the tree over all of them.
fn verify_packs(
    folder: &Folder,
    description: &Description,
    key: &VerifyingKey,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let leaves_path = names::in_bag(LEAVES);
    let mut leaves = BufReader::new(folder.open(&leaves_path)?);
    let mut frontier = Frontier::new();
    for (number, pack) in description.packs.iter().enumerate() {
        let path = names::pack(number as u32);
        if pack.file != path {
            return Err(ErrorKind::Changed {
                what: "the list of packs",
            })
            .in_file(names::in_bag(ARCHIVE_JSON));
        }
        let path = names::in_bag(&path);
        let result = verify_pack(folder, &path, pack, report, |leaf| {
            frontier.push(leaf);
            let mut listed = [0; 32];
            leaves.read_exact(&mut listed).in_file(&leaves_path)?;
            if listed == leaf {
                Ok(())
            } else {
                Err(ErrorKind::Changed {
                    what: "a leaf of the tree",
                })
                .in_file(&leaves_path)
            }
        });
        report.note(result.in_file(path));
    }
    let checkpoint_path = names::in_bag(CHECKPOINT);
    let checkpoint = Checkpoint::verify(
        &folder.read_text(&checkpoint_path, MAX_CHECKPOINT_LEN)?,
        key,
    );
    let checkpoint = checkpoint.in_file(&checkpoint_path)?;
    let heads = [
        (description.tree.size, description.tree.root),
        (checkpoint.size, Digest::from_sha256(checkpoint.root)),
    ];
    let origin = format!("{}/{BAG}", description.archive_id.signer());
    let head = (frontier.size(), Digest::from_sha256(frontier.root()));
    if checkpoint.origin != origin
        || heads.iter().any(|other| *other != head)
        || leaves.read(&mut [0])? != 0
    {
        return Err(ErrorKind::Changed {
            what: "the objects are not those of the signed tree",
        })
        .in_file(checkpoint_path);
    }
    Ok(())
}

fn verify_pack(
    folder: &Folder,
    path: &str,
    pack: &PackDescription,
    report: &mut VerifyReport,
    mut each_leaf: impl FnMut(Hash) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut file: File = folder.open(path)?;
    let len = file.metadata()?.len();
    let entries = zip::entries(&mut BufReader::new(&mut file), len)?;
    let mut end = 0;
    let mut sealed = Vec::new();
    for entry in &entries {
        end = entry.offset() + u64::from(entry.len);
        file.seek(SeekFrom::Start(entry.offset()))?;
        sealed.clear();
        (&mut file)
            .take(entry.len.into())
            .read_to_end(&mut sealed)?;
        report.objects += 1;
        if sealed.len() != entry.len as usize || crc32fast::hash(&sealed) != entry.crc32 {
            report.add(
                Error::from(ErrorKind::Changed { what: "its CRC-32" })
                    .of_object(entry.id)
                    .in_file(path),
            );
        }
        each_leaf(pack_leaf(entry.id, Digest::sha256(&sealed)))?;
    }
    let mut directory = Vec::new();
    file.seek(SeekFrom::Start(end))?;
    let expected = zip::directory(&entries, end);
    file.take(expected.len() as u64 + 1)
        .read_to_end(&mut directory)?;
    if directory != expected || entries.len() as u64 != pack.objects || len != pack.bytes {
        return Err(ErrorKind::Malformed {
            what: "the directory of a pack",
        }
        .into());
    }
    Ok(())
}

/// Replays the access log: it must begin with what was signed when the archive was finished, and end as its checkpoint says.
fn verify_log(
    folder: &Folder,
    description: &Description,
    current: &Current,
    key: &VerifyingKey,
) -> Result<(), Error> {
    let checkpoint = read_checkpoint(folder, &description.archive_id, key)?;
    let heads = [
        (current.log_size, current.log_root),
        (checkpoint.size, Digest::from_sha256(checkpoint.root)),
    ];
    let mut frontier = Frontier::new();
    let mut seen = heads.map(|head| head == (0, Digest::from_sha256(frontier.root())));
    let mut file = BufReader::new(folder.open(LOG_ENTRIES)?);
    read_entries(&mut file, |sealed| {
        frontier.push(leaf_hash(sealed));
        for (head, seen) in heads.iter().zip(&mut seen) {
            *seen |= head.0 == frontier.size() && head.1 == Digest::from_sha256(frontier.root());
        }
        Ok(true)
    })
    .in_file(LOG_ENTRIES)?;
    if seen == [true; 2] {
        Ok(())
    } else {
        Err(ErrorKind::Changed {
            what: "entries were removed or rewritten",
        })
        .in_file(LOG_ENTRIES)
    }
}
