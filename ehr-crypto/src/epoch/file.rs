//! A folder with one key file for each epoch.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::{DestructionMethod, DestructionReceipt, EpochStore};
use crate::key::file as key_file;
use crate::{DataKey, Digest, Error, key};

/// Keeps the key of each epoch in a [key file](crate::key::file) of its own.
///
/// Keep the folder apart from the data and out of backups: a copy of a key file outlives its destruction. What is left
/// of a destroyed key is a small file that names it by its fingerprint, so that its epoch is never begun again.
///
/// ```
/// use ehr_crypto::Error;
/// use ehr_crypto::epoch::{EpochStore, FileEpochStore};
///
/// # let folder = tempfile::tempdir().unwrap();
/// # let folder = folder.path();
/// let mut store = FileEpochStore::new(folder);
/// store.create(1)?;
/// let receipt = store.destroy(1)?;
/// assert!(matches!(store.get(1), Err(Error::EpochDestroyed { epoch: 1 })));
/// assert!(!receipt.method.conditions().is_empty()); // what a certificate must not leave out
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct FileEpochStore {
    folder: PathBuf,
}

impl FileEpochStore {
    /// A store in a folder that exists.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        FileEpochStore {
            folder: folder.into(),
        }
    }

    fn key_path(&self, epoch: u32) -> PathBuf {
        self.folder.join(format!("epoch-{epoch:06}.key"))
    }

    /// Written before the key is touched and never removed: with a key file beside it, destruction has begun.
    fn tombstone_path(&self, epoch: u32) -> PathBuf {
        self.folder.join(format!("epoch-{epoch:06}.destroyed"))
    }

    fn tombstone(&self, epoch: u32) -> Result<Option<Digest>, Error> {
        let text = match fs::read_to_string(self.tombstone_path(epoch)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let mut words = text.split_ascii_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("epoch-key"), Some(fingerprint), None) => Ok(Some(fingerprint.parse()?)),
            _ => Err(Error::EpochFile { epoch }),
        }
    }

    /// Overwrites the bytes of the key file where they lie, then removes it.
    fn erase(&self, epoch: u32) -> Result<(), Error> {
        let path = self.key_path(epoch);
        let mut file = match OpenOptions::new().write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let mut left = file.metadata()?.len();
        while left > 0 {
            let noise: [u8; 512] = key::random_bytes()?;
            let count = left.min(noise.len() as u64);
            file.write_all(&noise[..count as usize])?;
            left -= count;
        }
        file.sync_all()?;
        drop(file);
        fs::remove_file(&path)?;
        sync_folder(&self.folder)
    }
}

impl EpochStore for FileEpochStore {
    fn create(&mut self, epoch: u32) -> Result<DataKey, Error> {
        if self.tombstone(epoch)?.is_some() {
            return Err(Error::EpochExists { epoch });
        }
        let key = DataKey::generate()?;
        let comment =
            format!("Key of epoch {epoch}. Keep it apart from the data and out of backups.");
        match key_file::create(&self.key_path(epoch), &key, &comment) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::EpochExists { epoch })
            }
            Err(error) => Err(error),
            Ok(()) => Ok(key),
        }
    }

    fn get(&self, epoch: u32) -> Result<DataKey, Error> {
        if self.tombstone(epoch)?.is_some() {
            return Err(Error::EpochDestroyed { epoch });
        }
        match key_file::read(&self.key_path(epoch)) {
            Err(Error::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::EpochUnknown { epoch })
            }
            answer => answer,
        }
    }

    fn destroy(&mut self, epoch: u32) -> Result<DestructionReceipt, Error> {
        let fingerprint = match self.tombstone(epoch)? {
            Some(fingerprint) => fingerprint,
            None => {
                let fingerprint = self.get(epoch)?.fingerprint();
                let path = self.tombstone_path(epoch);
                // A name that appears with its whole content, or not at all.
                let part = path.with_extension("destroyed.part");
                let mut file = File::create(&part)?;
                writeln!(file, "epoch-key {fingerprint}")?;
                file.sync_all()?;
                fs::rename(&part, &path)?;
                sync_folder(&self.folder)?;
                fingerprint
            }
        };
        self.erase(epoch)?;
        Ok(DestructionReceipt {
            epoch,
            fingerprint: Some(fingerprint),
            method: DestructionMethod::FileOverwritten,
        })
    }
}

