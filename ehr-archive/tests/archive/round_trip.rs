//! What was appended comes back, and is found.

use std::sync::mpsc;
use std::thread;

use ehr_archive::*;
use ehr_crypto::DataKey;
use proptest::prelude::*;

use crate::sample::{self, ACCESS, Sample, SampleObject};

#[test]
fn everything_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    let samples = sample::samples(12);
    let summary = sample::write(&path, "a", &samples);
    assert_eq!(
        (
            summary.counts.patient_entries,
            summary.counts.unassigned_entries
        ),
        (10, 2)
    );
    assert_eq!((summary.counts.objects, summary.packs), (22, 3));
    assert_eq!(sample::read_all(&path).unwrap(), samples);

    let mut reader = sample::open(&path).unwrap();
    assert_eq!(reader.counts(), summary.counts);
    assert_eq!(reader.tree_root(), summary.tree_root);
    assert_eq!(
        reader.report(&ACCESS).unwrap().bytes(),
        b"the books balance"
    );
    assert_eq!(reader.unassigned(0, MAX_FOUND, &ACCESS).unwrap().len(), 2);
    let chart = reader.find_by_mrn("mrn0003", &ACCESS).unwrap();
    let chart = reader
        .open_entry(&chart[0], &ACCESS)
        .unwrap()
        .chart()
        .unwrap()
        .unwrap();
    assert_eq!(chart.bytes(), samples[3].objects[0].bytes);

    for report in [verify(&path, None), verify(&path, Some(&sample::key()))] {
        assert!(report.is_sound(), "{report}");
        assert_eq!(report.objects, 22);
        assert_eq!(report.verifying_key.as_ref(), Some(&summary.verifying_key));
    }
    assert_eq!(verify(&path, Some(&sample::key())).opened, 22);
}

#[test]
fn searches() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    sample::write(&path, "a", &sample::samples(8));
    let mut reader = sample::open(&path).unwrap();
    let mut by_name = |text: &str| -> Vec<u64> {
        reader
            .find_by_name(text, &ACCESS)
            .unwrap()
            .iter()
            .map(CatalogueEntry::ordinal)
            .collect()
    };
    assert_eq!(by_name("hernandez"), [0]);
    assert_eq!(by_name("MARÍA"), [0]);
    assert_eq!(by_name("ma"), [0]);
    assert_eq!(by_name("obrien s"), [1, 5]);
    assert_eq!(by_name("dao"), [2, 6]);
    assert_eq!(by_name("gross"), [3, 7]);
    assert_eq!(by_name("nobody"), [0; 0]);
    let mut by_date = |text: &str| reader.find_by_birth_date(text, &ACCESS).unwrap().len();
    assert_eq!(
        (
            by_date("1902"),
            by_date("1902-03"),
            by_date("19"),
            by_date("1950")
        ),
        (1, 1, 7, 0)
    );
    assert!(
        reader.find_by_mrn("MRN 000", &ACCESS).unwrap().is_empty(),
        "a record number is found whole only"
    );
    let nothing = reader.find_by_name(" - ", &ACCESS).unwrap_err();
    assert_eq!(
        nothing.to_string(),
        "cannot be used: there is nothing to search for"
    );
}

#[test]
fn no_answer_is_shortened() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    let mut sample = sample::samples(1).remove(0);
    sample.objects.clear();
    let count = MAX_FOUND as u64 + 1;
    for number in 0..count {
        sample.mrns = vec![number.to_string()];
        sample.append(&mut writer, b"").unwrap();
    }
    writer.finish(b"").unwrap();
    let mut reader = sample::open(folder.path()).unwrap();
    let error = reader.find_by_name("hernandez", &ACCESS).unwrap_err();
    assert_eq!(
        error.to_string(),
        "more than 10000 entries are found: say more of what you search for"
    );
    let first = reader.list(0, usize::MAX, &ACCESS).unwrap();
    let next = reader
        .list(first.last().unwrap().ordinal() + 1, usize::MAX, &ACCESS)
        .unwrap();
    assert_eq!((first.len(), next.len()), (MAX_FOUND, 1));
    assert_eq!(next[0].mrns(), [(count - 1).to_string()]);
    assert!(reader.list(count, 1, &ACCESS).unwrap().is_empty());
    assert!(reader.list(0, 0, &ACCESS).unwrap().is_empty());
    assert_eq!(
        reader.find_by_mrn("9999", &ACCESS).unwrap()[0].ordinal(),
        9999
    );
}

