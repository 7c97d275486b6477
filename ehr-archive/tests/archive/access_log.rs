//! The access log as tiles: what it looks like, what a crash leaves of it, what its proofs show without a key.

use std::fs;
use std::path::Path;

use ehr_archive::release::{ReleaseRequest, verify_release};
use ehr_archive::*;
use ehr_crypto::VerifyingKey;
use ehr_crypto::tree::tile::{TILE_WIDTH, TileId, TileKind, decode_entries};
use ehr_crypto::tree::{self, Checkpoint};

use crate::sample::{self, ACCESS};

fn archive() -> (tempfile::TempDir, VerifyingKey) {
    let folder = tempfile::tempdir().unwrap();
    let key = sample::write(folder.path(), "a", &sample::samples(3)).verifying_key;
    (folder, key)
}

/// Makes the log so many entries longer, and closes it.
fn use_archive(path: &Path, entries: u64) -> String {
    let mut reader = sample::open(path).unwrap();
    for _ in 1..entries {
        reader.record_verification(&ACCESS).unwrap();
    }
    reader.close().unwrap()
}

fn size(path: &Path) -> u64 {
    let mut size = 0;
    let mut reader = sample::open(path).unwrap();
    reader
        .read_log(&ACCESS, |index, _| {
            assert_eq!(index, size);
            size += 1;
            Ok(())
        })
        .unwrap();
    size
}

fn assert_sound(path: &Path) {
    for key in [None, Some(&sample::key())] {
        let report = verify(path, key);
        assert!(report.is_sound(), "{report}");
    }
}

/// Paths below the log, in order.
fn log_files(path: &Path) -> Vec<String> {
    let log = path.join("log");
    let below = |path: &Path| {
        path.strip_prefix(&log)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    sample::files(&log).keys().map(|path| below(path)).collect()
}

#[test]
fn a_closed_log_is_laid_out_as_tlog_tiles() {
    let (folder, key) = archive();
    assert_eq!(log_files(folder.path()), ["checkpoint", "tail"]);
    for (entries, expected) in [
        (
            3,
            vec![
                "checkpoint",
                "tail",
                "tile/0/000.p/3",
                "tile/entries/000.p/3",
            ],
        ),
        // A full tile has no partial one beside it.
        (
            253,
            vec![
                "checkpoint",
                "tail",
                "tile/0/000",
                "tile/1/000.p/1",
                "tile/entries/000",
            ],
        ),
        (
            1,
            vec![
                "checkpoint",
                "tail",
                "tile/0/000",
                "tile/0/001.p/1",
                "tile/1/000.p/1",
                "tile/entries/000",
                "tile/entries/001.p/1",
            ],
        ),
    ] {
        let note = use_archive(folder.path(), entries);
        assert_eq!(log_files(folder.path()), expected);
        let on_disk = fs::read_to_string(folder.path().join("log/checkpoint")).unwrap();
        assert_eq!(note, on_disk);
        assert_sound(folder.path());
    }
    // Another reader of such logs sees the same: entries that hash to the leaves, leaves that lead to the root.
    let log = folder.path().join("log");
    let view = AccessLogView::open(folder.path(), &key).unwrap();
    let note = fs::read_to_string(log.join("checkpoint")).unwrap();
    let checkpoint = Checkpoint::verify(&note, view.verifying_key()).unwrap();
    let mut leaves = Vec::new();
    for index in 0..2 {
        let tile = TileId::in_tree(TileKind::Entries, index, checkpoint.size).unwrap();
        let bundle = fs::read(log.join(tile.to_string())).unwrap();
        let entries = decode_entries(tile, &bundle).unwrap();
        leaves.extend(entries.into_iter().map(tree::leaf_hash));
        let tile = TileId::in_tree(TileKind::Hashes { level: 0 }, index, checkpoint.size).unwrap();
        let hashes = fs::read(log.join(tile.to_string())).unwrap();
        assert_eq!(hashes, leaves[(index * TILE_WIDTH) as usize..].concat());
    }
    assert_eq!(tree::root(&leaves), checkpoint.root);
    assert_eq!(view.size(), 257);
}

#[test]
fn a_long_session_folds_its_tail_on_the_way() {
    let (folder, _) = archive();
    let mut reader = sample::open(folder.path()).unwrap();
    for _ in 0..600 {
        reader.record_verification(&ACCESS).unwrap();
    }
    // Not closed: two full tiles are there, and the rest is in the tail.
    let files = log_files(folder.path());
    assert!(files.contains(&"tile/entries/001".to_owned()), "{files:?}");
    assert_sound(folder.path());
    let copy = tempfile::tempdir().unwrap();
    sample::copy(folder.path(), copy.path());
    assert_eq!(size(copy.path()), 603);
    reader.close().unwrap();
    assert_eq!(size(folder.path()), 603);
    assert_sound(folder.path());
}

/// A search and its reads, in one durable step.
#[test]
fn opening_by_record_number_logs_search_and_read_together() {
    let (folder, _) = archive();
    let mut reader = sample::open(folder.path()).unwrap();
    assert!(reader.open_by_mrn("nobody", &ACCESS).unwrap().is_empty());
    let opened = reader.open_by_mrn("mrn0001", &ACCESS).unwrap();
    let [(entry, open)] = &opened[..] else {
        panic!("{opened:?}");
    };
    assert_eq!(entry.mrns(), ["MRN 0001"]);
    assert!(open.chart().unwrap().is_some());
    let mut kinds = Vec::new();
    reader
        .read_log(&ACCESS, |_, event| {
            let event: serde_json::Value = serde_json::from_slice(event).unwrap();
            kinds.push(event["subtype"][0]["code"].as_str().unwrap().to_owned());
            Ok(())
        })
        .unwrap();
    assert_eq!(kinds, ["110122", "search", "search", "read", "access"]);

    // Two patients under one number: nobody's key is released, and the search is on record.
    let shared = tempfile::tempdir().unwrap();
    let mut samples = sample::samples(2);
    samples[1].mrns = samples[0].mrns.clone();
    sample::write(shared.path(), "b", &samples);
    let mut reader = sample::open(shared.path()).unwrap();
    let error = reader.open_by_mrn("MRN 0000", &ACCESS).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot be used: several patients have this record number: find them, and open one"
    );
    assert!(
        reader
            .log_checkpoint()
            .starts_with("ehr-archive/b/log\n2\n")
    );
}

