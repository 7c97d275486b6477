//! Erasing: what was shredded opens for nobody, everything else opens as before, and all proofs still hold.

use std::fs;
use std::path::{Path, PathBuf};

use ehr_archive::custodian::{Certificate, ShredRequest};
use ehr_archive::*;
use ehr_crypto::epoch::{EpochStore, FileEpochStore};
use ehr_crypto::{DataKey, DigestAlgorithm};

use crate::sample::{self, ACCESS, Sample};

/// An archive with a store beside it.
struct Stored {
    folder: tempfile::TempDir,
    store: FileEpochStore,
    samples: Vec<Sample>,
}

impl Stored {
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("keys")).unwrap();
        let mut store = FileEpochStore::new(folder.path().join("keys"));
        let path = folder.path().join("archive");
        let mut writer = ArchiveWriter::create_with_store(
            &path,
            sample::options("a"),
            &sample::key(),
            &mut store,
        )
        .unwrap();
        let samples = sample::samples(count);
        samples
            .iter()
            .for_each(|sample| sample.append(&mut writer, b"").unwrap());
        writer.finish(b"the books balance").unwrap();
        Stored {
            folder,
            store,
            samples,
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("archive")
    }

    fn shred(&mut self, request: &ShredRequest<'_>) -> Result<Certificate, Error> {
        let key = sample::key();
        let mut custodian = Custodian::open(
            &self.path(),
            Unlock::from(&key).with_store(&self.store),
            &ACCESS,
        )
        .unwrap();
        custodian.shred(request, &mut self.store, &ACCESS)
    }

    fn verify(&self) -> VerifyReport {
        let key = sample::key();
        assert!(
            verify(&self.path(), None).is_sound(),
            "{}",
            verify(&self.path(), None)
        );
        verify_unlocked(&self.path(), Unlock::from(&key).with_store(&self.store))
    }

    fn reader(&self, path: &Path) -> Result<ArchiveReader, Error> {
        let key = sample::key();
        ArchiveReader::open(path, Unlock::from(&key).with_store(&self.store), &ACCESS)
    }

    /// Which entries open, and are what was written.
    fn opened(&self, path: &Path) -> Result<Vec<u64>, Error> {
        let mut reader = self.reader(path)?;
        let mut opened = Vec::new();
        for entry in reader.list(0, MAX_FOUND, &ACCESS)? {
            let sample = &self.samples[entry.ordinal() as usize];
            match reader.open_entry(&entry, &ACCESS) {
                Ok(open) => {
                    let objects: Vec<Vec<u8>> = open
                        .objects()
                        .map(|info| open.read(info.id).unwrap().into_bytes())
                        .collect();
                    assert!(
                        objects
                            .iter()
                            .eq(sample.objects.iter().map(|object| &object.bytes))
                    );
                    opened.push(entry.ordinal());
                }
                Err(error) => assert!(matches!(error.kind(), ErrorKind::Erased { .. }), "{error}"),
            }
        }
        Ok(opened)
    }
}