#[test]
fn an_empty_archive_is_an_archive() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &[]);
    assert!(sample::read_all(folder.path()).unwrap().is_empty());
    assert!(
        sample::open(folder.path())
            .unwrap()
            .find_by_mrn("1", &ACCESS)
            .unwrap()
            .is_empty()
    );
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");
}

#[test]
fn many_threads_prepare_and_one_writes() {
    let folder = tempfile::tempdir().unwrap();
    let samples = sample::samples(60);
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    let (sender, receiver) = mpsc::sync_channel(4);
    thread::scope(|scope| {
        for part in samples.chunks(20) {
            let (sender, sealer) = (sender.clone(), writer.sealer());
            scope.spawn(move || {
                part.iter()
                    .for_each(|sample| sender.send(sample.seal(&sealer).unwrap()).unwrap())
            });
        }
        drop(sender);
        receiver
            .iter()
            .for_each(|sealed| writer.append_sealed(sealed, b"").unwrap());
    });
    writer.finish(b"").unwrap();
    let mut read = sample::read_all(folder.path()).unwrap();
    let mut expected = samples;
    let by_source = |sample: &Sample| (sample.patient, sample.objects[0].source_id.clone());
    read.sort_by_key(by_source);
    expected.sort_by_key(by_source);
    assert_eq!(read, expected);
}

#[test]
fn every_access_is_in_the_log_before_anything_is_given_out() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(3));
    let entries = folder.path().join("log/tail");
    let len = || std::fs::metadata(&entries).unwrap().len();

    let before = len();
    let mut reader = sample::open(folder.path()).unwrap();
    let opened = len();
    assert!(opened > before);
    assert!(
        reader
            .log_checkpoint()
            .starts_with("ehr-archive/a/log\n1\n")
    );
    let found = reader.find_by_mrn("MRN 0001", &ACCESS).unwrap();
    let searched = len();
    assert!(searched > opened);
    drop(reader.open_entry(&found[0], &ACCESS).unwrap());
    assert!(len() > searched);

    // A second program appends to the same log.
    let mut other = sample::open(folder.path()).unwrap();
    reader.find_by_mrn("MRN 0002", &ACCESS).unwrap();
    other.find_by_mrn("MRN 0002", &ACCESS).unwrap();
    assert!(other.log_checkpoint().starts_with("ehr-archive/a/log\n6\n"));
    let report = verify(folder.path(), Some(&sample::key()));
    assert!(report.is_sound(), "{report}");

    // Without an agent or a time there is no access.
    let nobody = Access {
        agent: "",
        ..ACCESS
    };
    assert!(reader.find_by_mrn("MRN 0002", &nobody).is_err());
    assert!(ArchiveReader::open(folder.path(), &sample::key(), &nobody).is_err());

    // No log, no read.
    std::fs::remove_file(folder.path().join("log/checkpoint")).unwrap();
    let error = sample::open(folder.path()).unwrap_err();
    assert_eq!(error.to_string(), "[log/checkpoint] missing");
}

#[test]
fn what_cannot_be_archived_is_refused_and_the_writer_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer =
        ArchiveWriter::create(folder.path(), sample::options("a"), &sample::key()).unwrap();
    let mut sample = sample::samples(1).remove(0);
    sample.birth_date = Some("02/29/1980".into());
    let error = sample.append(&mut writer, b"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot be used: a date of birth is YYYY, YYYY-MM or YYYY-MM-DD"
    );
    sample.birth_date = None;
    sample.names = vec!["x".repeat(300_000)];
    assert!(matches!(
        sample.append(&mut writer, b"").unwrap_err().kind(),
        ErrorKind::TooLarge { .. }
    ));
    sample.names.clear();
    sample.append(&mut writer, b"").unwrap();
    writer.finish(b"").unwrap();
    assert_eq!(sample::read_all(folder.path()).unwrap(), [sample]);
}

