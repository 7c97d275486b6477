//! Writes an archive: entries are appended in batches that survive a crash, then the accession is sealed.

mod accession;
mod bag;
mod finish;
mod journal;
mod pack;
#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use ehr_crypto::DataKey;
use ehr_crypto::epoch::EpochStore;
use serde::{Deserialize, Serialize};

use crate::digest_thread::DigestThread;
use crate::entry::{Cohort, ObjectEntry, PatientEntry};
use crate::error::Located;
use crate::files::Folder;
use crate::keys::{self, Keys, SlotsFile, Unlock};
use crate::names::{
    self, CURRENT, FIRST_BAG, FORMAT, JOURNAL, JOURNAL_BEGUN, LOG, PACKS, README, SLOTS, STATE,
    TREE, UNFINISHED,
};
use crate::sealer::{SealedEntry, Sealer};
use crate::{ArchiveId, Error, ErrorKind};
use accession::Accession;
use journal::{Batch, Head, Journal, ObjectRecord};
use pack::PackSet;

pub use accession::AccessionOptions;
pub use finish::Summary;
pub(crate) use journal::EntryRecord;
#[cfg(fuzzing)]
pub(crate) use journal::fuzz as fuzz_journal;
pub(crate) use pack::leaf as pack_leaf;

/// A batch is made durable when it holds this much …
const BATCH_LEN: u64 = 64 << 20;
/// … or this many objects, whose records are in memory until then …
const BATCH_OBJECTS: usize = 20_000;
/// … or when its first entry is this old: what a crash may cost is a second of work.
const BATCH_AGE: Duration = Duration::from_secs(1);
/// The caller's cursor is a position, not a payload.
const MAX_CURSOR_LEN: usize = 64 * 1024;
/// A new archive begins with epoch 1.
const FIRST_EPOCH: u32 = 1;

/// What a new archive says about itself. None of it may tell anything about a patient.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ArchiveOptions {
    /// The archive's own id.
    pub archive_id: ArchiveId,
    /// When it was begun, as `2026-01-31T09:30:00-05:00`.
    pub created: String,
    /// The program that writes it, with its version.
    pub software: String,
}

/// Writes the accession with which an archive begins, or one more into an archive that exists.
///
/// [`append`](Self::append) compresses and seals on the calling thread, while a second one hashes. To use more cores, give each a clone of
/// [`sealer`](Self::sealer) and hand what they prepare to [`append_sealed`](Self::append_sealed).
///
/// What was appended becomes durable in batches: with the first append after 64 MiB or one second, or at
/// [`commit`](Self::commit). After a crash [`resume`](Self::resume) goes on from the last batch. While a writer lives, no
/// other program can resume the same archive.
pub struct ArchiveWriter {
    folder: Folder,
    options: ArchiveOptions,
    bag: u32,
    keys: Keys,
    /// What the accession is added to; `None` for the first.
    accession: Option<Accession>,
    sealer: Sealer,
    digests: DigestThread,
    packs: PackSet,
    journal: Journal,
    batch: Batch,
    /// Bytes, objects and age of the current batch.
    batch_len: u64,
    batch_objects: usize,
    batch_started: Instant,
    entries: u64,
    failed: bool,
}

/// Where an interrupted archive stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resumed {
    /// The cursor that was given with the last durable entry; `None` if none was.
    pub cursor: Option<Vec<u8>>,
    /// Durable entries.
    pub entries: u64,
}

impl ArchiveWriter {
    /// Begins an archive in a folder that is empty or does not exist yet, or in which this was interrupted. Whoever holds
    /// `key` can open it.
    ///
    /// Patients can be erased from it once it has a store for its epoch keys; see
    /// [`create_with_store`](Self::create_with_store) and [`Custodian::shred`](crate::Custodian::shred).
    pub fn create(path: &Path, options: ArchiveOptions, key: &DataKey) -> Result<Self, Error> {
        Self::create_unlocked(path, options, key, None)
    }

    /// Begins an archive that opens only with `key` and the epoch key in the store together: destroying the epoch key later
    /// erases from every copy of the archive.
    pub fn create_with_store(
        path: &Path,
        options: ArchiveOptions,
        key: &DataKey,
        store: &mut dyn EpochStore,
    ) -> Result<Self, Error> {
        Self::create_unlocked(path, options, key, Some(store))
    }

