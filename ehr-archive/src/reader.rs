//! Opens an archive: searches its catalogues, releases the key of one entry at a time, and records each access first.

mod entry;
mod search;

use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use ehr_crypto::{DataKey, Digest, SealedReader};
use zeroize::Zeroizing;

use crate::access_log::AccessLog;
use crate::audit_event::{Access, Event};
use crate::catalogue::{
    self, BY_ORDINAL, Catalogue, KEYRING, OBJECTS, ObjectRow, Person, PersonKind,
};
use crate::description::Counts;
use crate::error::Located;
use crate::keys::{Role, Unlock};
use crate::names::{self, REPORT};
use crate::object::{MAX_OBJECT_LEN, Object, open_object};
use crate::state::State;
use crate::{ArchiveId, Error, ErrorKind};

pub use entry::{CatalogueEntry, ObjectInfo, OpenEntry};
pub use search::{Found, Match, Search};

/// The most entries that one search or page gives back. A search that finds more is an error, never a shortened answer.
pub const MAX_FOUND: usize = 10_000;

/// An open archive.
///
/// Every method that finds or reads something takes an [`Access`] and records it in the access log before anything is
/// given out. An archive whose log cannot be written cannot be read.
pub struct ArchiveReader {
    pub(crate) state: State,
    pub(crate) log: AccessLog,
    pub(crate) log_checkpoint: String,
}

