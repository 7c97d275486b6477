//! Several accessions in one archive.

use std::fs;

use ehr_archive::*;

use crate::sample::{self, ACCESS, Sample};

fn options() -> AccessionOptions {
    AccessionOptions {
        created: "2027-01-31T09:30:00-05:00".into(),
        software: "tests 2.0".into(),
    }
}

fn add(path: &std::path::Path, samples: &[Sample]) -> Summary {
    let mut writer = ArchiveWriter::accession(path, options(), &sample::key(), &ACCESS).unwrap();
    samples
        .iter()
        .for_each(|sample| sample.append(&mut writer, b"").unwrap());
    writer.finish(b"the books of the late delivery").unwrap()
}

/// What a reader sees of two accessions: reports stand between them and are not listed.
fn both(samples: &[Sample], at: usize, path: &std::path::Path) {
    let read = sample::read_all(path).unwrap();
    assert_eq!(read.len(), samples.len());
    assert_eq!(read[..at], samples[..at]);
    assert_eq!(read[at..], samples[at..]);
}

#[test]
fn a_second_accession_joins_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let samples = sample::samples(14);
    let first = sample::write(folder.path(), "a", &samples[..5]);
    let second = add(folder.path(), &samples[5..12]);
    assert_eq!((first.accession, second.accession), (1, 2));
    both(&samples[..12], 5, folder.path());
    add(folder.path(), &[]);
    let fourth = add(folder.path(), &samples[12..]);
    assert_eq!(fourth.accession, 4);

    let mut reader = sample::open(folder.path()).unwrap();
    assert_eq!(reader.accessions().collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(
        reader.counts().objects,
        first.counts.objects + second.counts.objects + fourth.counts.objects
    );
    assert_eq!(
        reader.report(&ACCESS).unwrap().bytes(),
        b"the books balance"
    );
    assert_eq!(
        reader.report_of(2, &ACCESS).unwrap().bytes(),
        b"the books of the late delivery"
    );
    // Names of all accessions are found together, in order.
    assert_eq!(reader.find_by_name("hernandez", &ACCESS).unwrap().len(), 3);
    assert_eq!(reader.find_by_mrn("MRN 0013", &ACCESS).unwrap().len(), 1);
    drop(reader);
    for report in [
        verify(folder.path(), None),
        verify(folder.path(), Some(&sample::key())),
    ] {
        assert!(report.is_sound(), "{report}");
    }
}

#[test]
fn an_accession_that_is_being_written_leaves_the_archive_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let samples = sample::samples(9);
    sample::write(folder.path(), "a", &samples[..5]);
    let mut writer =
        ArchiveWriter::accession(folder.path(), options(), &sample::key(), &ACCESS).unwrap();
    samples[5].append(&mut writer, b"5").unwrap();
    writer.commit().unwrap();
    both(&samples[..5], 5, folder.path());
    let report = verify(folder.path(), Some(&sample::key()));
    let message =
        "an accession to this archive was begun and never finished: resume it and finish it";
    assert_eq!(report.problems.len(), 1, "{report}");
    assert_eq!(
        report.problems[0].to_string(),
        format!("[unfinished/journal] {message}")
    );
    let mut custodian = Custodian::open(folder.path(), &sample::key(), &ACCESS).unwrap();
    assert_eq!(custodian.purge(&ACCESS).unwrap_err().to_string(), message);
    // A rule that is set meanwhile stays.
    custodian
        .set_rules(&RetentionRules::example(), &ACCESS)
        .unwrap();
    drop((custodian, writer));

    assert_eq!(
        ArchiveWriter::resume(folder.path(), &sample::key())
            .unwrap_err()
            .to_string(),
        "cannot be used: an accession to this archive was begun: resume the accession"
    );
    let begin = ArchiveWriter::accession(folder.path(), options(), &sample::key(), &ACCESS);
    assert_eq!(
        begin.unwrap_err().to_string(),
        "cannot be used: an accession to this archive was begun: resume it"
    );
    let (mut writer, resumed) =
        ArchiveWriter::resume_accession(folder.path(), &sample::key(), &ACCESS).unwrap();
    assert_eq!(
        (resumed.entries, resumed.cursor.as_deref()),
        (1, Some(&b"5"[..]))
    );
    samples[6..]
        .iter()
        .for_each(|sample| sample.append(&mut writer, b"").unwrap());
    writer.finish(b"").unwrap();
    both(&samples, 5, folder.path());
    let custodian = Custodian::open(folder.path(), &sample::key(), &ACCESS).unwrap();
    assert_eq!(custodian.rules().unwrap(), RetentionRules::example());
    drop(custodian);
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
    let none = ArchiveWriter::resume_accession(folder.path(), &sample::key(), &ACCESS).unwrap_err();
    assert_eq!(
        none.to_string(),
        "cannot be used: no accession to this archive was begun"
    );
}

#[test]
fn a_crash_before_the_switch_and_one_after_it_lose_nothing() {
    let samples = sample::samples(9);
    let (folder, begun) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sample::write(folder.path(), "a", &samples[..5]);
    let before = fs::read(folder.path().join("state/CURRENT")).unwrap();
    let state = sample::files(&folder.path().join("state"));
    let mut writer =
        ArchiveWriter::accession(folder.path(), options(), &sample::key(), &ACCESS).unwrap();
    samples[5..]
        .iter()
        .for_each(|sample| sample.append(&mut writer, b"").unwrap());
    writer.commit().unwrap();
    sample::copy(folder.path(), begun.path());
    writer.finish(b"").unwrap();

    // After it: only the journal is left.
    let after = tempfile::tempdir().unwrap();
    sample::copy(folder.path(), after.path());
    fs::create_dir(after.path().join("unfinished")).unwrap();
    sample::copy(
        &begun.path().join("unfinished"),
        &after.path().join("unfinished"),
    );
    ArchiveWriter::resume_accession(after.path(), &sample::key(), &ACCESS).unwrap_err();
    assert!(verify(after.path(), Some(&sample::key())).is_sound());
    both(&samples, 5, after.path());

    // Before it: everything is written, but the old list is in force, and the log knows of nothing that was done.
    sample::copy(
        &begun.path().join("unfinished"),
        &folder.path().join("unfinished"),
    );
    for (path, bytes) in state {
        fs::write(path, bytes).unwrap();
    }
    sample::copy(&begun.path().join("log"), &folder.path().join("log"));
    fs::write(folder.path().join("state/CURRENT"), before).unwrap();
    both(&samples[..5], 5, folder.path());
    let (writer, resumed) =
        ArchiveWriter::resume_accession(folder.path(), &sample::key(), &ACCESS).unwrap();
    assert_eq!(resumed.entries, 4);
    writer.finish(b"").unwrap();
    both(&samples, 5, folder.path());
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
}

#[test]
fn a_bag_of_another_archive_is_none_of_this_one() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&one, &two] {
        sample::write(folder.path(), "a", &sample::samples(5));
        add(folder.path(), &sample::samples(3));
    }
    let bag = one.path().join("bag-000002");
    fs::remove_dir_all(&bag).unwrap();
    sample::copy(&two.path().join("bag-000002"), &bag);
    assert!(!verify(one.path(), None).is_sound());
    assert!(sample::open(one.path()).is_err());
}
