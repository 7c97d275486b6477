//! Disks that fill up or break: whichever operation of a write fails, resuming loses nothing and doubles nothing.

use std::ops::Range;
use std::path::Path;

use ehr_crypto::DataKey;
use uuid::Uuid;

use crate::files::{copy, fail};
use crate::{
    Access, AccessionOptions, ArchiveId, ArchiveOptions, ArchiveReader, ArchiveWriter, Cohort,
    Error, ErrorKind, ObjectClass, ObjectEntry, PatientEntry, Purpose, Resumed, RetentionFacts,
    verify,
};

/// Entries of the first accession and of both.
const FIRST: u8 = 5;
const ALL: u8 = 8;
const ACCESS: Access<'static> = Access {
    agent: "tests",
    recorded: "2026-02-01T10:00:00Z",
    purpose: Purpose::Operations,
};

fn key() -> DataKey {
    DataKey::from_bytes([0x4b; 32])
}

fn begin(path: &Path) -> Result<ArchiveWriter, Error> {
    let options = ArchiveOptions {
        archive_id: ArchiveId::new("a")?,
        created: "2026-01-31T09:30:00Z".into(),
        software: "tests".into(),
    };
    ArchiveWriter::create(path, options, &key())
}

fn begin_accession(path: &Path) -> Result<ArchiveWriter, Error> {
    let options = AccessionOptions {
        created: "2026-03-01T09:30:00Z".into(),
        software: "tests".into(),
    };
    ArchiveWriter::accession(path, options, &key(), &ACCESS)
}

/// Appends an entry and makes it durable.
fn append(writer: &mut ArchiveWriter, number: u8) -> Result<(), Error> {
    let bytes = [number; 300];
    let entry = PatientEntry {
        patient_id: Uuid::from_u128(number.into()),
        mrns: &[&number.to_string()],
        names: &["Doe, Jane"],
        birth_date: None,
        cohort: Cohort::new(["2041", "2050"][usize::from(number % 2)])?,
        facts: RetentionFacts::default(),
        objects: &[ObjectEntry {
            class: ObjectClass::Document,
            media_type: "application/pdf",
            source_id: "scan",
            bytes: &bytes,
        }],
    };
    writer.append(&entry, &[number])?;
    writer.commit()
}

/// Appends entries and finishes. `durable` counts what the writer said is durable.
fn write(mut writer: ArchiveWriter, entries: Range<u8>, durable: &mut u64) -> Result<(), Error> {
    for number in entries {
        if let Err(error) = append(&mut writer, number) {
            let refused = append(&mut writer, number).unwrap_err();
            assert!(matches!(refused.kind(), ErrorKind::Failed), "{refused}");
            return Err(error);
        }
        *durable += 1;
    }
    writer.finish(b"").map(drop)
}

/// Everything in the archive, in order, and nothing else.
fn assert_holds(path: &Path, entries: u8) {
    let report = verify(path, Some(&key()));
    assert!(report.is_sound(), "{report}");
    let mut reader = ArchiveReader::open(path, &key(), &ACCESS).unwrap();
    let found = reader.list(0, 100, &ACCESS).unwrap();
    assert_eq!(found.len(), usize::from(entries));
    for (number, entry) in (0..entries).zip(found) {
        let opened = reader.open_entry(&entry, &ACCESS).unwrap();
        let ids: Vec<_> = opened.objects().map(|info| info.id).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(opened.read(ids[0]).unwrap().bytes(), [number; 300]);
    }
}

fn next(resumed: &Resumed, first: u8) -> u8 {
    let next = resumed
        .cursor
        .as_ref()
        .map_or(first, |cursor| cursor[0] + 1);
    assert_eq!(resumed.entries, u64::from(next - first));
    next
}

