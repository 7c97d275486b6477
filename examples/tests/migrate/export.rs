//! Exports that a test may change: the sample practice on disk, and its mapping document.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

use crate::migrate::program::{AS_OF, migrate, sample};

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

/// What is searched for, in lower case. A year alone may stand in an id by chance.
pub(crate) const CANARIES: &[&str] = &["zqxjkv", "2847-0", "/2847"];

/// The canaries that stand in some bytes.
pub(crate) fn leaks_in(bytes: &[u8]) -> Vec<&'static str> {
    let bytes = bytes.to_ascii_lowercase();
    let holds = |canary: &str| {
        bytes
            .windows(canary.len())
            .any(|part| part == canary.as_bytes())
    };
    CANARIES
        .iter()
        .copied()
        .filter(|canary| holds(canary))
        .collect()
}

impl Export {
    /// The sample practice with other cells: from the name of the column and the cell.
    pub(crate) fn sample_of(cell: impl Fn(&str, &str) -> String) -> Self {
        let export = Self::sample();
        for name in crate::migrate::result::names(&export.source()) {
            if name.ends_with(".TXT") && name != "README.TXT" {
                let bytes = fs::read(export.file(&name)).unwrap();
                let text: String = bytes.into_iter().map(char::from).collect();
                fs::write(export.file(&name), changed(&text, &cell)).unwrap();
            }
        }
        export
    }

    /// A small export in which every row is wrong in a way of its own; canaries in every cell.
    pub(crate) fn trouble() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let export = Self { folder };
        fs::create_dir(export.source()).unwrap();
        fs::create_dir(export.parent()).unwrap();
        let files: &[(&str, &[u8])] = &[
            ("harbor-street.toml", include_bytes!("trouble/trouble.toml")),
            ("people.csv", include_bytes!("trouble/people.csv")),
            ("visits.csv", include_bytes!("trouble/visits.csv")),
            ("orders.csv", include_bytes!("trouble/orders.csv")),
            ("results.csv", include_bytes!("trouble/results.csv")),
            ("letters.csv", include_bytes!("trouble/letters.csv")),
            ("providers.csv", include_bytes!("trouble/providers.csv")),
            (
                "zqxjkv mary.csv",
                b"zqxjkv one|zqxjkv two\nzqxjkv three|zqxjkv four\n",
            ),
            ("zqxjkv mary.jpeg", b"zqxjkv\n"),
        ];
        for (name, bytes) in files {
            fs::write(export.file(name), bytes).unwrap();
        }
        export
    }
}

/// Rows with other cells, in the encoding of the sample.
fn changed(text: &str, cell: impl Fn(&str, &str) -> String) -> Vec<u8> {
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let columns: Vec<&str> = header.split('|').collect();
    let mut rows = header.to_owned();
    for line in lines {
        let cells = line.split('|').enumerate().map(|(place, text)| match text {
            "" => String::new(),
            text => cell(columns.get(place).unwrap_or(&""), text),
        });
        rows += "\n";
        rows += &cells.collect::<Vec<_>>().join("|");
    }
    rows += "\n";
    rows.chars().map(|c| u8::try_from(c).unwrap()).collect()
}
