//! AWS KMS, its JSON protocol and its signatures, which the stub computes anew from what arrived.

use std::collections::BTreeMap;
use std::sync::Mutex;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use ehr_crypto::epoch::{DestructionMethod, EpochStore};
use ehr_crypto::slot::KeyServiceError;
use ehr_crypto::{Credential, DataKey, Digest, DigestAlgorithm, Error, Slot, open, seal};
use examples::key_service::{AwsKms, Credentials, ServiceEpochStore};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::stub::{Request, serve};

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SESSION: &str = "a/session+token=";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/ehr";
const DELETION_DATE: f64 = 1_800_000_000.0;

fn credentials(secret: &str) -> Credentials {
    Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: Zeroizing::new(secret.to_owned()),
        session_token: Some(Zeroizing::new(SESSION.to_owned())),
    }
}

/// Whether the signature is that of the request that arrived, by the steps of AWS's own description.
fn is_signed(request: &Request) -> bool {
    let authorization = request.header("authorization").unwrap();
    let fields: BTreeMap<&str, &str> = authorization
        .strip_prefix("AWS4-HMAC-SHA256 ")
        .unwrap()
        .split(", ")
        .map(|field| field.split_once('=').unwrap())
        .collect();
    let date = request.header("x-amz-date").unwrap();
    let scope = format!("{}/us-east-1/kms/aws4_request", &date[..8]);
    assert_eq!(fields["Credential"], format!("AKIDEXAMPLE/{scope}"));
    let names: Vec<&str> = fields["SignedHeaders"].split(';').collect();
    assert!(names.is_sorted(), "signed headers out of order");
    for needed in ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"] {
        assert!(names.contains(&needed), "{needed} is not signed");
    }
    let headers: String = names
        .iter()
        .map(|name| {
            format!(
                "{name}:{}\n",
                request.header(name).expect("a signed header that was sent")
            )
        })
        .collect();
    let canonical = format!(
        "{}\n{}\n\n{headers}\n{}\n{}",
        request.method,
        request.path,
        fields["SignedHeaders"],
        Digest::sha256(&request.body)
    );
    let hmac = |key: &[u8], text: &str| {
        let digest = Digest::hmac(DigestAlgorithm::Sha256, key, &[text.as_bytes()]);
        digest.as_bytes().to_vec()
    };
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in [&date[..8], "us-east-1", "kms", "aws4_request"] {
        key = hmac(&key, part);
    }
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        Digest::sha256(canonical.as_bytes())
    );
    let hex: String = hmac(&key, &text)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    hex == fields["Signature"]
}

/// The service: its keys, and whether each waits for its deletion.
struct Kms(Mutex<BTreeMap<String, (DataKey, bool)>>);

impl Kms {
    fn new() -> Self {
        let key = (DataKey::generate().unwrap(), false);
        Kms(Mutex::new(BTreeMap::from([(KEY.to_owned(), key)])))
    }