/// Makes names durable. Folders cannot be opened as files on every system.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn an_epoch_has_one_key_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FileEpochStore::new(folder.path());
        let (first, second) = (store.create(1).unwrap(), store.create(2).unwrap());
        assert_eq!(store.get(1).unwrap().expose_bytes(), first.expose_bytes());
        assert!(matches!(
            store.create(1),
            Err(Error::EpochExists { epoch: 1 })
        ));
        assert!(matches!(
            store.get(3),
            Err(Error::EpochUnknown { epoch: 3 })
        ));
        assert!(matches!(
            store.destroy(3),
            Err(Error::EpochUnknown { epoch: 3 })
        ));

        let receipt = store.destroy(1).unwrap();
        assert_eq!(receipt.fingerprint, Some(first.fingerprint()));
        assert!(receipt.method.is_final());
        assert_eq!(store.destroy(1).unwrap(), receipt, "the same receipt again");
        assert!(matches!(
            store.get(1),
            Err(Error::EpochDestroyed { epoch: 1 })
        ));
        assert!(matches!(
            store.create(1),
            Err(Error::EpochExists { epoch: 1 })
        ));
        assert_eq!(store.get(2).unwrap().expose_bytes(), second.expose_bytes());
        assert_eq!(
            names(folder.path()),
            ["epoch-000001.destroyed", "epoch-000002.key"]
        );
        let left = fs::read_to_string(folder.path().join("epoch-000001.destroyed")).unwrap();
        assert!(!left.contains(&*first.expose_recovery_code()));

        let json = serde_json::to_string(&receipt).unwrap();
        assert!(json.ends_with(r#""method":"file-overwritten"}"#), "{json}");
        assert_eq!(
            serde_json::from_str::<DestructionReceipt>(&json).unwrap(),
            receipt
        );
    }

    #[test]
    fn a_destruction_that_was_broken_off_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FileEpochStore::new(folder.path());
        let key = store.create(1).unwrap();
        // as if power had gone after the record and before the key
        let record = format!("epoch-key {}\n", key.fingerprint());
        fs::write(folder.path().join("epoch-000001.destroyed"), record).unwrap();
        assert!(matches!(
            store.get(1),
            Err(Error::EpochDestroyed { epoch: 1 })
        ));
        let receipt = store.destroy(1).unwrap();
        assert_eq!(receipt.fingerprint, Some(key.fingerprint()));
        assert_eq!(names(folder.path()), ["epoch-000001.destroyed"]);
    }

    #[test]
    fn the_bytes_are_overwritten_and_not_only_unlinked() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FileEpochStore::new(folder.path());
        let code = store.create(1).unwrap().expose_recovery_code().to_string();
        // another name for the same bytes on the disk
        let other = folder.path().join("other");
        fs::hard_link(folder.path().join("epoch-000001.key"), &other).unwrap();
        assert!(fs::read_to_string(&other).unwrap().contains(&code));
        store.destroy(1).unwrap();
        let left = fs::read(&other).unwrap();
        assert!(!left.windows(8).any(|part| part == &code.as_bytes()[..8]));
    }

    #[test]
    fn a_damaged_record_stops_everything() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = FileEpochStore::new(folder.path());
        store.create(1).unwrap();
        fs::write(folder.path().join("epoch-000001.destroyed"), "").unwrap();
        assert!(matches!(store.get(1), Err(Error::EpochFile { epoch: 1 })));
        assert!(matches!(
            store.destroy(1),
            Err(Error::EpochFile { epoch: 1 })
        ));
        assert!(folder.path().join("epoch-000001.key").exists());
    }
}
