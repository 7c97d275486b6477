//! Vault's Transit engine.

use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ehr_crypto::epoch::{DestructionMethod, EpochStore};
use ehr_crypto::slot::KeyServiceError;
use ehr_crypto::{Credential, DataKey, Error, Slot, open, seal};
use examples::key_service::{ServiceEpochStore, VaultTransit};
use serde_json::{Value, json};

use super::stub::{Request, serve};

pub(crate) const TOKEN: &str = "hvs.test-token";

/// A Transit engine: its keys, and whether each may be deleted.
pub(crate) struct Transit(Mutex<BTreeMap<String, (DataKey, bool)>>);

impl Transit {
    pub(crate) fn new() -> Self {
        let key = (DataKey::generate().unwrap(), false);
        Transit(Mutex::new(BTreeMap::from([("ehr".to_owned(), key)])))
    }

    pub(crate) fn answer(&self, request: &Request) -> (u16, Value) {
        assert_eq!(request.header("x-vault-request"), Some("true"));
        if request.header("x-vault-token") != Some(TOKEN) {
            return (403, json!({"errors": ["permission denied"]}));
        }
        let mut keys = self.0.lock().unwrap();
        let parts: Vec<&str> = request.path.split('/').collect();
        match (request.method.as_str(), &parts[..]) {
            ("POST", ["", "v1", "transit", "encrypt", name]) => {
                let body = request.json(&["associated_data", "plaintext"]);
                let (text, context) = (bytes(&body["plaintext"]), bytes(&body["associated_data"]));
                assert_eq!(text.len(), 32);
                let Some((key, _)) = keys.get(*name) else {
                    return (400, json!({"errors": ["encryption key not found"]}));
                };
                let sealed = BASE64_STANDARD.encode(seal(key, &context, &text).unwrap());
                (
                    200,
                    json!({"data": {"ciphertext": format!("vault:v1:{sealed}"), "key_version": 1}}),
                )
            }
            ("POST", ["", "v1", "transit", "decrypt", name]) => {
                let body = request.json(&["associated_data", "ciphertext"]);
                let wrapped = body["ciphertext"]
                    .as_str()
                    .unwrap()
                    .strip_prefix("vault:v1:");
                let Some((key, _)) = keys.get(*name) else {
                    return (400, json!({"errors": ["encryption key not found"]}));
                };
                let sealed = BASE64_STANDARD.decode(wrapped.unwrap()).unwrap();
                match open(key, &bytes(&body["associated_data"]), &sealed) {
                    Ok(text) => (
                        200,
                        json!({"data": {"plaintext": BASE64_STANDARD.encode(text)}}),
                    ),
                    Err(_) => (
                        400,
                        json!({"errors": ["cipher: message authentication failed"]}),
                    ),
                }
            }
            ("POST", ["", "v1", "transit", "keys", name]) => {
                let body = request.json(&["allow_plaintext_backup", "exportable", "type"]);
                assert_eq!(
                    body,
                    json!({"type": "aes256-gcm96", "exportable": false, "allow_plaintext_backup": false})
                );
                keys.insert((*name).to_owned(), (DataKey::generate().unwrap(), false));
                (200, json!({"data": {"name": name}}))
            }
            ("GET", ["", "v1", "transit", "keys", name]) => match keys.get(*name) {
                Some(_) => (200, json!({"data": {"name": name}})),
                None => (404, json!({"errors": []})),
            },
            ("POST", ["", "v1", "transit", "keys", name, "config"]) => {
                let body = request.json(&["deletion_allowed"]);
                keys.get_mut(*name).unwrap().1 = body["deletion_allowed"] == true;
                (200, json!({"data": {"name": name}}))
            }
            ("DELETE", ["", "v1", "transit", "keys", name]) => {
                if !keys.get(*name).unwrap().1 {
                    return (
                        400,
                        json!({"errors": ["deletion is not allowed for this key"]}),
                    );
                }
                keys.remove(*name);
                (204, Value::Null)
            }
            _ => panic!("no such path: {} {}", request.method, request.path),
        }
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    BASE64_STANDARD.decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn a_slot_opens_through_the_engine_and_for_its_place_only() {
    let transit = Transit::new();
    let (address, wrong) = serve(move |request| transit.answer(request));
    let vault = VaultTransit::new(&address, TOKEN.to_owned(), "ehr").unwrap();
    let key = DataKey::generate().unwrap();
    let slot = Slot::for_service("vault", &vault, b"archive 1", &key).unwrap();
    assert_eq!(slot.description(), "vault-transit with ehr");
    let opened = slot
        .open(Credential::Service(&vault), b"archive 1")
        .unwrap();
    assert_eq!(opened.expose_bytes(), key.expose_bytes());
    assert!(matches!(
        slot.open(Credential::Service(&vault), b"archive 2"),
        Err(Error::KeyService(KeyServiceError::NotWrappedHere))
    ));
    let other = VaultTransit::new(&address, TOKEN.to_owned(), "other").unwrap();
    assert!(matches!(
        slot.open(Credential::Service(&other), b"archive 1"),
        Err(Error::WrongKey)
    ));
    assert!(matches!(
        Slot::for_service("vault", &other, b"archive 1", &key),
        Err(Error::KeyService(KeyServiceError::KeyUnavailable {
            status: 400
        }))
    ));
    let stranger = VaultTransit::new(&address, "hvs.other".to_owned(), "ehr").unwrap();
    let error = slot
        .open(Credential::Service(&stranger), b"archive 1")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key service refuses access (status 403)"
    );
    assert_eq!(wrong.lock().unwrap()[..], [""; 0]);
}

#[test]
fn a_deleted_key_leaves_nothing_that_opens() {
    let transit = Transit::new();
    let (address, wrong) = serve(move |request| transit.answer(request));
    let vault = VaultTransit::new(&address, TOKEN.to_owned(), "ehr").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ServiceEpochStore::new(vault, folder.path());
    let first = store.create(1).unwrap();
    store.create(2).unwrap();
    assert!(matches!(
        store.create(1),
        Err(Error::EpochExists { epoch: 1 })
    ));
    assert_eq!(store.get(1).unwrap().expose_bytes(), first.expose_bytes());
    let receipt = store.destroy(1).unwrap();
    assert_eq!(
        receipt.method,
        DestructionMethod::ServiceKeyDeleted {
            service: "vault-transit".to_owned(),
            key: "ehr-epoch-000001".to_owned()
        }
    );
    assert_eq!(store.destroy(1).unwrap(), receipt, "once more is the same");
    assert!(matches!(
        store.get(1),
        Err(Error::EpochDestroyed { epoch: 1 })
    ));
    assert!(store.get(2).is_ok());
    assert!(matches!(
        store.get(3),
        Err(Error::EpochUnknown { epoch: 3 })
    ));
    assert_eq!(wrong.lock().unwrap()[..], [""; 0]);
}

#[test]
fn what_a_service_can_do_wrong_is_told_apart() {
    for (status, json, expected) in [
        (
            503,
            json!({"errors": ["Vault is sealed"]}),
            "the key service is busy or failed (status 503)",
        ),
        (
            429,
            Value::Null,
            "the key service is busy or failed (status 429)",
        ),
        (
            200,
            json!({"data": {"plaintext": "AAAA"}}),
            "the key service gave an answer that is not understood (status 200): the plaintext is no data key",
        ),
        (
            200,
            json!({}),
            "the key service gave an answer that is not understood (status 200): no plaintext",
        ),
        (
            302,
            Value::Null,
            "the key service gave an answer that is not understood (status 302): the request was not accepted",
        ),
    ] {
        let (address, _) = serve(move |_| (status, json.clone()));
        let vault = VaultTransit::new(&address, TOKEN.to_owned(), "ehr").unwrap();
        let slot = r#"{"label":"","kind":"service","service":"vault-transit","key":"ehr","wrapped":"vault:v1:x"}"#;
        let slot: Slot = serde_json::from_str(slot).unwrap();
        let error = slot.open(Credential::Service(&vault), b"").unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
    // nobody listens there
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let vault =
        VaultTransit::new(&format!("http://127.0.0.1:{port}"), TOKEN.to_owned(), "ehr").unwrap();
    let slot = Slot::for_service("", &vault, b"", &DataKey::generate().unwrap());
    assert!(matches!(
        slot,
        Err(Error::KeyService(KeyServiceError::Unreachable(_)))
    ));
    // and no token goes over a network in clear
    for address in [
        "http://vault.example:8200",
        "vault.example",
        "ftp://127.0.0.1",
        "http://127.0.0.1.example:80",
        "http://127.0.0.1:80@vault.example",
    ] {
        assert!(
            VaultTransit::new(address, TOKEN.to_owned(), "ehr").is_err(),
            "{address}"
        );
    }
    assert!(VaultTransit::new("https://vault.example", TOKEN.to_owned(), "../sys").is_err());
}