/// No log, no read: neither without the checkpoint nor into a file that nobody will find.
#[test]
fn a_log_that_was_moved_away_stops_reading() {
    let (folder, _) = archive();
    let mut reader = sample::open(folder.path()).unwrap();
    for name in ["tail", "checkpoint"] {
        let path = folder.path().join("log").join(name);
        let elsewhere = folder.path().join("elsewhere");
        fs::rename(&path, &elsewhere).unwrap();
        assert!(reader.find_by_mrn("MRN 0001", &ACCESS).is_err(), "{name}");
        fs::copy(&elsewhere, &path).unwrap();
        let answer = reader.find_by_mrn("MRN 0001", &ACCESS);
        assert_eq!(answer.is_err(), name == "tail", "{name}: {answer:?}");
        fs::rename(&elsewhere, &path).unwrap();
        reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
    }
    reader.close().unwrap();
    assert_eq!(size(folder.path()), 1 + 3 + 2);
    assert_sound(folder.path());
}

#[test]
fn two_programs_append_in_turns() {
    let (folder, _) = archive();
    let [mut first, mut second] = [0, 1].map(|_| sample::open(folder.path()).unwrap());
    for round in 0..300 {
        first.record_verification(&ACCESS).unwrap();
        second.record_verification(&ACCESS).unwrap();
        if round % 100 == 50 {
            // Somebody else comes and goes, and folds what all have written.
            use_archive(folder.path(), 2);
        }
    }
    drop(first);
    second.record_verification(&ACCESS).unwrap();
    drop(second);
    assert_eq!(size(folder.path()), 2 + 600 + 3 * 2 + 1 + 2);
    assert_sound(folder.path());
}

