//! The keys of an archive by role, and the slots that wrap them.
//!
//! A slot wraps the key of one role for one holder. Where an [`EpochStore`] is used, the two keys that change with the epoch,
//! those of the catalogues and of the keyring, are sealed twice: under the role's key and under the key in the store.

use std::collections::BTreeMap;
use std::fmt;

use ehr_crypto::epoch::EpochStore;
use ehr_crypto::{Credential, DataKey, SigningKey, Slot, VerifyingKey, slot};
use serde::{Deserialize, Serialize};

use crate::error::Located;
use crate::files::{Folder, Written};
use crate::names::{self, SLOTS};
use crate::{ArchiveId, Error, ErrorKind};

const SLOTS_FORMAT: &str = "ehr-archive-slots/1";
/// A slot is a few hundred bytes; a file beyond this is damage.
const MAX_SLOTS_LEN: u64 = 1 << 20;
/// The label of the slots with which an archive begins.
pub(crate) const OWNER: &str = "owner";

/// What somebody can do with an archive. Each role has a key of its own; a holder may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// Finds entries: opens the catalogues, with names, numbers and what retention needs to know.
    Catalogue,
    /// Reads charts: opens the keyring of the epoch, and with it every object.
    Epoch,
    /// Writes and reads the access log. Nothing can be done without it.
    Log,
    /// Signs the state: holds, rules, slots, erasures.
    Signing,
}

/// What unlocks an archive: a key or passphrase, and the store of its epoch key if it has one.
#[derive(Clone, Copy)]
pub struct Unlock<'a> {
    pub(crate) credential: Credential<'a>,
    pub(crate) store: Option<&'a dyn EpochStore>,
}

/// The keys that a holder has.
pub(crate) struct Keys {
    archive: ArchiveId,
    /// What the slots hold, by role.
    slot_keys: BTreeMap<Role, DataKey>,
    catalogue: Option<DataKey>,
    epoch: Option<DataKey>,
    signing: Option<SigningKey>,
    verifying_key: VerifyingKey,
}

/// `state/slots.json`.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SlotsFile {
    format: String,
    pub(crate) archive_id: ArchiveId,
    /// The epoch with which the slots began; part of the context of one of them.
    epoch: u32,
    roles: BTreeMap<String, Vec<Slot>>,
    /// The archive's verifying key under the log key, for holders who do not sign.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    verifying_key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) store: Option<StoredKeys>,
    /// Epochs whose keys are to be destroyed: a crash came between.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) retiring: Vec<u32>,
    /// An erasure that has no certificate yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) erasure: Option<BegunErasure>,
}

/// What a certificate must say of an erasure that is in force.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct BegunErasure {
    pub(crate) had_store: bool,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) order: Option<String>,
}

/// The keys of an epoch, each sealed under the role's key and then under the epoch's key in the store.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct StoredKeys {
    pub(crate) epoch: u32,
    catalogue: String,
    keyring: String,
}

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Catalogue, Role::Epoch, Role::Log, Role::Signing];

    /// The word that stands for it in the archive.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Catalogue => "catalogue",
            Role::Epoch => "epoch",
            Role::Log => "log",
            Role::Signing => "signing",
        }
    }
}

impl<'a> Unlock<'a> {
    /// Unlocks with a credential.
    pub fn new(credential: Credential<'a>) -> Self {
        Unlock {
            credential,
            store: None,
        }
    }

    /// Adds the store in which the archive's epoch keys are.
    #[must_use]
    pub fn with_store(self, store: &'a dyn EpochStore) -> Self {
        Unlock {
            store: Some(store),
            ..self
        }
    }
}

impl<'a> From<&'a DataKey> for Unlock<'a> {
    fn from(key: &'a DataKey) -> Self {
        Unlock::new(Credential::Key(key))
    }
}

impl fmt::Debug for Unlock<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unlock")
            .field("store", &self.store.is_some())
            .finish_non_exhaustive()
    }
}

impl SlotsFile {
    /// New keys for all roles, wrapped for the holder of `lock`; with a store, the epoch's keys are made in it.
    pub(crate) fn create(
        archive: &ArchiveId,
        epoch: u32,
        lock: &DataKey,
        store: Option<&mut dyn EpochStore>,
    ) -> Result<Self, Error> {
        let mut file = SlotsFile {
            format: SLOTS_FORMAT.to_owned(),
            archive_id: archive.clone(),
            epoch,
            roles: BTreeMap::new(),
            verifying_key: None,
            store: None,
            retiring: Vec::new(),
            erasure: None,
        };
        let mut slot_keys = BTreeMap::new();
        for role in Role::ALL {
            let key = DataKey::generate()?;
            let slot = Slot::for_key(OWNER, lock, &file.context(role), &key)?;
            file.roles.insert(role.as_str().to_owned(), vec![slot]);
            slot_keys.insert(role, key);
        }
        let signing = SigningKey::from_seed(&archive.signer(), copy(&slot_keys[&Role::Signing]))?;
        let verifying_key = signing.verifying_key().to_string();
        let sealed = ehr_crypto::seal(
            &slot_keys[&Role::Log],
            &verifying_context(archive),
            verifying_key.as_bytes(),
        )?;
        file.verifying_key = Some(to_hex(&sealed));
        if let Some(store) = store {
            file.renew(&slot_keys, epoch, store)?;
        }
        Ok(file)
    }

