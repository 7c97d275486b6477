//! Opens an archive: searches its catalogues, releases the key of one entry at a time, and records each access first.

mod directory;
mod entry;
mod open;
mod search;

use std::fmt;
use std::fs::File;
use std::path::Path;

use ehr_crypto::Digest;

use crate::access_log::AccessLog;
use crate::audit_event::{Access, Event};
use crate::catalogue::{BY_ORDINAL, Catalogue, Person, PersonKind};
use crate::description::Counts;
use crate::error::Located;
use crate::keys::{Role, Unlock};

use crate::state::State;
use crate::{ArchiveId, Error, ErrorKind};

pub use entry::{CatalogueEntry, ObjectInfo, OpenEntry};
pub(crate) use open::read_sealed;
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
    log_checkpoint: String,
}

impl ArchiveReader {
    /// Opens a finished archive for whoever holds a key of it. What can be done then depends on the [`Role`]s of the key.
    ///
    /// Checks the signature over the archive's state, the description, and that the access log is signed, continues the log
    /// that the state knows, and speaks of no later state. It does not check every file: that is [`verify`](crate::verify()).
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

    /// Closes the archive: the newest entries of the access log become tiles, like all others. Dropping the reader does that
    /// too, but cannot say whether it could be done; they are safe either way. Gives back the
    /// [checkpoint](Self::log_checkpoint).
    pub fn close(mut self) -> Result<String, Error> {
        self.log.close()?;
        Ok(std::mem::take(&mut self.log_checkpoint))
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
        self.log.read(0, each)
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

    pub(crate) fn record(&mut self, event: &Event<'_>, access: &Access<'_>) -> Result<(), Error> {
        self.record_all(&[event], access)
    }

    /// Records several events in one durable step. Nothing that any of them speaks of may be given out before.
    pub(crate) fn record_all(
        &mut self,
        events: &[&Event<'_>],
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let archive = self.state.archive.as_str();
        let events = events.iter().map(|event| event.to_json(access, archive));
        self.log_checkpoint = self.log.append(&events.collect::<Result<Vec<_>, _>>()?)?;
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
