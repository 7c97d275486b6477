//! What the custodian of the records does: holds, retention, erasure, and who has which key.
//!
//! Every change is announced in the access log before it is made and confirmed after; it comes into force in one step. One
//! program at a time can change an archive; others can read it meanwhile.
//!
//! ```
//! # use ehr_archive::*;
//! use ehr_archive::custodian::{Custodian, HoldScope, ShredRequest};
//! use ehr_crypto::epoch::FileEpochStore;
//! # use ehr_crypto::DataKey;
//! # let folder = tempfile::tempdir()?;
//! # let (path, keys) = (folder.path().join("archive"), folder.path().join("epoch-keys"));
//! # std::fs::create_dir(&keys)?;
//! # let key = DataKey::generate()?;
//! # let access = Access { agent: "clerk", recorded: "2026-02-01T10:00:00-05:00", purpose: Purpose::Operations };
//! let mut store = FileEpochStore::new(&keys);
//! # let options = ArchiveOptions { archive_id: ArchiveId::random()?, created: "2026-01-31T09:30:00-05:00".into(), software: "example".into() };
//! # let mut writer = ArchiveWriter::create_with_store(&path, options, &key, &mut store)?;
//! # writer.append(&PatientEntry { patient_id: uuid::Uuid::from_u128(7), mrns: &["1"], names: &[], birth_date: None,
//! #     cohort: Cohort::KEEP, facts: Default::default(), objects: &[] }, b"")?;
//! # writer.finish(b"")?;
//! let mut custodian = Custodian::open(&path, Unlock::from(&key).with_store(&store), &access)?;
//! let entry = custodian.reader().find_by_mrn("1", &access)?.remove(0);
//! let entries = [entry.ordinal()];
//! let order = ShredRequest::against_retention(&entries, "court order 12-345");
//!
//! let hold = custodian.place_hold(HoldScope::Patient(entry.patient_id().unwrap()), "a matter", &access)?;
//! let refused = custodian.shred(&order, &mut store, &access).unwrap_err();
//! assert_eq!(refused.to_string(), "1 holds forbid this");
//! # let _ = hold;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod certificate;
mod hold;
mod key_holders;
mod purge;
mod retention;
mod shred;
#[cfg(test)]
mod tests;

use std::path::Path;

use crate::audit_event::{Access, Change, ChangeKind, Event};
use crate::files::{DiskFile, Folder};
use crate::keys::{Role, Unlock, missing};
use crate::reader::ArchiveReader;
use crate::state::{State, StateChange, check_is_archive, sweep};
use crate::{Error, ErrorKind, names};

pub use crate::holds::{Hold, HoldScope};
pub use certificate::Certificate;
pub use retention::Review;
pub use shred::ShredRequest;

/// An archive that is open to be changed, by one program at a time.
///
/// After an error of a disk, open the archive again: it is then in the state before the change or after it.
pub struct Custodian {
    reader: ArchiveReader,
    /// Nobody knows which state is in force: a change failed while it was put into force.
    failed: bool,
    _lock: DiskFile,
}

impl Custodian {
    /// Opens an archive to change it. The key needs the role that signs, and for searching and retention the one that finds.
    ///
    /// What an interrupted change left behind is removed first.
    pub fn open<'a>(
        path: &Path,
        unlock: impl Into<Unlock<'a>>,
        access: &Access<'_>,
    ) -> Result<Self, Error> {
        let folder = Folder::new(path);
        check_is_archive(&folder)?;
        let lock = State::lock(&folder)?;
        let mut reader = ArchiveReader::open(path, unlock, access)?;
        if !reader.has_role(Role::Signing) {
            return Err(missing(Role::Signing));
        }
        sweep(&reader.state)?;
        let change = reader.state.current.change;
        if reader.log.last_change() < change {
            // A crash came between the change and its confirmation.
            let event = Event::Change(Change {
                kind: ChangeKind::Confirmation,
                number: change,
                done: true,
                ordinals: &[],
            });
            reader.record(&event, access)?;
        }
        Ok(Custodian {
            reader,
            failed: false,
            _lock: lock,
        })
    }

    /// The same archive, to search and read.
    pub fn reader(&mut self) -> &mut ArchiveReader {
        &mut self.reader
    }

    /// Announces a change, lets `make` prepare it, and puts it into force.
    fn change<T>(
        &mut self,
        kind: ChangeKind,
        ordinals: &[u64],
        access: &Access<'_>,
        make: impl FnOnce(&State, &mut StateChange<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if self.failed {
            return Err(ErrorKind::Failed.into());
        }
        names::check_instant(access.recorded)?;
        let ArchiveReader { state, log, .. } = &mut self.reader;
        let mut change = state.begin_change(log, kind, ordinals, access)?;
        let made = make(state, &mut change)?;
        // Another change of the same number would write over files that may be in force by now.
        self.failed = true;
        state.current = change.commit()?;
        self.failed = false;
        Ok(made)
    }

    fn refuse_during_accession(&self) -> Result<(), Error> {
        if self.reader.state.folder.exists(names::JOURNAL) {
            return Err(ErrorKind::UnfinishedAccession.into());
        }
        Ok(())
    }
}

impl std::fmt::Debug for Custodian {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Custodian")
            .field("reader", &self.reader)
            .finish_non_exhaustive()
    }
}