    pub(crate) fn read(folder: &Folder, path: &str) -> Result<Self, Error> {
        let read = || -> Result<Self, Error> {
            let file: SlotsFile = serde_json::from_slice(&folder.read(path, MAX_SLOTS_LEN)?)
                .map_err(|_| malformed())?;
            if file.format != SLOTS_FORMAT {
                return Err(ErrorKind::LaterVersion.into());
            }
            Ok(file)
        };
        read().in_file(path)
    }

    /// A slot of a kind that this version does not know can be read and not written: it would be lost.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec_pretty(self).map_err(|_| ErrorKind::LaterVersion.into())
    }

    pub(crate) fn write(&self, folder: &Folder, path: &str) -> Result<Written, Error> {
        folder.write(path, &self.to_json()?)
    }

    /// Takes out the keys of every role that the credential opens.
    pub(crate) fn open(&self, unlock: Unlock<'_>) -> Result<Keys, Error> {
        let mut slot_keys = BTreeMap::new();
        for role in Role::ALL {
            let slots = self.roles.get(role.as_str()).ok_or_else(malformed)?;
            match slot::open_any(slots, unlock.credential, &self.context(role)) {
                Ok(key) => drop(slot_keys.insert(role, key)),
                Err(ehr_crypto::Error::WrongKey) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.keys_of(slot_keys, unlock.store)
    }

    /// The keys that a holder of these roles has, as this file says.
    pub(crate) fn keys_of(
        &self,
        slot_keys: BTreeMap<Role, DataKey>,
        store: Option<&dyn EpochStore>,
    ) -> Result<Keys, Error> {
        let archive = &self.archive_id;
        let Some(log) = slot_keys.get(&Role::Log) else {
            // Whoever cannot write the log can do nothing.
            return Err(ehr_crypto::Error::WrongKey.into());
        };
        let signing = match slot_keys.get(&Role::Signing) {
            Some(seed) => Some(SigningKey::from_seed(&archive.signer(), copy(seed))?),
            None => None,
        };
        let verifying_key = match (&signing, &self.verifying_key) {
            (Some(signing), _) => signing.verifying_key().clone(),
            (None, Some(sealed)) => {
                let text = ehr_crypto::open(log, &verifying_context(archive), &from_hex(sealed)?)?;
                std::str::from_utf8(&text)
                    .map_err(|_| malformed())?
                    .parse()?
            }
            (None, None) => return Err(missing(Role::Signing)),
        };
        let (mut catalogue, mut epoch) = (None, None);
        match &self.store {
            None => {
                catalogue = slot_keys.get(&Role::Catalogue).map(copy);
                epoch = slot_keys.get(&Role::Epoch).map(copy);
            }
            Some(_)
                if !slot_keys.contains_key(&Role::Catalogue)
                    && !slot_keys.contains_key(&Role::Epoch) => {}
            Some(stored) => {
                let number = stored.epoch;
                let store = store.ok_or(ErrorKind::StoreNeeded { epoch: number })?;
                let outer = store.get(number)?;
                let open = |role: Role, sealed: &str| -> Result<Option<DataKey>, Error> {
                    let Some(inner) = slot_keys.get(&role) else {
                        return Ok(None);
                    };
                    let context = epoch_key_context(archive, role, number);
                    let once = zeroize::Zeroizing::new(ehr_crypto::open(
                        &outer,
                        &context,
                        &from_hex(sealed)?,
                    )?);
                    let key = zeroize::Zeroizing::new(ehr_crypto::open(inner, &context, &once)?);
                    Ok(Some(DataKey::from_slice(&key)?))
                };
                catalogue = open(Role::Catalogue, &stored.catalogue)?;
                epoch = open(Role::Epoch, &stored.keyring)?;
            }
        }
        Ok(Keys {
            archive: archive.clone(),
            slot_keys,
            catalogue,
            epoch,
            signing,
            verifying_key,
        })
    }

    /// Makes the keys of a new epoch in a store; the slots stay as they are. Nothing of it is in force before this file is
    /// the archive's current one.
    pub(crate) fn renew(
        &mut self,
        slot_keys: &BTreeMap<Role, DataKey>,
        mut epoch: u32,
        store: &mut dyn EpochStore,
    ) -> Result<(), Error> {
        for role in [Role::Catalogue, Role::Epoch] {
            slot_keys.get(&role).ok_or_else(|| missing(role))?;
        }
        let outer = loop {
            match store.create(epoch) {
                // A crash left a key that never came into force.
                Err(ehr_crypto::Error::EpochExists { .. }) => epoch += 1,
                created => break created?,
            }
        };
        let seal = |role: Role| -> Result<String, Error> {
            let key = DataKey::generate()?;
            let context = epoch_key_context(&self.archive_id, role, epoch);
            let once = ehr_crypto::seal(&slot_keys[&role], &context, key.expose_bytes())?;
            Ok(to_hex(&ehr_crypto::seal(&outer, &context, &once)?))
        };
        let (catalogue, keyring) = (seal(Role::Catalogue)?, seal(Role::Epoch)?);
        if let Some(old) = self.store.replace(StoredKeys {
            epoch,
            catalogue,
            keyring,
        }) {
            self.retiring.push(old.epoch);
        }
        Ok(())
    }

    /// Notes that an erasure is to be certified once its old epoch's key is destroyed.
    pub(crate) fn begin_erasure(&mut self, had_store: bool, order: Option<&str>) {
        self.erasure = Some(BegunErasure {
            had_store,
            order: order.map(str::to_owned),
        });
    }

    /// The number that the next epoch should have.
    pub(crate) fn next_epoch(&self) -> u32 {
        self.store
            .as_ref()
            .map_or(self.epoch, |stored| stored.epoch)
            + 1
    }

    /// Adds slots for a holder. Whoever grants a role must have it.
    pub(crate) fn grant(
        &mut self,
        keys: &Keys,
        label: &str,
        lock: Credential<'_>,
        roles: &[Role],
    ) -> Result<(), Error> {
        if label.is_empty() || label.len() > 200 || label.contains(char::is_control) {
            return Err(ErrorKind::Refused {
                reason: "a holder's label is one line of at most 200 bytes",
            }
            .into());
        }
        if !roles.contains(&Role::Log) {
            return Err(ErrorKind::Refused {
                reason: "a holder without the log's key can do nothing",
            }
            .into());
        }
        if self.labels().contains(label) {
            return Err(ErrorKind::Refused {
                reason: "there is a holder of this label",
            }
            .into());
        }
        let mut granted = Vec::new();
        for &role in roles {
            let key = keys.slot_keys.get(&role).ok_or_else(|| missing(role))?;
            let context = self.context(role);
            let slot = match lock {
                Credential::Key(lock) => Slot::for_key(label, lock, &context, key)?,
                Credential::Passphrase(passphrase) => {
                    Slot::for_passphrase(label, passphrase, &context, key)?
                }
                _ => {
                    return Err(ErrorKind::Refused {
                        reason: "a holder is granted a role by a key or a passphrase",
                    }
                    .into());
                }
            };
            granted.push((role, slot));
        }
        for (role, slot) in granted {
            self.roles
                .entry(role.as_str().to_owned())
                .or_default()
                .push(slot);
        }
        Ok(())
    }

    /// Removes the slots of a holder.
    pub(crate) fn revoke(&mut self, label: &str) -> Result<(), Error> {
        if !self.labels().contains(label) {
            return Err(ErrorKind::Refused {
                reason: "there is no holder of this label",
            }
            .into());
        }
        for slots in self.roles.values_mut() {
            slots.retain(|slot| slot.label() != label);
            if slots.is_empty() {
                return Err(ErrorKind::Refused {
                    reason: "nobody would be left with one of the roles",
                }
                .into());
            }
        }
        Ok(())
    }

    /// Gives a holder other slots for the same roles.
    pub(crate) fn replace(
        &mut self,
        keys: &Keys,
        label: &str,
        lock: Credential<'_>,
    ) -> Result<(), Error> {
        let roles = self.holders().remove(label).unwrap_or_default();
        let mut changed = self.clone();
        for slots in changed.roles.values_mut() {
            slots.retain(|slot| slot.label() != label);
        }
        changed.grant(keys, label, lock, &roles)?;
        *self = changed;
        Ok(())
    }

    /// The holders with their roles.
    pub(crate) fn holders(&self) -> BTreeMap<String, Vec<Role>> {
        let mut holders: BTreeMap<String, Vec<Role>> = BTreeMap::new();
        for role in Role::ALL {
            for slot in self.roles.get(role.as_str()).into_iter().flatten() {
                holders
                    .entry(slot.label().to_owned())
                    .or_default()
                    .push(role);
            }
        }
        holders
    }

    fn labels(&self) -> std::collections::BTreeSet<String> {
        self.holders().into_keys().collect()
    }

    fn context(&self, role: Role) -> Vec<u8> {
        match role {
            Role::Epoch => self
                .archive_id
                .context(format_args!("role epoch {}", self.epoch)),
            role => self
                .archive_id
                .context(format_args!("role {}", role.as_str())),
        }
    }
}

impl Keys {
    pub(crate) fn catalogue(&self) -> Result<&DataKey, Error> {
        self.catalogue
            .as_ref()
            .ok_or_else(|| missing(Role::Catalogue))
    }

    pub(crate) fn epoch(&self) -> Result<&DataKey, Error> {
        self.epoch.as_ref().ok_or_else(|| missing(Role::Epoch))
    }

    pub(crate) fn signing(&self) -> Result<&SigningKey, Error> {
        self.signing.as_ref().ok_or_else(|| missing(Role::Signing))
    }

    pub(crate) fn log(&self) -> Result<&DataKey, Error> {
        self.slot_keys
            .get(&Role::Log)
            .ok_or_else(|| missing(Role::Log))
    }

    /// The key that signs the access log. It comes from the log's key, so that who reads charts need not be able to sign the
    /// archive's state.
    pub(crate) fn log_signer(&self) -> Result<SigningKey, Error> {
        let seed = self
            .log()?
            .derive(b"ehr-archive signing of the access log")?;
        Ok(SigningKey::from_seed(
            &names::log_origin(&self.archive),
            seed,
        )?)
    }

    /// The same in the first archives, whose log is signed with the key that signs everything.
    pub(crate) fn first_log_signer(&self) -> Result<SigningKey, Error> {
        let seed = self
            .slot_keys
            .get(&Role::Signing)
            .ok_or_else(|| missing(Role::Signing))?;
        Ok(SigningKey::from_seed(&self.archive.signer(), copy(seed))?)
    }

    pub(crate) fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying_key
    }

    pub(crate) fn slot_keys(&self) -> &BTreeMap<Role, DataKey> {
        &self.slot_keys
    }

    /// A key for one purpose that stays the same from epoch to epoch, for whoever finds entries.
    pub(crate) fn lasting(&self, purpose: &[u8]) -> Result<DataKey, Error> {
        let key = self
            .slot_keys
            .get(&Role::Catalogue)
            .ok_or_else(|| missing(Role::Catalogue))?;
        Ok(key.derive(purpose)?)
    }

    pub(crate) fn has(&self, role: Role) -> bool {
        self.slot_keys.contains_key(&role)
    }
}

