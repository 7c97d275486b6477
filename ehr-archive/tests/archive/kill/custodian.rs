//! `kill -9` at any instant of holds, grants, shreds and purges: afterwards the archive opens as it was or as it was to become, and
//! what was acknowledged is done.

use std::env;
use std::fs;
use std::path::Path;

use ehr_archive::custodian::{HoldScope, ShredRequest};
use ehr_archive::*;
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::{Credential, DataKey};
use uuid::Uuid;

use super::{DURABLE, Delays, FOLDER, TASK, duration, kill_after, kills, start};
use crate::sample::{self, ACCESS, Sample};

const ENTRIES: usize = 10;
/// What is done, one after the other.
const STEPS: [Step; 11] = [
    Step::Hold,
    Step::Rules,
    Step::Shred(1),
    Step::Grant,
    Step::Shred(3),
    Step::Hold,
    Step::Rotate,
    Step::Shred(5),
    Step::Shred(7),
    Step::Purge,
    Step::Revoke,
];

#[derive(Clone, Copy, Debug)]
enum Step {
    Hold,
    Rules,
    Shred(u64),
    Grant,
    Rotate,
    Purge,
    Revoke,
}

fn clerk(byte: u8) -> DataKey {
    DataKey::from_bytes([byte; 32])
}

fn store(folder: &Path) -> FileEpochStore {
    FileEpochStore::new(folder.join("keys"))
}

fn custodian(folder: &Path) -> Custodian {
    let (key, store) = (sample::key(), store(folder));
    let unlock = Unlock::from(&key).with_store(&store);
    Custodian::open(&folder.join("archive"), unlock, &ACCESS).unwrap()
}

fn opens(folder: &Path, key: &DataKey) -> bool {
    let store = store(folder);
    let unlock = Unlock::from(key).with_store(&store);
    ArchiveReader::open(&folder.join("archive"), unlock, &ACCESS).is_ok()
}

impl Step {
    fn make(self, custodian: &mut Custodian, folder: &Path) -> Result<(), Error> {
        let roles = [Role::Catalogue, Role::Log];
        match self {
            Step::Hold => {
                let scope = HoldScope::Patient(Uuid::from_u128(1));
                custodian.place_hold(scope, "a matter", &ACCESS).map(drop)
            }
            Step::Rules => custodian.set_rules(&RetentionRules::example(), &ACCESS),
            Step::Shred(ordinal) => {
                let ordinals = [ordinal];
                let request = ShredRequest::against_retention(&ordinals, "order");
                custodian
                    .shred(&request, &mut store(folder), &ACCESS)
                    .map(drop)
            }
            Step::Grant => custodian.grant("clerk", Credential::Key(&clerk(2)), &roles, &ACCESS),
            Step::Rotate => custodian.rotate("clerk", Credential::Key(&clerk(3)), &ACCESS),
            Step::Purge => custodian.purge(&ACCESS).map(drop),
            Step::Revoke => custodian.revoke("clerk", &ACCESS),
        }
    }

    /// Whether the archive is as it is after this step, the one of this number.
    fn is_done(self, number: usize, custodian: &mut Custodian, folder: &Path) -> bool {
        let holds = STEPS[..=number]
            .iter()
            .filter(|step| matches!(step, Step::Hold));
        match self {
            Step::Hold => custodian.holds().unwrap().len() >= holds.count(),
            Step::Rules => custodian.rules().unwrap() == RetentionRules::example(),
            Step::Shred(ordinal) => {
                let certificates = custodian.certificates().unwrap();
                certificates
                    .iter()
                    .any(|certificate| certificate.ordinals().contains(&ordinal))
            }
            Step::Grant => custodian.holders().contains_key("clerk"),
            Step::Rotate => opens(folder, &clerk(3)) && !opens(folder, &clerk(2)),
            Step::Purge => !folder.join("archive").join(PURGED).exists(),
            Step::Revoke => !custodian.holders().contains_key("clerk"),
        }
    }
}

/// The pack of the entries 1, 3, 5 and 7.
const PURGED: &str = "bag-000001/data/packs/pack-000001.zip";

