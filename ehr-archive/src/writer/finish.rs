//! Seals the accession: from the journal come the catalogues and the keyring, from the packs the tree, from all files the
//! manifests. `state/CURRENT` is written last; before it, the folder is no archive, and all of this can be done again.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};

use ehr_crypto::tree::{Checkpoint, Frontier};
use ehr_crypto::{DataKey, Digest, SealWriter, VerifyingKey, key};

use super::journal::{Batch, EntryRecord};
use super::pack::PackState;
use super::sort::LineSorter;
use super::{ArchiveWriter, FIRST_EPOCH};
use crate::access_log::AccessLog;
use crate::catalogue::{
    self, BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, KEYRING, OBJECTS, ObjectRow, Person, PersonKind,
};
use crate::description::{
    Counts, Current, Description, PackDescription, ReportDescription, TreeDescription,
};
use crate::entry::{ObjectClass, ObjectEntry};
use crate::error::Located;
use crate::files::{FileOut, Folder, Written};
use crate::keys::Keys;
use crate::names::{
    self, ARCHIVE_JSON, CHECKPOINT, CURRENT, FORMAT, LEAVES, MANIFEST, README, REPORT, SLOTS, SUITE,
};
use crate::names::{BAG, BAG_NUMBER, LOG, STATE, TAG_MANIFEST, TREE, UNFINISHED};
use crate::object::{Compressors, seal_object};
use crate::{ArchiveId, Error, ErrorKind, ObjectId};

pub(super) const UNFINISHED_README: &str = "\
This archive was begun and not finished.

It does not open, because it is not complete. The program that writes it can resume it with the key of the archive. Do
not delete the source before the archive is finished and verified.
";

const FINISHED_README: &str = "\
This is an encrypted archive of patient charts from a practice's former EHR.

Nothing in it can be read without a key. The key is a recovery code of 56 letters and digits, or a key file that holds
one. Ask the practice's records custodian for it.

To check that the archive is whole, without any key:
    cd bag-000001 && sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt
To read it without the program that wrote it:
    bag-000001/SPEC/FORMAT.md   says how it is built
    bag-000001/SPEC/SEALING.md  says how it is encrypted
    bag-000001/SPEC/reader.py   is a complete reader in Python

Reading a chart is recorded in log/. Keep the folder whole: bag-000001 never changes, state and log do.
";

/// What ships in every accession, so that it can be read when this crate is forgotten.
const SPEC: [(&str, &str); 4] = [
    ("SPEC/FORMAT.md", include_str!("../../spec/FORMAT.md")),
    ("SPEC/SEALING.md", include_str!("../../spec/SEALING.md")),
    ("SPEC/reader.py", include_str!("../../spec/reader.py")),
    ("SPEC/vectors.json", include_str!("../../spec/vectors.json")),
];

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

/// Everything that is written from the journal in one pass.
struct EpochFiles {
    archive: ArchiveId,
    keyring: SealWriter<FileOut>,
    by_ordinal: SealWriter<FileOut>,
    objects: SealWriter<FileOut>,
    sorters: [LineSorter; 3],
    /// The tree's number of the first object of each pack.
    first_leaves: Vec<u64>,
    ordinal: u64,
    counts: Counts,
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

/// The files that make the accession a BagIt bag. Its tag manifest stands for all of it.
fn write_bag(
    folder: &Folder,
    description: &Description,
    mut payload: Vec<Written>,
) -> Result<Written, Error> {
    folder.create_folder(&names::in_bag("SPEC"))?;
    let bag_info = format!(
        "Bag-Software-Agent: {}\nBagging-Date: {}\nExternal-Identifier: {}\nPayload-Oxum: {}.{}\n",
        description.software,
        &description.created[..10],
        description.archive_id,
        payload.iter().map(|file| file.len).sum::<u64>(),
        payload.len(),
    );
    let mut tags = Vec::new();
    for (path, text) in SPEC {
        tags.push(folder.write(&names::in_bag(path), text.as_bytes())?);
    }
    let declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    tags.push(folder.write(&names::in_bag("bagit.txt"), declaration.as_bytes())?);
    tags.push(folder.write(&names::in_bag("bag-info.txt"), bag_info.as_bytes())?);
    tags.push(folder.write(&names::in_bag(MANIFEST), manifest(&mut payload).as_bytes())?);
    folder.write(&names::in_bag(TAG_MANIFEST), manifest(&mut tags).as_bytes())
}

fn manifest(files: &mut [Written]) -> String {
    files.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    let in_bag = |file: &Written| {
        file.path
            .trim_start_matches(BAG)
            .trim_start_matches('/')
            .to_owned()
    };
    files
        .iter()
        .map(|file| format!("{}  {}\n", file.sha256, in_bag(file)))
        .collect()
}

impl EpochFiles {
    fn create(
        folder: &Folder,
        archive: &ArchiveId,
        keys: &Keys,
        first_leaves: Vec<u64>,
    ) -> Result<Self, Error> {
        let create = |name, key| create_epoch_file(folder, archive, name, key);
        Ok(EpochFiles {
            archive: archive.clone(),
            keyring: create(KEYRING, &keys.epoch)?,
            by_ordinal: create(BY_ORDINAL, &keys.catalogue)?,
            objects: create(OBJECTS, &keys.catalogue)?,
            sorters: [
                LineSorter::new(folder, BY_MRN)?,
                LineSorter::new(folder, BY_NAME)?,
                LineSorter::new(folder, BY_DOB)?,
            ],
            first_leaves,
            ordinal: 0,
            counts: Counts::default(),
        })
    }

