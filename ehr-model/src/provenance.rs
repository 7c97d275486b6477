//! Where a value came from, as addresses; never the value.

use std::fmt;
use std::sync::Arc;

/// An address inside a source: file, record, line, byte and path, as far as they are known.
///
/// `Display` puts the parts in the order in which a person looks them up:
///
/// ```
/// use ehr_model::provenance::SourceAddress;
/// let address = SourceAddress::new("allergies.csv").record(12).line(13).path("REACTION1");
/// assert_eq!(address.to_string(), "allergies.csv: record 12, line 13, REACTION1");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct SourceAddress {
    /// The name of the source inside the export, such as a file name.
    pub source: Arc<str>,
    /// The number of the record, counted from 1.
    pub record: Option<u64>,
    /// The line on which the record begins, counted from 1.
    pub line: Option<u64>,
    /// The byte at which the record begins.
    pub byte: Option<u64>,
    /// The path inside the record: a column, `PID-5.1`, an XPath.
    pub path: Option<Arc<str>>,
}

impl SourceAddress {
    /// The address of a whole source.
    pub fn new(source: impl Into<Arc<str>>) -> Self {
        Self {
            source: source.into(),
            record: None,
            line: None,
            byte: None,
            path: None,
        }
    }

    /// With the number of a record.
    pub fn record(self, record: u64) -> Self {
        Self {
            record: Some(record),
            ..self
        }
    }

    /// With a line.
    pub fn line(self, line: u64) -> Self {
        Self {
            line: Some(line),
            ..self
        }
    }

    /// With a byte offset.
    pub fn byte(self, byte: u64) -> Self {
        Self {
            byte: Some(byte),
            ..self
        }
    }

    /// With a path inside the record.
    pub fn path(self, path: impl Into<Arc<str>>) -> Self {
        Self {
            path: Some(path.into()),
            ..self
        }
    }
}

impl fmt::Display for SourceAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)?;
        let mut separator = ": ";
        for (word, number) in [
            ("record", self.record),
            ("line", self.line),
            ("byte", self.byte),
        ] {
            if let Some(number) = number {
                write!(f, "{separator}{word} {number}")?;
                separator = ", ";
            }
        }
        match &self.path {
            Some(path) => write!(f, "{separator}{path}"),
            None => Ok(()),
        }
    }
}

impl serde::Serialize for SourceAddress {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What made a record: the address of its source record and the line of the mapping document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// The source record.
    pub address: SourceAddress,
    /// The line of the mapping document that begins the block which made the record.
    pub mapping_line: u32,
    /// Field by field, where the caller asked for it.
    pub fields: Vec<FieldProvenance>,
}

/// What filled one field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldProvenance {
    /// The field, as a path of the catalogue.
    pub field: Arc<str>,
    /// The path inside the source record; `None` for a constant of the mapping document.
    pub source_path: Option<Arc<str>>,
    /// The line of the mapping document.
    pub mapping_line: u32,
}

impl Provenance {
    /// A source record and the line of the mapping document that read it.
    pub fn new(address: SourceAddress, mapping_line: u32) -> Self {
        Self {
            address,
            mapping_line,
            fields: Vec::new(),
        }
    }
}

impl FieldProvenance {
    /// A field, where its value stood, and the line of the mapping document that moved it.
    pub fn new(field: Arc<str>, source_path: Option<Arc<str>>, mapping_line: u32) -> Self {
        Self {
            field,
            source_path,
            mapping_line,
        }
    }
}
