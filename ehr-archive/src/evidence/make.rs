//! Gathering a bundle.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_crypto::{Digest, SigningKey};

use super::note::{self, Listed, Note};
use super::{EvidenceError, EvidencePart, NOTE};

/// The files that a bundle is made of.
#[derive(Debug, Clone)]
pub struct EvidenceSource {
    title: String,
    made: String,
    files: Vec<(EvidencePart, Content)>,
    absent: BTreeMap<EvidencePart, String>,
}

/// A file of a part, or what is to stand in one.
#[derive(Clone)]
enum Content {
    File(PathBuf),
    Bytes(String, Vec<u8>),
}

impl EvidenceSource {
    /// A bundle under a title, made on a day (`2031-07-05`).
    pub fn new(title: impl Into<String>, made: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            made: made.into(),
            files: Vec::new(),
            absent: BTreeMap::new(),
        }
    }

    /// Adds a file to a part, under its own name.
    pub fn add(&mut self, part: EvidencePart, file: impl Into<PathBuf>) {
        self.files.push((part, Content::File(file.into())));
    }

    /// Adds a file of this name and content to a part.
    pub fn add_bytes(
        &mut self,
        part: EvidencePart,
        name: impl Into<String>,
        content: impl Into<Vec<u8>>,
    ) {
        let content = Content::Bytes(name.into(), content.into());
        self.files.push((part, content));
    }

    /// Whether there is a reason why a part has no file.
    pub fn is_absent(&self, part: EvidencePart) -> bool {
        self.absent.contains_key(&part)
    }

    /// Checks that a bundle can be made of it, before anything is written.
    ///
    /// # Errors
    ///
    /// What [`make_evidence`] would refuse: all but files that cannot be read or written.
    pub fn check(&self) -> Result<(), EvidenceError> {
        check(self).map(drop)
    }

    /// Whether a part has a file.
    pub fn has(&self, part: EvidencePart) -> bool {
        self.files.iter().any(|(one, _)| *one == part)
    }

    /// Says why a part has no file.
    pub fn absent(&mut self, part: EvidencePart, reason: impl Into<String>) {
        self.absent.insert(part, reason.into());
    }
}

/// Makes a bundle in a folder that is not there yet. It is built beside it and moved when it is whole.
///
/// # Errors
///
/// If a part has neither files nor a reason, a name cannot be used, or a file cannot be read or written.
pub fn make_evidence(
    source: &EvidenceSource,
    folder: &Path,
    key: &SigningKey,
) -> Result<(), EvidenceError> {
    if folder.exists() {
        return Err(EvidenceError::Exists(folder.to_owned()));
    }
    let mut note = check(source)?;
    let mut part = folder.as_os_str().to_owned();
    part.push(".part");
    let staging = Staging(PathBuf::from(part));
    create(&staging.0)?;
    for (part, content) in &source.files {
        let path = listed_path(*part, content)?;
        let bytes = content.read()?;
        create(&staging.0.join(part.as_str()))?;
        write(&staging.0.join(&path), &bytes)?;
        note.files.push(Listed {
            path,
            size: bytes.len() as u64,
            sha256: Digest::sha256(&bytes),
        });
    }
    note.files.sort_by(|a, b| a.path.cmp(&b.path));
    let signed = key.sign(&note.write()).map_err(EvidenceError::Sign)?;
    write(&staging.0.join(NOTE), signed.as_bytes())?;
    fs::rename(&staging.0, folder).map_err(EvidenceError::io(folder, "moving a folder"))
}

impl Content {
    fn read(&self) -> Result<Cow<'_, [u8]>, EvidenceError> {
        match self {
            Self::File(file) => fs::read(file)
                .map(Cow::from)
                .map_err(EvidenceError::io(file, "reading")),
            Self::Bytes(_, bytes) => Ok(bytes.into()),
        }
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Bytes(name, bytes) => write!(f, "{name} ({} bytes)", bytes.len()),
        }
    }
}

fn check(source: &EvidenceSource) -> Result<Note, EvidenceError> {
    if !note::is_line(&source.title) {
        return Err(EvidenceError::Line { what: "the title" });
    }
    if source.absent.values().any(|reason| !note::is_line(reason)) {
        return Err(EvidenceError::Line {
            what: "the reason of an absent part",
        });
    }
    let mut paths = BTreeSet::new();
    for (part, content) in &source.files {
        let path = listed_path(*part, content)?;
        if !paths.insert(path.clone()) {
            return Err(EvidenceError::Twice(path));
        }
    }
    for part in EvidencePart::ALL {
        match (source.has(*part), source.absent.contains_key(part)) {
            (false, false) => return Err(EvidenceError::PartMissing(*part)),
            (true, true) => return Err(EvidenceError::PartContradicts(*part)),
            _ => {}
        }
    }
    let absent = source.absent.iter();
    Ok(Note {
        title: source.title.clone(),
        retain_until: note::retain_until(&source.made).ok_or(EvidenceError::Day)?,
        made: source.made.clone(),
        files: Vec::new(),
        absent: absent
            .map(|(part, reason)| (*part, reason.clone()))
            .collect(),
    })
}

fn listed_path(part: EvidencePart, content: &Content) -> Result<String, EvidenceError> {
    let name = match content {
        Content::File(file) => file.file_name().unwrap_or_default().to_string_lossy(),
        Content::Bytes(name, _) => name.into(),
    };
    if note::is_name(&name) {
        Ok(format!("{}/{name}", part.as_str()))
    } else {
        Err(EvidenceError::Name(name.into_owned()))
    }
}

pub(super) fn create(folder: &Path) -> Result<(), EvidenceError> {
    fs::create_dir_all(folder).map_err(EvidenceError::io(folder, "creating a folder"))
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), EvidenceError> {
    fs::write(path, bytes).map_err(EvidenceError::io(path, "writing"))
}

/// A folder that is removed unless it was moved away.
pub(super) struct Staging(pub(super) PathBuf);

impl Drop for Staging {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
