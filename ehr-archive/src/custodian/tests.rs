//! Disks that fill up or break while an archive is changed: whichever operation fails, the archive opens as it was before or as it
//! is after the change, nothing between, and what was said to be done is done.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ehr_crypto::epoch::{DestructionReceipt, EpochStore, FileEpochStore};
use ehr_crypto::{Credential, DataKey, SigningKey};
use uuid::Uuid;

use super::{Custodian, HoldScope, ShredRequest};
use crate::files::{self, fail};
use crate::{
    Access, ArchiveId, ArchiveOptions, ArchiveReader, ArchiveWriter, Cohort, Error, ErrorKind,
    ObjectClass, ObjectEntry, PatientEntry, Purpose, RetentionRules, Role, Unlock, verify_unlocked,
};

const ACCESS: Access<'static> = Access {
    agent: "tests",
    recorded: "2026-02-01T10:00:00Z",
    purpose: Purpose::Operations,
};
const ENTRIES: u8 = 4;
const CLERK: [Role; 2] = [Role::Catalogue, Role::Log];

fn key(byte: u8) -> DataKey {
    DataKey::from_bytes([byte; 32])
}

/// An archive with its store, in a folder of its own.
struct Stand(tempfile::TempDir);

impl Stand {
    /// Four patients; the first has a pack alone.
    fn new() -> Self {
        let stand = Stand(tempfile::tempdir().unwrap());
        std::fs::create_dir(stand.0.path().join("keys")).unwrap();
        let options = ArchiveOptions {
            archive_id: ArchiveId::new("a").unwrap(),
            created: "2026-01-31T09:30:00Z".into(),
            software: "tests".into(),
        };
        let mut writer = ArchiveWriter::create_with_store(
            &stand.archive(),
            options,
            &key(1),
            &mut stand.store(),
        )
        .unwrap();
        for number in 0..ENTRIES {
            let entry = PatientEntry {
                patient_id: Uuid::from_u128(number.into()),
                mrns: &[&number.to_string()],
                names: &["Doe, Jane"],
                birth_date: None,
                cohort: Cohort::new(["2041", "2050"][usize::from(number.min(1))]).unwrap(),
                facts: Default::default(),
                objects: &[ObjectEntry {
                    class: ObjectClass::Document,
                    media_type: "application/pdf",
                    source_id: "scan",
                    bytes: &[number; 300],
                }],
            };
            writer.append(&entry, b"").unwrap();
        }
        writer.finish(b"").unwrap();
        stand
    }

    /// The same after some changes that went well.
    fn after(&self, changes: &[Change]) -> Self {
        let stand = self.copy();
        changes
            .iter()
            .for_each(|change| stand.make(*change).unwrap());
        stand
    }

    fn copy(&self) -> Self {
        let copy = Stand(tempfile::tempdir().unwrap());
        files::copy(self.0.path(), copy.0.path());
        copy
    }

    fn archive(&self) -> PathBuf {
        self.0.path().join("archive")
    }

    fn store(&self) -> FileEpochStore {
        FileEpochStore::new(self.0.path().join("keys"))
    }

    fn open(&self) -> Result<Custodian, Error> {
        let key = key(1);
        Custodian::open(
            &self.archive(),
            Unlock::from(&key).with_store(&self.store()),
            &ACCESS,
        )
    }

    fn make(&self, change: Change) -> Result<(), Error> {
        change(&mut self.open()?, &mut self.store())
    }