    fn create_unlocked(
        path: &Path,
        options: ArchiveOptions,
        key: &DataKey,
        mut store: Option<&mut dyn EpochStore>,
    ) -> Result<Self, Error> {
        check_options(&options)?;
        let folder = Folder::new(path);
        folder.create_folder("")?;
        if fs::read_dir(path).in_file("")?.next().is_some() && !is_hardly_begun(&folder)? {
            return Err(ErrorKind::AlreadyThere.into());
        }
        create_folders(&folder, FIRST_BAG)?;
        let begun = Journal::begin(&folder)?;
        if folder.exists(JOURNAL) || folder.exists(CURRENT) {
            return Err(ErrorKind::AlreadyThere.into());
        }
        folder.write(README, bag::UNFINISHED_README.as_bytes())?;
        let slots = match &mut store {
            Some(store) => {
                SlotsFile::create(&options.archive_id, FIRST_EPOCH, key, Some(&mut **store))?
            }
            None => SlotsFile::create(&options.archive_id, FIRST_EPOCH, key, None)?,
        };
        slots.write(&folder, SLOTS)?;
        let unlock = Unlock {
            store: store.as_deref(),
            ..Unlock::from(key)
        };
        let keys = slots.open(unlock)?;
        let head = Head {
            options,
            bag: FIRST_BAG,
        };
        let journal = Journal::create(begun, &folder, &head, keys.epoch()?)?;
        for below in [
            UNFINISHED,
            STATE,
            &names::bag(FIRST_BAG),
            &names::in_bag(FIRST_BAG, "data"),
            "",
        ] {
            folder.sync_folder(below)?;
        }
        let packs = PackSet::new(folder.clone(), FIRST_BAG);
        Ok(Self::assemble(folder, head, keys, None, packs, journal, 0))
    }

    /// Goes on with an archive that was begun and not finished: everything behind the last durable entry is cut off, and
    /// the caller goes on behind [`Resumed::cursor`].
    pub fn resume<'a>(
        path: &Path,
        unlock: impl Into<Unlock<'a>>,
    ) -> Result<(Self, Resumed), Error> {
        let folder = Folder::new(path);
        match (folder.exists(CURRENT), folder.exists(JOURNAL)) {
            (true, true) if accession::is_in_progress(&folder)? => {
                return Err(ErrorKind::Refused {
                    reason: "an accession to this archive was begun: resume the accession",
                }
                .into());
            }
            (true, _) => {
                // A crash after the last step leaves the journal behind, or what stood beside it.
                if folder.exists(UNFINISHED) {
                    folder.remove_folder(UNFINISHED)?;
                }
                return Err(ErrorKind::Refused {
                    reason: "the archive is finished",
                }
                .into());
            }
            (false, false) => return Err(ErrorKind::NotAnArchive.into()),
            (false, true) => {}
        }
        let (slots, keys) = keys::open_unfinished(&folder, unlock.into())?;
        Self::resume_unlocked(folder, &slots.archive_id, keys, None, FIRST_BAG)
    }

    fn resume_unlocked(
        folder: Folder,
        archive: &ArchiveId,
        keys: Keys,
        accession: Option<Accession>,
        bag: u32,
    ) -> Result<(Self, Resumed), Error> {
        create_folders(&folder, bag)?;
        let mut packs = PackSet::new(folder.clone(), bag);
        let mut resumed = Resumed {
            cursor: None,
            entries: 0,
        };
        let (journal, head) = Journal::resume(&folder, archive, keys.epoch()?, |batch| {
            resumed.entries += batch.entries.len() as u64;
            resumed.cursor = Some(batch.cursor.clone());
            packs.apply(batch.packs);
            Ok(())
        })?;
        if head.bag != bag || head.options.archive_id != *archive {
            return Err(ErrorKind::Changed {
                what: "the journal is of another accession",
            })
            .in_file(JOURNAL);
        }
        packs.reopen()?;
        let writer = Self::assemble(
            folder,
            head,
            keys,
            accession,
            packs,
            journal,
            resumed.entries,
        );
        Ok((writer, resumed))
    }

    fn assemble(
        folder: Folder,
        head: Head,
        keys: Keys,
        accession: Option<Accession>,
        packs: PackSet,
        journal: Journal,
        entries: u64,
    ) -> Self {
        let sealer = Sealer::new(head.options.archive_id.clone());
        let (batch, batch_started) = (Batch::default(), Instant::now());
        ArchiveWriter {
            folder,
            options: head.options,
            bag: head.bag,
            keys,
            accession,
            sealer,
            digests: DigestThread::default(),
            packs,
            journal,
            batch,
            batch_len: 0,
            batch_objects: 0,
            batch_started,
            entries,
            failed: false,
        }
    }

    /// Prepares entries for this archive on other threads.
    pub fn sealer(&self) -> Sealer {
        self.sealer.clone()
    }

    /// Appends the entry of a patient. `cursor` is where the caller stands after it; [`resume`](Self::resume) hands it back.
    pub fn append(&mut self, entry: &PatientEntry<'_>, cursor: &[u8]) -> Result<(), Error> {
        let sealed = self.sealer.seal_beside(entry, &mut self.digests)?;
        self.append_sealed(sealed, cursor)
    }

    /// Appends objects that belong to no patient: rejects without a patient, shared directories.
    pub fn append_unassigned(
        &mut self,
        cohort: Cohort<'_>,
        objects: &[ObjectEntry<'_>],
        cursor: &[u8],
    ) -> Result<(), Error> {
        let sealed = self.sealer.seal_unassigned(cohort, objects)?;
        self.append_sealed(sealed, cursor)
    }

    /// Appends an entry that a [`Sealer`] of this archive has prepared.
    pub fn append_sealed(&mut self, entry: SealedEntry, cursor: &[u8]) -> Result<(), Error> {
        if cursor.len() > MAX_CURSOR_LEN {
            return Err(ErrorKind::TooLarge {
                limit: MAX_CURSOR_LEN as u64,
            }
            .into());
        }
        if entry.archive != self.options.archive_id {
            return Err(ErrorKind::Refused {
                reason: "the entry was sealed for another archive",
            }
            .into());
        }
        self.guarded(|writer| {
            if writer.batch.entries.is_empty() {
                writer.batch_started = Instant::now();
            }
            writer.batch_len += entry.sealed_len();
            // An entry without objects costs a record as well.
            writer.batch_objects += entry.objects.len().max(1);
            let mut objects = Vec::with_capacity(entry.objects.len());
            for object in &entry.objects {
                let place = writer.packs.append(&entry.person.cohort, object)?;
                objects.push(ObjectRecord {
                    class: object.class.as_str().to_owned(),
                    id: *object.id.as_bytes(),
                    place,
                });
            }
            let SealedEntry {
                person,
                key,
                original_len,
                ..
            } = entry;
            writer.batch.entries.push(EntryRecord {
                person,
                key,
                original_len,
                objects,
            });
            writer.batch.cursor = cursor.to_vec();
            writer.entries += 1;
            if writer.batch_is_full() {
                writer.commit_batch()
            } else {
                Ok(())
            }
        })
    }

    /// Makes everything that was appended durable now.
    pub fn commit(&mut self) -> Result<(), Error> {
        self.guarded(Self::commit_batch)
    }

    /// Entries appended so far, before and after a resume.
    pub fn entries(&self) -> u64 {
        self.entries
    }

    /// Seals the accession: catalogues, tree, manifests, specification, state. `report` is the evidence of the migration
    /// and is kept encrypted beside the objects. Until this returns, the folder does not open as an archive.
    pub fn finish(mut self, report: &[u8]) -> Result<Summary, Error> {
        self.guarded(Self::commit_batch)?;
        finish::finish(self, report)
    }

    fn batch_is_full(&self) -> bool {
        self.batch_len >= BATCH_LEN
            || self.batch_objects >= BATCH_OBJECTS
            || self.batch_started.elapsed() >= BATCH_AGE
    }

    fn commit_batch(&mut self) -> Result<(), Error> {
        if self.batch.entries.is_empty() {
            return Ok(());
        }
        // The objects first: a journal never speaks of bytes that are not there.
        self.batch.packs = self.packs.commit()?;
        self.journal.append(&self.batch)?;
        self.batch = Batch::default();
        (self.batch_len, self.batch_objects) = (0, 0);
        Ok(())
    }

    /// After a failure nobody knows what is on disk, and only a resume finds out.
    fn guarded(&mut self, work: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        if self.failed {
            return Err(ErrorKind::Failed.into());
        }
        self.failed = true;
        work(self)?;
        self.failed = false;
        Ok(())
    }
}