/// Runs in a process of its own, and makes the steps from wherever an earlier process was killed.
#[test]
#[ignore = "the process that the other test of this file kills"]
#[allow(clippy::print_stdout)]
fn victim() {
    let (Some(task), Some(folder)) = (env::var_os(TASK), env::var_os(FOLDER)) else {
        return;
    };
    if task != "custodian" {
        return;
    }
    let (folder, done): (&Path, usize) = (
        Path::new(&folder),
        env::var(DURABLE).unwrap().parse().unwrap(),
    );
    println!("\nstarted");
    let mut custodian = custodian(folder);
    if !custodian.unfinished_shred().is_empty() {
        let certificate = custodian.finish_shred(&mut store(folder), &ACCESS);
        println!(
            "finished the shred of {:?}",
            certificate.unwrap().ordinals()
        );
    }
    for (number, step) in STEPS.into_iter().enumerate() {
        // A later step undoes what an earlier one did; only the last that was acknowledged, and the next, can be told.
        if number + 1 < done {
            continue;
        }
        let is_done = step.is_done(number, &mut custodian, folder);
        assert!(is_done || number >= done, "step {number} was acknowledged");
        if !is_done {
            step.make(&mut custodian, folder).unwrap();
        }
        println!("durable {}", number + 1);
    }
}

/// Which entries open; what opens must be what was written.
fn opened(folder: &Path, samples: &[Sample]) -> Vec<u64> {
    let (key, store) = (sample::key(), store(folder));
    let unlock = Unlock::from(&key).with_store(&store);
    let mut reader = ArchiveReader::open(&folder.join("archive"), unlock, &ACCESS).unwrap();
    let mut open = Vec::new();
    for entry in reader.list(0, MAX_FOUND, &ACCESS).unwrap() {
        let opened = match reader.open_entry(&entry, &ACCESS) {
            Err(error) if matches!(error.kind(), ErrorKind::Erased { .. }) => continue,
            opened => opened.unwrap(),
        };
        let ids: Vec<_> = opened.objects().map(|info| info.id).collect();
        let written = &samples[entry.ordinal() as usize].objects;
        assert_eq!(ids.len(), written.len());
        for (id, written) in ids.into_iter().zip(written) {
            assert_eq!(opened.read(id).unwrap().bytes(), written.bytes);
        }
        open.push(entry.ordinal());
    }
    open
}

/// The archive opens, and holds what it held after the steps that were acknowledged, or after the next.
fn check(folder: &Path, samples: &[Sample], done: usize) {
    let left = |steps: usize| -> Vec<u64> {
        let erased = STEPS[..steps.min(STEPS.len())].iter();
        let erased: Vec<u64> = erased
            .filter_map(|step| match step {
                Step::Shred(ordinal) => Some(*ordinal),
                _ => None,
            })
            .collect();
        (0..ENTRIES as u64)
            .filter(|ordinal| !erased.contains(ordinal))
            .collect()
    };
    let open = opened(folder, samples);
    assert!(open == left(done) || open == left(done + 1), "{open:?}");
}

#[test]
#[allow(clippy::print_stderr)]
fn a_killed_custodian_leaves_the_state_before_or_after() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = folder.path().join("prepared");
    fs::create_dir_all(prepared.join("keys")).unwrap();
    let samples = sample::samples(ENTRIES);
    let mut writer = ArchiveWriter::create_with_store(
        &prepared.join("archive"),
        sample::options("a"),
        &sample::key(),
        &mut store(&prepared),
    )
    .unwrap();
    for sample in &samples {
        sample.append(&mut writer, b"").unwrap();
    }
    writer.finish(b"").unwrap();
    let undisturbed = folder.path().join("undisturbed");
    sample::copy(&prepared, &undisturbed);
    let longest = duration("custodian", &undisturbed);
    let mut delays = Delays { longest, state: 47 };
    let (mut killed, mut archives, mut half) = (0, 0, 0);
    while killed < kills() {
        let path = folder.path().join("killed");
        sample::copy(&prepared, &path);
        let mut done = 0;
        loop {
            let child = start("custodian", &path, done);
            let (was_at_work, said) = kill_after(child, || delays.next());
            let acknowledged = said
                .lines()
                .filter_map(|line| line.strip_prefix("durable "));
            done = acknowledged
                .map(|number| number.parse().unwrap())
                .fold(done, usize::max);
            half += u32::from(said.contains("finished the shred"));
            // A copy, because reading makes the log of this one longer.
            let copy = tempfile::tempdir().unwrap();
            sample::copy(&path, copy.path());
            check(copy.path(), &samples, done);
            if !was_at_work {
                break;
            }
            killed += 1;
        }
        assert_eq!(done, STEPS.len());
        let (key, store) = (sample::key(), store(&path));
        let unlock = Unlock::from(&key).with_store(&store);
        let report = verify_unlocked(&path.join("archive"), unlock);
        assert!(report.is_sound(), "{report}");
        fs::remove_dir_all(path).unwrap();
        archives += 1;
    }
    eprintln!("{killed} kills over {archives} archives, {half} of them in the middle of a shred");
}
