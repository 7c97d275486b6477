//! Interrupted archives: wherever they were cut, going on from the cursor gives the same content.

use std::fs;
use std::path::Path;

use ehr_archive::*;

use crate::sample::{self, ACCESS, Sample};

/// Writes without finishing; gives back the length of the journal after each commit.
fn write_without_end(path: &Path, samples: &[Sample], commit_every: usize) -> Vec<u64> {
    let mut writer = ArchiveWriter::create(path, sample::options("a"), &sample::key()).unwrap();
    let journal = path.join("unfinished/journal");
    let mut ends = vec![fs::metadata(&journal).unwrap().len()];
    for (number, sample) in samples.iter().enumerate() {
        sample.append(&mut writer, &[number as u8 + 1]).unwrap();
        if (number + 1) % commit_every == 0 {
            writer.commit().unwrap();
            ends.push(fs::metadata(&journal).unwrap().len());
        }
    }
    ends
}

/// Goes on where an archive was cut, and checks that nothing is lost or doubled.
fn go_on(path: &Path, samples: &[Sample]) -> Resumed {
    let (mut writer, resumed) = ArchiveWriter::resume(path, &sample::key()).unwrap();
    let done = resumed
        .cursor
        .as_deref()
        .map_or(0, |cursor| cursor[0] as usize);
    assert_eq!(resumed.entries, done as u64);
    for (number, sample) in samples.iter().enumerate().skip(done) {
        sample.append(&mut writer, &[number as u8 + 1]).unwrap();
    }
    let summary = writer.finish(b"the books balance").unwrap();
    assert_eq!(sample::read_all(path).unwrap(), samples);
    let report = verify(path, Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
    assert_eq!(report.opened, summary.counts.objects);
    resumed
}

#[test]
fn a_journal_cut_anywhere_gives_the_same_archive() {
    let samples = sample::samples(12);
    let written = tempfile::tempdir().unwrap();
    let ends = write_without_end(written.path(), &samples, 3);
    let cuts = ends.windows(2).flat_map(|pair| {
        [
            pair[0],
            pair[0] + 1,
            pair[0] + 4,
            (pair[0] + pair[1]) / 2,
            pair[1] - 1,
        ]
    });
    for cut in cuts.chain(ends.last().copied()) {
        let folder = tempfile::tempdir().unwrap();
        sample::copy(written.path(), folder.path());
        let journal = fs::OpenOptions::new()
            .write(true)
            .open(folder.path().join("unfinished/journal"))
            .unwrap();
        journal.set_len(cut).unwrap();
        let resumed = go_on(folder.path(), &samples);
        let durable = ends.iter().filter(|end| **end <= cut).count() - 1;
        assert_eq!(resumed.entries, durable as u64 * 3, "cut at {cut}");
    }
}

#[test]
fn bytes_that_never_became_durable_are_cut_off() {
    let samples = sample::samples(6);
    let folder = tempfile::tempdir().unwrap();
    write_without_end(folder.path(), &samples, 2);
    for pack in fs::read_dir(folder.path().join("bag-000001/data/packs")).unwrap() {
        let path = pack.unwrap().path();
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(&b"half of an object ".repeat(500));
        fs::write(path, bytes).unwrap();
    }
    fs::write(
        folder.path().join("bag-000001/data/packs/pack-000077.zip"),
        b"never journalled",
    )
    .unwrap();
    assert_eq!(go_on(folder.path(), &samples).entries, 6);
}

#[test]
fn a_journal_with_a_frame_left_out_or_moved_is_refused() {
    let written = tempfile::tempdir().unwrap();
    let ends = write_without_end(written.path(), &sample::samples(4), 1);
    let journal = fs::read(written.path().join("unfinished/journal")).unwrap();
    let frame = |number: usize| &journal[ends[number] as usize..ends[number + 1] as usize];
    let head = &journal[..ends[0] as usize];
    for frames in [vec![0, 2, 3], vec![1, 0, 2, 3], vec![0, 0, 1], vec![1]] {
        let folder = tempfile::tempdir().unwrap();
        sample::copy(written.path(), folder.path());
        let changed = frames.iter().fold(head.to_vec(), |journal, number| {
            [&journal[..], frame(*number)].concat()
        });
        fs::write(folder.path().join("unfinished/journal"), changed).unwrap();
        let error = ArchiveWriter::resume(folder.path(), &sample::key()).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("[unfinished/journal, offset "),
            "{error}"
        );
    }
}