/// At every byte: what was durable stays, what was torn is no entry, and the log goes on.
#[test]
fn a_tail_that_was_cut_anywhere_is_mended() {
    let (folder, _) = archive();
    use_archive(folder.path(), 2);
    let mut reader = sample::open(folder.path()).unwrap();
    let path = folder.path().join("log/tail");
    let mut ends = vec![fs::metadata(&path).unwrap().len()];
    for _ in 0..2 {
        reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
        ends.push(fs::metadata(&path).unwrap().len());
    }
    let crashed = tempfile::tempdir().unwrap();
    sample::copy(folder.path(), crashed.path());
    let whole = fs::read(&path).unwrap();
    let tail = crashed.path().join("log/tail");
    for len in (0..whole.len()).step_by(7).chain(0..12) {
        let copy = tempfile::tempdir().unwrap();
        fs::write(&tail, &whole[..len]).unwrap();
        sample::copy(crashed.path(), copy.path());
        assert_sound(copy.path());
        let durable = ends.iter().filter(|end| **end <= len as u64).count() as u64;
        assert_eq!(size(copy.path()), 2 + durable + 2, "{len}");
        assert_sound(copy.path());
    }
    for torn in [
        &b"\0\x01"[..],
        b"\0\x01\0\x09half of i",
        &[0; 600],
        &[7; 300],
    ] {
        let copy = tempfile::tempdir().unwrap();
        fs::write(&tail, [&whole, torn].concat()).unwrap();
        sample::copy(crashed.path(), copy.path());
        assert_sound(copy.path());
        assert_eq!(size(copy.path()), 7);
        assert_sound(copy.path());
    }
}

/// A crash tears the last batch only: anything before it is damage, and stops the log.
#[test]
fn damage_before_the_last_batch_of_a_tail_is_no_torn_end() {
    let (folder, _) = archive();
    let mut reader = sample::open(folder.path()).unwrap();
    let path = folder.path().join("log/tail");
    let mut len = 0;
    for _ in 0..3 {
        len = fs::metadata(&path).unwrap().len() as usize;
        reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
    }
    let crashed = tempfile::tempdir().unwrap();
    sample::copy(folder.path(), crashed.path());
    let (path, whole) = (crashed.path().join("log/tail"), fs::read(&path).unwrap());
    for place in 0..len {
        let mut wrong = whole.clone();
        wrong[place] ^= 1 << (place % 8);
        fs::write(&path, &wrong).unwrap();
        assert!(!verify(crashed.path(), None).is_sound(), "{place}");
    }
    assert!(sample::open(crashed.path()).is_err());
    fs::write(&path, &whole).unwrap();
    assert_sound(crashed.path());
}

#[test]
fn whatever_a_crash_leaves_of_a_fold_is_mended() {
    let (folder, _) = archive();
    use_archive(folder.path(), 3);
    let before = tempfile::tempdir().unwrap();
    let mut reader = sample::open(folder.path()).unwrap();
    reader.record_verification(&ACCESS).unwrap();
    sample::copy(folder.path(), before.path());
    reader.close().unwrap();
    let after = sample::files(&folder.path().join("log"));
    let old = |name: &str| fs::read(before.path().join("log").join(name)).unwrap();
    let new = |name: &str| after[&folder.path().join("log").join(name)].clone();
    let half = |mut bytes: Vec<u8>| {
        bytes.truncate(bytes.len() / 2);
        bytes
    };
    let (hashes, bundle) = ("tile/0/000.p/5", "tile/entries/000.p/5");
    let steps: [Vec<(&str, Vec<u8>)>; 6] = [
        vec![(hashes, half(new(hashes)))],
        vec![(hashes, new(hashes)), (bundle, half(new(bundle)))],
        vec![
            (hashes, new(hashes)),
            (bundle, new(bundle)),
            ("checkpoint.new", half(new("checkpoint"))),
        ],
        // Switched, and the tail is still full.
        vec![
            (hashes, new(hashes)),
            (bundle, new(bundle)),
            ("checkpoint", new("checkpoint")),
        ],
        vec![
            (hashes, new(hashes)),
            (bundle, new(bundle)),
            ("checkpoint", new("checkpoint")),
            ("tail", vec![]),
        ],
        vec![
            (hashes, new(hashes)),
            (bundle, new(bundle)),
            ("checkpoint", new("checkpoint")),
            (
                "tail",
                old("tail")[..8].to_vec().iter().map(|_| 0).collect(),
            ),
        ],
    ];
    for (number, step) in steps.into_iter().enumerate() {
        let copy = tempfile::tempdir().unwrap();
        sample::copy(before.path(), copy.path());
        for (name, bytes) in step {
            fs::write(copy.path().join("log").join(name), bytes).unwrap();
        }
        assert_sound(copy.path());
        assert_eq!(size(copy.path()), 5 + 2, "{number}");
        assert_sound(copy.path());
        assert_eq!(use_archive(copy.path(), 2).lines().nth(1), Some("9"));
        assert_sound(copy.path());
    }
}

