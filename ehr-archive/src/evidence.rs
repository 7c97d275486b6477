//! The evidence bundle of a migration: one folder with everything that proves it, signed.
//!
//! Audit, mapping document and sign-offs, rounds, samples, the readiness register, checkpoints of the
//! log, reconciliation, monitoring: each file lies under its part with its digest in `EVIDENCE`, a
//! signed note that people can read. [`verify_evidence`] needs the folder and the signer's public key
//! and no network; a changed byte, a missing file, an extra file and another signer are each named.
//! [`Evidence::seal`] puts the same bytes into an archive.
//!
//! HIPAA documentation is kept for six years from its making or from when it last was in effect,
//! whichever is later (45 CFR 164.316(b)(2)(i) and 164.530(j)(2)): the note says until when.
//!
//! ```
//! use ehr_archive::evidence::{EvidencePart, EvidenceSource, make_evidence, verify_evidence};
//! use ehr_crypto::{DataKey, SigningKey};
//! # let home = tempfile::tempdir()?;
//! # let (report, folder) = (home.path().join("audit.json"), home.path().join("evidence"));
//! # std::fs::write(&report, "{}")?;
//! let key = SigningKey::from_seed("privacy-officer", DataKey::generate()?)?;
//! let mut source = EvidenceSource::new("harbor street, 2031", "2031-07-05");
//! source.add(EvidencePart::Audit, &report);
//! for part in EvidencePart::ALL.iter().filter(|part| **part != EvidencePart::Audit) {
//!     source.absent(*part, "a rehearsal only");
//! }
//! make_evidence(&source, &folder, &key)?;
//! assert!(verify_evidence(&folder, key.verifying_key())?.is_whole());
//! std::fs::write(folder.join("audit/audit.json"), "[]")?;
//! let report = verify_evidence(&folder, key.verifying_key())?;
//! assert_eq!(report.findings[0].to_string(), "audit/audit.json: changed since it was signed");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod make;
mod note;
mod seal;
mod verify;

pub use make::{EvidenceSource, make_evidence};
pub use seal::{Evidence, restore_evidence};
pub use verify::{EvidenceFinding, EvidenceReport, verify_evidence};

use std::path::PathBuf;

/// The file with the signed list.
pub const NOTE: &str = "EVIDENCE";
/// Years that HIPAA documentation is kept: 45 CFR 164.316(b)(2)(i), 164.530(j)(2).
pub const RETENTION_YEARS: u16 = 6;

/// The parts of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EvidencePart {
    /// The audit of the export before any mapping.
    Audit,
    /// The mapping document with its code maps.
    MappingDocument,
    /// The sign-offs of the mapping document and of the cutover.
    SignOff,
    /// The rounds of the rehearsal.
    Round,
    /// The plans of samples and what they gave.
    Sample,
    /// The readiness register.
    Register,
    /// Checkpoints of the access log.
    LogCheckpoint,
    /// Source against target.
    Reconciliation,
    /// The cutover: plan, progress, discrepancies.
    Cutover,
    /// Claim acceptance after go-live.
    Monitoring,
}

impl EvidencePart {
    /// All parts. A bundle has files of each, or says why not.
    pub const ALL: &'static [Self] = &[
        Self::Audit,
        Self::MappingDocument,
        Self::SignOff,
        Self::Round,
        Self::Sample,
        Self::Register,
        Self::LogCheckpoint,
        Self::Reconciliation,
        Self::Cutover,
        Self::Monitoring,
    ];

    /// The name of its folder.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::MappingDocument => "mapping-document",
            Self::SignOff => "sign-off",
            Self::Round => "round",
            Self::Sample => "sample",
            Self::Register => "register",
            Self::LogCheckpoint => "log-checkpoint",
            Self::Reconciliation => "reconciliation",
            Self::Cutover => "cutover",
            Self::Monitoring => "monitoring",
        }
    }

    /// The part of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|part| part.as_str() == name)
    }
}

/// Why a bundle cannot be made, read or sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EvidenceError {
    /// The operating system refused.
    #[error("{}: {action} failed", .path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What was tried.
        action: &'static str,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A part has neither files nor a reason.
    #[error("part `{}` has no file, and nothing says why", .0.as_str())]
    PartMissing(EvidencePart),
    /// A part has files and a reason why it has none.
    #[error("part `{}` has files, and a reason why it has none", .0.as_str())]
    PartContradicts(EvidencePart),
    /// A name that cannot stand in the note.
    #[error(
        "{0:?}: a name has letters, digits, dots, hyphens and underscores, and does not begin with a dot"
    )]
    Name(String),
    /// A line of text that cannot stand in the note.
    #[error("{what}: one line of at most 200 bytes expected")]
    Line {
        /// Which.
        what: &'static str,
    },
    /// A day that is none.
    #[error("the day is not of the form 2031-07-05")]
    Day,
    /// Two files of one part have one name.
    #[error("{0}: two files of this name")]
    Twice(String),
    /// The folder is there already; evidence is never written over anything.
    #[error("{}: is there already", .0.display())]
    Exists(PathBuf),
    /// The note is there and is none.
    #[error("EVIDENCE: line {line}: {expected} expected")]
    Malformed {
        /// The line, counted from 1.
        line: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// The bundle is not whole, so that it is not sealed.
    #[error("the bundle is not whole: {0}")]
    NotWhole(EvidenceFinding),
    /// Signing failed.
    #[error("the note cannot be signed")]
    Sign(#[source] ehr_crypto::Error),
    /// The archive refused.
    #[error("the archive refused")]
    Archive(#[source] crate::Error),
}

impl EvidenceError {
    fn io(path: impl Into<PathBuf>, action: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            path,
            action,
            source,
        }
    }
}