#[test]
fn what_was_shredded_opens_for_nobody_and_all_else_for_everybody() {
    let mut stored = Stored::new(10);
    let before = tempfile::tempdir().unwrap();
    sample::copy(&stored.path(), before.path());
    assert_eq!(stored.opened(before.path()).unwrap().len(), 10);

    let certificate = stored
        .shred(&ShredRequest::against_retention(&[1, 4, 6], "order 7"))
        .unwrap();
    assert_eq!(certificate.ordinals(), [1, 4, 6]);
    assert_eq!(
        stored.opened(&stored.path()).unwrap(),
        [0, 2, 3, 5, 7, 8, 9]
    );
    let report = stored.verify();
    assert!(report.is_sound(), "{report}");
    assert_eq!((report.objects, report.opened), (18, 18 - 5));

    // The whole folder as it was, with every key there is now: not one entry, not one name.
    let error = stored.opened(before.path()).unwrap_err();
    assert!(error.to_string().contains("destroyed"), "{error}");
    // Every older file of the state, put into the archive one by one and all together.
    let current = sample::files(&stored.path().join("state"));
    for (path, bytes) in sample::files(&before.path().join("state")) {
        let name = path.file_name().unwrap();
        let target = stored.path().join("state").join(name);
        let kept = fs::read(&target).ok();
        fs::write(&target, bytes).unwrap();
        if let Ok(opened) = stored.opened(&stored.path()) {
            assert_eq!(opened, [0, 2, 3, 5, 7, 8, 9], "{}", path.display());
        }
        match kept {
            Some(kept) => fs::write(&target, kept).unwrap(),
            None => fs::remove_file(&target).unwrap(),
        }
    }
    assert_eq!(sample::files(&stored.path().join("state")), current);

    // Names are gone from the catalogues, and so is the patient from every search.
    let mut reader = stored.reader(&stored.path()).unwrap();
    assert!(reader.find_by_mrn("MRN 0001", &ACCESS).unwrap().is_empty());
    assert_eq!(reader.find_by_mrn("MRN 0002", &ACCESS).unwrap().len(), 1);
    let entry = reader.entry(1, &ACCESS).unwrap();
    assert!(entry.erased().is_some() && entry.names().is_empty() && entry.patient_id().is_none());
}

#[test]
fn the_old_keyring_is_closed_to_all_keys_that_are_left() {
    let mut stored = Stored::new(5);
    let keyring = fs::read(stored.path().join("state/keyring.1.c256")).unwrap();
    let by_name = fs::read(stored.path().join("state/by-name.1.c256")).unwrap();
    let slots: serde_json::Value =
        serde_json::from_slice(&fs::read(stored.path().join("state/slots.json")).unwrap()).unwrap();
    let old_key = stored.store.get(1).unwrap();
    stored
        .shred(&ShredRequest::against_retention(&[2], "order 7"))
        .unwrap();

    // Everything that can be derived from what is left, tried directly on the old bytes.
    let mut keys = vec![sample::key(), stored.store.get(2).unwrap()];
    for role in ["catalogue", "epoch", "log", "signing"] {
        let slot: ehr_crypto::Slot =
            serde_json::from_value(slots["roles"][role][0].clone()).unwrap();
        let context = match role {
            "epoch" => "role epoch 1".to_owned(),
            role => format!("role {role}"),
        };
        let context = format!("ehr-archive/1 cobblestone-256 a {context}");
        keys.push(
            slot.open(
                ehr_crypto::Credential::Key(&sample::key()),
                context.as_bytes(),
            )
            .unwrap(),
        );
    }
    for (name, sealed) in [("keyring", &keyring), ("by-name", &by_name)] {
        let context = format!("ehr-archive/1 cobblestone-256 a state {name} 1");
        for key in &keys {
            assert!(ehr_crypto::open(key, context.as_bytes(), sealed).is_err());
        }
    }
    let hex = |text: &serde_json::Value| -> Vec<u8> {
        let text = text.as_str().unwrap();
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    };
    let context = b"ehr-archive/1 cobblestone-256 a epoch key 1";
    let wrapped = hex(&slots["store"]["keyring"]);
    assert!(
        keys.iter()
            .all(|key| ehr_crypto::open(key, context, &wrapped).is_err())
    );
    // The test would notice: with the key that was destroyed, all of it opens.
    let once = ehr_crypto::open(&old_key, context, &wrapped).unwrap();
    let epoch = DataKey::from_slice(&ehr_crypto::open(&keys[3], context, &once).unwrap()).unwrap();
    assert!(
        ehr_crypto::open(
            &epoch,
            b"ehr-archive/1 cobblestone-256 a state keyring 1",
            &keyring
        )
        .is_ok()
    );
}

