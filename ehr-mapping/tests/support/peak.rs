//! What a process held at once, and exports that are made while they are read.

use std::io::{self, Read};

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::format::Format;
use ehr_mapping::source::{SourceFile, SourceFolder};

/// The most memory that this process held at once, in bytes; `None` where the system does not say.
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

/// How many megabytes an export has: as many as `EHR_MEMORY_MB` says, or these.
pub(crate) fn megabytes(usual: u64) -> u64 {
    let said = std::env::var("EHR_MEMORY_MB").ok();
    said.and_then(|said| said.parse().ok()).unwrap_or(usual)
}

/// An export of one file, whose pieces are made one by one until there are enough bytes.
pub(crate) struct Made {
    pub name: &'static str,
    pub bytes: u64,
    pub head: &'static str,
    pub piece: fn(u64) -> String,
    pub tail: &'static str,
}

impl SourceFolder for Made {
    fn list(&self) -> io::Result<Vec<SourceFile>> {
        Ok(vec![SourceFile::new(self.name, self.bytes)])
    }

    fn open(&self, _name: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(Stream {
            made: self,
            number: 0,
            given: 0,
            piece: self.head.as_bytes().to_vec(),
            at: 0,
            ended: false,
        }))
    }
}

struct Stream<'m> {
    made: &'m Made,
    number: u64,
    given: u64,
    piece: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Stream<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.piece.len() && !self.ended {
            self.ended = self.given >= self.made.bytes;
            self.piece = match self.ended {
                true => self.made.tail.as_bytes().to_vec(),
                false => (self.made.piece)(self.number).into_bytes(),
            };
            (self.at, self.number) = (0, self.number + 1);
        }
        let count = buffer.len().min(self.piece.len() - self.at);
        buffer[..count].copy_from_slice(&self.piece[self.at..self.at + count]);
        self.at += count;
        self.given += count as u64;
        Ok(count)
    }
}

/// Takes an export to charts, the books of each settled, and says how many records there are: of
/// patients, and of nobody.
pub(crate) fn extract(format: Format, folder: &Made) -> (u64, u64) {
    let plan = MappingDocument::for_formats([format], "urn:test:memory").unwrap();
    let plan = plan.compile().unwrap();
    let spill = tempfile::tempdir().unwrap();
    let extraction =
        Extraction::open_rehearsal(&plan, folder, ExtractionOptions::new(spill.path())).unwrap();
    let shared = extraction.shared().chart.records.len() as u64;
    let mut records = 0;
    let work = |unit: ehr_mapping::mapper::PatientUnit<'_>,
                books: &ehr_mapping::extraction::Books<'_>| {
        std::hint::black_box(books.settle(&unit, |_| true));
        unit.chart.records.len() as u64
    };
    extraction
        .patients(work, |patient| {
            records += patient;
            Ok(())
        })
        .unwrap();
    (records, shared)
}
