//! The one place where cryptographic primitives are called; everything else in the crate is composed of these.
//!
//! `ring` and aws-lc-rs have one API, so that one text serves both. Neither wipes its own key schedules and MAC states
//! at every place; only what this crate itself holds is wiped for certain.

#[cfg(feature = "argon2")]
pub(crate) mod argon2id;
#[cfg(feature = "shamir")]
pub(crate) mod shamir;

use std::hint::black_box;
use std::num::NonZeroU32;

#[cfg(any(feature = "aws-lc", feature = "fips"))]
use aws_lc_rs as primitives;
#[cfg(not(any(feature = "aws-lc", feature = "fips")))]
use ring as primitives;

use primitives::aead::{self, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use primitives::rand::{SecureRandom, SystemRandom};
use primitives::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use primitives::{digest, hkdf, hmac, pbkdf2};

use crate::Error;

/// The name of the library that provides the primitives of this build, for reports.
pub fn provider_name() -> &'static str {
    if fips() {
        "aws-lc-rs (FIPS module)"
    } else if cfg!(any(feature = "aws-lc", feature = "fips")) {
        "aws-lc-rs"
    } else {
        "ring"
    }
}

/// Whether the primitives of this build run in a FIPS 140-3 module that passed its self-test, asked at run time.
///
/// This is about the module. Whether its certificate covers your platform and date, and whether a use is an approved
/// one, the [CMVP] list and the module's security policy say. Argon2id and Shamir's scheme never are.
///
/// [CMVP]: https://csrc.nist.gov/projects/cryptographic-module-validation-program
pub fn fips() -> bool {
    #[cfg(any(feature = "aws-lc", feature = "fips"))]
    return aws_lc_rs::try_fips_mode().is_ok();
    #[cfg(not(any(feature = "aws-lc", feature = "fips")))]
    false
}

/// Refuses to go on without a FIPS 140-3 module; the first line of a program that must not run otherwise.
pub fn require_fips() -> Result<(), Error> {
    if fips() {
        Ok(())
    } else {
        Err(Error::NotFips {
            provider: provider_name(),
        })
    }
}

/// Length of an AES-256 key, an Ed25519 seed and public key.
pub(crate) const KEY_LEN: usize = 32;
/// Length of an AES-GCM nonce.
pub(crate) const NONCE_LEN: usize = 12;
/// Length of an AES-GCM tag.
pub(crate) const TAG_LEN: usize = 16;
/// Length of an Ed25519 signature.
pub(crate) const SIGNATURE_LEN: usize = 64;

/// The two hash functions that archives and manifests name.
#[derive(Clone, Copy)]
pub(crate) enum Hash {
    Sha256,
    Sha512,
}

/// HMAC with SHA-1, which one-time codes use for want of anything else that every authenticator knows.
pub(crate) fn hmac_sha1_for_one_time_codes(key: &[u8], message: &[u8]) -> hmac::Tag {
    hmac::sign(
        &hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key),
        message,
    )
}

impl Hash {
    fn digest(self) -> &'static digest::Algorithm {
        match self {
            Hash::Sha256 => &digest::SHA256,
            Hash::Sha512 => &digest::SHA512,
        }
    }

    fn hmac(self) -> hmac::Algorithm {
        match self {
            Hash::Sha256 => hmac::HMAC_SHA256,
            Hash::Sha512 => hmac::HMAC_SHA512,
        }
    }
}

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), Error> {
    SystemRandom::new()
        .fill(bytes)
        .map_err(|_| Error::NoRandomness)
}

/// A hash that is being computed.
#[derive(Clone)]
pub(crate) struct HashState(digest::Context);

