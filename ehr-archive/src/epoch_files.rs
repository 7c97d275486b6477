//! The files of the state that are written anew as a whole: keyring and catalogues.

mod erase;
mod word_index;

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};

use ehr_crypto::{DataKey, OpenReader, SealWriter, key};
use zeroize::Zeroizing;

use crate::catalogue::{
    self, BY_DOB, BY_MRN, BY_NAME, BY_ORDINAL, KEYRING, OBJECTS, ObjectRow, Person, PersonKind,
};
use crate::description::{Counts, ReportDescription};
use crate::entry::{ObjectClass, ObjectEntry};
use crate::error::Located;
use crate::files::{FileOut, Folder, Written};
use crate::keys::Keys;
use crate::names::{self, REPORT, UNFINISHED};
use crate::object::{Compressors, seal_object};
use crate::sort::{LineSorter, Lines};
use crate::state::State;
use crate::writer::EntryRecord;
use crate::{ArchiveId, Error, ErrorKind, ObjectId};

pub(crate) use erase::{Erasure, erase};
pub(crate) use word_index::{WordIndex, Words, first_word, sound_lines, word_line};

/// The catalogues that are sorted by what is searched for.
const INDEXES: [&str; 3] = [BY_MRN, BY_NAME, BY_DOB];

/// Keyring and catalogues that grow by an accession: what was there before, then the entries of the journal.
pub(crate) struct EpochFiles<'a> {
    archive: ArchiveId,
    keys: &'a Keys,
    generation: u32,
    /// The accession that is written.
    bag: u32,
    keyring: EpochFile,
    by_ordinal: EpochFile,
    objects: EpochFile,
    sorters: [LineSorter; 3],
    /// The tree's number of the first object of each pack.
    first_leaves: Vec<u64>,
    ordinal: u64,
    counts: Counts,
    before: Option<&'a State>,
}

impl<'a> EpochFiles<'a> {
    pub(crate) fn create(
        folder: &Folder,
        archive: &ArchiveId,
        keys: &'a Keys,
        generation: u32,
        bag: u32,
        first_leaves: Vec<u64>,
    ) -> Result<Self, Error> {
        let create = |name, key| EpochFile::create(folder, archive, name, generation, key);
        Ok(EpochFiles {
            archive: archive.clone(),
            keys,
            generation,
            bag,
            keyring: create(KEYRING, keys.epoch()?)?,
            by_ordinal: create(BY_ORDINAL, keys.catalogue()?)?,
            objects: create(OBJECTS, keys.catalogue()?)?,
            sorters: [
                LineSorter::new(folder, UNFINISHED, BY_MRN)?,
                LineSorter::new(folder, UNFINISHED, BY_NAME)?,
                LineSorter::new(folder, UNFINISHED, BY_DOB)?,
            ],
            first_leaves,
            ordinal: 0,
            counts: Counts::default(),
            before: None,
        })
    }

    /// Takes over what the archive holds already.
    pub(crate) fn take_over(&mut self, state: &'a State) -> Result<(), Error> {
        for line in state.lines(BY_ORDINAL)? {
            self.by_ordinal.line(&line?)?;
            self.ordinal += 1;
        }
        for line in state.lines(OBJECTS)? {
            self.objects.line(&line?)?;
        }
        let mut keyring = state.open_sealed(KEYRING)?;
        let mut key = Zeroizing::new([0; DataKey::LEN]);
        for _ in 0..self.ordinal {
            keyring
                .read_exact(&mut key[..])
                .in_file(state.file(KEYRING))?;
            self.keyring.write(&key[..])?;
        }
        self.before = Some(state);
        Ok(())
    }