#[test]
fn a_crash_while_finishing_is_no_loss() {
    let samples = sample::samples(6);
    let finished = tempfile::tempdir().unwrap();
    let unfinished = tempfile::tempdir().unwrap();
    write_without_end(unfinished.path(), &samples, 1);
    sample::copy(unfinished.path(), finished.path());
    go_on(finished.path(), &samples);
    // All that finishing writes is there, but not its last step.
    let folder = tempfile::tempdir().unwrap();
    sample::copy(finished.path(), folder.path());
    fs::remove_file(folder.path().join("state/CURRENT")).unwrap();
    fs::create_dir(folder.path().join("unfinished")).unwrap();
    sample::copy(
        &unfinished.path().join("unfinished"),
        &folder.path().join("unfinished"),
    );
    fs::copy(
        unfinished.path().join("state/slots.json"),
        folder.path().join("state/slots.json"),
    )
    .unwrap();
    assert!(matches!(
        sample::open(folder.path()).unwrap_err().kind(),
        ErrorKind::Unfinished
    ));
    assert_eq!(go_on(folder.path(), &samples).entries, 6);
}

#[test]
fn a_crash_after_the_last_step_is_cleaned_up() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(2));
    fs::create_dir(folder.path().join("unfinished")).unwrap();
    fs::write(folder.path().join("unfinished/journal"), b"left over").unwrap();
    assert!(!verify(folder.path(), None).is_sound());
    let error = ArchiveWriter::resume(folder.path(), &sample::key()).unwrap_err();
    assert_eq!(error.to_string(), "cannot be used: the archive is finished");
    assert!(verify(folder.path(), None).is_sound());
}

#[test]
fn an_unfinished_archive_says_so_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    write_without_end(folder.path(), &sample::samples(2), 1);
    let message = "this archive was begun and never finished: resume writing it and finish it";
    assert_eq!(
        sample::open(folder.path()).unwrap_err().to_string(),
        message
    );
    assert_eq!(verify(folder.path(), None).problems[0].to_string(), message);
    assert!(
        fs::read_to_string(folder.path().join("README.txt"))
            .unwrap()
            .starts_with("This archive was begun and not finished.")
    );
    let again =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap_err();
    assert!(matches!(again.kind(), ErrorKind::AlreadyThere));
}

#[test]
fn two_writers_do_not_write_one_archive() {
    let folder = tempfile::tempdir().unwrap();
    let writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    let error = ArchiveWriter::resume(folder.path(), &sample::key()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot be used: another program is writing this archive"
    );
    drop(writer);
    ArchiveWriter::resume(folder.path(), &sample::key()).unwrap();
}

#[test]
fn another_key_resumes_nothing_and_an_empty_folder_is_no_archive() {
    let folder = tempfile::tempdir().unwrap();
    write_without_end(folder.path(), &sample::samples(1), 1);
    let other = ehr_crypto::DataKey::from_bytes([1; 32]);
    assert!(
        ArchiveWriter::resume(folder.path(), &other)
            .unwrap_err()
            .is_wrong_key()
    );
    let empty = tempfile::tempdir().unwrap();
    for error in [
        ArchiveWriter::resume(empty.path(), &other).unwrap_err(),
        ArchiveReader::open(empty.path(), &other, &ACCESS).unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "there is no archive here");
    }
}
