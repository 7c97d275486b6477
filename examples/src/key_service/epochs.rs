//! Epoch keys whose destruction a key service carries out.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use ehr_crypto::epoch::{DestructionMethod, DestructionReceipt, EpochStore};
use ehr_crypto::slot::KeyServiceError;
use ehr_crypto::{DataKey, Error};

/// A service that makes a key for each epoch and destroys it.
pub trait EpochKeyService {
    /// Makes the service's key of an epoch and says how it is called.
    ///
    /// # Errors
    ///
    /// If the service does not do it.
    fn create_key(&self, epoch: u32) -> Result<String, KeyServiceError>;

    /// Wraps with the key `id`.
    ///
    /// # Errors
    ///
    /// If the service does not do it.
    fn wrap(&self, id: &str, key: &DataKey, context: &[u8]) -> Result<String, KeyServiceError>;

    /// Takes out again what was wrapped with the key `id`.
    ///
    /// # Errors
    ///
    /// If the service does not do it.
    fn unwrap(&self, id: &str, wrapped: &str, context: &[u8]) -> Result<DataKey, KeyServiceError>;

    /// Destroys the key `id`; once more for one that is destroyed already.
    ///
    /// # Errors
    ///
    /// If the service does not do it.
    fn destroy_key(&self, id: &str) -> Result<DestructionMethod, KeyServiceError>;
}

/// Lets a service also wrap the keys of slots, with the one key that it was made for: a type with a field `key`, beside a
/// constant `SERVICE`.
macro_rules! forward_key_wrapper {
    ($service:ty) => {
        impl KeyWrapper for $service {
            fn service(&self) -> &str {
                SERVICE
            }

            fn key(&self) -> &str {
                &self.key
            }

            fn wrap_key(&self, key: &DataKey, context: &[u8]) -> Result<String, KeyServiceError> {
                self.wrap(&self.key, key, context)
            }

            fn unwrap_key(
                &self,
                wrapped: &str,
                context: &[u8],
            ) -> Result<DataKey, KeyServiceError> {
                self.unwrap(&self.key, wrapped, context)
            }
        }
    };
}
pub(super) use forward_key_wrapper;

/// Keeps wrapped epoch keys in a folder, which holds no secret and may be copied; only the service unwraps them.
pub struct ServiceEpochStore<S> {
    service: S,
    folder: PathBuf,
}

impl<S: EpochKeyService> ServiceEpochStore<S> {
    /// A store in a folder that exists.
    pub fn new(service: S, folder: impl Into<PathBuf>) -> Self {
        ServiceEpochStore {
            service,
            folder: folder.into(),
        }
    }

    fn path(&self, epoch: u32) -> PathBuf {
        self.folder.join(format!("epoch-{epoch:06}.wrapped"))
    }

    /// The service's name of the key, and the wrapped epoch key.
    fn read(&self, epoch: u32) -> Result<(String, String), Error> {
        let text = match fs::read_to_string(self.path(epoch)) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::EpochUnknown { epoch });
            }
            Err(error) => return Err(error.into()),
        };
        let mut lines = text.lines();
        match (lines.next(), lines.next(), lines.next()) {
            (Some(id), Some(wrapped), None) => Ok((id.to_owned(), wrapped.to_owned())),
            _ => Err(Error::EpochFile { epoch }),
        }
    }
}

impl<S: EpochKeyService> EpochStore for ServiceEpochStore<S> {
    fn create(&mut self, epoch: u32) -> Result<DataKey, Error> {
        if self.path(epoch).exists() {
            return Err(Error::EpochExists { epoch });
        }
        let id = self.service.create_key(epoch)?;
        let key = DataKey::generate()?;
        let wrapped = self.service.wrap(&id, &key, &context(epoch))?;
        // a name that appears with its whole content, or not at all
        let part = self.path(epoch).with_extension("part");
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create(true)
            .truncate(true)
            .open(&part)?;
        writeln!(file, "{id}\n{wrapped}")?;
        file.sync_all()?;
        fs::rename(&part, self.path(epoch))?;
        if cfg!(unix) {
            File::open(&self.folder)?.sync_all()?;
        }
        Ok(key)
    }

    fn get(&self, epoch: u32) -> Result<DataKey, Error> {
        let (id, wrapped) = self.read(epoch)?;
        match self.service.unwrap(&id, &wrapped, &context(epoch)) {
            Err(KeyServiceError::KeyUnavailable { .. }) => Err(Error::EpochDestroyed { epoch }),
            answer => Ok(answer?),
        }
    }

    fn destroy(&mut self, epoch: u32) -> Result<DestructionReceipt, Error> {
        let (id, _) = self.read(epoch)?;
        let method = self.service.destroy_key(&id)?;
        Ok(DestructionReceipt {
            epoch,
            fingerprint: None,
            method,
        })
    }
}

fn context(epoch: u32) -> Vec<u8> {
    format!("epoch {epoch}").into_bytes()
}