    /// All that can be seen of the archive, and that it is sound.
    fn look(&self) -> Seen {
        let mut custodian = self.open().unwrap();
        let entries = custodian.reader().list(0, 100, &ACCESS).unwrap();
        assert_eq!(entries.len(), usize::from(ENTRIES));
        let mut open = Vec::new();
        for (number, entry) in (0..ENTRIES).zip(&entries) {
            let opened = match custodian.reader().open_entry(entry, &ACCESS) {
                Err(error) if matches!(error.kind(), ErrorKind::Erased { .. }) => {
                    assert!(entry.names().is_empty());
                    continue;
                }
                opened => opened.unwrap(),
            };
            let ids: Vec<_> = opened.objects().map(|info| info.id).collect();
            assert_eq!(opened.read(ids[0]).unwrap().bytes(), [number; 300]);
            open.push(number);
        }
        let certificates = custodian.certificates().unwrap();
        let packs = std::fs::read_dir(self.archive().join("bag-000001/data/packs"));
        let seen = Seen {
            open,
            holds: custodian
                .holds()
                .unwrap()
                .iter()
                .map(|hold| hold.id)
                .collect(),
            signatories: custodian.signatories().unwrap(),
            rules: custodian.rules().unwrap(),
            holders: custodian.holders(),
            unfinished: custodian.unfinished_shred().to_vec(),
            certified: certificates
                .iter()
                .flat_map(|certificate| certificate.ordinals().to_vec())
                .collect(),
            packs: packs.unwrap().count(),
        };
        drop(custodian);
        if seen.holders.contains_key("clerk") {
            let opens = [2, 3].map(|byte| {
                let (key, store) = (key(byte), self.store());
                let unlock = Unlock::from(&key).with_store(&store);
                ArchiveReader::open(&self.archive(), unlock, &ACCESS).is_ok()
            });
            assert_ne!(opens[0], opens[1], "one credential, the old or the new");
        }
        let key = key(1);
        let report = verify_unlocked(
            &self.archive(),
            Unlock::from(&key).with_store(&self.store()),
        );
        if seen.unfinished.is_empty() {
            assert!(report.is_sound(), "{report}");
        } else {
            assert_eq!(report.problems.len(), 1, "{report}");
        }
        seen
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Seen {
    open: Vec<u8>,
    holds: Vec<u64>,
    signatories: Vec<String>,
    rules: RetentionRules,
    holders: BTreeMap<String, Vec<Role>>,
    unfinished: Vec<u32>,
    certified: Vec<u64>,
    packs: usize,
}

type Change = fn(&mut Custodian, &mut FileEpochStore) -> Result<(), Error>;

fn person(byte: u8) -> SigningKey {
    SigningKey::from_seed(&format!("person-{byte}"), key(byte)).unwrap()
}

fn hold(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    let scope = HoldScope::Patient(Uuid::from_u128(2));
    custodian.place_hold(scope, "a matter", &ACCESS).map(drop)
}

fn appoint_two(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    for byte in [11, 12] {
        custodian.appoint(person(byte).verifying_key(), &[], &ACCESS)?;
    }
    Ok(())
}

fn lift(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    let Some(hold) = custodian.holds()?.pop() else {
        return Ok(()); // what is lifted needs no lifting
    };
    let text = custodian.lift_text(hold.id, ACCESS.recorded)?;
    let signed = [11, 12].map(|byte| person(byte).sign(&text).unwrap());
    custodian.lift_hold(hold.id, &[&signed[0], &signed[1]], ACCESS.recorded, &ACCESS)
}

fn rules(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    custodian.set_rules(&RetentionRules::example(), &ACCESS)
}

fn grant(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    custodian.grant("clerk", Credential::Key(&key(2)), &CLERK, &ACCESS)
}

fn rotate(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    custodian.rotate("clerk", Credential::Key(&key(3)), &ACCESS)
}

fn revoke(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    custodian.revoke("clerk", &ACCESS)
}

fn shred(custodian: &mut Custodian, store: &mut FileEpochStore) -> Result<(), Error> {
    let request = ShredRequest::against_retention(&[0], "order 7");
    let certificate = custodian.shred(&request, store, &ACCESS)?;
    assert_eq!(certificate.ordinals(), [0]);
    Ok(())
}

/// A shred whose store cannot be reached when the old key is to be destroyed.
fn shred_by_half(custodian: &mut Custodian, store: &mut FileEpochStore) -> Result<(), Error> {
    let request = ShredRequest::against_retention(&[0], "order 7");
    let error = custodian.shred(&request, &mut Unreachable(store), &ACCESS);
    assert!(error.is_err() && custodian.unfinished_shred() == [1]);
    Ok(())
}

fn finish_shred(custodian: &mut Custodian, store: &mut FileEpochStore) -> Result<(), Error> {
    custodian.finish_shred(store, &ACCESS).map(drop)
}

fn purge(custodian: &mut Custodian, _: &mut FileEpochStore) -> Result<(), Error> {
    custodian.purge(&ACCESS).map(drop)
}

struct Unreachable<'a>(&'a mut FileEpochStore);

impl EpochStore for Unreachable<'_> {
    fn create(&mut self, epoch: u32) -> Result<DataKey, ehr_crypto::Error> {
        self.0.create(epoch)
    }

    fn get(&self, epoch: u32) -> Result<DataKey, ehr_crypto::Error> {
        self.0.get(epoch)
    }

    fn destroy(&mut self, _: u32) -> Result<DestructionReceipt, ehr_crypto::Error> {
        Err(std::io::Error::other("unreachable").into())
    }
}

