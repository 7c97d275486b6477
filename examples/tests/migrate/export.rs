//! Exports that a test may change: the sample practice on disk, and its mapping document.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::program::{AS_OF, migrate, sample};

/// A folder with an export, and beside it room for results.
pub(crate) struct Export {
    folder: TempDir,
}

impl Export {
    /// A copy of the sample practice.
    pub(crate) fn sample() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let export = Self { folder };
        copy(&sample(), &export.source());
        fs::create_dir(export.parent()).unwrap();
        export
    }

    /// The folder with the tables.
    pub(crate) fn source(&self) -> PathBuf {
        self.folder.path().join("export")
    }

    /// A file of the export.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.source().join(name)
    }

    /// The mapping document.
    pub(crate) fn map(&self) -> PathBuf {
        self.file("harbor-street.toml")
    }

    /// The folder in which results are made.
    pub(crate) fn parent(&self) -> PathBuf {
        self.folder.path().join("results")
    }

    /// Where the result goes.
    pub(crate) fn out(&self) -> PathBuf {
        self.parent().join("out")
    }

    /// Replaces text that stands once in a file; bytes are read as Latin-1.
    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let bytes = fs::read(self.file(name)).unwrap();
        let text: String = bytes.into_iter().map(char::from).collect();
        assert_eq!(text.matches(from).count(), 1, "{from} in {name}");
        let text = text.replace(from, to);
        let bytes: Vec<u8> = text.chars().map(|c| u8::try_from(c).unwrap()).collect();
        fs::write(self.file(name), bytes).unwrap();
    }

    /// Migrates it; later arguments win.
    pub(crate) fn run(&self, out: &Path, more: &[&str]) -> Output {
        let mut command = migrate();
        command
            .arg("--source")
            .arg(self.source())
            .arg("--map")
            .arg(self.map());
        command.arg("--out").arg(out).args(["--as-of", AS_OF]);
        command.args(more).output().unwrap()
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::write(to, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}