#[test]
fn a_certificate_says_what_how_and_on_what_conditions() {
    let mut stored = Stored::new(5);
    let fingerprint = stored.store.get(1).unwrap().fingerprint();
    assert_eq!(fingerprint.algorithm(), DigestAlgorithm::Sha256);
    let certificate = stored
        .shred(&ShredRequest::against_retention(&[2], "order 7"))
        .unwrap();
    let note = certificate.note();
    for line in [
        "ehr-archive/a/certificate",
        "entries 2",
        "index erased",
        "order order 7",
        &format!("destroyed epoch 1 fingerprint {fingerprint} {{\"method\":\"file-overwritten\"}}"),
    ] {
        assert!(note.lines().any(|found| found == line), "{line}\n{note}");
    }
    assert!(certificate.conditions().count() >= 4 && !note.contains("had no store"));
    let key = verify(&stored.path(), None).verifying_key.unwrap();
    key.verify(note).unwrap();
    let mut custodian = custodian(&stored);
    assert_eq!(
        custodian.certificates().unwrap()[..],
        *std::slice::from_ref(&certificate)
    );
    custodian.reader().read_log(&ACCESS, |_, _| Ok(())).unwrap();
    drop(custodian);

    let second = stored
        .shred(&ShredRequest::against_retention(&[0], "order 8").keep_index())
        .unwrap();
    assert_eq!(second.ordinals(), [0]);
    assert!(second.note().contains("index kept"));
    let mut reader = stored.reader(&stored.path()).unwrap();
    let found = reader.find_by_name("hernandez", &ACCESS).unwrap();
    assert_eq!(found.len(), 1);
    assert!(matches!(
        reader.open_entry(&found[0], &ACCESS).unwrap_err().kind(),
        ErrorKind::Erased { .. }
    ));
    let report = stored.verify();
    assert!(report.is_sound(), "{report}");
}

fn custodian(stored: &Stored) -> Custodian {
    let key = sample::key();
    Custodian::open(
        &stored.path(),
        Unlock::from(&key).with_store(&stored.store),
        &ACCESS,
    )
    .unwrap()
}

/// A store that fails to destroy, as a network does.
struct Unreachable<'a>(&'a mut FileEpochStore);

impl EpochStore for Unreachable<'_> {
    fn create(&mut self, epoch: u32) -> Result<DataKey, ehr_crypto::Error> {
        self.0.create(epoch)
    }

    fn get(&self, epoch: u32) -> Result<DataKey, ehr_crypto::Error> {
        self.0.get(epoch)
    }

    fn destroy(
        &mut self,
        _: u32,
    ) -> Result<ehr_crypto::epoch::DestructionReceipt, ehr_crypto::Error> {
        Err(std::io::Error::other("unreachable").into())
    }
}

#[test]
fn a_shred_whose_store_was_unreachable_says_so_until_it_is_finished() {
    let mut stored = Stored::new(5);
    let (key, path) = (sample::key(), stored.path());
    let request = ShredRequest::against_retention(&[2], "order 7");
    let mut custodian = custodian(&stored);
    custodian
        .shred(&request, &mut Unreachable(&mut stored.store), &ACCESS)
        .unwrap_err();
    assert_eq!(custodian.unfinished_shred(), [1]);
    drop(custodian);
    let report = verify(&path, None);
    assert_eq!(
        report.problems[0].to_string(),
        "[state/slots.1.json] the key of epoch 1 was replaced and not yet destroyed: finish the shred"
    );
    let mut custodian =
        Custodian::open(&path, Unlock::from(&key).with_store(&stored.store), &ACCESS).unwrap();
    assert!(matches!(
        custodian.purge(&ACCESS).unwrap_err().kind(),
        ErrorKind::ShredUnfinished { epoch: 1 }
    ));
    let certificate = custodian.finish_shred(&mut stored.store, &ACCESS).unwrap();
    assert_eq!(certificate.ordinals(), [2]);
    assert!(certificate.note().contains("order order 7"));
    assert_eq!(
        custodian
            .finish_shred(&mut stored.store, &ACCESS)
            .unwrap_err()
            .to_string(),
        "cannot be used: no shred was begun"
    );
    drop(custodian);
    let report = stored.verify();
    assert!(report.is_sound(), "{report}");
}

