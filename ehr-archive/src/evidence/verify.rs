//! Verifying a bundle, offline.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::path::Path;

use ehr_crypto::{Digest, VerifyingKey};

use super::note::Note;
use super::{EvidenceError, EvidencePart, NOTE};

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum EvidenceFinding {
    /// There is no note.
    NoNote,
    /// The note was signed by somebody else.
    OtherSigner,
    /// The note is not what was signed.
    NoteChanged,
    /// A file is not what was signed.
    Changed(String),
    /// A file is not there.
    Missing(String),
    /// A file was not signed.
    Extra(String),
    /// A part has neither files nor a reason.
    PartMissing(EvidencePart),
}

/// What verifying found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvidenceReport {
    /// The title of the bundle; empty if the note does not hold.
    pub title: String,
    /// The day on which it was made.
    pub made: String,
    /// Until when it is kept.
    pub retain_until: String,
    /// Files whose digest agrees.
    pub files: u64,
    /// Parts without files, with the reason that was signed.
    pub absent: Vec<(EvidencePart, String)>,
    /// What is wrong.
    pub findings: Vec<EvidenceFinding>,
}

impl EvidenceReport {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for EvidenceFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoNote => write!(f, "{NOTE}: missing"),
            Self::OtherSigner => write!(f, "{NOTE}: not signed by this key"),
            Self::NoteChanged => write!(f, "{NOTE}: changed since it was signed"),
            Self::Changed(path) => write!(f, "{path}: changed since it was signed"),
            Self::Missing(path) => write!(f, "{path}: missing"),
            Self::Extra(path) => write!(f, "{path}: was not signed"),
            Self::PartMissing(part) => {
                write!(f, "part {}: neither files nor a reason", part.as_str())
            }
        }
    }
}

/// Verifies a bundle against the key of its signer, which comes from elsewhere: who can replace the
/// bundle can sign it anew.
///
/// # Errors
///
/// If a file cannot be read. What is wrong with the bundle is in the report.
pub fn verify_evidence(folder: &Path, key: &VerifyingKey) -> Result<EvidenceReport, EvidenceError> {
    examine(folder, key, &mut |_, _| {})
}

/// Verifies a bundle, and hands over the note and every file that agrees: the very bytes that were
/// verified, so that nobody can change them between this look and the next.
pub(super) fn examine(
    folder: &Path,
    key: &VerifyingKey,
    agreed: &mut dyn FnMut(&str, Vec<u8>),
) -> Result<EvidenceReport, EvidenceError> {
    let mut report = EvidenceReport::default();
    let path = folder.join(NOTE);
    let text = match fs::read(&path) {
        Ok(bytes) => String::from_utf8(bytes).ok(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && folder.is_dir() => {
            report.findings.push(EvidenceFinding::NoNote);
            return Ok(report);
        }
        Err(error) => return Err(EvidenceError::io(&path, "reading")(error)),
    };
    // without a note that holds there is nothing to compare the files with
    let text = text.as_deref().unwrap_or_default();
    let note = match key.verify(text) {
        Ok(text) => Note::read(text)?,
        Err(ehr_crypto::Error::UnknownSigner) => {
            report.findings.push(EvidenceFinding::OtherSigner);
            return Ok(report);
        }
        Err(_) => {
            report.findings.push(EvidenceFinding::NoteChanged);
            return Ok(report);
        }
    };
    agreed(NOTE, text.as_bytes().to_vec());
    let mut signed = BTreeSet::from([NOTE.to_owned()]);
    for file in &note.files {
        signed.insert(file.path.clone());
        let path = folder.join(&file.path);
        // a link may lead to the right bytes today and to others tomorrow
        let is_file = fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file());
        if !is_file {
            report
                .findings
                .push(EvidenceFinding::Missing(file.path.clone()));
            continue;
        }
        let bytes = fs::read(&path).map_err(EvidenceError::io(&path, "reading"))?;
        if bytes.len() as u64 == file.size && Digest::sha256(&bytes) == file.sha256 {
            report.files += 1;
            agreed(&file.path, bytes);
        } else {
            report
                .findings
                .push(EvidenceFinding::Changed(file.path.clone()));
        }
    }
    for part in EvidencePart::ALL {
        let folder = format!("{}/", part.as_str());
        let has = note.files.iter().any(|file| file.path.starts_with(&folder));
        if !has && !note.absent.iter().any(|(absent, _)| absent == part) {
            report.findings.push(EvidenceFinding::PartMissing(*part));
        }
    }
    extra(folder, "", &signed, &mut report.findings)?;
    report.findings.sort();
    report.title = note.title;
    report.made = note.made;
    report.retain_until = note.retain_until;
    report.absent = note.absent;
    Ok(report)
}

/// Whatever lies in the folder and was not signed; folders are looked into, links are not followed.
fn extra(
    folder: &Path,
    below: &str,
    signed: &BTreeSet<String>,
    findings: &mut Vec<EvidenceFinding>,
) -> Result<(), EvidenceError> {
    let path = folder.join(below);
    let failed = |error| EvidenceError::io(&path, "listing")(error);
    for entry in fs::read_dir(&path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let name = if below.is_empty() {
            name
        } else {
            format!("{below}/{name}")
        };
        let type_ = entry.file_type().map_err(failed)?;
        if type_.is_dir() {
            extra(folder, &name, signed, findings)?;
        } else if !signed.contains(&name) || !type_.is_file() {
            findings.push(EvidenceFinding::Extra(name));
        }
    }
    Ok(())
}