    fn add(&mut self, entry: &EntryRecord) -> Result<(), Error> {
        let ordinal = self.ordinal;
        for (sequence, object) in entry.objects.iter().enumerate() {
            let row = ObjectRow {
                ordinal,
                sequence: sequence as u64,
                class: object.class.clone(),
                id: ObjectId::from_bytes(object.id),
                bag: BAG_NUMBER,
                pack: object.place.pack,
                offset: object.place.offset,
                len: object.place.len,
                leaf: self.first_leaves[object.place.pack as usize] + object.place.index,
            };
            writeln!(self.objects, "{}", row.to_line())?;
            self.counts.sealed_bytes += object.place.len;
        }
        match entry.person.kind {
            PersonKind::Patient => self.counts.patient_entries += 1,
            _ => self.counts.unassigned_entries += 1,
        }
        self.counts.objects += entry.objects.len() as u64;
        self.counts.original_bytes += entry.original_len;
        self.add_person(&entry.person, &entry.key)
    }

    /// Writes the report as an object outside the packs, under the key of the last ordinal.
    fn add_report(
        &mut self,
        folder: &Folder,
        report: &[u8],
    ) -> Result<(Written, ReportDescription), Error> {
        let (key, id) = (
            DataKey::generate()?,
            ObjectId::from_bytes(key::random_bytes()?),
        );
        let media_type = "application/octet-stream";
        let entry = ObjectEntry {
            class: ObjectClass::Report,
            media_type,
            source_id: "report",
            bytes: report,
        };
        let sealed = seal_object(&self.archive, &key, id, &entry, &Compressors::default())?;
        let written = folder.write(&names::in_bag(REPORT), &sealed)?;
        let description = ReportDescription {
            object: id.to_string(),
            ordinal: self.ordinal,
        };
        self.add_person(&Person::report(), &key)?;
        Ok((written, description))
    }

    fn add_person(&mut self, person: &Person, key: &DataKey) -> Result<(), Error> {
        self.keyring.write_all(key.expose_bytes())?;
        writeln!(self.by_ordinal, "{}", person.to_line(self.ordinal)?)?;
        for (name, line) in person.index_lines(self.ordinal) {
            let sorter = match name {
                BY_MRN => 0,
                BY_NAME => 1,
                _ => 2,
            };
            self.sorters[sorter].push(line)?;
        }
        self.ordinal += 1;
        Ok(())
    }

    fn finish(self, folder: &Folder, keys: &Keys) -> Result<(Vec<Written>, Counts), Error> {
        let mut written = Vec::new();
        for file in [self.keyring, self.by_ordinal, self.objects] {
            written.push(file.finish()?.finish()?);
        }
        for (name, sorter) in [BY_MRN, BY_NAME, BY_DOB].into_iter().zip(self.sorters) {
            let mut file = create_epoch_file(folder, &self.archive, name, &keys.catalogue)?;
            sorter.finish(|line| Ok(writeln!(file, "{line}")?))?;
            written.push(file.finish()?.finish()?);
        }
        Ok((written, self.counts))
    }
}

fn create_epoch_file(
    folder: &Folder,
    archive: &ArchiveId,
    name: &str,
    key: &DataKey,
) -> Result<SealWriter<FileOut>, Error> {
    let context = catalogue::epoch_context(archive, name, FIRST_EPOCH);
    let file = folder.create(&names::state_file(name, FIRST_EPOCH))?;
    Ok(SealWriter::new(key, &context, file)?)
}
