//! Vectors of the Wycheproof project. They are not part of this repository: `EHR_CORPUS` names the folder with them.

use std::fs;
use std::io::Read;
use std::num::NonZeroU32;
use std::path::PathBuf;

use serde_json::Value;

use crate::encoding::{from_hex, to_hex};
use crate::provider::{self, Aead, Hash};
use crate::{DataKey, Digest, Error, OpenReader, open};

/// Calls `check` for every test of a file with its group; tells how many tests that were. `None` without a corpus.
#[allow(clippy::print_stderr)]
fn each_test(file: &str, mut check: impl FnMut(&Value, &Value) -> bool) -> Option<usize> {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        eprintln!("skipped: EHR_CORPUS is not set, so there are no Wycheproof vectors");
        return None;
    };
    let path = PathBuf::from(corpus).join("vectors/wycheproof").join(file);
    let vectors: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let groups = vectors["testGroups"].as_array().unwrap();
    let tests = groups.iter().flat_map(|group| {
        group["tests"]
            .as_array()
            .unwrap()
            .iter()
            .map(move |test| (group, test))
    });
    Some(tests.filter(|(group, test)| check(group, test)).count())
}

fn bytes(test: &Value, field: &str) -> Vec<u8> {
    from_hex(test[field].as_str().unwrap()).unwrap()
}

fn is_valid(test: &Value) -> bool {
    test["result"] == "valid"
}

#[test]
fn cobblestone_256() {
    let count = each_test(
        "c2sp_chunked_encryption_aes_256_gcm_test.json",
        |_, test| {
            let (key, context) = (DataKey::from_slice(&bytes(test, "key")), bytes(test, "ctx"));
            let sealed = miniz_oxide::inflate::decompress_to_vec_zlib(&bytes(test, "ct")).unwrap();
            let flags = test["flags"].as_array().unwrap();
            let Ok(key) = key else {
                assert!(flags.iter().any(|flag| flag == "InvalidKeySize"));
                return true;
            };
            assert_eq!(
                open(&key, &context, &sealed).is_ok(),
                is_valid(test),
                "{}",
                test["comment"]
            );

            let mut released = Vec::new();
            let streamed = OpenReader::new(&key, &context, &sealed[..]).and_then(|mut reader| {
                reader.read_to_end(&mut released)?;
                Ok(reader)
            });
            assert_eq!(streamed.is_ok(), is_valid(test), "{}", test["comment"]);
            if flags.iter().any(|flag| flag == "HeaderFailure") {
                assert!(
                    matches!(streamed, Err(Error::WrongKey | Error::Truncated)),
                    "{}",
                    test["comment"]
                );
            }
            // What a stream releases before it fails is exactly the prefix that the vector names.
            if let Some(len) = test["msgLength"].as_u64() {
                assert_eq!(released.len() as u64, len, "{}", test["comment"]);
                assert_eq!(
                    Digest::sha512(&released).to_string(),
                    test["msgSha512"].as_str().unwrap()
                );
            } else {
                assert!(released.is_empty(), "{}", test["comment"]);
            }
            true
        },
    );
    assert!(count.is_none_or(|count| count == 35));
}

#[test]
fn aes_256_gcm() {
    let count = each_test("aes_gcm_test.json", |group, test| {
        let (Ok(key), Ok(nonce)) = (bytes(test, "key").try_into(), bytes(test, "iv").try_into())
        else {
            return false;
        };
        if group["tagSize"] != 128 || !bytes(test, "aad").is_empty() {
            return false;
        }
        let aead = Aead::new(&key);
        let mut sealed = [bytes(test, "ct"), bytes(test, "tag")].concat();
        let plaintext = aead
            .open(nonce, &mut sealed)
            .map(|plaintext| plaintext.to_vec());
        assert_eq!(plaintext.is_some(), is_valid(test), "{}", test["tcId"]);
        if is_valid(test) {
            assert_eq!(plaintext.unwrap(), bytes(test, "msg"));
            let mut text = bytes(test, "msg");
            assert_eq!(aead.seal(nonce, &mut text).unwrap()[..], bytes(test, "tag"));
            assert_eq!(text, bytes(test, "ct"));
        }
        true
    });
    assert!(count.is_none_or(|count| count >= 40), "{count:?}");
}

#[test]
fn hkdf_sha512() {
    let count = each_test("hkdf_sha512_test.json", |_, test| {
        // Extract is an HMAC; only Expand is used outside this test.
        let key = provider::hmac(Hash::Sha512, &bytes(test, "salt"), &[&bytes(test, "ikm")]);
        let mut okm = vec![0; test["size"].as_u64().unwrap() as usize];
        let expanded =
            provider::hkdf_expand_sha512(key.as_ref(), &[&bytes(test, "info")], &mut okm);
        assert_eq!(
            expanded.is_ok() && okm == bytes(test, "okm"),
            is_valid(test),
            "{}",
            test["tcId"]
        );
        true
    });
    assert!(count.is_none_or(|count| count == 83), "{count:?}");
}

#[test]
fn hmac_sha256_and_sha512() {
    for (hash, file) in [
        (Hash::Sha256, "hmac_sha256_test.json"),
        (Hash::Sha512, "hmac_sha512_test.json"),
    ] {
        let count = each_test(file, |_, test| {
            let (tag, expected) = (
                provider::hmac(hash, &bytes(test, "key"), &[&bytes(test, "msg")]),
                bytes(test, "tag"),
            );
            let same = provider::equal_in_constant_time(&tag.as_ref()[..expected.len()], &expected);
            assert_eq!(same, is_valid(test), "{}", test["tcId"]);
            true
        });
        assert!(count.is_none_or(|count| count == 174), "{count:?}");
    }
}

#[test]
fn pbkdf2_hmac_sha512() {
    let count = each_test("pbkdf2_hmacsha512_test.json", |_, test| {
        let rounds = NonZeroU32::new(test["iterationCount"].as_u64().unwrap() as u32).unwrap();
        let mut key = vec![0; test["dkLen"].as_u64().unwrap() as usize];
        provider::pbkdf2_hmac_sha512(
            rounds,
            &bytes(test, "salt"),
            &bytes(test, "password"),
            &mut key,
        );
        assert_eq!(
            to_hex(&key) == test["dk"].as_str().unwrap(),
            is_valid(test),
            "{}",
            test["tcId"]
        );
        true
    });
    assert!(count.is_none_or(|count| count == 58), "{count:?}");
}

#[test]
fn ed25519() {
    let count = each_test("ed25519_test.json", |group, test| {
        let key = bytes(&group["publicKey"], "pk");
        let genuine = provider::ed25519_verify(&key, &bytes(test, "msg"), &bytes(test, "sig"));
        assert_eq!(genuine, is_valid(test), "{}", test["tcId"]);
        true
    });
    assert!(count.is_none_or(|count| count == 151), "{count:?}");
}
