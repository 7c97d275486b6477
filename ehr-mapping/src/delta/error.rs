//! Why the state of a run cannot be used.

use std::io;
use std::path::{Path, PathBuf};

use ehr_model::record::RecordId;

/// Why the state of a run cannot be read or written. No delta is made without the right state:
/// everything would look new, or deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// The operating system refused.
    #[error("{}: {action} failed", .path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The file does not open: another key, a changed byte, or an end that is missing.
    #[error("{}: the state of the run does not open with this key", .path.display())]
    Sealed {
        /// The file.
        path: PathBuf,
        /// What was wrong.
        #[source]
        source: ehr_crypto::Error,
    },
    /// The file opens and is not the state of a run.
    #[error("{}: line {line}: {expected} expected", .path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: u64,
        /// What should stand there.
        expected: &'static str,
    },
    /// The new state would replace the old one, which is needed until the run is complete.
    #[error("{}: the state of a run is never written over an earlier one", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Patients come in the order of their ids, once each; otherwise the comparison means nothing.
    #[error(
        "patient {patient} comes after {after}: patients come in the order of their ids, once each"
    )]
    Order {
        /// The patient.
        patient: RecordId,
        /// The patient before.
        after: RecordId,
    },
}

impl StateError {
    pub(super) fn io(path: &Path, action: &'static str) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        // sealed streams tell their errors as errors of input
        move |source| match ehr_crypto::Error::from(source) {
            ehr_crypto::Error::Io(source) => Self::Io {
                path,
                action,
                source,
            },
            source => Self::Sealed { path, source },
        }
    }

    pub(super) fn sealed(path: &Path) -> impl FnOnce(ehr_crypto::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Sealed { path, source }
    }
}
