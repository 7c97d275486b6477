//! The formats that exports come in.

use std::collections::BTreeMap;
use std::io::Read as _;

use ehr_model::issue::IssueCode;

use crate::source::SourceFolder;
use crate::{Error, ccda, fhir, hl7v2, sqldump, x12, xlsx};

/// A format that this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Format {
    /// Delimited text, a table a file.
    Csv,
    /// A dump script of a database.
    SqlDump,
    /// A workbook, a table a sheet.
    Xlsx,
    /// C-CDA documents, and files that hold a part of one.
    Ccda,
    /// FHIR R4 JSON.
    Fhir,
    /// HL7 v2 messages.
    Hl7v2,
    /// X12 interchanges.
    X12,
}

/// How many bytes [`Format::detect`] looks at, at most.
pub const DETECT_BYTES: usize = 64 << 10;

/// The formats of the files of a folder, told by their first bytes, with how many files each has.
/// What has no mark of its own is not among them: delimited text, scans, letters.
///
/// # Errors
///
/// If a file cannot be read.
pub fn survey(folder: &dyn SourceFolder) -> Result<BTreeMap<Format, u64>, Error> {
    let files = folder
        .list()
        .map_err(Error::io("the export", "listing its files"))?;
    let mut found = BTreeMap::new();
    for file in &files {
        if let Some(format) = detect_file(folder, &file.name)? {
            *found.entry(format).or_default() += 1;
        }
    }
    Ok(found)
}

/// The format of a file of a folder.
pub(crate) fn detect_file(folder: &dyn SourceFolder, name: &str) -> Result<Option<Format>, Error> {
    let failed = || Error::io(name, "reading a file of the export");
    let stream = folder.open(name).map_err(failed())?;
    let mut start = Vec::new();
    stream
        .take(DETECT_BYTES as u64)
        .read_to_end(&mut start)
        .map_err(failed())?;
    Ok(Format::detect(&start))
}

/// Whether a file that begins so is of a format.
type Detects = fn(&[u8]) -> bool;

impl Format {
    /// All formats.
    pub const ALL: &'static [Self] = &[
        Self::Csv,
        Self::SqlDump,
        Self::Xlsx,
        Self::Ccda,
        Self::Fhir,
        Self::Hl7v2,
        Self::X12,
    ];

    /// The name in a mapping document.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::SqlDump => "sqldump",
            Self::Xlsx => "xlsx",
            Self::Ccda => "ccda",
            Self::Fhir => "fhir",
            Self::Hl7v2 => "hl7v2",
            Self::X12 => "x12",
        }
    }

    /// The format with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
    }

    /// The codes under which a mapping document may set records of the format aside.
    pub(crate) const fn set_aside_codes(self) -> &'static [IssueCode] {
        match self {
            Self::Fhir => &[fhir::MODIFIER_EXTENSION, fhir::IMPLICIT_RULES],
            Self::Hl7v2 => &[hl7v2::RESULTS_OF_ANOTHER_PATIENT],
            _ => &[],
        }
    }

    /// Whether its records are trees that paths reach into, and not rows of columns.
    pub const fn is_tree(self) -> bool {
        matches!(self, Self::Ccda | Self::Fhir | Self::Hl7v2 | Self::X12)
    }

    /// The format of a file by its first bytes, up to [`DETECT_BYTES`]. Delimited text has no mark
    /// of its own and is never detected.
    pub fn detect(start: &[u8]) -> Option<Self> {
        let tests: [(Self, Detects); 6] = [
            (Self::X12, x12::detect),
            (Self::Hl7v2, hl7v2::detect),
            (Self::Ccda, |start| {
                ccda::detect(start) || ccda::detect_part(start)
            }),
            (Self::Fhir, fhir::detect),
            (Self::SqlDump, sqldump::detect),
            (Self::Xlsx, xlsx::detect),
        ];
        tests
            .into_iter()
            .find(|(_, detects)| detects(start))
            .map(|(format, _)| format)
    }
}
