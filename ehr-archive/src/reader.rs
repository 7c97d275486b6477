//! Opens an archive: searches its catalogues, releases the key of one entry at a time, and records each access first.

mod entry;

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use ehr_crypto::{DataKey, Digest, SealedReader};
use zeroize::Zeroizing;

use crate::access_log::{AccessLog, LogHead};
use crate::audit_event::{Access, Event};
use crate::catalogue::{
    self, BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, Catalogue, KEYRING, OBJECTS, ObjectRow, Person,
    PersonKind,
};
use crate::description::{Counts, Current, Description};
use crate::error::Located;
use crate::files::Folder;
use crate::keys::Keys;
use crate::names::{self, CURRENT, JOURNAL, REPORT, SLOTS};
use crate::object::{MAX_OBJECT_LEN, Object, open_object};
use crate::{ArchiveId, Error, ErrorKind, fold};

pub use entry::{CatalogueEntry, ObjectInfo, OpenEntry};

/// The most entries that one search or page gives back. A search that finds more is an error, never a shortened answer.
pub const MAX_FOUND: usize = 10_000;

/// An open archive.
///
/// Every method that finds or reads something takes an [`Access`] and records it in the access log before anything is
/// given out. An archive whose log cannot be written cannot be read.
pub struct ArchiveReader {
    folder: Folder,
    archive: ArchiveId,
    epoch: u32,
    keys: Keys,
    description: Description,
    log: AccessLog,
    log_checkpoint: String,
}

impl ArchiveReader {
    /// Opens a finished archive with the key that it was created with.
    ///
    /// Checks the signature over the archive's state, the description, and the whole access log, but not every file: that
    /// is [`verify`](crate::verify()).
    pub fn open(path: &Path, key: &DataKey, access: &Access<'_>) -> Result<Self, Error> {
        let folder = Folder::new(path);
        if !folder.exists(CURRENT) {
            let kind = if folder.exists(JOURNAL) {
                ErrorKind::Unfinished
            } else {
                ErrorKind::NotAnArchive
            };
            return Err(kind.into());
        }
        let (keys, archive, epoch) = Keys::open(&folder, key)?;
        let current = Current::read(&folder, &archive, keys.signing.verifying_key())?;
        Description::check(&folder, &current)?;
        let description = Description::read(&folder)?;
        let slots_are_current = current
            .files
            .contains(&(folder.digest(SLOTS)?.sha256, SLOTS.to_owned()));
        if current.epoch != epoch || !slots_are_current || description.archive_id != archive {
            return Err(ErrorKind::Changed {
                what: "files of different states are mixed",
            })
            .in_file(CURRENT);
        }
        let known = LogHead {
            size: current.log_size,
            root: current.log_root.as_bytes().try_into().unwrap_or_default(),
        };
        let log = AccessLog::open(&folder, &archive, &keys, known)?;
        let mut reader = ArchiveReader {
            folder,
            archive,
            epoch,
            keys,
            description,
            log,
            log_checkpoint: String::new(),
        };
        reader.record(&Event::Open, access)?;
        Ok(reader)
    }

    /// The archive's id.
    pub fn archive_id(&self) -> &ArchiveId {
        &self.archive
    }

    /// How much the archive holds.
    pub fn counts(&self) -> Counts {
        self.description.counts
    }

    /// The signed head of the access log after the last access. Kept elsewhere, it shows later whether entries of the log
    /// were removed or rewritten.
    pub fn log_checkpoint(&self) -> &str {
        &self.log_checkpoint
    }

    /// Entries with this medical record number; case and spaces do not matter.
    pub fn find_by_mrn(
        &mut self,
        mrn: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.find(
            BY_MRN,
            &format!("{}\t", fold::fold_number(mrn)),
            mrn,
            access,
        )
    }

    /// Entries with a name that begins, at any of its words, with this; case and diacritics do not matter.
    pub fn find_by_name(
        &mut self,
        beginning: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.find(BY_NAME, &fold::fold_name(beginning), beginning, access)
    }

    /// Entries with this date of birth, or with one in this year (`1980`) or month (`1980-02`).
    pub fn find_by_birth_date(
        &mut self,
        date: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.find(BY_DOB, date, date, access)
    }

    /// Up to `limit` entries (at most [`MAX_FOUND`]), of patients and others, from an ordinal on. A page that is not full
    /// is the last one; the next one begins behind the last ordinal of this one.
    pub fn list(
        &mut self,
        from: u64,
        limit: usize,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.record(
            &Event::Search {
                by: BY_ORDINAL,
                query: &from.to_string(),
            },
            access,
        )?;
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
        self.record(
            &Event::Search {
                by: BY_ORDINAL,
                query: &query,
            },
            access,
        )?;
        self.page(from, limit, |person| person.kind == PersonKind::Unassigned)
    }

