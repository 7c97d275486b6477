//! The keys of an archive by role, and the slots that wrap them.

use std::collections::BTreeMap;

use ehr_crypto::{Credential, DataKey, SigningKey, Slot, slot};
use serde::{Deserialize, Serialize};

use crate::error::Located;
use crate::files::Folder;
use crate::names::SLOTS;
use crate::{ArchiveId, Error, ErrorKind};

const SLOTS_FORMAT: &str = "ehr-archive-slots/1";
/// A slot is a few hundred bytes; a file beyond this is damage.
const MAX_SLOTS_LEN: u64 = 1 << 20;

/// Finds: opens the catalogues.
const CATALOGUE: &str = "catalogue";
/// Reads: opens the keyring of an epoch, and with it every object. Destroying it erases.
const EPOCH: &str = "epoch";
/// Writes and reads the access log.
const LOG: &str = "log";
/// Signs checkpoints and the state.
const SIGNING: &str = "signing";

pub(crate) struct Keys {
    pub(crate) catalogue: DataKey,
    pub(crate) epoch: DataKey,
    pub(crate) log: DataKey,
    pub(crate) signing: SigningKey,
}

#[derive(Serialize, Deserialize)]
struct SlotsFile {
    format: String,
    archive_id: ArchiveId,
    epoch: u32,
    roles: BTreeMap<String, Vec<Slot>>,
}

impl Keys {
    /// New keys, each wrapped for the holder of `lock`; also the text of the slots file.
    pub(crate) fn create(
        archive: &ArchiveId,
        epoch: u32,
        lock: &DataKey,
    ) -> Result<(Self, Vec<u8>), Error> {
        let mut roles = BTreeMap::new();
        let mut role = |name: &str| -> Result<DataKey, Error> {
            let key = DataKey::generate()?;
            let slot = Slot::for_key("owner", lock, &role_context(archive, name, epoch), &key)?;
            roles.insert(name.to_owned(), vec![slot]);
            Ok(key)
        };
        let keys = Keys {
            catalogue: role(CATALOGUE)?,
            epoch: role(EPOCH)?,
            log: role(LOG)?,
            signing: SigningKey::from_seed(&archive.signer(), role(SIGNING)?)?,
        };
        let file = SlotsFile {
            format: SLOTS_FORMAT.to_owned(),
            archive_id: archive.clone(),
            epoch,
            roles,
        };
        let json = serde_json::to_vec_pretty(&file).map_err(|_| malformed())?;
        Ok((keys, json))
    }

    /// Reads the slots file and takes out the keys of every role; also the archive's id and epoch.
    pub(crate) fn open(folder: &Folder, lock: &DataKey) -> Result<(Self, ArchiveId, u32), Error> {
        Self::open_unlocated(folder, lock).in_file(SLOTS)
    }

    fn open_unlocated(folder: &Folder, lock: &DataKey) -> Result<(Self, ArchiveId, u32), Error> {
        let file: SlotsFile =
            serde_json::from_slice(&folder.read(SLOTS, MAX_SLOTS_LEN)?).map_err(|_| malformed())?;
        if file.format != SLOTS_FORMAT {
            return Err(ErrorKind::LaterVersion.into());
        }
        let (archive, epoch) = (file.archive_id, file.epoch);
        let role = |name: &str| {
            let slots = file.roles.get(name).ok_or_else(malformed)?;
            let key = slot::open_any(
                slots,
                Credential::Key(lock),
                &role_context(&archive, name, epoch),
            );
            key.map_err(Error::from)
        };
        let keys = Keys {
            catalogue: role(CATALOGUE)?,
            epoch: role(EPOCH)?,
            log: role(LOG)?,
            signing: SigningKey::from_seed(&archive.signer(), role(SIGNING)?)?,
        };
        Ok((keys, archive, epoch))
    }
}

/// Only the epoch key changes from epoch to epoch.
fn role_context(archive: &ArchiveId, role: &str, epoch: u32) -> Vec<u8> {
    if role == EPOCH {
        archive.context(format_args!("role {role} {epoch}"))
    } else {
        archive.context(format_args!("role {role}"))
    }
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

    #[test]
    fn the_slots_file_gives_the_keys_back_to_their_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::new(folder.path());
        folder.create_folder("state").unwrap();
        let (id, lock) = (ArchiveId::new("a").unwrap(), DataKey::from_bytes([1; 32]));
        let (keys, json) = Keys::create(&id, 1, &lock).unwrap();
        folder.write(SLOTS, &json).unwrap();
        let (opened, archive, epoch) = Keys::open(&folder, &lock).unwrap();
        assert_eq!((archive, epoch), (id, 1));
        assert_eq!(opened.epoch.expose_bytes(), keys.epoch.expose_bytes());
        assert_eq!(opened.signing.verifying_key(), keys.signing.verifying_key());
        let error = Keys::open(&folder, &DataKey::from_bytes([2; 32]))
            .err()
            .unwrap();
        assert!(error.is_wrong_key());
        assert!(
            error
                .to_string()
                .starts_with("[state/slots.json] sealed with another key")
        );
    }
}