/// Goes on with the first accession after a failure, wherever that was.
fn go_on(path: &Path, durable: u64) {
    let mut count = 0;
    match ArchiveWriter::resume(path, &key()) {
        Ok((writer, resumed)) => {
            assert!(resumed.entries >= durable, "{resumed:?} of {durable}");
            write(writer, next(&resumed, 0)..FIRST, &mut count).unwrap();
        }
        // Nothing was acknowledged yet: the caller begins again.
        Err(error) if matches!(error.kind(), ErrorKind::NotAnArchive) => {
            assert_eq!(durable, 0);
            write(begin(path).unwrap(), 0..FIRST, &mut count).unwrap();
        }
        Err(error) => assert_eq!(error.to_string(), "cannot be used: the archive is finished"),
    }
    assert_holds(path, FIRST);
}

/// Goes on with the second accession.
fn go_on_with_accession(path: &Path, durable: u64) {
    let mut count = 0;
    match ArchiveWriter::resume_accession(path, &key(), &ACCESS) {
        Ok((writer, resumed)) => {
            assert!(resumed.entries >= durable, "{resumed:?} of {durable}");
            write(writer, next(&resumed, FIRST)..ALL, &mut count).unwrap();
        }
        Err(error) => {
            assert_eq!(
                error.to_string(),
                "cannot be used: no accession to this archive was begun"
            );
            let reader = ArchiveReader::open(path, &key(), &ACCESS).unwrap();
            if reader.counts().patient_entries == u64::from(FIRST) {
                assert_eq!(durable, 0);
                write(begin_accession(path).unwrap(), FIRST..ALL, &mut count).unwrap();
            }
        }
    }
    assert_holds(path, ALL);
}

/// A failure is the one that was made, and none goes unsaid.
fn check_failure(result: Result<(), Error>, fault: fail::Fault, operation: u64) {
    let error = result.expect_err(&format!("operation {operation} failed, and nobody said so"));
    let ErrorKind::Io(source) = error.kind() else {
        panic!("operation {operation}: {error}");
    };
    assert_eq!(source.kind(), fault.kind);
    assert!(
        error.address().file.is_some(),
        "operation {operation}: {error}"
    );
}

#[test]
fn whichever_operation_of_a_write_fails_nothing_is_lost_or_doubled() {
    for fault in fail::FAULTS {
        for operation in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("archive");
            let mut durable = 0;
            fail::at(operation, fault);
            let result = begin(&path).and_then(|writer| write(writer, 0..FIRST, &mut durable));
            if !fail::never() {
                result.unwrap();
                assert!(operation > 80, "{operation}");
                break;
            }
            check_failure(result, fault, operation);
            go_on(&path, durable);
        }
    }
}

#[test]
fn whichever_operation_of_an_accession_fails_nothing_is_lost_or_doubled() {
    let written = tempfile::tempdir().unwrap();
    write(
        begin(&written.path().join("archive")).unwrap(),
        0..FIRST,
        &mut 0,
    )
    .unwrap();
    for fault in fail::FAULTS {
        for operation in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("archive");
            copy(&written.path().join("archive"), &path);
            let mut durable = 0;
            fail::at(operation, fault);
            let result =
                begin_accession(&path).and_then(|writer| write(writer, FIRST..ALL, &mut durable));
            if !fail::never() {
                result.unwrap();
                assert!(operation > 80, "{operation}");
                break;
            }
            check_failure(result, fault, operation);
            go_on_with_accession(&path, durable);
        }
    }
}

#[test]
fn whichever_operation_of_a_resume_fails_another_resume_goes_on() {
    for fault in fail::FAULTS {
        for operation in 0.. {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("archive");
            let mut durable = 0;
            let mut writer = begin(&path).unwrap();
            append(&mut writer, 0).unwrap();
            drop(writer);
            fail::at(operation, fault);
            let result = ArchiveWriter::resume(&path, &key()).and_then(|(writer, resumed)| {
                write(writer, next(&resumed, 0)..FIRST, &mut durable)
            });
            if !fail::never() {
                result.unwrap();
                break;
            }
            check_failure(result, fault, operation);
            go_on(&path, durable + 1);
        }
    }
}

/// Threads that prepare entries may share the writer to get their sealers.
#[test]
fn a_writer_can_be_sent_and_shared() {
    fn check<T: Send + Sync>() {}
    check::<ArchiveWriter>();
}