    /// Releases the key of one entry, after the access was recorded.
    pub fn open_entry(
        &mut self,
        entry: &CatalogueEntry,
        access: &Access<'_>,
    ) -> Result<OpenEntry<'_>, Error> {
        let person = person_of(&mut self.catalogue(BY_ORDINAL)?, entry.ordinal());
        if person.in_file(self.state_file(BY_ORDINAL))? != *entry.person() {
            return Err(ErrorKind::Refused {
                reason: "the entry was found in another archive",
            }
            .into());
        }
        self.record(
            &Event::Read {
                patient: entry.patient_id(),
                ordinal: entry.ordinal(),
            },
            access,
        )?;
        let key = self.entry_key(entry.ordinal())?;
        let mut rows = Vec::new();
        self.catalogue(OBJECTS)?
            .with_prefix(&format!("{:010}\t", entry.ordinal()), |line| {
                rows.push(ObjectRow::of_line(line)?);
                Ok(true)
            })?;
        Ok(OpenEntry::new(self, key, rows))
    }

    /// The evidence of the migration that was given when the archive was finished.
    pub fn report(&mut self, access: &Access<'_>) -> Result<Object, Error> {
        let ordinal = self.description.report.ordinal;
        self.record(
            &Event::Read {
                patient: None,
                ordinal,
            },
            access,
        )?;
        let (key, path) = (self.entry_key(ordinal)?, names::in_bag(REPORT));
        let sealed = self.folder.read(&path, MAX_OBJECT_LEN + (1 << 20))?;
        open_object(
            &self.archive,
            &key,
            self.description.report_object()?,
            &sealed,
        )
        .in_file(path)
    }

    fn find(
        &mut self,
        name: &'static str,
        prefix: &str,
        query: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.record(&Event::Search { by: name, query }, access)?;
        if prefix.trim().is_empty() {
            return Err(ErrorKind::Refused {
                reason: "there is nothing to search for",
            }
            .into());
        }
        let mut ordinals = BTreeSet::new();
        self.catalogue(name)?.with_prefix(prefix, |line| {
            ordinals.insert(catalogue::ordinal_of_index_line(line)?);
            Ok(ordinals.len() <= MAX_FOUND)
        })?;
        if ordinals.len() > MAX_FOUND {
            return Err(ErrorKind::TooMany { limit: MAX_FOUND }.into());
        }
        let mut by_ordinal = self.catalogue(BY_ORDINAL)?;
        let found = ordinals.into_iter().map(|ordinal| {
            let person =
                person_of(&mut by_ordinal, ordinal).in_file(self.state_file(BY_ORDINAL))?;
            Ok(CatalogueEntry::new(ordinal, person))
        });
        found.collect()
    }

    fn page(
        &self,
        from: u64,
        limit: usize,
        wanted: impl Fn(&Person) -> bool,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        let limit = limit.min(MAX_FOUND);
        let mut found = Vec::new();
        self.catalogue(BY_ORDINAL)?
            .from(&format!("{from:010}\t"), |line| {
                let (ordinal, person) = Person::of_line(line)?;
                if wanted(&person) && found.len() < limit {
                    found.push(CatalogueEntry::new(ordinal, person));
                }
                Ok(found.len() < limit)
            })?;
        Ok(found)
    }

    /// Reads one object at the place that the catalogue names.
    fn read_object(&self, row: &ObjectRow, key: &DataKey) -> Result<Object, Error> {
        let path = row.pack_path()?;
        let read = || -> Result<Object, Error> {
            if row.len > MAX_OBJECT_LEN + (1 << 20) {
                return Err(ErrorKind::TooLarge {
                    limit: MAX_OBJECT_LEN,
                }
                .into());
            }
            let mut pack = self.folder.open(&path)?;
            pack.seek(SeekFrom::Start(row.offset))?;
            let mut sealed = vec![0; row.len as usize];
            pack.read_exact(&mut sealed)?;
            let object = open_object(&self.archive, key, row.id, &sealed)?;
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

    fn entry_key(&self, ordinal: u64) -> Result<DataKey, Error> {
        let path = self.state_file(KEYRING);
        let read = || -> Result<DataKey, Error> {
            let context = catalogue::epoch_context(&self.archive, KEYRING, self.epoch);
            let mut keyring =
                SealedReader::new(&self.keys.epoch, &context, self.folder.open(&path)?)?;
            keyring.seek(SeekFrom::Start(ordinal.saturating_mul(DataKey::LEN as u64)))?;
            let mut key = Zeroizing::new([0; DataKey::LEN]);
            keyring.read_exact(&mut key[..])?;
            Ok(DataKey::from_bytes(*key))
        };
        read().in_file(&path)
    }

    fn catalogue(&self, name: &str) -> Result<Catalogue<File>, Error> {
        let (path, context) = (
            self.state_file(name),
            catalogue::epoch_context(&self.archive, name, self.epoch),
        );
        Catalogue::open(&self.keys.catalogue, &context, self.folder.open(&path)?).in_file(path)
    }

    fn state_file(&self, name: &str) -> String {
        names::state_file(name, self.epoch)
    }

    fn record(&mut self, event: &Event<'_>, access: &Access<'_>) -> Result<(), Error> {
        let event = event.to_json(access, self.archive.as_str())?;
        self.log_checkpoint = self.log.append(&event, &self.keys)?;
        Ok(())
    }

    /// Root of the tree over all objects, as the archive describes itself.
    pub fn tree_root(&self) -> Digest {
        self.description.tree.root
    }
}

fn person_of(by_ordinal: &mut Catalogue<File>, ordinal: u64) -> Result<Person, Error> {
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
            .field("archive_id", &self.archive)
            .finish_non_exhaustive()
    }
}
