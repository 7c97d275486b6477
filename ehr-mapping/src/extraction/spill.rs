//! Spill files: temporary, and sealed because they hold patients' data.

use std::fs::{self, File};
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ehr_crypto::{DataKey, OpenReader, SealWriter};
use ehr_model::issue::IssueCode;
use ehr_model::record::RecordId;
use ehr_model::reject::Reject;
use uuid::Uuid;

use crate::Error;
use crate::mapper::Links;
use crate::raw::Position;

/// A set of sealed files of length-prefixed entries. The key lives as long as this value; the
/// files are removed with it.
pub(super) struct Spills {
    key: DataKey,
    folder: PathBuf,
    name: &'static str,
    /// Sealing gathers four chunks before it writes, so that the files need no buffer of their own.
    writers: Vec<SealWriter<File>>,
    /// What was written into each file.
    bytes: Vec<u64>,
}

/// The buffer of a file that is read.
const BUFFER: usize = 64 << 10;

impl Spills {
    pub(super) fn create(folder: &Path, name: &'static str, count: usize) -> Result<Self, Error> {
        fs::create_dir_all(folder).map_err(Error::io(folder, "creating the spill folder"))?;
        let key = DataKey::generate().map_err(|source| Error::Spill {
            path: folder.to_owned(),
            source,
        })?;
        let mut spills = Self {
            key,
            folder: folder.to_owned(),
            name,
            writers: Vec::with_capacity(count),
            bytes: vec![0; count],
        };
        for number in 0..count {
            let path = spills.path(number);
            let file = File::create(&path).map_err(Error::io(&path, "creating a spill file"))?;
            let writer = SealWriter::new(&spills.key, &spills.context(number), file)
                .map_err(|source| Error::Spill { path, source })?;
            spills.writers.push(writer);
        }
        Ok(spills)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// How many bytes were written into a file.
    pub(super) fn bytes(&self, number: usize) -> u64 {
        self.bytes[number]
    }

    /// Removes a file that is no longer needed; the others stay.
    pub(super) fn remove(&self, number: usize) {
        let _ = fs::remove_file(self.path(number));
    }

    /// Appends an entry to a file.
    pub(super) fn write(&mut self, number: usize, parts: &[&[u8]]) -> Result<(), Error> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        self.bytes[number] += length as u64;
        let writer = &mut self.writers[number];
        let mut write = || {
            writer.write_all(&(length as u64).to_le_bytes())?;
            parts.iter().try_for_each(|part| writer.write_all(part))
        };
        write().map_err(|source| Error::Io {
            path: self.path(number),
            action: "writing a spill file",
            source,
        })
    }

    /// Ends the writing of all files.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        for (number, writer) in std::mem::take(&mut self.writers).into_iter().enumerate() {
            writer
                .finish()
                .map(drop)
                .map_err(Error::io(self.path(number), "writing a spill file"))?;
        }
        Ok(())
    }

    /// Reads the entries of a file in the order in which they were written.
    pub(super) fn read(
        &self,
        number: usize,
        mut entry: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let path = self.path(number);
        let file = File::open(&path).map_err(Error::io(&path, "opening a spill file"))?;
        let mut reader = OpenReader::new(
            &self.key,
            &self.context(number),
            BufReader::with_capacity(BUFFER, file),
        )
        .map_err(|source| Error::Spill {
            path: path.clone(),
            source,
        })?;
        let mut length = [0; 8];
        let mut bytes = Vec::new();
        loop {
            let failed = || Error::io(&path, "reading a spill file");
            let mut filled = 0;
            while filled < length.len() {
                match reader.read(&mut length[filled..]).map_err(failed())? {
                    0 if filled == 0 => return Ok(()),
                    0 => return Err(failed()(std::io::ErrorKind::UnexpectedEof.into())),
                    count => filled += count,
                }
            }
            bytes.resize(u64::from_le_bytes(length) as usize, 0);
            reader.read_exact(&mut bytes).map_err(failed())?;
            entry(&bytes)?;
        }
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{}-{number:05}.spill", self.name))
    }

    fn context(&self, number: usize) -> Vec<u8> {
        format!("{}-{number}", self.name).into_bytes()
    }
}