    fn answer(&self, request: &Request) -> (u16, Value) {
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", "/")
        );
        assert_eq!(
            request.header("content-type"),
            Some("application/x-amz-json-1.1")
        );
        assert_eq!(request.header("x-amz-security-token"), Some(SESSION));
        if !is_signed(request) {
            return refuse("InvalidSignatureException");
        }
        let mut keys = self.0.lock().unwrap();
        let target = request.header("x-amz-target").unwrap();
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let id = body["KeyId"].as_str().unwrap_or_default().to_owned();
        let action = target.strip_prefix("TrentService.").unwrap();
        if action == "CreateKey" {
            request.json(&["Description", "KeySpec", "KeyUsage"]);
            let arn = format!("{KEY}-{}", keys.len());
            keys.insert(arn.clone(), (DataKey::generate().unwrap(), false));
            return (
                200,
                json!({"KeyMetadata": {"Arn": arn, "KeyState": "Enabled"}}),
            );
        }
        let Some((key, pending)) = keys.get_mut(&id) else {
            return refuse("NotFoundException");
        };
        if action == "DescribeKey" {
            return (
                200,
                json!({"KeyMetadata": {"Arn": id, "DeletionDate": DELETION_DATE}}),
            );
        }
        if *pending {
            return refuse("KMSInvalidStateException");
        }
        let context = body["EncryptionContext"].to_string();
        match action {
            "Encrypt" => {
                let body = request.json(&["EncryptionContext", "KeyId", "Plaintext"]);
                assert!(
                    body["EncryptionContext"]
                        .as_object()
                        .unwrap()
                        .values()
                        .all(Value::is_string)
                );
                let text = BASE64_STANDARD
                    .decode(body["Plaintext"].as_str().unwrap())
                    .unwrap();
                assert_eq!(text.len(), 32);
                let blob = BASE64_STANDARD.encode(seal(key, context.as_bytes(), &text).unwrap());
                (
                    200,
                    json!({"CiphertextBlob": blob, "KeyId": id, "EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}),
                )
            }
            "Decrypt" => {
                let body = request.json(&["CiphertextBlob", "EncryptionContext", "KeyId"]);
                let blob = BASE64_STANDARD
                    .decode(body["CiphertextBlob"].as_str().unwrap())
                    .unwrap();
                match open(key, context.as_bytes(), &blob) {
                    Ok(text) => (
                        200,
                        json!({"Plaintext": BASE64_STANDARD.encode(text), "KeyId": id}),
                    ),
                    Err(_) => refuse("InvalidCiphertextException"),
                }
            }
            "ScheduleKeyDeletion" => {
                let body = request.json(&["KeyId", "PendingWindowInDays"]);
                assert!((7..=30).contains(&body["PendingWindowInDays"].as_u64().unwrap()));
                *pending = true;
                (
                    200,
                    json!({"KeyId": id, "DeletionDate": DELETION_DATE, "KeyState": "PendingDeletion"}),
                )
            }
            _ => panic!("no such action: {action}"),
        }
    }
}

fn refuse(code: &str) -> (u16, Value) {
    (
        400,
        json!({"__type": format!("com.amazonaws.kms#{code}"), "message": "no"}),
    )
}

#[test]
fn a_slot_opens_through_the_service_and_for_its_place_only() {
    let kms = Kms::new();
    let (address, wrong) = serve(move |request| kms.answer(request));
    let service = AwsKms::at(&address, "us-east-1", credentials(SECRET), KEY).unwrap();
    let key = DataKey::generate().unwrap();
    let slot = Slot::for_service("aws", &service, b"archive 1", &key).unwrap();
    assert_eq!(slot.description(), format!("aws-kms with {KEY}"));
    let opened = slot
        .open(Credential::Service(&service), b"archive 1")
        .unwrap();
    assert_eq!(opened.expose_bytes(), key.expose_bytes());
    assert!(matches!(
        slot.open(Credential::Service(&service), b"archive 2"),
        Err(Error::KeyService(KeyServiceError::NotWrappedHere))
    ));
    let stranger = AwsKms::at(&address, "us-east-1", credentials("another secret"), KEY).unwrap();
    assert!(matches!(
        slot.open(Credential::Service(&stranger), b"archive 1"),
        Err(Error::KeyService(KeyServiceError::AccessDenied {
            status: 400
        }))
    ));
    let other = AwsKms::at(&address, "us-east-1", credentials(SECRET), "alias/none").unwrap();
    assert!(matches!(
        Slot::for_service("aws", &other, b"archive 1", &key),
        Err(Error::KeyService(KeyServiceError::KeyUnavailable {
            status: 400
        }))
    ));
    assert_eq!(wrong.lock().unwrap()[..], [""; 0]);
}

#[test]
fn a_scheduled_deletion_says_when_it_takes_effect() {
    let kms = Kms::new();
    let (address, wrong) = serve(move |request| kms.answer(request));
    let service = AwsKms::at(&address, "us-east-1", credentials(SECRET), KEY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut store = ServiceEpochStore::new(service, folder.path());
    let key = store.create(7).unwrap();
    assert_eq!(store.get(7).unwrap().expose_bytes(), key.expose_bytes());
    let receipt = store.destroy(7).unwrap();
    assert!(!receipt.method.is_final());
    assert_eq!(
        receipt.method,
        DestructionMethod::ServiceKeyScheduled {
            service: "aws-kms".to_owned(),
            key: format!("{KEY}-1"),
            effective: "2027-01-15T08:00:00Z".to_owned()
        }
    );
    assert!(matches!(
        store.get(7),
        Err(Error::EpochDestroyed { epoch: 7 })
    ));
    assert_eq!(store.destroy(7).unwrap(), receipt, "once more is the same");
    assert_eq!(wrong.lock().unwrap()[..], [""; 0]);
}
