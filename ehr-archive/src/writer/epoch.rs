//! The files of an epoch, written from the journal in one pass: keyring and catalogues.

use std::io::Write;

use ehr_crypto::{DataKey, SealWriter, key};

use super::FIRST_EPOCH;
use super::journal::EntryRecord;
use super::sort::LineSorter;
use crate::catalogue::{
    self, BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, KEYRING, OBJECTS, ObjectRow, Person, PersonKind,
};
use crate::description::{Counts, ReportDescription};
use crate::entry::{ObjectClass, ObjectEntry};
use crate::files::{FileOut, Folder, Written};
use crate::keys::Keys;
use crate::names::{self, BAG_NUMBER, REPORT};
use crate::object::{Compressors, seal_object};
use crate::{ArchiveId, Error, ObjectId};

/// Everything that is written from the journal in one pass.
pub(super) struct EpochFiles {
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

impl EpochFiles {
    pub(super) fn create(
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

    pub(super) fn add(&mut self, entry: &EntryRecord) -> Result<(), Error> {
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
    pub(super) fn add_report(
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

    pub(super) fn finish(
        self,
        folder: &Folder,
        keys: &Keys,
    ) -> Result<(Vec<Written>, Counts), Error> {
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
