//! What can be verified without a key.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::thread::{self, Builder};

use ehr_crypto::tree::{Checkpoint, Frontier, Hash};
use ehr_crypto::{Digest, VerifyingKey};

use super::{VerifyReport, log};
use crate::catalogue::EPOCH_FILES;
use crate::current::Current;
use crate::description::{Description, PackDescription, read_manifest};
use crate::error::Located;
use crate::files::Folder;
use crate::keys::SlotsFile;
use crate::names::{self, ARCHIVE_JSON, CHECKPOINT, CURRENT, FIRST_BAG, LEAVES, LOCK, LOG};
use crate::names::{MANIFEST, README, TAG_MANIFEST, UNFINISHED};
use crate::writer::pack_leaf;
use crate::zip;
use crate::{Error, ErrorKind, state};

const MAX_CHECKPOINT_LEN: u64 = 1 << 16;

pub(super) fn verify(
    folder: &Folder,
    in_progress: Option<u32>,
    kept: Option<&str>,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let first = Description::read(folder, FIRST_BAG)?;
    let key = first.verifying_key(FIRST_BAG)?;
    report.verifying_key = Some(key.clone());
    let current = Current::read(folder, &first.archive_id, &key)?;
    let mut known: BTreeMap<String, Digest> = current
        .files
        .iter()
        .map(|(sha256, path)| (path.clone(), *sha256))
        .collect();
    let expected = [README.to_owned(), names::in_bag(FIRST_BAG, TAG_MANIFEST)];
    let expected = expected
        .into_iter()
        .chain(EPOCH_FILES.map(|name| names::state_file(name, current.epoch)));
    for path in expected.filter(|path| !known.contains_key(path)) {
        report.add(Error::from(ErrorKind::Missing).in_file(path));
    }
    if let Some(path) = report.note(state::slots_path(&current))
        && let Some(slots) = report.note(SlotsFile::read(folder, &path))
    {
        for epoch in slots.retiring {
            report.add(Error::from(ErrorKind::ShredUnfinished { epoch }).in_file(path.clone()));
        }
    }
    let bags = current.bags();
    for &bag in &bags {
        for manifest in [TAG_MANIFEST, MANIFEST] {
            if let Some(lines) = report.note(read_manifest(folder, bag, manifest)) {
                known.extend(lines);
            }
        }
    }
    for (sha256, path) in &current.purged {
        // What was purged must have been there.
        if known.remove(path) != Some(*sha256) {
            report.add(
                Error::from(ErrorKind::Changed {
                    what: "the list of purged packs",
                })
                .in_file(CURRENT),
            );
        }
    }
    // Two digests of every byte, that of its file and that of its object: each on a thread of its own.
    let mut objects = VerifyReport::default();
    let files = thread::scope(|scope| {
        let files = || {
            let mut files = VerifyReport::default();
            let result = verify_files(folder, &known, in_progress, &mut files);
            (files, result)
        };
        let on_thread = Builder::new().spawn_scoped(scope, files);
        for &bag in &bags {
            let result = verify_bag(folder, bag, &first, &current, &key, &mut objects);
            objects.note(result);
        }
        let done = on_thread.ok().and_then(|thread| thread.join().ok());
        done.unwrap_or_else(files)
    });
    let (files, result) = files;
    report.merge(files);
    result?;
    report.merge(objects);
    let result = log::verify(folder, &first.archive_id, &current, &key, kept, report);
    report.note(result);
    Ok(())
}

/// Compares the files that are there with those that must be there.
fn verify_files(
    folder: &Folder,
    known: &BTreeMap<String, Digest>,
    in_progress: Option<u32>,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let mut found = folder.walk("")?;
    // The log is not listed: it grows, and is verified by itself.
    found.retain(|path| path != CURRENT && !path.starts_with(&format!("{LOG}/")));
    if let Some(bag) = in_progress {
        let being_written = [names::in_bag(bag, ""), format!("{UNFINISHED}/")];
        found.retain(|path| !being_written.iter().any(|folder| path.starts_with(folder)));
    }
    if folder.exists(LOCK) && folder.digest(LOCK)?.len == 0 {
        found.retain(|path| path != LOCK);
    }
    for path in &found {
        let Some(sha256) = known.get(path) else {
            report.add(Error::from(ErrorKind::Unexpected).in_file(path));
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

/// Walks through all packs of an accession: their ZIP form, the CRC of every entry, and the tree over all of them.
fn verify_bag(
    folder: &Folder,
    bag: u32,
    first: &Description,
    current: &Current,
    key: &VerifyingKey,
    report: &mut VerifyReport,
) -> Result<(), Error> {
    let description = Description::read(folder, bag)?;
    if description.archive_id != first.archive_id
        || description.verifying_key != first.verifying_key
    {
        return Err(ErrorKind::Changed {
            what: "the accession is of another archive",
        })
        .in_file(names::in_bag(bag, ARCHIVE_JSON));
    }
    let leaves_path = names::in_bag(bag, LEAVES);
    let mut leaves = BufReader::new(folder.open(&leaves_path)?);
    let mut frontier = Frontier::new();
    for (number, pack) in description.packs.iter().enumerate() {
        let path = names::pack(number as u32);
        if pack.file != path {
            return Err(ErrorKind::Changed {
                what: "the list of packs",
            })
            .in_file(names::in_bag(bag, ARCHIVE_JSON));
        }
        let path = names::in_bag(bag, &path);
        let mut next_leaf = || -> Result<Hash, Error> {
            let mut listed = [0; 32];
            leaves.read_exact(&mut listed).in_file(&leaves_path)?;
            Ok(listed)
        };
        if current.is_purged(&path) {
            // What is gone cannot be hashed; the leaves that stand for it still lead to the signed root.
            for _ in 0..pack.objects {
                frontier.push(next_leaf()?);
            }
            continue;
        }
        let result = verify_pack(folder, &path, pack, report, |leaf| {
            frontier.push(leaf);
            if next_leaf()? == leaf {
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
    let checkpoint_path = names::in_bag(bag, CHECKPOINT);
    let checkpoint = Checkpoint::verify(
        &folder.read_text(&checkpoint_path, MAX_CHECKPOINT_LEN)?,
        key,
    );
    let checkpoint = checkpoint.in_file(&checkpoint_path)?;
    let heads = [
        (description.tree.size, description.tree.root),
        (checkpoint.size, Digest::from_sha256(checkpoint.root)),
    ];
    let origin = format!("{}/{}", description.archive_id.signer(), names::bag(bag));
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
