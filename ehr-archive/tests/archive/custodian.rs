//! Holds, retention, roles.

use ehr_archive::custodian::{HoldScope, ShredRequest};
use ehr_archive::retention::{Anchor, Decision, RetentionRule, Subject, Term};
use ehr_archive::*;
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::{Credential, DataKey, SigningKey};
use uuid::Uuid;

use crate::sample::{self, ACCESS};

struct Office {
    folder: tempfile::TempDir,
    store: FileEpochStore,
}

impl Office {
    /// Four patients, of whom the first three were last seen in 2001, 2011 and 2021; of the fourth nothing is known.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("keys")).unwrap();
        let mut store = FileEpochStore::new(folder.path().join("keys"));
        let mut writer = ArchiveWriter::create_with_store(
            &folder.path().join("archive"),
            sample::options("a"),
            &sample::key(),
            &mut store,
        )
        .unwrap();
        for number in 0..4u128 {
            let last_encounter = (number < 3).then(|| format!("20{number}1"));
            let facts = RetentionFacts {
                last_encounter,
                ..RetentionFacts::default()
            };
            let entry = PatientEntry {
                patient_id: Uuid::from_u128(number + 1),
                mrns: &[&format!("M{number}")],
                names: &["Doe, Jane"],
                birth_date: Some("1950"),
                cohort: Cohort::KEEP,
                facts,
                objects: &[ObjectEntry {
                    class: ObjectClass::Chart,
                    media_type: "application/fhir+json",
                    source_id: "chart",
                    bytes: b"{}",
                }],
            };
            writer.append(&entry, b"").unwrap();
        }
        writer.finish(b"").unwrap();
        Office { folder, store }
    }

    fn custodian(&self, key: &DataKey) -> Result<Custodian, Error> {
        let unlock = Unlock::from(key).with_store(&self.store);
        Custodian::open(&self.folder.path().join("archive"), unlock, &ACCESS)
    }

    fn assert_sound(&self) {
        let (path, key) = (self.folder.path().join("archive"), sample::key());
        let report = verify_unlocked(&path, Unlock::from(&key).with_store(&self.store));
        assert!(report.is_sound(), "{report}");
    }
}

fn signatory(name: &str, byte: u8) -> SigningKey {
    SigningKey::from_seed(name, DataKey::from_bytes([byte; 32])).unwrap()
}

fn ten_years() -> RetentionRules {
    RetentionRules::new(vec![RetentionRule {
        id: "ten-years".into(),
        subject: Subject::Chart,
        reviewed_by: Some("A. Counsel".into()),
        reviewed_on: Some("2026-01-02".into()),
        keep: vec![Term {
            after: Anchor::LastEncounter,
            years: 10,
        }],
        ..RetentionRules::hipaa_documentation()
    }])
    .unwrap()
}

#[test]
fn only_what_has_run_out_and_is_not_held_is_erased() {
    let mut office = Office::new();
    let mut custodian = office.custodian(&sample::key()).unwrap();
    custodian.set_rules(&ten_years(), &ACCESS).unwrap();
    assert_eq!(custodian.rules().unwrap(), ten_years());
    let decisions: Vec<Decision> = custodian
        .review(0, 10, &ACCESS)
        .unwrap()
        .iter()
        .map(|review| review.assessment.decision)
        .collect();
    assert_eq!(
        decisions,
        [
            Decision::Expired,
            Decision::Expired,
            Decision::Running,
            Decision::Unknown
        ]
    );

    let hold = custodian
        .place_hold(
            HoldScope::Patient(Uuid::from_u128(1)),
            "Doe v. Clinic",
            &ACCESS,
        )
        .unwrap();
    let review = custodian.review(0, 1, &ACCESS).unwrap().remove(0);
    assert!(!review.is_due() && review.holds == [hold]);
    let mut shred = |custodian: &mut Custodian, ordinals: &[u64]| {
        custodian
            .shred(&ShredRequest::expired(ordinals), &mut office.store, &ACCESS)
            .map(|done| done.ordinals().to_vec())
    };
    assert_eq!(
        shred(&mut custodian, &[0, 1]).unwrap_err().to_string(),
        "1 holds forbid this"
    );
    for (ordinal, reason) in [
        (2, "a term still runs"),
        (3, "something that a rule asks for is not known"),
    ] {
        let message =
            format!("no retention rule allows erasing this: entry {ordinal}: keep: {reason}");
        assert_eq!(
            shred(&mut custodian, &[1, ordinal])
                .unwrap_err()
                .to_string(),
            message
        );
    }
    assert_eq!(shred(&mut custodian, &[1]).unwrap(), [1]);
    drop(custodian);
    office.assert_sound();
}

