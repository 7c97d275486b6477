//! A data key on its way to a service and back.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ehr_crypto::DataKey;
use ehr_crypto::slot::KeyServiceError;
use serde_json::Value;
use zeroize::Zeroizing;

/// The key as the services take it: in Base64.
pub(super) fn encode(key: &DataKey) -> String {
    BASE64_STANDARD.encode(key.expose_bytes())
}

/// The key that a service gave back.
pub(super) fn decode(plaintext: &Value) -> Result<DataKey, KeyServiceError> {
    let text = plaintext.as_str().ok_or(not_understood("no plaintext"))?;
    let key = BASE64_STANDARD.decode(text).map(Zeroizing::new);
    key.ok()
        .and_then(|key| DataKey::from_slice(&key).ok())
        .ok_or(not_understood("the plaintext is no data key"))
}

/// An answer that says yes and has not what it should have.
pub(super) fn not_understood(what: &'static str) -> KeyServiceError {
    KeyServiceError::Answer { status: 200, what }
}
