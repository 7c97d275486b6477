//! Damage: whatever is done to the files of an archive, verification notices, and reading never gives out anything wrong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_archive::*;

use crate::sample::{self, ACCESS};

/// A small archive with entries in its access log, in a folder that can be put back as it was.
struct Archive {
    folder: tempfile::TempDir,
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Archive {
    fn new(id: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        sample::write(folder.path(), id, &sample::samples(5));
        let mut reader = sample::open(folder.path()).unwrap();
        reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
        reader.close().unwrap();
        let files = sample::files(folder.path());
        let archive = Archive { folder, files };
        assert!(archive.is_sound());
        archive
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn is_sound(&self) -> bool {
        verify(self.path(), Some(&sample::key())).is_sound()
    }

    fn is_sound_without_key(&self) -> bool {
        verify(self.path(), None).is_sound()
    }

    fn put_back(&self, path: &Path) {
        fs::write(path, &self.files[path]).unwrap();
    }

    /// Reading makes the log longer.
    fn put_back_log(&self) {
        let log = self.path().join("log");
        fs::remove_dir_all(&log).unwrap();
        for (path, bytes) in self.files.iter().filter(|(path, _)| path.starts_with(&log)) {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }

    /// What cannot be told from what a crash leaves: the end of the log, which is empty when the log was closed.
    fn is_tail(&self, path: &Path) -> bool {
        path == self.path().join("log/tail")
    }

    /// The specification that every archive carries is longer than a small archive itself.
    fn is_specification(&self, path: &Path) -> bool {
        path.starts_with(self.path().join("bag-000001/SPEC"))
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let archive = Archive::new("a");
    for (path, bytes) in &archive.files {
        let step = if archive.is_specification(path) {
            997
        } else {
            1
        };
        let mut wrong = bytes.clone();
        for place in (0..bytes.len()).step_by(step) {
            wrong[place] ^= 1 << (place % 8);
            fs::write(path, &wrong).unwrap();
            assert!(!archive.is_sound(), "{} {place}", path.display());
            wrong[place] = bytes[place];
        }
        archive.put_back(path);
    }
    assert!(archive.is_sound());
}

#[test]
fn damage_is_noticed_without_the_key() {
    let archive = Archive::new("a");
    for (path, bytes) in &archive.files {
        let mut wrong = bytes.clone();
        for place in (0..bytes.len()).step_by(37) {
            wrong[place] ^= 0x20;
            fs::write(path, &wrong).unwrap();
            assert!(
                !archive.is_sound_without_key(),
                "{} {place}",
                path.display()
            );
            wrong[place] = bytes[place];
        }
        archive.put_back(path);
    }
}

#[test]
fn reading_a_damaged_archive_gives_an_error_or_the_truth() {
    let archive = Archive::new("a");
    let truth = sample::read_all(archive.path()).unwrap();
    for (path, bytes) in archive
        .files
        .iter()
        .filter(|(path, _)| !archive.is_specification(path))
    {
        let mut wrong = bytes.clone();
        for place in (0..bytes.len()).step_by(29) {
            archive.put_back_log();
            wrong[place] ^= 0x01;
            fs::write(path, &wrong).unwrap();
            if let Ok(read) = sample::read_all(archive.path()) {
                assert_eq!(read, truth, "{} {place}", path.display());
            }
            wrong[place] = bytes[place];
        }
        archive.put_back(path);
    }
}

#[test]
fn missing_cut_lengthened_and_added_files_are_noticed() {
    let archive = Archive::new("a");
    for (path, bytes) in &archive.files {
        fs::remove_file(path).unwrap();
        assert!(!archive.is_sound(), "{} removed", path.display());
        fs::write(path, [bytes, &b"x"[..]].concat()).unwrap();
        let is_tail = archive.is_tail(path);
        assert_eq!(archive.is_sound(), is_tail, "{} lengthened", path.display());
        fs::write(path, &bytes[..bytes.len() - 1]).unwrap();
        assert_eq!(archive.is_sound(), is_tail, "{} cut", path.display());
        fs::write(path, b"").unwrap();
        assert_eq!(archive.is_sound(), is_tail, "{} emptied", path.display());
        archive.put_back(path);
    }
    for folder in ["", "bag-000001", "bag-000001/data/packs", "state", "log"] {
        let path = archive.path().join(folder).join("stranger");
        fs::write(&path, b"").unwrap();
        let report = verify(archive.path(), None);
        assert!(
            report.problems[0]
                .to_string()
                .ends_with("stranger] not part of the archive"),
            "{report}"
        );
        fs::remove_file(path).unwrap();
    }
    assert!(archive.is_sound());
}

#[test]
fn swapped_files_are_noticed() {
    let archive = Archive::new("a");
    let paths: Vec<&PathBuf> = archive
        .files
        .keys()
        .filter(|path| !archive.is_specification(path))
        .collect();
    for (index, first) in paths.iter().enumerate() {
        for second in &paths[index + 1..] {
            fs::write(first, &archive.files[*second]).unwrap();
            fs::write(second, &archive.files[*first]).unwrap();
            assert!(
                !archive.is_sound(),
                "{} and {}",
                first.display(),
                second.display()
            );
            archive.put_back(first);
            archive.put_back(second);
        }
    }
    assert!(archive.is_sound());
}

#[test]
fn files_of_another_archive_are_noticed_even_under_the_same_key_and_id() {
    let (archive, other) = (Archive::new("a"), Archive::new("a"));
    for (path, bytes) in &archive.files {
        let theirs = &other.files[&other
            .path()
            .join(path.strip_prefix(archive.path()).unwrap())];
        if theirs == bytes {
            continue; // the specification, the text for people
        }
        fs::write(path, theirs).unwrap();
        assert!(!archive.is_sound(), "{}", path.display());
        archive.put_back(path);
    }
}