/// The slots of an archive that is being written.
pub(crate) fn open_unfinished(
    folder: &Folder,
    unlock: Unlock<'_>,
) -> Result<(SlotsFile, Keys), Error> {
    let slots = SlotsFile::read(folder, SLOTS)?;
    let keys = slots.open(unlock).in_file(SLOTS)?;
    Ok((slots, keys))
}

pub(crate) fn copy(key: &DataKey) -> DataKey {
    DataKey::from_bytes(*key.expose_bytes())
}

pub(crate) fn missing(role: Role) -> Error {
    ErrorKind::RoleMissing { role }.into()
}

fn epoch_key_context(archive: &ArchiveId, role: Role, epoch: u32) -> Vec<u8> {
    archive.context(format_args!("{} key {epoch}", role.as_str()))
}

fn verifying_context(archive: &ArchiveId) -> Vec<u8> {
    archive.context("verifying key")
}

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, Error> {
    let digit = |byte: u8| {
        (byte as char)
            .to_digit(16)
            .filter(|_| !byte.is_ascii_uppercase())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8))
        .collect();
    bytes.filter(|_| rest.is_empty()).ok_or_else(malformed)
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "the key slots",
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ehr_crypto::epoch::FileEpochStore;

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
    fn a_slot_of_a_later_version_is_never_lost() {
        let owner = DataKey::from_bytes([1; 32]);
        let json = String::from_utf8(slots(None).to_json().unwrap()).unwrap();
        let mut later: serde_json::Value = serde_json::from_str(&json).unwrap();
        let log = later["roles"]["log"].as_array_mut().unwrap();
        log.push(serde_json::json!({"label": "later", "kind": "later", "wrapped": ""}));
        let later: SlotsFile = serde_json::from_value(later).unwrap();
        later.open(Unlock::from(&owner)).unwrap();
        assert_eq!(
            later.to_json().unwrap_err().to_string(),
            "written by a later version of the format"
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
}
