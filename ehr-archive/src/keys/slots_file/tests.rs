use ehr_crypto::Credential;
use ehr_crypto::epoch::FileEpochStore;

use super::*;

fn slots(store: Option<&mut dyn EpochStore>) -> SlotsFile {
    let id = ArchiveId::new("a").unwrap();
    SlotsFile::create(&id, 1, &DataKey::from_bytes([1; 32]), store).unwrap()
}

#[test]
fn the_slots_file_gives_the_keys_back_to_their_owner_only() {
    let (owner, other) = (DataKey::from_bytes([1; 32]), DataKey::from_bytes([2; 32]));
    let file = slots(None);
    let [first, second] = [0, 1].map(|_| file.open(Unlock::from(&owner)).unwrap());
    assert_eq!(
        first.epoch().unwrap().expose_bytes(),
        second.epoch().unwrap().expose_bytes()
    );
    let error = file.open(Unlock::from(&other)).err().unwrap();
    assert!(error.is_wrong_key());
}

#[test]
fn a_clerk_finds_and_signs_but_does_not_read() {
    let (owner, clerk) = (DataKey::from_bytes([1; 32]), DataKey::from_bytes([2; 32]));
    let mut file = slots(None);
    let keys = file.open(Unlock::from(&owner)).unwrap();
    let roles = [Role::Catalogue, Role::Log, Role::Signing];
    file.grant(&keys, "clerk", Credential::Key(&clerk), &roles)
        .unwrap();
    let granted = file.open(Unlock::from(&clerk)).unwrap();
    assert!(granted.catalogue().is_ok() && granted.signing().is_ok());
    assert_eq!(
        granted.epoch().err().unwrap().to_string(),
        "this key does not have the role 'epoch', which is needed here"
    );
    let reader = DataKey::from_bytes([3; 32]);
    let refused = file.grant(
        &granted,
        "reader",
        Credential::Key(&reader),
        &[Role::Log, Role::Epoch],
    );
    assert!(matches!(
        refused.unwrap_err().kind(),
        ErrorKind::RoleMissing { role: Role::Epoch }
    ));
    file.grant(&keys, "reader", Credential::Key(&reader), &[Role::Log])
        .unwrap();
    // Who does not sign still knows whose signature counts.
    let granted = file.open(Unlock::from(&reader)).unwrap();
    assert_eq!(granted.verifying_key(), keys.verifying_key());
    file.revoke("clerk").unwrap();
    assert!(
        file.open(Unlock::from(&clerk))
            .err()
            .unwrap()
            .is_wrong_key()
    );
    assert_eq!(
        file.revoke("owner").unwrap_err().to_string(),
        "cannot be used: nobody would be left with one of the roles"
    );
}

#[test]
fn with_a_store_the_slots_alone_open_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = FileEpochStore::new(folder.path());
    let owner = DataKey::from_bytes([1; 32]);
    let mut file = slots(Some(&mut store));
    let without = file.open(Unlock::from(&owner)).err().unwrap();
    assert_eq!(
        without.to_string(),
        "the key of epoch 1 is in a store, which was not given"
    );
    let first = file.open(Unlock::from(&owner).with_store(&store)).unwrap();
    let old = file.clone();
    store.create(2).unwrap(); // left by a crash
    file.renew(first.slot_keys(), file.next_epoch(), &mut store)
        .unwrap();
    assert_eq!(file.next_epoch(), 4);
    let second = file.open(Unlock::from(&owner).with_store(&store)).unwrap();
    assert_ne!(
        first.epoch().unwrap().expose_bytes(),
        second.epoch().unwrap().expose_bytes()
    );
    assert_ne!(
        first.catalogue().unwrap().expose_bytes(),
        second.catalogue().unwrap().expose_bytes()
    );
    store.destroy(file.retiring[0]).unwrap();
    let unlock = Unlock::from(&owner).with_store(&store);
    assert!(old.open(unlock).is_err(), "an old copy of the slots");
    file.open(unlock).unwrap();
}