impl ArchiveReader {
    /// Opens a finished archive for whoever holds a key of it. What can be done then depends on the [`Role`]s of the key.
    ///
    /// Checks the signature over the archive's state, the description, and the whole access log, but not every file: that
    /// is [`verify`](crate::verify()).
    pub fn open<'a>(
        path: &Path,
        unlock: impl Into<Unlock<'a>>,
        access: &Access<'_>,
    ) -> Result<Self, Error> {
        let state = State::open(path, unlock.into())?;
        let log = state.open_log()?;
        let mut reader = ArchiveReader {
            state,
            log,
            log_checkpoint: String::new(),
        };
        reader.record(&Event::Open, access)?;
        Ok(reader)
    }

    /// The archive's id.
    pub fn archive_id(&self) -> &ArchiveId {
        &self.state.archive
    }

    /// How much was archived, in all accessions together, before anything was erased.
    pub fn counts(&self) -> Counts {
        self.state.counts()
    }

    /// Numbers of the accessions.
    pub fn accessions(&self) -> impl ExactSizeIterator<Item = u32> {
        self.state.bags.keys().copied()
    }

    /// The signed head of the access log after the last access. Kept elsewhere, it shows later whether entries of the log
    /// were removed or rewritten, or the whole archive was put back to an older state: see
    /// [`verify_against`](crate::verify_against).
    pub fn log_checkpoint(&self) -> &str {
        &self.log_checkpoint
    }

    /// Whether the key that opened the archive has a role.
    pub fn has_role(&self, role: Role) -> bool {
        self.state.keys.has(role)
    }

    /// Records that the archive was opened in an emergency, and why. Use it before reading with
    /// [`Purpose::BreakGlass`](crate::Purpose::BreakGlass).
    pub fn break_glass(&mut self, reason: &str, access: &Access<'_>) -> Result<(), Error> {
        self.record(&Event::BreakGlass { reason }, access)
    }

    /// Records that the archive is verified. [`verify`](crate::verify()) itself records nothing, since it also checks copies that
    /// cannot be written.
    pub fn record_verification(&mut self, access: &Access<'_>) -> Result<(), Error> {
        self.record(&Event::Verify, access)
    }

    /// Records that somebody tried to unlock the archive and could not. Who has no key cannot write the log, so the program
    /// that asked for the key does, for the agent that tried.
    pub fn failed_unlock(&mut self, attempts: u64, access: &Access<'_>) -> Result<(), Error> {
        self.record(&Event::FailedUnlock { attempts }, access)
    }

    /// Calls `each` with every entry of the access log: its number and the AuditEvent as JSON. That is recorded too.
    pub fn read_log(
        &mut self,
        access: &Access<'_>,
        each: impl FnMut(u64, &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.record(&Event::ReadLog, access)?;
        self.log.read(each)
    }

    /// Up to `limit` entries (at most [`MAX_FOUND`]), of patients and others, from an ordinal on. A page that is not full
    /// is the last one; the next one begins behind the last ordinal of this one.
    pub fn list(
        &mut self,
        from: u64,
        limit: usize,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        let query = format!("entries from {from}");
        self.record(&Event::Search { query: &query }, access)?;
        self.page(from, limit, |person| person.kind != PersonKind::Report)
    }

    /// Up to `limit` entries that belong to no patient (rejects, shared directories), from an ordinal on.
    pub fn unassigned(
        &mut self,
        from: u64,
        limit: usize,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        let query = format!("unassigned from {from}");
        self.record(&Event::Search { query: &query }, access)?;
        self.page(from, limit, |person| person.kind == PersonKind::Unassigned)
    }

    /// The entry of an ordinal, as a release or a certificate names it.
    pub fn entry(&mut self, ordinal: u64, access: &Access<'_>) -> Result<CatalogueEntry, Error> {
        let query = format!("entry {ordinal}");
        self.record(&Event::Search { query: &query }, access)?;
        self.entry_of(ordinal)
    }

    /// Releases the key of one entry, after the access was recorded.
    pub fn open_entry(
        &mut self,
        entry: &CatalogueEntry,
        access: &Access<'_>,
    ) -> Result<OpenEntry<'_>, Error> {
        if self.entry_of(entry.ordinal())?.person() != entry.person() {
            return Err(ErrorKind::Refused {
                reason: "the entry was found in another archive",
            }
            .into());
        }
        if let Some(change) = entry.erased() {
            return Err(ErrorKind::Erased { change }.into());
        }
        self.state.keys.epoch()?;
        self.record(
            &Event::Read {
                patient: entry.patient_id(),
                ordinal: entry.ordinal(),
            },
            access,
        )?;
        let key = self.entry_key(entry.ordinal())?;
        let rows = self.rows_of(entry.ordinal())?;
        Ok(OpenEntry::new(self, key, rows))
    }

    /// The evidence of the migration that was given when the archive was finished.
    pub fn report(&mut self, access: &Access<'_>) -> Result<Object, Error> {
        self.report_of(names::FIRST_BAG, access)
    }

    /// The evidence of the migration that was given when an accession was finished.
    pub fn report_of(&mut self, accession: u32, access: &Access<'_>) -> Result<Object, Error> {
        let description = self.state.bags.get(&accession).ok_or(ErrorKind::Missing)?;
        let (ordinal, id) = (
            description.report.ordinal,
            description.report_object(accession)?,
        );
        self.state.keys.epoch()?;
        self.record(
            &Event::Read {
                patient: None,
                ordinal,
            },
            access,
        )?;
        let (key, path) = (self.entry_key(ordinal)?, names::in_bag(accession, REPORT));
        let sealed = self.state.folder.read(&path, MAX_OBJECT_LEN + (1 << 20))?;
        open_object(&self.state.archive, &key, id, &sealed).in_file(path)
    }

    pub(crate) fn page(
        &self,
        from: u64,
        limit: usize,
        wanted: impl Fn(&Person) -> bool,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        let limit = limit.min(MAX_FOUND);
        let mut found = Vec::new();
        self.state
            .catalogue(BY_ORDINAL)?
            .from(&format!("{from:010}\t"), |line| {
                let (ordinal, person) = Person::of_line(line)?;
                if wanted(&person) && found.len() < limit {
                    found.push(CatalogueEntry::new(ordinal, person));
                }
                Ok(found.len() < limit)
            })?;
        Ok(found)
    }

    pub(crate) fn entry_of(&self, ordinal: u64) -> Result<CatalogueEntry, Error> {
        let person = person_of(&mut self.state.catalogue(BY_ORDINAL)?, ordinal);
        let person = person.in_file(self.state.file(BY_ORDINAL))?;
        Ok(CatalogueEntry::new(ordinal, person))
    }

    pub(crate) fn rows_of(&self, ordinal: u64) -> Result<Vec<ObjectRow>, Error> {
        let mut rows = Vec::new();
        self.state
            .catalogue(OBJECTS)?
            .with_prefix(&format!("{ordinal:010}\t"), |line| {
                rows.push(ObjectRow::of_line(line)?);
                Ok(true)
            })?;
        Ok(rows)
    }

    /// Reads one object at the place that the catalogue names.
    pub(crate) fn read_object(&self, row: &ObjectRow, key: &DataKey) -> Result<Object, Error> {
        let path = row.pack_path();
        let read = || -> Result<Object, Error> {
            let sealed = read_sealed(&self.state, row)?;
            let object = open_object(&self.state.archive, key, row.id, &sealed)?;
            if object.class() != row.class() {
                return Err(ErrorKind::Changed {
                    what: "the object is of another class than the catalogue says",
                }
                .into());
            }
            Ok(object)
        };
        read()
            .of_object(row.id)
            .map_err(|error| error.at_offset(row.offset))
            .in_file(&path)
    }

    pub(crate) fn entry_key(&self, ordinal: u64) -> Result<DataKey, Error> {
        let path = self.state.file(KEYRING);
        let read = || -> Result<DataKey, Error> {
            let context =
                catalogue::epoch_context(&self.state.archive, KEYRING, self.state.current.epoch);
            let mut keyring = SealedReader::new(
                self.state.keys.epoch()?,
                &context,
                self.state.open_file(&path)?,
            )?;
            keyring.seek(SeekFrom::Start(ordinal.saturating_mul(DataKey::LEN as u64)))?;
            let mut key = Zeroizing::new([0; DataKey::LEN]);
            keyring.read_exact(&mut key[..])?;
            if *key == [0; DataKey::LEN] {
                return Err(ErrorKind::Missing.into());
            }
            Ok(DataKey::from_bytes(*key))
        };
        read().in_file(&path)
    }

    pub(crate) fn record(&mut self, event: &Event<'_>, access: &Access<'_>) -> Result<(), Error> {
        let event = event.to_json(access, self.state.archive.as_str())?;
        self.log_checkpoint = self.log.append(&event)?;
        Ok(())
    }

    /// Root of the tree over all objects of the first accession, as the archive describes itself.
    pub fn tree_root(&self) -> Digest {
        self.state
            .bags
            .values()
            .next()
            .map_or_else(|| Digest::sha256(b""), |bag| bag.tree.root)
    }
}

/// The sealed bytes of an object.
pub(crate) fn read_sealed(state: &State, row: &ObjectRow) -> Result<Vec<u8>, Error> {
    if row.len > MAX_OBJECT_LEN + (1 << 20) {
        return Err(ErrorKind::TooLarge {
            limit: MAX_OBJECT_LEN,
        }
        .into());
    }
    let mut pack = state.folder.open(&row.pack_path())?;
    pack.seek(SeekFrom::Start(row.offset))?;
    // The length is the catalogue's word: memory follows what is really there.
    let mut sealed = Vec::new();
    pack.take(row.len).read_to_end(&mut sealed)?;
    Ok(sealed)
}

pub(crate) fn person_of(by_ordinal: &mut Catalogue<File>, ordinal: u64) -> Result<Person, Error> {
    let mut person = None;
    by_ordinal.with_prefix(&format!("{ordinal:010}\t"), |line| {
        person = Some(Person::of_line(line)?.1);
        Ok(false)
    })?;
    person.ok_or_else(|| ErrorKind::Missing.into())
}

impl fmt::Debug for ArchiveReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchiveReader")
            .field("archive_id", &self.state.archive)
            .finish_non_exhaustive()
    }
}
