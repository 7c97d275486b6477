//! Readers of official releases, as their publishers ship them.

pub mod cvx;
pub mod gem;
pub mod hcpcs;
pub mod icd_10;
pub mod icd_9;
mod lines;
pub mod loinc;
pub mod mvx;
pub mod ndc;
pub mod nppes;
pub mod rxnorm;
pub mod snomed;
mod xml;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;

use chrono::NaiveDate;
use ehr_model::value::Date;

use super::TerminologyError;

/// Which release a table comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    name: String,
    day: NaiveDate,
}

impl Release {
    /// A release by its name, such as `ICD-10-CM FY2025`, and the date from which on it is in force.
    pub fn new(name: &str, date: Date) -> Self {
        Self {
            name: name.to_owned(),
            day: date.get().earliest(),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its date.
    pub fn day(&self) -> NaiveDate {
        self.day
    }
}

/// A file of a release, with its name for errors.
#[derive(Debug)]
pub struct File<R> {
    name: String,
    reader: R,
}

impl File<BufReader<fs::File>> {
    /// Opens a file.
    pub fn open(path: &Path) -> Result<Self, TerminologyError> {
        let name = path.display().to_string();
        match fs::File::open(path) {
            Ok(file) => Ok(Self::new(&name, BufReader::with_capacity(1 << 18, file))),
            Err(source) => Err(TerminologyError::Io { file: name, source }),
        }
    }
}

impl<R: BufRead> File<R> {
    /// A file of which the bytes are at hand.
    pub fn new(name: &str, reader: R) -> Self {
        Self {
            name: name.to_owned(),
            reader,
        }
    }

    /// All bytes.
    fn read_whole(mut self) -> Result<(String, Vec<u8>), TerminologyError> {
        let mut bytes = Vec::new();
        match self.reader.read_to_end(&mut bytes) {
            Ok(_) => Ok((self.name, bytes)),
            Err(source) => Err(TerminologyError::Io {
                file: self.name,
                source,
            }),
        }
    }
}
