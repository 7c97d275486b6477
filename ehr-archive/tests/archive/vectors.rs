//! The examples that every archive carries in SPEC/vectors.json, made by another program: this crate must agree with them.

use ehr_crypto::{Credential, DataKey, Slot, VerifyingKey, open, tree};
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../spec/vectors.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

fn key(value: &Value) -> DataKey {
    DataKey::from_slice(&bytes(value)).unwrap()
}

fn each<'a>(vectors: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let list = vectors[name].as_array().unwrap();
    assert!(!list.is_empty());
    list.iter()
}

#[test]
fn sealed_bytes() {
    let vectors = vectors();
    for vector in each(&vectors, "sealed") {
        let context = vector["context"].as_str().unwrap().as_bytes();
        let plaintext = open(&key(&vector["key"]), context, &bytes(&vector["sealed"])).unwrap();
        let times = vector["times"].as_u64().unwrap() as usize;
        assert_eq!(
            plaintext,
            bytes(&vector["plaintext"]).repeat(times),
            "{}",
            vector["about"]
        );
    }
    for vector in each(&vectors, "broken") {
        let context = vector["context"].as_str().unwrap().as_bytes();
        assert!(
            open(&key(&vector["key"]), context, &bytes(&vector["sealed"])).is_err(),
            "{}",
            vector["about"]
        );
    }
}

#[test]
fn keys_and_slots() {
    let vectors = vectors();
    for vector in each(&vectors, "recovery_codes") {
        let code = vector["code"].as_str().unwrap();
        assert_eq!(
            DataKey::from_recovery_code(code).unwrap().expose_bytes(),
            key(&vector["key"]).expose_bytes()
        );
        assert_eq!(key(&vector["key"]).expose_recovery_code().as_str(), code);
    }
    for vector in each(&vectors, "slots") {
        let slot: Slot = serde_json::from_value(vector["slot"].clone()).unwrap();
        let context = vector["context"].as_str().unwrap().as_bytes();
        let opened = match vector["passphrase"].as_str() {
            Some(passphrase) => slot.open(Credential::Passphrase(passphrase), context),
            None => slot.open(Credential::Key(&key(&vector["lock"])), context),
        };
        assert_eq!(
            opened.unwrap().expose_bytes(),
            key(&vector["key"]).expose_bytes()
        );
    }
}

#[test]
fn notes_and_trees() {
    let vectors = vectors();
    for vector in each(&vectors, "notes") {
        let verifying_key: VerifyingKey =
            vector["verifying_key"].as_str().unwrap().parse().unwrap();
        assert_eq!(
            verifying_key
                .verify(vector["note"].as_str().unwrap())
                .unwrap(),
            vector["text"].as_str().unwrap()
        );
    }
    for vector in each(&vectors, "trees") {
        let leaves: Vec<_> = vector["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| tree::leaf_hash(&bytes(entry)))
            .collect();
        assert_eq!(tree::root(&leaves)[..], bytes(&vector["root"]));
    }
}