#[test]
fn truncation_and_rewriting_are_told_apart_against_a_kept_checkpoint() {
    let (folder, key) = archive();
    let first = use_archive(folder.path(), 4);
    let early = sample::files(&folder.path().join("log"));
    let [ours, theirs] = [0, 1].map(|_| {
        // The same archive used twice from the same state: two histories.
        let copy = tempfile::tempdir().unwrap();
        sample::copy(folder.path(), copy.path());
        let kept = use_archive(copy.path(), 300);
        use_archive(copy.path(), 5);
        (copy, kept)
    });
    let (path, kept) = (ours.0.path(), &ours.1);
    let log = AccessLogView::open(path, &key).unwrap();
    assert_eq!(log.size(), 309);
    assert!(!log.consistency_proof(&first).unwrap().is_empty());
    assert!(!log.consistency_proof(kept).unwrap().is_empty());
    assert_eq!(log.consistency_proof(log.checkpoint()).unwrap().len(), 0);
    let begin = log.consistency_proof(&first).unwrap();
    let heads = [&first, log.checkpoint()]
        .map(|note| Checkpoint::verify(note, log.verifying_key()).unwrap());
    let begin: Vec<_> = begin
        .iter()
        .map(|hash| hash.as_bytes().try_into().unwrap())
        .collect();
    let [old, new] = &heads;
    tree::verify_consistency(old.size, &old.root, new.size, &new.root, &begin).unwrap();

    let rewritten = log.consistency_proof(&theirs.1).unwrap_err().to_string();
    assert_eq!(
        rewritten,
        "[log/checkpoint] changed since it was written: entries before the checkpoint that was kept were rewritten"
    );
    let report = verify_against(path, None, &theirs.1);
    assert_eq!(report.problems[0].to_string(), rewritten);

    // Put back to what it was after the first use: it agrees with itself.
    fs::remove_dir_all(path.join("log")).unwrap();
    for (file, bytes) in &early {
        let file = path.join(file.strip_prefix(folder.path()).unwrap());
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }
    assert_sound(path);
    let shorter =
        "[log/checkpoint] rolled back: the access log is shorter than the checkpoint that was kept";
    let log = AccessLogView::open(path, &key).unwrap();
    assert_eq!(
        log.consistency_proof(kept).unwrap_err().to_string(),
        shorter
    );
    let report = verify_against(path, None, kept);
    assert_eq!(report.problems[0].to_string(), shorter);
    log.consistency_proof(&first).unwrap();
}

#[test]
fn a_release_is_proved_from_the_tiles_without_a_key() {
    let (folder, key) = archive();
    use_archive(folder.path(), 255);
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("release");
    let mut reader = sample::open(folder.path()).unwrap();
    let found = reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
    let request = ReleaseRequest::new("the patient");
    reader.release(&found, &request, &out, &ACCESS).unwrap();
    reader.close().unwrap();
    use_archive(folder.path(), 700);

    let report = verify_release(&out, &key).unwrap();
    let log = AccessLogView::open(folder.path(), &key).unwrap();
    let proof = log.release_proof(&report).unwrap();
    assert_eq!(proof.index, report.log_entry);
    proof.verify(log.verifying_key()).unwrap();
    let mut other = proof.clone();
    other.index += 1;
    assert!(other.verify(log.verifying_key()).is_err());
    // The proof needs three tiles of the hundreds that a long log has, and no entry.
    let bundles = folder.path().join("log/tile/entries");
    fs::remove_dir_all(bundles).unwrap();
    let log = AccessLogView::open(folder.path(), &key).unwrap();
    assert_eq!(log.release_proof(&report).unwrap(), proof);
    // The log of another archive is not signed with this one's key.
    let (other, _) = archive();
    assert!(AccessLogView::open(other.path(), &key).is_err());
}