/// Lets every operation of a change fail, one after the other, and looks at what is there afterwards. `between` is what a shred may
/// have come to: erased, and the old key still to be destroyed.
fn fail_everywhere(before: &Stand, change: Change, between: bool) {
    let whole = before.after(&[change]);
    let (old, new) = (before.look(), whole.look());
    assert_ne!(old, new, "the change changes nothing");
    let (mut seen_old, mut seen_half, mut seen_new) = (0, 0, 0);
    for fault in fail::FAULTS {
        for operation in 0.. {
            let stand = before.copy();
            fail::at(operation, fault);
            let result = stand.make(change);
            if !fail::never() {
                result.unwrap();
                assert_eq!(stand.look(), new);
                assert!(operation >= 15, "{operation}");
                break;
            }
            check_failure(&result, fault, operation);
            let seen = stand.look();
            if result.is_ok() {
                assert_eq!(seen, new, "operation {operation}");
            }
            let is_half = between && seen.unfinished == [1];
            if is_half {
                seen_half += 1;
                assert_eq!((&seen.open, &seen.certified), (&new.open, &old.certified));
                stand.make(finish_shred).unwrap();
            } else if seen == old {
                seen_old += 1;
                // The announcement alone has done nothing, and the change can be made now.
                stand.make(change).unwrap();
            } else {
                seen_new += 1;
            }
            assert_eq!(stand.look(), new, "operation {operation}");
        }
    }
    let enough = if old.unfinished.is_empty() {
        seen_old > 10 && between == (seen_half > 5)
    } else {
        seen_half > 10
    };
    assert!(enough && seen_new > 1, "{seen_old} {seen_half} {seen_new}");
}

/// A failure is the one that was made, and none goes unsaid.
fn check_failure(result: &Result<(), Error>, fault: fail::Fault, operation: u64) {
    let Err(error) = result else {
        assert!(
            fail::is_forgiven(),
            "operation {operation} failed, and nobody said so"
        );
        return;
    };
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
fn holds_and_rules_change_whole_or_not_at_all() {
    let stand = Stand::new();
    fail_everywhere(&stand, hold, false);
    fail_everywhere(&stand, rules, false);
    fail_everywhere(&stand.after(&[appoint_two, hold]), lift, false);
}

#[test]
fn key_holders_change_whole_or_not_at_all() {
    let stand = Stand::new();
    fail_everywhere(&stand, grant, false);
    let granted = stand.after(&[grant]);
    fail_everywhere(&granted, revoke, false);
}

#[test]
fn a_shred_is_not_begun_or_says_what_is_left_to_do_or_is_done() {
    fail_everywhere(&Stand::new(), shred, true);
}

#[test]
fn the_end_of_a_shred_can_be_done_again() {
    fail_everywhere(&Stand::new().after(&[shred_by_half]), finish_shred, true);
}

#[test]
fn packs_are_purged_or_not() {
    fail_everywhere(&Stand::new().after(&[shred]), purge, false);
}

/// The credential before or the one after a rotation opens, and never both or none.
#[test]
fn a_rotation_leaves_one_credential() {
    let before = Stand::new().after(&[grant]);
    for fault in fail::FAULTS {
        for operation in 0.. {
            let stand = before.copy();
            fail::at(operation, fault);
            let result = stand.make(rotate);
            if !fail::never() {
                result.unwrap();
                break;
            }
            check_failure(&result, fault, operation);
            stand.look();
        }
    }
}

/// What is on the disk after a failed switch is not known: going on with the same custodian must not write over what is in force.
#[test]
fn a_custodian_that_failed_does_no_harm_when_it_is_used_again() {
    let before = Stand::new().after(&[hold]);
    let mut refused = 0;
    for operation in 0.. {
        for second in [9, 11, 13] {
            let stand = before.copy();
            let mut custodian = stand.open().unwrap();
            fail::at(operation, fail::FAULTS[1]);
            let result = hold(&mut custodian, &mut stand.store());
            if !fail::never() {
                result.unwrap();
                assert!(refused > 5, "{refused}");
                return;
            }
            fail::at(second, fail::FAULTS[1]);
            let again = hold(&mut custodian, &mut stand.store());
            if !fail::never() {
                let error = again.unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Failed), "{error}");
                refused += 1;
            }
            drop(custodian);
            assert!(stand.look().holds.starts_with(&[1]));
        }
    }
}

/// An interrupted change that is swept away while the disk still fails.
#[test]
fn opening_after_an_interruption_can_be_interrupted() {
    let base = Stand::new();
    for interrupted_at in [8, 14, 20, 26] {
        let stand = base.copy();
        fail::at(interrupted_at, fail::FAULTS[0]);
        stand.make(shred).unwrap_err();
        fail::never();
        let expected = stand.copy().look();
        for fault in fail::FAULTS {
            for operation in 0.. {
                let opened = stand.copy();
                fail::at(operation, fault);
                let result = opened.open().map(drop);
                if !fail::never() {
                    result.unwrap();
                    break;
                }
                check_failure(&result, fault, operation);
                assert_eq!(opened.look(), expected);
            }
        }
    }
}
