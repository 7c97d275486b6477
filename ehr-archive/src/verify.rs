//! Fixity: is the archive still what was written? Without a key as far as plain bytes tell, with a key to the last byte
//! of every object.

mod keyed;
mod log;
mod plain;

pub(crate) use log::{kept_head, not_continued};

use std::fmt;
use std::path::Path;

use ehr_crypto::{DataKey, VerifyingKey};

use crate::current::Current;
use crate::files::Folder;
use crate::keys::Unlock;
use crate::names::{self, JOURNAL};
use crate::state::check_is_archive;
use crate::{Error, ErrorKind};

/// After this many problems the archive is broken beyond listing.
const MAX_PROBLEMS: usize = 1000;

/// What verifying an archive found.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Everything that is not as it should be; empty for a sound archive.
    pub problems: Vec<Error>,
    /// Files whose digest was compared.
    pub files: u64,
    /// Objects whose ciphertext was checked against the tree.
    pub objects: u64,
    /// Objects that were opened and compared with the digest of the original; zero without a key.
    pub opened: u64,
    /// The key that the archive says it is signed with. Without a key of the archive, compare it with the one that was
    /// kept when the archive was finished: who can replace everything can also sign it anew.
    pub verifying_key: Option<VerifyingKey>,
}

/// Verifies an archive: without a key its manifests, packs, trees, signatures and access log; with the key also that every
/// object opens and is the original, and that catalogues, keyring and objects agree. What was erased cannot be opened; its
/// ciphertext is checked like all other, unless its pack was purged.
///
/// It changes nothing and gives out nothing, so it can check a copy on write-once media. A verification with a key is not
/// recorded in the access log.
pub fn verify(path: &Path, key: Option<&DataKey>) -> VerifyReport {
    verify_with(path, key.map(Unlock::from), None)
}

/// Like [`verify`], against a [checkpoint](crate::ArchiveReader::log_checkpoint) of the access log that was kept elsewhere:
/// an archive that was put back to an older state as a whole agrees with itself, but not with that.
pub fn verify_against(path: &Path, unlock: Option<Unlock<'_>>, kept: &str) -> VerifyReport {
    verify_with(path, unlock, Some(kept))
}

/// Like [`verify`], for an archive whose epoch key is in a store.
pub fn verify_unlocked(path: &Path, unlock: Unlock<'_>) -> VerifyReport {
    verify_with(path, Some(unlock), None)
}

fn verify_with(path: &Path, unlock: Option<Unlock<'_>>, kept: Option<&str>) -> VerifyReport {
    let mut report = VerifyReport::default();
    let folder = Folder::new(path);
    if let Err(error) = check_is_archive(&folder) {
        report.add(error);
        return report;
    }
    let in_progress = accession_in_progress(&folder);
    if in_progress.is_some() {
        let problem = ErrorKind::UnfinishedAccession;
        report.add(Error::from(problem).in_file(JOURNAL));
    }
    let result = plain::verify(&folder, in_progress, kept, &mut report);
    let is_readable = report.note(result).is_some();
    if let Some(unlock) = unlock.filter(|_| is_readable) {
        let result = keyed::verify(path, unlock, &mut report);
        report.note(result);
    }
    report
}

/// The accession that is being written.
fn accession_in_progress(folder: &Folder) -> Option<u32> {
    let current = Current::read_unverified(folder).ok()?;
    let next = current.bags().into_iter().max()? + 1;
    (folder.exists(JOURNAL) && folder.exists(&names::bag(next))).then_some(next)
}

impl VerifyReport {
    /// Whether nothing is wrong.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    fn add(&mut self, problem: Error) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Takes over what another thread found.
    fn merge(&mut self, other: VerifyReport) {
        self.files += other.files;
        self.objects += other.objects;
        other
            .problems
            .into_iter()
            .for_each(|problem| self.add(problem));
    }

    /// Notes an error and goes on.
    fn note<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }
}

impl fmt::Display for VerifyReport {
    /// One line of figures, then one line for each problem.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let VerifyReport {
            problems,
            files,
            objects,
            opened,
            ..
        } = self;
        write!(
            f,
            "{files} files and {objects} objects checked, {opened} opened, {} problems",
            problems.len()
        )?;
        problems
            .iter()
            .try_for_each(|problem| write!(f, "\n{problem}"))
    }
}

#[cfg(test)]
mod tests;
