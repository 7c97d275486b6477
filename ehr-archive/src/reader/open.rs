//! Releases the keys of entries, each after the access was recorded, and opens their objects.

use std::io::{Read, Seek, SeekFrom};

use ehr_crypto::{DataKey, SealedReader};
use zeroize::Zeroizing;

use super::{ArchiveReader, CatalogueEntry, OpenEntry, Search};
use crate::audit_event::{Access, Event};
use crate::catalogue::{self, KEYRING, OBJECTS, ObjectRow};
use crate::error::Located;
use crate::names::{self, REPORT};
use crate::object::{MAX_OBJECT_LEN, Object, open_object};
use crate::state::State;
use crate::{Error, ErrorKind};

impl ArchiveReader {
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

    /// Opens what there is of one record number: finds its entries and releases their keys, with the search and each read
    /// recorded in one durable step. It takes half the time of finding first and opening then, where nobody has to choose.
    ///
    /// Gives back nothing if there is no such number.
    ///
    /// # Errors
    ///
    /// If several patients share the number, or an entry of it was erased: the search is recorded, and no key is released.
    pub fn open_by_mrn(
        &mut self,
        mrn: &str,
        access: &Access<'_>,
    ) -> Result<Vec<(CatalogueEntry, OpenEntry<'_>)>, Error> {
        let search = Search::new().mrn(mrn);
        let query = search.query();
        let found = self.look_up(&search)?;
        let entries: Vec<CatalogueEntry> = found.into_iter().map(|found| found.entry).collect();
        let search = Event::Search { query: &query };
        let refused = self.state.keys.epoch().err().or_else(|| refusal(&entries));
        if let Some(refused) = refused {
            self.record(&search, access)?;
            return Err(refused);
        }
        let reads = entries.iter().map(|entry| Event::Read {
            patient: entry.patient_id(),
            ordinal: entry.ordinal(),
        });
        let events: Vec<Event<'_>> = [search].into_iter().chain(reads).collect();
        self.record_all(&events.iter().collect::<Vec<_>>(), access)?;
        let reader = &*self;
        let open = |entry: CatalogueEntry| {
            let (key, rows) = (
                reader.entry_key(entry.ordinal())?,
                reader.rows_of(entry.ordinal())?,
            );
            Ok((entry, OpenEntry::new(reader, key, rows)))
        };
        entries.into_iter().map(open).collect()
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
}

/// Why the entries of a record number are not opened together.
fn refusal(entries: &[CatalogueEntry]) -> Option<Error> {
    let first = entries.first()?;
    if let Some(change) = entries.iter().find_map(CatalogueEntry::erased) {
        return Some(ErrorKind::Erased { change }.into());
    }
    let is_first = |entry: &CatalogueEntry| entry.patient_id() == first.patient_id();
    (!entries.iter().all(is_first)).then(|| {
        ErrorKind::Refused {
            reason: "several patients have this record number: find them, and open one",
        }
        .into()
    })
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
