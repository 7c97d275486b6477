//! Makes the testkit: the sound archive, and from it the faults.

use std::fs;
use std::path::PathBuf;

use ehr_archive::custodian::{HoldScope, ShredRequest};
use ehr_archive::*;
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::key;

use super::{REPORT, samples};
use crate::sample::{self, ACCESS};

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

        let below = self.archive.join("log/tile/entries");
        let (path, log) = held
            .iter()
            .find(|(path, _)| path.starts_with(&below))
            .expect("the log was closed");
        let path = path.strip_prefix(&self.archive).unwrap().to_str().unwrap();
        let first = 2 + usize::from(log[0]) * 256 + usize::from(log[1]);
        self.change("log-cut", path, &log[..first]);
        let mut wrong = log.clone();
        wrong[100] ^= 1;
        self.change("log-rewritten", path, &wrong);
        let tail = of(held, "log/tail");
        let torn = [&tail[..], &[0, 1, 4, 0], &[7; 99]].concat();
        self.change("log-torn", "log/tail", &torn);
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
pub(super) fn objects(pack: &[u8]) -> Vec<(usize, usize)> {
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
