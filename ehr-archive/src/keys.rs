//! The keys of an archive by role, and the slots that wrap them.
//!
//! A slot wraps the key of one role for one holder. Where an [`EpochStore`] is used, the two keys that change with the epoch,
//! those of the catalogues and of the keyring, are sealed twice: under the role's key and under the key in the store.

mod slots_file;

use std::collections::BTreeMap;
use std::fmt;

use ehr_crypto::epoch::EpochStore;
use ehr_crypto::{Credential, DataKey, SigningKey, VerifyingKey};

use crate::{ArchiveId, Error, ErrorKind, names};

pub use slots_file::slots;
pub(crate) use slots_file::{BegunErasure, SlotsFile, open_unfinished};

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

pub(crate) fn copy(key: &DataKey) -> DataKey {
    DataKey::from_bytes(*key.expose_bytes())
}

pub(crate) fn missing(role: Role) -> Error {
    ErrorKind::RoleMissing { role }.into()
}
