//! `state/slots.json`: the slots that wrap the keys of the roles, and the keys of the epoch that a store seals.

mod holders;

pub use holders::slots;

use std::collections::BTreeMap;

use ehr_crypto::epoch::EpochStore;
use ehr_crypto::{DataKey, SigningKey, Slot, slot};
use serde::{Deserialize, Serialize};

use super::{Keys, Role, Unlock, copy, missing};
use crate::error::Located;
use crate::files::{Folder, Written};
use crate::hex::{from_hex, to_hex};
use crate::names::SLOTS;
use crate::{ArchiveId, Error, ErrorKind};

const SLOTS_FORMAT: &str = "ehr-archive-slots/1";
/// A slot is a few hundred bytes; a file beyond this is damage.
const MAX_SLOTS_LEN: u64 = 1 << 20;
/// The label of the slots with which an archive begins.
const OWNER: &str = "owner";

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

/// The slots of an archive that is being written.
pub(crate) fn open_unfinished(
    folder: &Folder,
    unlock: Unlock<'_>,
) -> Result<(SlotsFile, Keys), Error> {
    let slots = SlotsFile::read(folder, SLOTS)?;
    let keys = slots.open(unlock).in_file(SLOTS)?;
    Ok((slots, keys))
}

fn epoch_key_context(archive: &ArchiveId, role: Role, epoch: u32) -> Vec<u8> {
    archive.context(format_args!("{} key {epoch}", role.as_str()))
}

fn verifying_context(archive: &ArchiveId) -> Vec<u8> {
    archive.context("verifying key")
}

fn malformed() -> Error {
    ErrorKind::Malformed {
        what: "the key slots",
    }
    .into()
}

#[cfg(test)]
mod tests;
