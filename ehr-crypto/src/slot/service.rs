//! The joint for key services: HashiCorp Vault, AWS KMS, a PKCS#11 module.

use std::io;

use crate::DataKey;

/// A service that wraps and unwraps data keys with a key that never leaves it.
///
/// An implementation sends `context` as the additional authenticated data of its service (`associated_data` of Vault's
/// Transit engine, `EncryptionContext` of AWS KMS), so that what was wrapped for one place does not open at another;
/// one that cannot must not implement this. The context is no secret and will stand in the service's own log.
pub trait KeyWrapper {
    /// Which kind of service this is, such as `vault-transit`. It stands in the slot.
    fn service(&self) -> &str;

    /// Which of its keys wraps, such as a name or an ARN: nothing secret. It stands in the slot.
    fn key(&self) -> &str;

    /// Wraps a data key; the answer is text that only this service can read.
    fn wrap_key(&self, key: &DataKey, context: &[u8]) -> Result<String, KeyServiceError>;

    /// Takes the data key out again.
    fn unwrap_key(&self, wrapped: &str, context: &[u8]) -> Result<DataKey, KeyServiceError>;
}

/// What can go wrong between a program and its key service. No message holds a key, a token or an answer's body.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyServiceError {
    /// No connection, no answer, or an unusable one on the way.
    #[error("the key service cannot be reached: {0}")]
    Unreachable(#[source] io::Error),

    /// The service does not allow this caller to do this.
    #[error("the key service refuses access (status {status})")]
    AccessDenied {
        /// HTTP status.
        status: u16,
    },

    /// The service has no such key, or it was destroyed or is waiting for that.
    #[error("the key service has no such key that can be used (status {status})")]
    KeyUnavailable {
        /// HTTP status.
        status: u16,
    },

    /// The service found that this was wrapped with another key or for another context, or is damaged.
    #[error("the key service did not wrap this with this key for this place")]
    NotWrappedHere,

    /// The service asks to slow down or failed for a moment; the same call may be made again.
    #[error("the key service is busy or failed (status {status})")]
    Busy {
        /// HTTP status.
        status: u16,
    },

    /// Another answer than its documentation knows.
    #[error("the key service gave an answer that is not understood (status {status}): {what}")]
    Answer {
        /// HTTP status.
        status: u16,
        /// What is wrong with it.
        what: &'static str,
    },
}