    pub(crate) fn add(&mut self, entry: &EntryRecord) -> Result<(), Error> {
        let ordinal = self.ordinal;
        for (sequence, object) in entry.objects.iter().enumerate() {
            let first_leaf = self.first_leaves.get(object.place.pack as usize);
            let first_leaf = first_leaf.ok_or(ErrorKind::Malformed {
                what: "a journal frame",
            });
            let row = ObjectRow {
                ordinal,
                sequence: sequence as u64,
                class: object.class.clone(),
                id: ObjectId::from_bytes(object.id),
                bag: self.bag,
                pack: object.place.pack,
                offset: object.place.offset,
                len: object.place.len,
                leaf: first_leaf? + object.place.index,
            };
            self.objects.line(&row.to_line())?;
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
    pub(crate) fn add_report(
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
        let sealed = seal_object(
            &self.archive,
            &key,
            id,
            &entry,
            &Compressors::default(),
            None,
        )?;
        let written = folder.write(&names::in_bag(self.bag, REPORT), &sealed)?;
        let description = ReportDescription {
            object: id.to_string(),
            ordinal: self.ordinal,
        };
        self.add_person(&Person::report(), &key)?;
        Ok((written, description))
    }

    fn add_person(&mut self, person: &Person, key: &DataKey) -> Result<(), Error> {
        self.keyring.write(key.expose_bytes())?;
        self.by_ordinal.line(&person.to_line(self.ordinal)?)?;
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

    pub(crate) fn finish(self, folder: &Folder) -> Result<(Vec<Written>, Counts), Error> {
        let mut written = Vec::new();
        for file in [self.keyring, self.by_ordinal, self.objects] {
            written.push(file.finish()?);
        }
        let (archive, generation) = (&self.archive, self.generation);
        let mut words = WordIndex::create(folder, UNFINISHED, archive, generation, self.keys)?;
        for (name, sorter) in INDEXES.into_iter().zip(self.sorters) {
            let mut file = EpochFile::create(
                folder,
                &self.archive,
                name,
                self.generation,
                self.keys.catalogue()?,
            )?;
            let before = self.before.map(|state| state.lines(name)).transpose()?;
            sorter.finish(before, |line| {
                if name == BY_NAME {
                    words.add(line)?;
                }
                file.line(line)
            })?;
            written.push(file.finish()?);
        }
        written.extend(words.finish()?);
        Ok((written, self.counts))
    }
}

impl State {
    /// A file of the epoch, read from its beginning.
    pub(crate) fn open_sealed(&self, name: &str) -> Result<BufReader<OpenReader<File>>, Error> {
        let key = if name == KEYRING {
            self.keys.epoch()?
        } else {
            self.keys.catalogue()?
        };
        let path = self.file(name);
        let context = catalogue::epoch_context(&self.archive, name, self.current.epoch);
        let reader = OpenReader::new(key, &context, self.open_file(&path)?).in_file(&path)?;
        Ok(BufReader::new(reader))
    }

    /// The lines of a catalogue from its beginning.
    pub(crate) fn lines(&self, name: &str) -> Result<Lines<'_>, Error> {
        let path = self.file(name);
        let lines = self.open_sealed(name)?.lines();
        Ok(Box::new(lines.map(move |line| line.in_file(&path))))
    }
}

/// A keyring or catalogue that is being written.
pub(crate) struct EpochFile {
    path: String,
    sealed: SealWriter<FileOut>,
}

impl EpochFile {
    pub(crate) fn create(
        folder: &Folder,
        archive: &ArchiveId,
        name: &str,
        generation: u32,
        key: &DataKey,
    ) -> Result<Self, Error> {
        let path = names::state_file(name, generation);
        let context = catalogue::epoch_context(archive, name, generation);
        let sealed = SealWriter::new(key, &context, folder.create(&path)?).in_file(&path)?;
        Ok(EpochFile { path, sealed })
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.sealed.write_all(bytes).in_file(&self.path)
    }

    pub(crate) fn line(&mut self, line: &str) -> Result<(), Error> {
        self.write(line.as_bytes())?;
        self.write(b"\n")
    }

    /// Makes the file durable.
    pub(crate) fn finish(self) -> Result<Written, Error> {
        self.sealed.finish().in_file(self.path)?.finish()
    }
}