#[test]
fn an_archive_without_a_store_gets_one_and_the_certificate_says_what_that_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let (path, keys) = (folder.path().join("archive"), folder.path().join("keys"));
    sample::write(&path, "a", &sample::samples(5));
    fs::create_dir(&keys).unwrap();
    let (mut store, key) = (FileEpochStore::new(&keys), sample::key());
    let mut custodian = Custodian::open(&path, &key, &ACCESS).unwrap();
    let certificate = custodian
        .shred(
            &ShredRequest::against_retention(&[0], "order"),
            &mut store,
            &ACCESS,
        )
        .unwrap();
    assert!(
        certificate
            .conditions()
            .any(|condition| condition.contains("had no store before"))
    );
    drop(custodian);
    let error = ArchiveReader::open(&path, &key, &ACCESS).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::StoreNeeded { .. }),
        "{error}"
    );
    let report = verify_unlocked(&path, Unlock::from(&key).with_store(&store));
    assert!(report.is_sound(), "{report}");
    assert_eq!(report.opened, 7);
}

#[test]
fn packs_without_anything_left_are_purged_and_the_rest_still_proves_itself() {
    let mut stored = Stored::new(10);
    // Ordinals 1, 3, 7 are all of the cohort 2050-minor, which has a pack of its own.
    let minors: Vec<u64> = (0..10)
        .filter(|&number| stored.samples[number as usize].cohort == "2050-minor")
        .collect();
    stored
        .shred(&ShredRequest::against_retention(&minors[1..], "order"))
        .unwrap();
    assert!(
        custodian(&stored).purge(&ACCESS).unwrap().is_empty(),
        "one entry is left in the pack"
    );
    stored
        .shred(&ShredRequest::against_retention(&minors[..1], "order"))
        .unwrap();
    let purged = custodian(&stored).purge(&ACCESS).unwrap();
    assert_eq!(purged.len(), 1);
    assert!(!stored.path().join(&purged[0]).exists());
    let report = stored.verify();
    assert!(report.is_sound(), "{report}");
    assert!(custodian(&stored).purge(&ACCESS).unwrap().is_empty());
    // A purged pack is no licence to lose another.
    let other = stored.path().join("bag-000001/data/packs/pack-000000.zip");
    assert_ne!(other, stored.path().join(&purged[0]));
    let bytes = fs::read(&other).unwrap();
    fs::remove_file(&other).unwrap();
    assert!(!verify(&stored.path(), None).is_sound());
    fs::write(&other, bytes).unwrap();
    // A pack that comes back is noticed.
    fs::write(stored.path().join(&purged[0]), b"").unwrap();
    assert!(!verify(&stored.path(), None).is_sound());
}

#[test]
fn a_shred_needs_every_key_and_a_reason() {
    let mut stored = Stored::new(5);
    let error = |result: Result<Certificate, Error>| result.unwrap_err().to_string();
    for (request, message) in [
        (
            ShredRequest::against_retention(&[], "x"),
            "cannot be used: there is nothing to erase",
        ),
        (
            ShredRequest::against_retention(&[0], "a\nb"),
            "cannot be used: an order is one line of 1 to 500 bytes",
        ),
        (
            ShredRequest::against_retention(&[5], "x"),
            "cannot be used: the evidence of an accession is not erased",
        ),
        (
            ShredRequest::against_retention(&[99], "x"),
            "[state/by-ordinal.1.c256] missing",
        ),
        (
            ShredRequest::expired(&[0]),
            "no retention rule allows erasing this: entry 0: keep: no rule applies",
        ),
    ] {
        assert_eq!(error(stored.shred(&request)), message);
    }
    stored
        .shred(&ShredRequest::against_retention(&[0], "x"))
        .unwrap();
    let again = error(stored.shred(&ShredRequest::against_retention(&[0], "x")));
    assert!(
        again.starts_with("this entry was erased (change "),
        "{again}"
    );
    assert_eq!(stored.opened(&stored.path()).unwrap(), [1, 2, 3, 4]);
}