impl Drop for Spills {
    fn drop(&mut self) {
        for number in 0..self.len() {
            self.remove(number);
        }
        let _ = fs::remove_dir(&self.folder); // stays while another set is in it
    }
}

/// From which table or source of the plan a record comes, and from which file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) table: usize,
    pub(super) file: usize,
}

/// A record with its patient.
pub(super) struct SpilledRow {
    pub(super) patient: RecordId,
    pub(super) place: Place,
    pub(super) position: Position,
    pub(super) text: String,
    pub(super) links: Links,
}

/// Bytes before the text: patient, table, file, number, line, byte.
const ROW_HEAD: usize = 16 + 2 * 4 + 3 * 8;

impl SpilledRow {
    pub(super) fn head(patient: RecordId, place: Place, position: Position) -> [u8; ROW_HEAD] {
        let mut head = [0; ROW_HEAD];
        head[..16].copy_from_slice(patient.as_bytes());
        head[16..20].copy_from_slice(&(place.table as u32).to_le_bytes());
        head[20..24].copy_from_slice(&(place.file as u32).to_le_bytes());
        for (slot, value) in
            head[24..]
                .chunks_exact_mut(8)
                .zip([position.number, position.line, position.byte])
        {
            slot.copy_from_slice(&value.to_le_bytes());
        }
        head
    }

    /// What is written of a row: its head, its links and its text.
    pub(super) fn parts<'p>(
        head: &'p [u8; ROW_HEAD],
        length: &'p mut [u8; 4],
        links: &'p Links,
        text: &'p str,
    ) -> [&'p [u8]; 4] {
        let links = links.text();
        *length = (links.len() as u32).to_le_bytes();
        [head, length, links.as_bytes(), text.as_bytes()]
    }

    /// The patient of a row that was written.
    pub(super) fn patient(bytes: &[u8]) -> RecordId {
        RecordId::from(Uuid::from_bytes(
            bytes[..16].try_into().expect("sixteen bytes"),
        ))
    }

    pub(super) fn read(bytes: &[u8]) -> Self {
        let (head, rest) = bytes.split_at(ROW_HEAD);
        let (length, rest) = rest.split_at(4);
        let length = u32::from_le_bytes(length.try_into().expect("four bytes")) as usize;
        let (links, text) = rest.split_at(length);
        let (place, position) = read_place(head);
        let whole = |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec()).expect("only text was written, and the seal is whole")
        };
        Self {
            patient: Self::patient(head),
            place,
            position,
            text: whole(text),
            links: Links::read(&whole(links)),
        }
    }
}

fn read_place(head: &[u8]) -> (Place, Position) {
    let short =
        |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().expect("four bytes")) as usize;
    let place = Place {
        table: short(16),
        file: short(20),
    };
    let position = Position {
        number: long(head, 24),
        line: long(head, 32),
        byte: long(head, 40),
    };
    (place, position)
}

fn long(head: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(head[at..at + 8].try_into().expect("eight bytes"))
}

/// Why records were rejected: each reason once, and the number that stands for it in a spill.
#[derive(Default)]
pub(super) struct Reasons(Vec<IssueCode>);

impl Reasons {
    pub(super) fn number(&mut self, reason: IssueCode) -> u64 {
        let known = self.0.iter().position(|known| *known == reason);
        known.unwrap_or_else(|| {
            self.0.push(reason);
            self.0.len() - 1
        }) as u64
    }
}

/// A record that belongs to no chart, with its reason.
pub(super) struct SpilledReject;

impl SpilledReject {
    pub(super) fn head(
        reason: u64,
        leaves: u64,
        place: Place,
        position: Position,
    ) -> [u8; ROW_HEAD] {
        let mut head = SpilledRow::head(RecordId::from(Uuid::nil()), place, position);
        head[..8].copy_from_slice(&reason.to_le_bytes());
        head[8..16].copy_from_slice(&leaves.to_le_bytes());
        head
    }

    pub(super) fn read(bytes: &[u8], files: &[Arc<str>], reasons: &Reasons) -> Reject {
        let (head, text) = bytes.split_at(ROW_HEAD);
        let (place, position) = read_place(head);
        Reject::new(
            position.address(&files[place.file]),
            reasons.0[long(head, 0) as usize],
            long(head, 8),
            text.to_vec(),
        )
    }
}
