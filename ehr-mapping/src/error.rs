//! What stops a run.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use crate::document::DocumentErrors;
use crate::{ccda, csv, fhir, hl7v2, sqldump, x12, xlsx};

/// Why a run stops. What is wrong with single records is an issue or a reject, never an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The mapping document has mistakes.
    #[error(transparent)]
    Document(#[from] DocumentErrors),

    /// The permit does not hold for this extraction; nothing was read.
    #[error(transparent)]
    Permit(#[from] ehr_model::readiness::PermitRefusal),

    /// The sign-offs are of another mapping document than the one that would be run; nothing was read.
    #[error("document-not-approved: the sign-offs are of {approved}, and the plan is of {plan}")]
    DocumentNotApproved {
        /// The digest of the document that was approved.
        approved: Box<ehr_crypto::Digest>,
        /// The digest of the document that the plan was compiled from.
        plan: Box<ehr_crypto::Digest>,
    },

    /// A file of the export cannot be read.
    #[error(transparent)]
    Csv(#[from] csv::Error),

    /// A C-CDA document of the export cannot be read.
    #[error(transparent)]
    Ccda(#[from] ccda::Error),

    /// A dump script of the export cannot be read.
    #[error(transparent)]
    SqlDump(#[from] sqldump::Error),

    /// A workbook of the export cannot be read.
    #[error(transparent)]
    Xlsx(#[from] xlsx::Error),

    /// A FHIR file of the export cannot be read.
    #[error(transparent)]
    Fhir(#[from] fhir::Error),

    /// A file of HL7 v2 messages of the export cannot be read.
    #[error(transparent)]
    Hl7v2(#[from] hl7v2::Error),

    /// An X12 interchange of the export cannot be read.
    #[error(transparent)]
    X12(#[from] x12::Error),

    /// A file is of no format that the mapping document reads.
    #[error("{file}: of no format that the mapping document reads")]
    FormatUnknown {
        /// The name of the file.
        file: Arc<str>,
    },

    /// A table of the mapping document has no file in the export.
    #[error("{file}: the export has no such file; table `{table}` needs it")]
    TableMissing {
        /// The name of the file.
        file: String,
        /// The name of the table.
        table: String,
    },

    /// A file of the export lacks columns; nothing was read from it.
    #[error("{file}: line 1: the header lacks {}; table `{table}` needs them", .columns.join(", "))]
    ColumnsMissing {
        /// The name of the file.
        file: Arc<str>,
        /// The name of the table.
        table: String,
        /// The columns.
        columns: Vec<String>,
    },

    /// The operating system refused.
    #[error("{}: {action} failed", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },

    /// A spill file cannot be sealed or opened.
    #[error("{}: the sealed spill file cannot be used", .path.display())]
    Spill {
        /// The file.
        path: PathBuf,
        /// What was wrong with it.
        #[source]
        source: ehr_crypto::Error,
    },

    /// The caller's own stage failed.
    #[error(transparent)]
    Stage(Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps an error of a stage that the caller runs inside an extraction.
    pub fn stage(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Stage(error.into())
    }

    pub(crate) fn io(
        path: impl Into<PathBuf>,
        action: &'static str,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            path,
            action,
            source,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_place_and_no_value() {
        let missing = Error::TableMissing {
            file: "VISITS.TXT".into(),
            table: "visits".into(),
        };
        assert_eq!(
            missing.to_string(),
            "VISITS.TXT: the export has no such file; table `visits` needs it"
        );
        let columns = Error::ColumnsMissing {
            file: "VISITS.TXT".into(),
            table: "visits".into(),
            columns: vec!["VISIT_NO".into(), "STATUS".into()],
        };
        assert_eq!(
            columns.to_string(),
            "VISITS.TXT: line 1: the header lacks VISIT_NO, STATUS; table `visits` needs them"
        );
        let io = Error::io("out/fhir", "creating a folder")(io::ErrorKind::PermissionDenied.into());
        assert_eq!(io.to_string(), "out/fhir: creating a folder failed");
        assert!(std::error::Error::source(&io).is_some());
    }
}
