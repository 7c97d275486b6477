//! The testkit: archives with one fault each, and what a reader has to say of them; this crate and reader.py agree.
//!
//! `tests/testkit/README.md` says how the folder is laid out.

mod forge;
mod make;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ehr_archive::*;
use ehr_crypto::epoch::FileEpochStore;

use crate::sample::{self, ACCESS};

fn testkit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testkit")
}

/// What `expected.txt` says.
#[derive(Default)]
struct Expected {
    removed: Vec<String>,
    removed_keys: Vec<String>,
    without_key: String,
    with_key: String,
    python: String,
    /// Entries that do not open, or `archive` if it does not.
    unreadable: Vec<String>,
}

impl Expected {
    fn read(path: &Path) -> Self {
        let mut expected = Expected::default();
        let text = fs::read_to_string(path).unwrap();
        let (words, lines) = text.split_once("\n\n").expect("words, then an empty line");
        assert!(words.len() > 40, "{}: hardly words", path.display());
        for line in lines.lines() {
            let (name, value) = line.split_once(": ").unwrap();
            let words = || value.split(", ").map(str::to_owned).collect();
            match name {
                "removed" => expected.removed.push(value.to_owned()),
                "removed from store" => expected.removed_keys.push(value.to_owned()),
                "without key" => expected.without_key = value.to_owned(),
                "with key" => expected.with_key = value.to_owned(),
                "reader.py" => expected.python = value.to_owned(),
                "unreadable" => expected.unreadable = words(),
                _ => panic!("{name} in {}", path.display()),
            }
        }
        expected
    }
}

/// The sound archive with one fault, in a folder of its own with the keys.
fn with_fault(name: &str) -> (tempfile::TempDir, Expected) {
    let (kit, folder) = (testkit(), tempfile::tempdir().unwrap());
    sample::copy(&kit.join("sound"), folder.path());
    let fault = kit.join("faults").join(name);
    let expected = Expected::read(&fault.join("expected.txt"));
    let archive = folder.path().join("archive");
    for path in &expected.removed {
        fs::remove_file(archive.join(path)).unwrap();
    }
    for name in &expected.removed_keys {
        fs::remove_file(folder.path().join("store").join(name)).unwrap();
    }
    for (files, target) in [("files", &archive), ("store", &folder.path().join("store"))] {
        if fault.join(files).exists() {
            sample::copy(&fault.join(files), target);
        }
    }
    (folder, expected)
}

/// The key file of the epoch that the slots ask for; where there is none any more, the last one that there is.
fn store_key(folder: &Path) -> String {
    let wanted = || -> Option<u64> {
        let current = fs::read_to_string(folder.join("archive/state/CURRENT")).ok()?;
        let mut paths = current
            .lines()
            .filter_map(|line| line.strip_prefix("sha256 ")?.split_once(' '));
        let (_, slots) = paths.find(|(_, path)| path.starts_with("state/slots."))?;
        let slots = fs::read(folder.join("archive").join(slots)).ok()?;
        let slots: serde_json::Value = serde_json::from_slice(&slots).ok()?;
        slots["store"]["epoch"].as_u64()
    };
    let mut keys: Vec<String> = sample::files(&folder.join("store"))
        .into_keys()
        .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name.ends_with(".key"))
        .collect();
    let wanted = wanted().map(|epoch| format!("epoch-{epoch:06}.key"));
    match wanted.filter(|name| keys.contains(name)) {
        Some(name) => name,
        None => keys.pop().expect("a key of the store"),
    }
}