impl HashState {
    pub(crate) fn new(hash: Hash) -> Self {
        HashState(digest::Context::new(hash.digest()))
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    pub(crate) fn finish(self) -> digest::Digest {
        self.0.finish()
    }
}

pub(crate) fn hmac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> hmac::Tag {
    let mut state = hmac::Context::with_key(&hmac::Key::new(hash.hmac(), key));
    for part in parts {
        state.update(part);
    }
    state.sign()
}

/// HKDF-Expand with SHA-512; `key` is uniformly random already, so there is no Extract step.
pub(crate) fn hkdf_expand_sha512(key: &[u8], info: &[&[u8]], out: &mut [u8]) -> Result<(), Error> {
    struct Length(usize);
    impl hkdf::KeyType for Length {
        fn len(&self) -> usize {
            self.0
        }
    }
    hkdf::Prk::new_less_safe(hkdf::HKDF_SHA512, key)
        .expand(info, Length(out.len()))
        .and_then(|okm| okm.fill(out))
        .map_err(|_| Error::TooLong)
}

pub(crate) fn pbkdf2_hmac_sha512(
    iterations: NonZeroU32,
    salt: &[u8],
    passphrase: &[u8],
    out: &mut [u8],
) {
    pbkdf2::derive(
        pbkdf2::PBKDF2_HMAC_SHA512,
        iterations,
        salt,
        passphrase,
        out,
    );
}

/// AES-256-GCM with empty associated data, as the sealing format asks.
pub(crate) struct Aead(LessSafeKey);

impl Aead {
    pub(crate) fn new(key: &[u8; KEY_LEN]) -> Self {
        // The key has the length of the algorithm by its type.
        let key = UnboundKey::new(&AES_256_GCM, key)
            .unwrap_or_else(|_| unreachable!("an AES-256 key is 32 bytes"));
        Aead(LessSafeKey::new(key))
    }

    /// Encrypts in place; the tag goes behind the ciphertext.
    pub(crate) fn seal(
        &self,
        nonce: [u8; NONCE_LEN],
        text: &mut [u8],
    ) -> Result<[u8; TAG_LEN], Error> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(nonce, Aad::empty(), text)
            .map_err(|_| Error::TooLong)?;
        let mut bytes = [0; TAG_LEN];
        bytes.copy_from_slice(tag.as_ref());
        Ok(bytes)
    }

    /// Decrypts ciphertext with its tag in place; `None` if the tag is not genuine.
    pub(crate) fn open<'a>(
        &self,
        nonce: [u8; NONCE_LEN],
        sealed: &'a mut [u8],
    ) -> Option<&'a mut [u8]> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        self.0.open_in_place(nonce, aead::Aad::empty(), sealed).ok()
    }
}

pub(crate) fn ed25519_public_key(seed: &[u8; KEY_LEN]) -> [u8; KEY_LEN] {
    let mut bytes = [0; KEY_LEN];
    bytes.copy_from_slice(ed25519_pair(seed).public_key().as_ref());
    bytes
}

pub(crate) fn ed25519_sign(seed: &[u8; KEY_LEN], message: &[u8]) -> [u8; SIGNATURE_LEN] {
    let mut bytes = [0; SIGNATURE_LEN];
    bytes.copy_from_slice(ed25519_pair(seed).sign(message).as_ref());
    bytes
}

pub(crate) fn ed25519_verify(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key)
        .verify(message, signature)
        .is_ok()
}

fn ed25519_pair(seed: &[u8; KEY_LEN]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(seed)
        .unwrap_or_else(|_| unreachable!("an Ed25519 seed is 32 bytes"))
}

/// Compares without stopping at the first difference.
pub(crate) fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len()
        && black_box(
            a.iter()
                .zip(b)
                .fold(0, |seen, (x, y)| seen | black_box(x ^ y)),
        ) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_provides_is_told_at_run_time() {
        assert_eq!(fips(), cfg!(feature = "fips"));
        assert_eq!(require_fips().is_ok(), cfg!(feature = "fips"));
        let named = provider_name();
        let other = cfg!(any(feature = "aws-lc", feature = "fips"));
        assert_eq!(named.starts_with("aws-lc-rs"), other);
        assert_eq!(named == "ring", !other);
    }
}