/// Whether an archive was to be begun here and a crash came before there was anything to go on with.
fn is_hardly_begun(folder: &Folder) -> Result<bool, Error> {
    let files = [README, SLOTS, JOURNAL_BEGUN];
    let is_ours = |path: &String| files.contains(&path.as_str());
    Ok(folder.exists(UNFINISHED) && folder.walk("")?.iter().all(is_ours))
}

fn check_options(options: &ArchiveOptions) -> Result<(), Error> {
    names::check_instant(&options.created)?;
    if options.software.len() > 200 || options.software.contains(char::is_control) {
        return Err(ErrorKind::Refused {
            reason: "the software's name is one line of at most 200 bytes",
        }
        .into());
    }
    Ok(())
}

/// Also on resuming: a copy of an unfinished archive may lack the folders that are still empty.
fn create_folders(folder: &Folder, bag: u32) -> Result<(), Error> {
    let folders = [
        UNFINISHED,
        STATE,
        LOG,
        &names::in_bag(bag, PACKS),
        &names::in_bag(bag, TREE),
    ];
    folders
        .iter()
        .try_for_each(|below| folder.create_folder(below))
}

impl fmt::Debug for ArchiveWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveWriter")
            .field("format", &FORMAT)
            .field("archive_id", &self.options.archive_id)
            .field("entries", &self.entries)
            .finish_non_exhaustive()
    }
}
