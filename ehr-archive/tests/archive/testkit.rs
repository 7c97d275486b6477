//! The testkit: archives with one fault each, and what a reader has to say of them; this crate and reader.py agree.
//!
//! `tests/testkit/README.md` says how the folder is laid out.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ehr_archive::custodian::{HoldScope, ShredRequest};
use ehr_archive::*;
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::key;

use crate::sample::{self, ACCESS};

fn testkit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/testkit")
}

/// What `expected.txt` says.
#[derive(Default)]
struct Expected {
    removed: Vec<String>,
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
    if fault.join("files").exists() {
        sample::copy(&fault.join("files"), &archive);
    }
    (folder, expected)
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
    assert!(faults().len() >= 15, "{:?}", faults());
    for name in faults() {
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
                .args(["archive", "archive.key+store/epoch-000002.key", "check"])
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

/// Makes the archive of the testkit and its faults, all but what is said of them.
#[test]
#[ignore = "a testkit that is there is never edited; EHR_TESTKIT names a folder for another"]
fn make() {
    let Some(out) = std::env::var_os("EHR_TESTKIT").map(PathBuf::from) else {
        return;
    };
    let sound = out.join("sound");
    let archive = sound.join("archive");
    fs::create_dir_all(sound.join("store")).unwrap();
    let key = sample::key();
    let words = "Opens the archive of the testkit. It protects nothing: all in it is invented.";
    key::file::create(&sound.join("archive.key"), &key, words).unwrap();
    let mut store = FileEpochStore::new(sound.join("store"));
    let samples = samples();
    let mut writer =
        ArchiveWriter::create_with_store(&archive, sample::options("testkit"), &key, &mut store)
            .unwrap();
    for sample in &samples[..REPORT as usize] {
        sample.append(&mut writer, b"").unwrap();
    }
    writer.finish(b"the books balance").unwrap();
    let options = AccessionOptions {
        created: "2026-03-01T09:30:00Z".into(),
        software: "tests 1.0".into(),
    };
    let unlock = Unlock::from(&key).with_store(&store);
    let mut writer = ArchiveWriter::accession(&archive, options, unlock, &ACCESS).unwrap();
    for sample in &samples[REPORT as usize..] {
        sample.append(&mut writer, b"").unwrap();
    }
    writer.finish(b"the books of the late delivery").unwrap();
    let two = sample::files(&archive);
    let unlock = Unlock::from(&key).with_store(&store);
    let mut custodian = Custodian::open(&archive, unlock, &ACCESS).unwrap();
    custodian
        .shred(
            &ShredRequest::against_retention(&[2], "order 7"),
            &mut store,
            &ACCESS,
        )
        .unwrap();
    let shredded = sample::files(&archive);
    let patient = HoldScope::Patient(uuid::Uuid::from_u128(1));
    custodian.place_hold(patient, "a matter", &ACCESS).unwrap();
    drop(custodian);
    let held = sample::files(&archive);
    let fault = Faults {
        out: out.join("faults"),
        archive,
    };
    fault.make(&two, &shredded, &held);
}

type Files = std::collections::BTreeMap<PathBuf, Vec<u8>>;

struct Faults {
    out: PathBuf,
    archive: PathBuf,
}

impl Faults {
    fn change(&self, name: &str, path: &str, bytes: &[u8]) {
        let target = self.out.join(name).join("files").join(path);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }

    #[allow(clippy::print_stdout)]
    fn make(&self, two: &Files, shredded: &Files, held: &Files) {
        let of = |files: &Files, path: &str| files[&self.archive.join(path)].clone();
        let pack = |number: u32| format!("bag-000001/data/packs/pack-{number:06}.zip");
        let (first, second) = (of(held, &pack(0)), of(held, &pack(1)));
        let long = objects(&first)
            .into_iter()
            .max_by_key(|place| place.1)
            .unwrap()
            .0;
        let chunk = |number: usize| {
            let start = long + 56 + number * 16_400;
            start..start + 16_400
        };
        let mut wrong = first.clone();
        wrong[chunk(0)].copy_from_slice(&first[chunk(1)]);
        self.change("chunk-duplicated", &pack(0), &wrong);
        wrong[chunk(0)].copy_from_slice(&first[chunk(1)]);
        wrong[chunk(1)].copy_from_slice(&first[chunk(0)]);
        self.change("chunks-reordered", &pack(0), &wrong);
        let report = "bag-000001/data/report.c256";
        let sealed = of(held, report);
        self.change(
            "chunk-trailing",
            report,
            &[&sealed[..], &sealed[56..]].concat(),
        );
        self.change("chunk-missing", report, &sealed[..56]);

        // Every patient of the second pack has two objects; documents are as long as each other.
        let places = objects(&second);
        let ((a, len), (b, other_len)) = (places[1], places[3]);
        assert_eq!(len, other_len);
        let mut wrong = second.clone();
        wrong[a..a + len].copy_from_slice(&second[b..b + len]);
        wrong[b..b + len].copy_from_slice(&second[a..a + len]);
        self.change("objects-swapped", &pack(1), &wrong);
        let mut wrong = second.clone();
        wrong[a + 60] ^= 1;
        self.change("byte-flipped", &pack(1), &wrong);
        self.change("pack-cut", &pack(1), &second[..a + 60]);
        self.change("pack-lengthened", &pack(1), &[&second[..], b"x"].concat());
        let mut wrong = second.clone();
        let name = b"../../../../../../../../../tmp/x.c256";
        wrong[30..30 + name.len()].copy_from_slice(name);
        self.change("zip-slip", &pack(1), &wrong);

        self.change(
            "keyring-rolled-back",
            "state/keyring.3.c256",
            &of(two, "state/keyring.2.c256"),
        );
        self.change(
            "current-rolled-back",
            "state/CURRENT",
            &of(shredded, "state/CURRENT"),
        );
        for (name, state) in [("hold-undone", shredded), ("shred-undone", two)] {
            let below = self.archive.join("state");
            for (path, bytes) in state.iter().filter(|(path, _)| path.starts_with(&below)) {
                let path = path.strip_prefix(&self.archive).unwrap().to_str().unwrap();
                if held.get(&self.archive.join(path)) != Some(bytes) {
                    self.change(name, path, bytes);
                }
            }
            for path in held.keys().filter(|path| path.starts_with(&below)) {
                if !state.contains_key(path) {
                    println!(
                        "{name}: removed: {}",
                        path.strip_prefix(&self.archive).unwrap().display()
                    );
                }
            }
        }
        for name in ["current-missing", "pack-missing", "checkpoint-missing"] {
            fs::create_dir_all(self.out.join(name)).unwrap();
        }

        let log = of(held, "log/entries");
        self.change(
            "log-cut",
            "log/entries",
            &log[..2 + usize::from(log[0]) * 256 + usize::from(log[1])],
        );
        let mut wrong = log.clone();
        wrong[100] ^= 1;
        self.change("log-rewritten", "log/entries", &wrong);
        self.change(
            "log-torn",
            "log/entries",
            &[&log[..], &[4, 0], &[7; 99]].concat(),
        );
        self.change(
            "writer-killed",
            "unfinished/journal",
            b"\0\0\0\x40half of a frame",
        );
        self.change(
            "accession-killed",
            "unfinished/journal",
            b"\0\0\0\x40half of a frame",
        );
        self.change(
            "accession-killed",
            "bag-000003/data/packs/pack-000000.zip",
            b"PK\x03\x04half",
        );

        let folder = tempfile::tempdir().unwrap();
        sample::write(folder.path(), "other", &sample::samples(3));
        let bag = folder.path().join("bag-000001");
        for (path, bytes) in sample::files(&bag) {
            let path = path.strip_prefix(&bag).unwrap();
            if !path.starts_with("SPEC") {
                self.change(
                    "bag-of-another",
                    &format!("bag-000002/{}", path.display()),
                    &bytes,
                );
            }
        }
    }
}

/// Where the sealed objects of a pack begin, and how long they are.
fn objects(pack: &[u8]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut at = 0;
    while pack[at..].starts_with(b"PK\x03\x04") {
        let len = u32::from_le_bytes(pack[at + 18..at + 22].try_into().unwrap()) as usize;
        let start = at + 30 + usize::from(pack[at + 26]);
        found.push((start, len));
        at = start + len;
    }
    found
}