fn faults() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(testkit().join("faults"))
        .unwrap()
        .map(|item| item.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn verified(folder: &Path, with_key: bool) -> String {
    let (key, store) = (sample::key(), FileEpochStore::new(folder.join("store")));
    let archive = folder.join("archive");
    let report = if with_key {
        verify_unlocked(&archive, Unlock::from(&key).with_store(&store))
    } else {
        verify(&archive, None)
    };
    if report.is_sound() {
        return "sound".into();
    }
    report.to_string()
}

/// Reads everything; what opens must be what was written.
fn unreadable(folder: &Path) -> Vec<String> {
    let (key, store) = (sample::key(), FileEpochStore::new(folder.join("store")));
    let unlock = Unlock::from(&key).with_store(&store);
    let archive = folder.join("archive");
    let Ok(mut reader) = ArchiveReader::open(&archive, unlock, &ACCESS) else {
        return vec!["archive".into()];
    };
    let truth = samples();
    let mut unreadable = Vec::new();
    let Ok(entries) = reader.list(0, MAX_FOUND, &ACCESS) else {
        return vec!["archive".into()];
    };
    for entry in entries {
        let ordinal = entry.ordinal();
        let expected = &truth[ordinal as usize - usize::from(ordinal > REPORT)].objects;
        let opened = reader.open_entry(&entry, &ACCESS).and_then(|opened| {
            let ids: Vec<_> = opened.objects().map(|info| info.id).collect();
            ids.into_iter()
                .map(|id| Ok(opened.read(id)?.into_bytes()))
                .collect::<Result<Vec<_>, Error>>()
        });
        match opened {
            Ok(objects) => assert!(
                objects
                    .iter()
                    .eq(expected.iter().map(|object| &object.bytes))
            ),
            Err(_) => unreadable.push(ordinal.to_string()),
        }
    }
    unreadable
}

/// Ordinal of the first accession's report, which stands between the entries.
const REPORT: u64 = 6;

fn samples() -> Vec<sample::Sample> {
    let mut samples = sample::samples(9);
    // Long enough for several chunks, and of a kind that is not compressed.
    samples[0].objects[1].bytes = (0..40_000u32).map(|at| ((at * 31) >> 3) as u8).collect();
    samples
}

#[test]
fn every_fault_is_seen_as_it_should_be() {
    assert!(faults().len() >= 30, "{:?}", faults());
    let readme = fs::read_to_string(testkit().join("README.md")).unwrap();
    for name in faults() {
        assert!(readme.contains(&format!("`{name}`")), "README: {name}");
        let (folder, expected) = with_fault(&name);
        for (with_key, wanted) in [(false, &expected.without_key), (true, &expected.with_key)] {
            let report = verified(folder.path(), with_key);
            assert!(
                report.contains(wanted.as_str()) && !wanted.is_empty(),
                "{name}, {with_key}: {report}"
            );
            assert_eq!(report == "sound", wanted == "sound", "{name}");
        }
        let mut wanted = expected.unreadable;
        wanted.retain(|entry| entry != "none");
        assert_eq!(unreadable(folder.path()), wanted, "{name}");
    }
}

#[test]
#[allow(clippy::print_stderr)]
fn reader_py_agrees_on_every_fault() {
    let Some(python) = std::env::var_os("EHR_PYTHON") else {
        eprintln!("skipped: EHR_PYTHON is not set, so reader.py was not run");
        return;
    };
    // The one of today, and the one that the archive carries.
    let readers = [
        Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/reader.py"),
        testkit().join("sound/archive/bag-000001/SPEC/reader.py"),
    ];
    for name in faults() {
        let (folder, expected) = with_fault(&name);
        for reader in &readers {
            let output = Command::new(&python)
                .arg("-B")
                .arg(reader)
                .arg("archive")
                .arg(format!("archive.key+store/{}", store_key(folder.path())))
                .arg("check")
                .current_dir(folder.path())
                .output()
                .unwrap();
            let said = String::from_utf8(output.stdout).unwrap()
                + &String::from_utf8(output.stderr).unwrap();
            assert!(
                said.contains(&expected.python) && !said.contains("Traceback"),
                "{name}: {said}"
            );
            assert_eq!(
                output.status.success(),
                expected.with_key == "sound",
                "{name}: {said}"
            );
        }
    }
}
