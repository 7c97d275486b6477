//! HashiCorp Vault and OpenBao: the Transit secrets engine.
//!
//! `POST /v1/transit/encrypt/KEY` and `decrypt/KEY` with `plaintext` or `ciphertext` and `associated_data` in base64. The
//! key must be of an AEAD type (`aes256-gcm96`, the default). A policy that lets a program open and nothing else:
//!
//! ```text
//! path "transit/decrypt/ehr-archive" { capabilities = ["update"] }
//! ```

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ehr_crypto::DataKey;
use ehr_crypto::epoch::DestructionMethod;
use ehr_crypto::slot::{KeyServiceError, KeyWrapper};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::data_key::{self, not_understood};
use super::epochs::{EpochKeyService, forward_key_wrapper};
use super::http::{Answer, Http};

const SERVICE: &str = "vault-transit";

/// One key of a Transit engine.
pub struct VaultTransit {
    http: Http,
    token: Zeroizing<String>,
    namespace: Option<String>,
    mount: String,
    key: String,
}

impl VaultTransit {
    /// The key `key` of the engine at `transit/`, with a token that may use it.
    ///
    /// # Errors
    ///
    /// If the address is neither HTTPS nor this machine, or the name is none that Vault allows.
    pub fn new(address: &str, token: String, key: &str) -> Result<Self, KeyServiceError> {
        Ok(VaultTransit {
            http: Http::new(address)?,
            token: Zeroizing::new(token),
            namespace: None,
            mount: "transit".to_owned(),
            key: checked_name(key)?,
        })
    }

    /// In a namespace of Vault Enterprise.
    #[must_use]
    pub fn with_namespace(mut self, namespace: &str) -> Self {
        self.namespace = Some(namespace.to_owned());
        self
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Result<Answer, KeyServiceError> {
        let mut headers = vec![
            ("X-Vault-Token", self.token.as_str()),
            ("X-Vault-Request", "true"),
            ("Content-Type", "application/json"),
        ];
        if let Some(namespace) = &self.namespace {
            headers.push(("X-Vault-Namespace", namespace));
        }
        let body = match body {
            Value::Null => Zeroizing::new(Vec::new()),
            body => Zeroizing::new(body.to_string().into_bytes()),
        };
        let path = format!("/v1/{}/{path}", self.mount);
        self.http.send(method, &path, &headers, &body)
    }
}

forward_key_wrapper!(VaultTransit);

/// Each epoch has a Transit key of its own, `KEY-epoch-000007`; deleting it leaves nothing that could decrypt.
impl EpochKeyService for VaultTransit {
    fn create_key(&self, epoch: u32) -> Result<String, KeyServiceError> {
        let name = format!("{}-epoch-{epoch:06}", self.key);
        let body =
            json!({"type": "aes256-gcm96", "exportable": false, "allow_plaintext_backup": false});
        granted(self.send("POST", &format!("keys/{name}"), &body)?)?;
        Ok(name)
    }

    fn wrap(&self, id: &str, key: &DataKey, context: &[u8]) -> Result<String, KeyServiceError> {
        let body = json!({
            "plaintext": data_key::encode(key),
            "associated_data": BASE64_STANDARD.encode(context),
        });
        let answer = self.send("POST", &format!("encrypt/{}", checked_name(id)?), &body)?;
        let data = granted(answer)?;
        match data["ciphertext"].as_str() {
            Some(text) if text.starts_with("vault:v") => Ok(text.to_owned()),
            _ => Err(not_understood("no ciphertext")),
        }
    }

    fn unwrap(&self, id: &str, wrapped: &str, context: &[u8]) -> Result<DataKey, KeyServiceError> {
        let body = json!({
            "ciphertext": wrapped,
            "associated_data": BASE64_STANDARD.encode(context),
        });
        let answer = self.send("POST", &format!("decrypt/{}", checked_name(id)?), &body)?;
        let data = granted(answer)?;
        data_key::decode(&data["plaintext"])
    }

    fn destroy_key(&self, id: &str) -> Result<DestructionMethod, KeyServiceError> {
        let path = format!("keys/{}", checked_name(id)?);
        // Vault deletes no key that was not marked for it
        if self.send("GET", &path, &Value::Null)?.status != 404 {
            granted(self.send(
                "POST",
                &format!("{path}/config"),
                &json!({"deletion_allowed": true}),
            )?)?;
            granted(self.send("DELETE", &path, &Value::Null)?)?;
        }
        match self.send("GET", &path, &Value::Null)? {
            Answer { status: 404, .. } => Ok(DestructionMethod::ServiceKeyDeleted {
                service: SERVICE.to_owned(),
                key: id.to_owned(),
            }),
            answer => Err(KeyServiceError::Answer {
                status: answer.status,
                what: "the key is still there",
            }),
        }
    }
}

/// The `data` of an answer, or what the status means.
fn granted(answer: Answer) -> Result<Value, KeyServiceError> {
    let Answer { status, json } = answer;
    let says = |text: &str| json["errors"].to_string().contains(text);
    match status {
        200 | 204 => Ok(json["data"].clone()),
        400 if says("key not found") => Err(KeyServiceError::KeyUnavailable { status }),
        400 if says("message authentication failed") || says("invalid ciphertext") => {
            Err(KeyServiceError::NotWrappedHere)
        }
        403 => Err(KeyServiceError::AccessDenied { status }),
        404 => Err(KeyServiceError::KeyUnavailable { status }),
        429 | 500..=599 => Err(KeyServiceError::Busy { status }),
        _ => Err(KeyServiceError::Answer {
            status,
            what: "the request was not accepted",
        }),
    }
}

/// The name goes into a path.
fn checked_name(name: &str) -> Result<String, KeyServiceError> {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if name.is_empty() || name.starts_with('.') || !name.chars().all(allowed) {
        return Err(KeyServiceError::KeyUnavailable { status: 0 });
    }
    Ok(name.to_owned())
}
