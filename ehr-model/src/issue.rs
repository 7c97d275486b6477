//! What is wrong with a patient's data: data itself, never an abort.

use std::fmt;
use std::sync::Arc;

use crate::provenance::SourceAddress;
use crate::record::{Kind, RecordId};

/// How bad an issue is (FHIR `OperationOutcome` severities).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Severity {
    /// Blocks a production run.
    Fatal,
    /// Wrong; somebody must decide.
    Error,
    /// Suspicious; somebody should look.
    Warning,
    /// Worth knowing.
    Information,
}

/// A permanent code that says what is wrong, such as `birth-date-in-future`.
///
/// Codes are never reused for another meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IssueCode(&'static str);

impl IssueCode {
    /// A code; lower-case words joined by `-`.
    pub const fn new(code: &'static str) -> Self {
        Self(code)
    }

    /// The code.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for IssueCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl serde::Serialize for IssueCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

/// Something that is wrong, with its address and without any value.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct Issue {
    /// What is wrong.
    pub code: IssueCode,
    /// How bad it is.
    pub severity: Severity,
    /// Where it stands in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<SourceAddress>,
    /// Which record it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<RecordId>,
    /// The kind of that record.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "kind_name")]
    pub kind: Option<Kind>,
    /// The field, as a path of the catalogue or of the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<Arc<str>>,
}

impl Issue {
    /// An issue that still lacks its address.
    pub fn new(code: IssueCode, severity: Severity) -> Self {
        Self {
            code,
            severity,
            address: None,
            record: None,
            kind: None,
            field: None,
        }
    }

    /// With its address in the source.
    pub fn at(self, address: SourceAddress) -> Self {
        Self {
            address: Some(address),
            ..self
        }
    }

    /// With the record that it is about.
    pub fn about(self, kind: Kind, record: RecordId) -> Self {
        Self {
            kind: Some(kind),
            record: Some(record),
            ..self
        }
    }

    /// With the field.
    pub fn field(self, field: impl Into<Arc<str>>) -> Self {
        Self {
            field: Some(field.into()),
            ..self
        }
    }
}

impl fmt::Display for Issue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if let Some(kind) = self.kind {
            write!(f, " {}", kind.name())?;
        }
        if let Some(record) = self.record {
            write!(f, " {record}")?;
        }
        if let Some(field) = &self.field {
            write!(f, " {field}")?;
        }
        match &self.address {
            Some(address) => write!(f, " [{address}]"),
            None => Ok(()),
        }
    }
}

fn kind_name<S: serde::Serializer>(kind: &Option<Kind>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(kind.map_or("", Kind::name))
}