#[test]
fn a_hold_is_lifted_by_two_people_and_not_by_one() {
    let office = Office::new();
    let mut custodian = office.custodian(&sample::key()).unwrap();
    let people = [
        signatory("counsel", 1),
        signatory("officer", 2),
        signatory("owner", 3),
    ];
    for person in &people[..2] {
        custodian
            .appoint(person.verifying_key(), &[], &ACCESS)
            .unwrap();
    }
    assert_eq!(custodian.signatories().unwrap(), ["counsel", "officer"]);
    let hold = custodian
        .place_hold(HoldScope::Archive, "an audit of 2026", &ACCESS)
        .unwrap();
    let held = custodian.holds().unwrap();
    assert_eq!(
        custodian.expose_matter(&held[0]).unwrap(),
        "an audit of 2026"
    );
    assert!(!format!("{held:?}").contains("audit"));

    let text = custodian.lift_text(hold, ACCESS.recorded).unwrap();
    let signed: Vec<String> = people
        .iter()
        .map(|person| person.sign(&text).unwrap())
        .collect();
    let two = "cannot be used: this takes the signatures of two people who were appointed";
    for (signatures, message) in [
        (vec![], two),
        (vec![&*signed[0]], two),
        (vec![&*signed[0], &*signed[0]], two),
        (vec![&*signed[0], &*signed[2]], two),
        (
            vec![&*signed[0], "ehr-archive/a/lift\n\n"],
            "cannot be used: a signature is for another text",
        ),
    ] {
        let error = custodian
            .lift_hold(hold, &signatures, ACCESS.recorded, &ACCESS)
            .unwrap_err();
        assert_eq!(error.to_string(), message);
    }
    let forged = signed[1].replace("— officer ", "— counsel ");
    assert!(
        custodian
            .lift_hold(hold, &[&signed[0], &forged], ACCESS.recorded, &ACCESS)
            .is_err()
    );
    assert_eq!(custodian.holds().unwrap().len(), 1);

    custodian
        .lift_hold(hold, &[&signed[0], &signed[1]], ACCESS.recorded, &ACCESS)
        .unwrap();
    assert!(custodian.holds().unwrap().is_empty());
    // The same signatures lift no other hold.
    let next = custodian
        .place_hold(HoldScope::Archive, "an audit of 2026", &ACCESS)
        .unwrap();
    assert_ne!(next, hold);
    assert!(
        custodian
            .lift_hold(next, &[&signed[0], &signed[1]], ACCESS.recorded, &ACCESS)
            .is_err()
    );
    let unknown = custodian.lift_text(hold, ACCESS.recorded).unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "cannot be used: there is no hold of this number in force"
    );

    // The third is appointed by the first two, not by the archive's key alone.
    let third = people[2].verifying_key();
    assert_eq!(
        custodian
            .appoint(third, &[], &ACCESS)
            .unwrap_err()
            .to_string(),
        two
    );
    let text = custodian.appoint_text(third, ACCESS.recorded);
    let consents = [0, 1].map(|number| people[number].sign(&text).unwrap());
    custodian
        .appoint(third, &[&consents[0], &consents[1]], &ACCESS)
        .unwrap();
    assert_eq!(custodian.signatories().unwrap().len(), 3);
    drop(custodian);
    office.assert_sound();
}

