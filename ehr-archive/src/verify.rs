//! Fixity: is the archive still what was written? Without a key as far as plain bytes tell, with a key to the last byte
//! of every object.

mod keyed;
mod plain;

use std::fmt;
use std::path::Path;

use ehr_crypto::{DataKey, VerifyingKey};

use crate::description::Description;
use crate::files::Folder;
use crate::names::{CURRENT, JOURNAL};
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

/// Verifies an archive: without a key its manifests, packs, tree, signatures and access log; with the key also that every
/// object opens and is the original, and that catalogues, keyring and objects agree.
///
/// It changes nothing and gives out nothing, so it can check a copy on write-once media. A verification with a key is not
/// recorded in the access log.
pub fn verify(path: &Path, key: Option<&DataKey>) -> VerifyReport {
    let mut report = VerifyReport::default();
    let folder = Folder::new(path);
    if !folder.exists(CURRENT) {
        let kind = if folder.exists(JOURNAL) {
            ErrorKind::Unfinished
        } else {
            ErrorKind::NotAnArchive
        };
        report.add(kind.into());
        return report;
    }
    match Description::read(&folder) {
        Ok(description) => {
            if let Err(error) = plain::verify(&folder, &description, &mut report) {
                report.add(error);
            }
            if let Some(key) = key
                && let Err(error) = keyed::verify(&folder, &description, key, &mut report)
            {
                report.add(error);
            }
        }
        Err(error) => report.add(error),
    }
    report
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
