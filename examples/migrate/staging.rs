//! The result appears whole or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use ehr_crypto::DataKey;
use ehr_crypto::key::file;

use crate::Failure;

/// A folder beside OUT in which the result is made; it is renamed to OUT in the end, and removed
/// when the run fails.
pub(crate) struct Staging {
    out: PathBuf,
    folder: PathBuf,
    replace: bool,
    done: bool,
}

/// By this file a folder is known as the result of an earlier run.
const MARK: &str = "report/report.json";

impl Staging {
    /// Prepares the folder. An explicit OUT must not exist or be empty: it may hold the only copy of
    /// an archive. The default folder is replaced.
    pub(crate) fn create(out: &Path, explicit: bool) -> Result<Self, Failure> {
        let occupied = fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        if occupied && (explicit || !out.join(MARK).is_file()) {
            return Err(format!(
                "{}: the folder is not empty; choose another --out",
                out.display()
            )
            .into());
        }
        let name = out
            .file_name()
            .ok_or_else(|| format!("{}: not a folder name", out.display()))?;
        let folder = out.with_file_name(format!(".{}.partial", name.to_string_lossy()));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(at(&folder))?; // left by a run that was killed
        }
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        Ok(Self {
            out: out.to_owned(),
            folder,
            replace: occupied,
            done: false,
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Makes the result visible.
    pub(crate) fn publish(mut self) -> Result<(), Failure> {
        if self.replace {
            fs::remove_dir_all(&self.out).map_err(at(&self.out))?;
        } else if self.out.exists() {
            fs::remove_dir(&self.out).map_err(at(&self.out))?;
        }
        fs::rename(&self.folder, &self.out).map_err(at(&self.out))?;
        self.done = true;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.done {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The key of the archive, and where it lies if this run made it.
pub(crate) fn archive_key(
    given: Option<&Path>,
    out: &Path,
) -> Result<(DataKey, Option<PathBuf>), Failure> {
    if let Some(path) = given {
        return Ok((file::read(path)?, None));
    }
    let mut name = out.file_name().unwrap_or_default().to_os_string();
    name.push(".key");
    let path = out.with_file_name(name);
    if path.exists() {
        return Ok((file::read(&path)?, Some(path)));
    }
    if let Some(parent) = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
    {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    let key = DataKey::generate()?;
    file::create(
        &path,
        &key,
        "Opens the archive of a migration. Whoever has this file can read every chart in it.",
    )?;
    Ok((key, Some(path)))
}

/// An I/O error with the path that it is about.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}").into()
}
