//! An older state, put back in part or as a whole.

use std::fs;

use ehr_archive::custodian::HoldScope;
use ehr_archive::*;

use crate::sample::{self, ACCESS};

#[test]
fn an_old_state_beside_a_new_log_is_recognized() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(5));
    let old = sample::files(&folder.path().join("state"));
    let mut custodian = Custodian::open(folder.path(), &sample::key(), &ACCESS).unwrap();
    custodian
        .place_hold(HoldScope::Archive, "audit", &ACCESS)
        .unwrap();
    drop(custodian);
    let new = sample::files(&folder.path().join("state"));
    // Somebody would like the hold never to have been.
    fs::remove_dir_all(folder.path().join("state")).unwrap();
    fs::create_dir(folder.path().join("state")).unwrap();
    for (path, bytes) in &old {
        fs::write(path, bytes).unwrap();
    }
    let message =
        "[state/CURRENT] rolled back: the access log knows of a later state of the archive";
    assert_eq!(
        sample::open(folder.path()).unwrap_err().to_string(),
        message
    );
    assert_eq!(
        Custodian::open(folder.path(), &sample::key(), &ACCESS)
            .unwrap_err()
            .to_string(),
        message
    );
    let report = verify(folder.path(), Some(&sample::key()));
    assert_eq!(report.problems[0].to_string(), message);
    for (path, bytes) in &new {
        fs::write(path, bytes).unwrap();
    }
    assert!(sample::open(folder.path()).is_ok());
}

#[test]
fn an_archive_that_was_put_back_as_a_whole_is_seen_against_a_kept_checkpoint() {
    let (folder, old) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    sample::write(folder.path(), "a", &sample::samples(5));
    let first = sample::open(folder.path())
        .unwrap()
        .log_checkpoint()
        .to_owned();
    sample::copy(folder.path(), old.path());
    let mut custodian = Custodian::open(folder.path(), &sample::key(), &ACCESS).unwrap();
    custodian
        .place_hold(HoldScope::Archive, "audit", &ACCESS)
        .unwrap();
    custodian.reader().find_by_mrn("1", &ACCESS).unwrap();
    let kept = custodian.reader().log_checkpoint().to_owned();
    drop(custodian);

    for note in [&first, &kept] {
        assert!(verify_against(folder.path(), None, note).is_sound());
    }
    assert!(
        verify(old.path(), Some(&sample::key())).is_sound(),
        "it agrees with itself"
    );
    let report = verify_against(old.path(), None, &kept);
    assert_eq!(
        report.problems[0].to_string(),
        "[log/checkpoint] rolled back: the access log is shorter than the checkpoint that was kept"
    );
    let other = tempfile::tempdir().unwrap();
    sample::write(other.path(), "b", &[]);
    let foreign = sample::open(other.path())
        .unwrap()
        .log_checkpoint()
        .to_owned();
    assert!(!verify_against(folder.path(), None, &foreign).is_sound());
}

#[test]
fn what_an_interrupted_change_left_is_removed_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    sample::write(folder.path(), "a", &sample::samples(2));
    for name in ["holds.7.log", "keyring.2.c256", "CURRENT.new"] {
        fs::write(folder.path().join("state").join(name), b"half").unwrap();
    }
    assert_eq!(verify(folder.path(), None).problems.len(), 3);
    sample::open(folder.path()).unwrap();
    drop(Custodian::open(folder.path(), &sample::key(), &ACCESS).unwrap());
    assert!(verify(folder.path(), Some(&sample::key())).is_sound());
}