#[test]
fn holds_name_no_patient_in_clear() {
    let office = Office::new();
    let mut custodian = office.custodian(&sample::key()).unwrap();
    let patient = Uuid::from_u128(0x9f3c71d2_9f3c_71d2_9f3c_71d29f3c71d2);
    custodian
        .place_hold(HoldScope::Patient(patient), "KANARIE v. Clinic", &ACCESS)
        .unwrap();
    drop(custodian);
    for (path, bytes) in sample::files(office.folder.path()) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("KANARIE") && !text.contains("9f3c71d2"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_clerk_runs_retention_and_holds_and_reads_no_chart() {
    let mut office = Office::new();
    let clerk = DataKey::from_bytes([9; 32]);
    let roles = [Role::Catalogue, Role::Log, Role::Signing];
    let mut custodian = office.custodian(&sample::key()).unwrap();
    custodian
        .grant("clerk", Credential::Key(&clerk), &roles, &ACCESS)
        .unwrap();
    assert_eq!(custodian.holders()["clerk"], roles);
    drop(custodian);

    let mut desk = office.custodian(&clerk).unwrap();
    desk.set_rules(&ten_years(), &ACCESS).unwrap();
    assert_eq!(desk.review(0, 10, &ACCESS).unwrap().len(), 4);
    desk.place_hold(HoldScope::Archive, "audit", &ACCESS)
        .unwrap();
    let needs = "this key does not have the role 'epoch', which is needed here";
    let entry = desk.reader().find_by_mrn("M0", &ACCESS).unwrap().remove(0);
    assert_eq!(
        desk.reader()
            .open_entry(&entry, &ACCESS)
            .unwrap_err()
            .to_string(),
        needs
    );
    let order = ShredRequest::against_retention(&[0], "x");
    assert_eq!(
        desk.shred(&order, &mut office.store, &ACCESS)
            .unwrap_err()
            .to_string(),
        needs
    );
    let reader = DataKey::from_bytes([8; 32]);
    let refused = desk.grant(
        "reader",
        Credential::Key(&reader),
        &[Role::Log, Role::Epoch],
        &ACCESS,
    );
    assert_eq!(
        refused.unwrap_err().to_string(),
        needs,
        "nobody grants what they do not have"
    );
    drop(desk);

    // A clinician reads and does not change; with another credential the old one is worth nothing.
    let mut custodian = office.custodian(&sample::key()).unwrap();
    let roles = [Role::Catalogue, Role::Epoch, Role::Log];
    custodian
        .grant("doctor", Credential::Key(&reader), &roles, &ACCESS)
        .unwrap();
    let other = DataKey::from_bytes([7; 32]);
    custodian
        .rotate("clerk", Credential::Key(&other), &ACCESS)
        .unwrap();
    drop(custodian);
    assert!(office.custodian(&clerk).unwrap_err().is_wrong_key());
    assert_eq!(
        office.custodian(&reader).unwrap_err().to_string(),
        "this key does not have the role 'signing', which is needed here"
    );
    let path = office.folder.path().join("archive");
    let unlock = Unlock::from(&reader).with_store(&office.store);
    let mut clinic = ArchiveReader::open(&path, unlock, &ACCESS).unwrap();
    let entry = clinic.find_by_mrn("M0", &ACCESS).unwrap().remove(0);
    assert_eq!(
        clinic
            .open_entry(&entry, &ACCESS)
            .unwrap()
            .chart()
            .unwrap()
            .unwrap()
            .bytes(),
        b"{}"
    );
    office
        .custodian(&other)
        .unwrap()
        .revoke("doctor", &ACCESS)
        .unwrap();
    assert!(
        ArchiveReader::open(&path, unlock, &ACCESS)
            .unwrap_err()
            .is_wrong_key()
    );
    office.assert_sound();
}

#[test]
fn one_program_changes_the_archive_and_others_read_it() {
    let office = Office::new();
    let path = office.folder.path().join("archive");
    let key = sample::key();
    let unlock = Unlock::from(&key).with_store(&office.store);
    let mut reader = ArchiveReader::open(&path, unlock, &ACCESS).unwrap();
    let mut store = FileEpochStore::new(office.folder.path().join("keys"));
    let mut custodian = office.custodian(&key).unwrap();
    assert_eq!(
        office.custodian(&key).unwrap_err().to_string(),
        "cannot be used: another program is changing this archive"
    );
    let entry = reader.find_by_mrn("M0", &ACCESS).unwrap().remove(0);
    custodian
        .shred(
            &ShredRequest::against_retention(&[3], "x"),
            &mut store,
            &ACCESS,
        )
        .unwrap();
    let late = reader.open_entry(&entry, &ACCESS).unwrap_err();
    assert!(matches!(late.kind(), ErrorKind::StateChanged), "{late}");
    assert_eq!(
        ArchiveReader::open(&path, unlock, &ACCESS)
            .unwrap()
            .find_by_mrn("M0", &ACCESS)
            .unwrap()
            .len(),
        1
    );
}
