//! The archive's state as it is in force: the signed list of current files, the keys of its holder, the accessions.

mod change;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use ehr_crypto::{Digest, VerifyingKey};

use crate::access_log::{self, AccessLog, StoredLog};
use crate::catalogue::{self, Catalogue};
use crate::current::Current;
use crate::description::{Counts, Description};
use crate::error::Located;
use crate::files::Folder;
use crate::keys::{self, Keys, SlotsFile, Unlock};
use crate::names::{self, CURRENT, JOURNAL};
use crate::{ArchiveId, Error, ErrorKind};

pub(crate) use change::{StateChange, sweep};

/// Holds, rules and certificates together stay far below this.
const MAX_SMALL_FILE_LEN: u64 = 1 << 28;

pub(crate) struct State {
    pub(crate) folder: Folder,
    pub(crate) archive: ArchiveId,
    pub(crate) current: Current,
    pub(crate) slots: SlotsFile,
    pub(crate) keys: Keys,
    pub(crate) bags: BTreeMap<u32, Description>,
}

impl State {
    /// Opens the state and checks the way from the signed list to every file that says something in clear.
    pub(crate) fn open(path: &Path, unlock: Unlock<'_>) -> Result<Self, Error> {
        let folder = Folder::new(path);
        check_is_archive(&folder)?;
        // The signing key is wrapped in a file that the signed list names.
        let unverified = Current::read_unverified(&folder)?;
        let slots_path = slots_path(&unverified)?;
        let slots = SlotsFile::read(&folder, &slots_path)?;
        let keys = slots.open(unlock).in_file(&slots_path)?;
        let archive = slots.archive_id.clone();
        let current = Current::read(&folder, &archive, keys.verifying_key())?;
        current.check_file(&folder, &slots_path)?;
        let mut bags = BTreeMap::new();
        for bag in current.bags() {
            Description::check(&folder, &current, bag)?;
            let description = Description::read(&folder, bag)?;
            if description.archive_id != archive {
                return Err(ErrorKind::Changed {
                    what: "the accession is of another archive",
                })
                .in_file(names::bag(bag));
            }
            bags.insert(bag, description);
        }
        if current != unverified || bags.is_empty() {
            return Err(ErrorKind::Changed {
                what: "files of different states are mixed",
            })
            .in_file(CURRENT);
        }
        Ok(State {
            folder,
            archive,
            current,
            slots,
            keys,
            bags,
        })
    }

    /// Opens the access log, which shows whether this state is the last one.
    pub(crate) fn open_log(&self) -> Result<AccessLog, Error> {
        let signer = if self.current.log_key.is_some() {
            self.keys.log_signer()?
        } else {
            self.keys.first_log_signer()?
        };
        let log = AccessLog::open(
            &self.folder,
            &self.archive,
            keys::copy(self.keys.log()?),
            signer,
            self.current.log_head(),
        )?;
        self.check_last_change(log.last_change())?;
        Ok(log)
    }

    /// Checks the log as [`open_log`](Self::open_log) does, on media that cannot be written too.
    pub(crate) fn open_log_to_read(&self) -> Result<StoredLog, Error> {
        let log = StoredLog::read(&self.folder, &self.archive, &self.log_verifying_key()?)?;
        let mut last_change = 0;
        log.entries(self.current.log_size, |index, sealed| {
            let context = access_log::entry_context(&self.archive, index);
            // One that does not open is noticed as damage elsewhere.
            let event = ehr_crypto::open(self.keys.log()?, &context, sealed).unwrap_or_default();
            let change = crate::audit_event::change_done(&event).unwrap_or(0);
            last_change = last_change.max(change);
            Ok(true)
        })?;
        self.check_last_change(last_change)?;
        Ok(log)
    }

    fn check_last_change(&self, last_change: u64) -> Result<(), Error> {
        if last_change > self.current.change {
            return Err(ErrorKind::RolledBack {
                what: "the access log knows of a later state of the archive",
            })
            .in_file(CURRENT);
        }
        Ok(())
    }

    /// What verifies the checkpoints of the access log.
    pub(crate) fn log_verifying_key(&self) -> Result<VerifyingKey, Error> {
        match &self.current.log_key {
            Some(key) if *key == *self.keys.log_signer()?.verifying_key() => Ok(key.clone()),
            Some(_) => Err(ErrorKind::Changed {
                what: "the log is signed with another key",
            })
            .in_file(CURRENT),
            None => Ok(self.keys.verifying_key().clone()),
        }
    }

    /// Path of a keyring or catalogue.
    pub(crate) fn file(&self, name: &str) -> String {
        names::state_file(name, self.current.epoch)
    }

    /// Opens a file of the state. One that is gone because somebody changed the archive is no damage.
    pub(crate) fn open_file(&self, path: &str) -> Result<File, Error> {
        self.folder.open(path).map_err(|error| {
            let is_current =
                Current::read_unverified(&self.folder).is_ok_and(|now| now == self.current);
            match error.kind() {
                ErrorKind::Missing if !is_current => ErrorKind::StateChanged.into(),
                _ => error,
            }
        })
    }

    pub(crate) fn catalogue(&self, name: &str) -> Result<Catalogue<File>, Error> {
        let path = self.file(name);
        let context = catalogue::epoch_context(&self.archive, name, self.current.epoch);
        Catalogue::open(self.keys.catalogue()?, &context, self.open_file(&path)?).in_file(path)
    }

    /// Whether there is a list of the words of names.
    pub(crate) fn has_word_files(&self) -> bool {
        let is_listed = |name| self.current.lists(&self.file(name));
        catalogue::WORD_FILES.into_iter().all(is_listed)
    }

    /// The content of a small file, compared with its digest; `None` if the archive has none of this stem.
    pub(crate) fn small_file(&self, stem: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some((sha256, path)) = self.current.small_file(stem) else {
            return Ok(None);
        };
        let bytes = self.folder.read(path, MAX_SMALL_FILE_LEN)?;
        if Digest::sha256(&bytes) == *sha256 {
            Ok(Some(bytes))
        } else {
            Err(ErrorKind::Changed { what: "its digest" }).in_file(path)
        }
    }

    pub(crate) fn counts(&self) -> Counts {
        self.bags.values().fold(Counts::default(), |mut sum, bag| {
            sum.add(bag.counts);
            sum
        })
    }
}

/// The file of key slots that is in force.
pub(crate) fn slots_path(current: &Current) -> Result<String, Error> {
    let slots = current.small_file("slots").map(|(_, path)| path.clone());
    slots.ok_or(ErrorKind::Missing).in_file(names::SLOTS)
}

/// Says what a folder is that is no finished archive.
pub(crate) fn check_is_archive(folder: &Folder) -> Result<(), Error> {
    if folder.exists(CURRENT) {
        Ok(())
    } else if folder.exists(JOURNAL) {
        Err(ErrorKind::Unfinished.into())
    } else {
        Err(ErrorKind::NotAnArchive.into())
    }
}