#[test]
fn another_key_opens_nothing() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(1));
    let other = DataKey::from_bytes([1; 32]);
    assert!(
        ArchiveReader::open(folder.path(), &other, &ACCESS)
            .unwrap_err()
            .is_wrong_key()
    );
    let report = verify(folder.path(), Some(&other));
    assert_eq!(report.problems.len(), 1);
    assert!(report.problems[0].is_wrong_key());
}

#[test]
fn a_sealed_entry_goes_into_its_own_archive_only() {
    let folder = tempfile::tempdir().unwrap();
    let create = |id| {
        ArchiveWriter::create(&folder.path().join(id), sample::options(id), &sample::key()).unwrap()
    };
    let (mut first, second) = (create("a"), create("b"));
    let sealed = sample::samples(1)[0].seal(&second.sealer()).unwrap();
    let error = first.append_sealed(sealed, b"").unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot be used: the entry was sealed for another archive"
    );
}

#[test]
fn an_entry_of_another_archive_is_refused() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sample::write(first.path(), "a", &sample::samples(3));
    sample::write(second.path(), "b", &sample::samples(3)[1..]);
    let found = sample::open(first.path())
        .unwrap()
        .find_by_mrn("MRN 0001", &ACCESS)
        .unwrap();
    let error = sample::open(second.path())
        .unwrap()
        .open_entry(&found[0], &ACCESS)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot be used: the entry was found in another archive"
    );
}

fn any_object() -> impl Strategy<Value = SampleObject> {
    let class = prop::sample::select(vec![
        ObjectClass::Chart,
        ObjectClass::Source,
        ObjectClass::Document,
    ]);
    let media_type = prop::sample::select(vec![
        "application/json",
        "application/pdf",
        "text/plain",
        "",
    ]);
    (
        class,
        media_type,
        "\\PC{0,12}",
        prop::collection::vec(any::<u8>(), 0..40_000),
    )
        .prop_map(|(class, media_type, source_id, bytes)| SampleObject {
            class,
            media_type: media_type.into(),
            source_id,
            bytes,
        })
}

fn any_sample() -> impl Strategy<Value = Sample> {
    let texts = || prop::collection::vec("[a-zA-Zäß0-9\\t ']{0,12}", 0..3);
    (
        any::<Option<u128>>(),
        texts(),
        texts(),
        any::<bool>(),
        prop::collection::vec(any_object(), 0..4),
    )
        .prop_map(|(patient, mrns, names, minor, objects)| {
            let known = patient.is_some();
            Sample {
                patient,
                mrns: if known { mrns } else { vec![] },
                names: if known { names } else { vec![] },
                birth_date: known.then(|| "1980-02-29".into()),
                cohort: if minor { "2050-minor" } else { "2041" },
                objects,
            }
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn any_entries_go_round_and_are_found(samples in prop::collection::vec(any_sample(), 0..8)) {
        let folder = tempfile::tempdir().unwrap();
        sample::write(folder.path(), "a", &samples);
        prop_assert_eq!(&sample::read_all(folder.path()).unwrap(), &samples);
        let report = verify(folder.path(), Some(&sample::key()));
        prop_assert!(report.is_sound(), "{}", report);

        let mut reader = sample::open(folder.path()).unwrap();
        for (ordinal, sample) in samples.iter().enumerate() {
            for mrn in sample.mrns.iter().filter(|mrn| !mrn.trim().is_empty()) {
                let found = reader.find_by_mrn(mrn, &ACCESS).unwrap();
                prop_assert!(found.iter().any(|entry| entry.ordinal() == ordinal as u64));
            }
            for word in sample.names.iter().flat_map(|name| name.split([' ', '\t'])).filter(|word| word.contains(char::is_alphanumeric)) {
                let found = reader.find_by_name(word, &ACCESS).unwrap();
                prop_assert!(found.iter().any(|entry| entry.ordinal() == ordinal as u64), "{:?}", word);
            }
        }
    }
}
