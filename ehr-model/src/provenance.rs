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
    /// Which of the alternatives of the line read the value, counted from 0: a date format of several,
    /// the words for yes (0) or for no (1). `None` where the line has no alternatives.
    pub branch: Option<u16>,
    /// The row of the code map that translated the value.
    pub code_map_row: Option<CodeMapRow>,
}

/// A row of a code map of the mapping document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CodeMapRow {
    /// The name of the code map inside the document.
    pub map: Arc<str>,
    /// The number of the row, from 1.
    pub row: u32,
}

/// What of a mapping document a chart exercises: a block, an alternative of a line, a row of a code
/// map. `Display` is its stable name within one version of the document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum MappingRow {
    /// The block that begins at a line.
    Block(u32),
    /// A line, and the alternative of it.
    Line(u32, Option<u16>),
    /// A row of a code map.
    CodeMap(CodeMapRow),
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
            branch: None,
            code_map_row: None,
        }
    }
}

impl CodeMapRow {
    /// A row of a code map.
    pub fn new(map: impl Into<Arc<str>>, row: u32) -> Self {
        Self {
            map: map.into(),
            row,
        }
    }
}

impl MappingRow {
    /// What a record exercises; its block only, where no lineage was asked for.
    pub fn of(provenance: &Provenance) -> impl Iterator<Item = Self> {
        let lines = provenance.fields.iter().flat_map(|field| {
            let code = field.code_map_row.clone().map(Self::CodeMap);
            [Some(Self::Line(field.mapping_line, field.branch)), code]
        });
        let block = Self::Block(provenance.mapping_line);
        std::iter::once(block).chain(lines.flatten())
    }
}

impl fmt::Display for MappingRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Block(line) => write!(f, "block:{line}"),
            Self::Line(line, None) => write!(f, "line:{line}"),
            Self::Line(line, Some(branch)) => write!(f, "line:{line}#{branch}"),
            Self::CodeMap(CodeMapRow { map, row }) => write!(f, "code-map:{map}#{row}"),
        }
    }
}
