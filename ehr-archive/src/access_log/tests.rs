//! Disks that fill up or break: whichever operation of the log fails, no entry that was acknowledged is lost, and none that
//! was torn is taken for one.

use std::fs;
use std::path::Path;

use ehr_crypto::DataKey;

use super::StoredLog;
use crate::files::{Folder, fail};
use crate::keys::Unlock;
use crate::state::State;
use crate::{
    Access, ArchiveId, ArchiveOptions, ArchiveReader, ArchiveWriter, Error, Purpose, verify,
};

/// Entries before the session that fails: it fills a tile on the way.
const BEFORE: u64 = 252;
const ACCESS: Access<'static> = Access {
    agent: "tests",
    recorded: "2026-02-01T10:00:00Z",
    purpose: Purpose::Operations,
};

fn key() -> DataKey {
    DataKey::from_bytes([0x4b; 32])
}

fn archive(path: &Path) {
    let options = ArchiveOptions {
        archive_id: ArchiveId::new("a").unwrap(),
        created: "2026-01-31T09:30:00Z".into(),
        software: "tests".into(),
    };
    let writer = ArchiveWriter::create(path, options, &key()).unwrap();
    writer.finish(b"").unwrap();
    let mut reader = ArchiveReader::open(path, &key(), &ACCESS).unwrap();
    for _ in 1..BEFORE {
        reader.record_verification(&ACCESS).unwrap();
    }
    reader.close().unwrap();
}

fn copy(from: &Folder, to: &Path) {
    for file in from.walk("").unwrap() {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(from.path(&file), target).unwrap();
    }
}

/// Opens, records a few times, closes; `done` counts what was acknowledged. Who fails is gone, as if killed.
fn session(path: &Path, done: &mut u64) -> Result<(), Error> {
    let mut reader = ArchiveReader::open(path, &key(), &ACCESS)?;
    *done += 1;
    for _ in 0..6 {
        if let Err(error) = reader.record_verification(&ACCESS) {
            std::mem::forget(reader);
            return Err(error);
        }
        *done += 1;
    }
    reader.close().map(drop)
}

fn size(path: &Path) -> u64 {
    let lock = key();
    let state = State::open(path, Unlock::from(&lock)).unwrap();
    let key = state.log_verifying_key().unwrap();
    let log = StoredLog::read(&Folder::new(path), &state.archive, &key).unwrap();
    log.head().size
}

fn assert_sound(path: &Path) {
    let report = verify(path, Some(&key()));
    assert!(report.is_sound(), "{report}");
}

#[test]
fn whichever_operation_fails_no_entry_is_lost_and_none_is_torn() {
    let prepared = tempfile::tempdir().unwrap();
    archive(prepared.path());
    let prepared = Folder::new(prepared.path());
    for fault in fail::FAULTS {
        let mut refused = 0;
        for operation in 0.. {
            let folder = tempfile::tempdir().unwrap();
            copy(&prepared, folder.path());
            let mut done = 0;
            fail::at(operation, fault);
            let result = session(folder.path(), &mut done);
            if !fail::never() {
                result.unwrap();
                assert!(operation > 40, "only {operation} operations");
                break;
            }
            refused += u32::from(result.is_err());
            let now = size(folder.path());
            assert!(
                (BEFORE + done..=BEFORE + done + 1).contains(&now),
                "operation {operation}: {now}, acknowledged {done}"
            );
            assert_sound(folder.path());
            // The next who comes goes on.
            let mut more = 0;
            session(folder.path(), &mut more).unwrap();
            assert_eq!((more, size(folder.path())), (7, now + 7));
            assert_sound(folder.path());
        }
        // Only what is put off until later may fail unsaid: folding on the way, after the entries were durable.
        assert!(refused > 20, "{refused}");
    }
}