#[test]
fn a_log_of_the_first_layout_becomes_tiles_and_keeps_its_root() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ehr-archive-1");
    let folder = tempfile::tempdir().unwrap();
    sample::copy(&golden, folder.path());
    assert!(log_files(folder.path()).contains(&"entries".to_owned()));
    let key = verify(folder.path(), None).verifying_key.unwrap();
    let old = AccessLogView::open(folder.path(), &key).unwrap();
    let (size, kept) = (old.size(), old.checkpoint().to_owned());
    assert!(size > 0);
    drop(sample::open(folder.path()).unwrap());
    assert!(!log_files(folder.path()).contains(&"entries".to_owned()));
    assert_sound(folder.path());
    let new = AccessLogView::open(folder.path(), &key).unwrap();
    assert_eq!(new.size(), size + 1);
    new.consistency_proof(&kept).unwrap();
}

/// The Python reader and this crate say the same of a log in whatever state it is.
#[test]
#[allow(clippy::print_stderr)]
fn reader_py_reads_tiles_and_tails() {
    let Some(python) = std::env::var_os("EHR_PYTHON") else {
        eprintln!("skipped: EHR_PYTHON is not set, so reader.py was not run");
        return;
    };
    let (folder, _) = archive();
    let home = tempfile::tempdir().unwrap();
    let key_file = home.path().join("archive.key");
    ehr_crypto::key::file::create(&key_file, &sample::key(), "Opens these tests.").unwrap();
    let check = |path: &Path| {
        let reader = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/reader.py");
        let mut command = std::process::Command::new(&python);
        command.arg("-B").arg(reader).arg(path).arg(&key_file);
        let output = command.arg("check").output().unwrap();
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!text.contains("Traceback"), "{text}");
        assert_eq!(
            output.status.success(),
            verify(path, Some(&sample::key())).is_sound(),
            "{text}"
        );
        text
    };
    assert!(check(folder.path()).contains(" 0 accesses"));
    use_archive(folder.path(), 3);
    assert!(check(folder.path()).contains(" 3 accesses"));
    use_archive(folder.path(), 700);
    assert!(check(folder.path()).contains(" 703 accesses"));
    let mut reader = sample::open(folder.path()).unwrap();
    let found = reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
    drop(reader.open_by_mrn("MRN 0001", &ACCESS).unwrap());
    drop(reader.open_entry(&found[0], &ACCESS).unwrap());
    assert!(check(folder.path()).contains(" 708 accesses"));

    let crashed = tempfile::tempdir().unwrap();
    sample::copy(folder.path(), crashed.path());
    let log = crashed.path().join("log");
    for (name, cut, counted) in [
        ("tail", 9, "707"),
        ("tail", 4000, "70"),
        ("tile/0/001", 1, "tile/0/001"),
        ("tile/1/000.p/2", 1, "tile/1/000.p/2"),
        ("tile/entries/001", 1, "tile/entries/001"),
        ("checkpoint", 40, "damaged"),
    ] {
        let whole = fs::read(log.join(name)).unwrap();
        fs::write(log.join(name), &whole[..whole.len() - cut]).unwrap();
        let said = check(crashed.path());
        assert!(said.contains(counted), "{name}: {said}");
        for place in (0..whole.len()).step_by(whole.len() / 12) {
            let mut wrong = whole.clone();
            wrong[place] ^= 4;
            fs::write(log.join(name), wrong).unwrap();
            check(crashed.path());
        }
        fs::remove_file(log.join(name)).unwrap();
        assert!(check(crashed.path()).contains(name), "{name}");
        fs::write(log.join(name), whole).unwrap();
    }
    fs::write(log.join("tile/0/003.p/1"), b"").unwrap_err();
    fs::write(log.join("tile/0/009"), b"").unwrap();
    assert!(check(crashed.path()).contains("tile/0/009: not part of the archive"));
}
