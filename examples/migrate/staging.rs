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
    /// Folders above that were not there, the deepest first.
    above: Vec<PathBuf>,
    /// A key file that this run made.
    made_key: Option<PathBuf>,
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
            .filter(|_| out.is_dir() || !out.exists())
            .ok_or_else(|| format!("{}: not a folder", out.display()))?;
        let folder = out.with_file_name(format!(".{}.partial", name.to_string_lossy()));
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(at(&folder))?; // left by a run that was killed
        }
        let above = folder.ancestors().skip(1);
        let above = above.take_while(|above| !above.as_os_str().is_empty() && !above.exists());
        let staging = Self {
            out: out.to_owned(),
            above: above.map(Path::to_owned).collect(),
            made_key: None,
            folder,
            replace: occupied,
            done: false,
        };
        fs::create_dir_all(&staging.folder).map_err(at(&staging.folder))?;
        Ok(staging)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The key of the archive, and where it lies beside OUT if it was not given.
    pub(crate) fn archive_key(
        &mut self,
        given: Option<&Path>,
    ) -> Result<(DataKey, Option<PathBuf>), Failure> {
        if let Some(path) = given {
            if !path.exists() {
                let path = path.display();
                return Err(format!(
                    "{path}: there is no such key file; without --key one is made beside the result"
                )
                .into());
            }
            return Ok((file::read(path).map_err(of_key(path))?, None));
        }
        let mut name = self.out.file_name().unwrap_or_default().to_os_string();
        name.push(".key");
        let path = self.out.with_file_name(name);
        if path.exists() {
            let key = file::read(&path).map_err(of_key(&path))?;
            return Ok((key, Some(path)));
        }
        let key = DataKey::generate()?;
        let comment =
            "Opens the archive of a migration. Whoever has this file can read every chart in it.";
        file::create(&path, &key, comment).map_err(of_key(&path))?;
        self.made_key = Some(path.clone());
        Ok((key, Some(path)))
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
            if let Some(key) = &self.made_key {
                let _ = fs::remove_file(key); // what it would have opened is gone
            }
            for folder in &self.above {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// An error of a key file with the path that it is about.
fn of_key(path: &Path) -> impl FnOnce(ehr_crypto::Error) -> Failure {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}").into()
}

/// An I/O error with the path that it is about.
pub(crate) fn at(path: &Path) -> impl FnOnce(std::io::Error) -> Failure {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}").into()
}
