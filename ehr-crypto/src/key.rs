//! A data key: 32 secret bytes that seal and open.

pub mod file;
pub(crate) mod letters;
mod recovery_code;

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{Digest, DigestAlgorithm, Error, provider};

/// 32 random bytes that seal and open data, wiped from memory on drop.
///
/// It cannot be cloned, serialized or printed; the bytes leave it only through the methods named `expose_…`.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DataKey([u8; DataKey::LEN]);

impl DataKey {
    /// Length in bytes.
    pub const LEN: usize = provider::KEY_LEN;

    /// A new key from the operating system's random source.
    pub fn generate() -> Result<Self, Error> {
        let mut key = DataKey([0; Self::LEN]);
        provider::fill_random(&mut key.0)?;
        Ok(key)
    }

    /// A key from bytes that are uniformly random already; a passphrase is not (see [`slot`](crate::slot)).
    pub fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        DataKey(bytes)
    }

    /// A key from a slice, which must be 32 bytes long.
    pub fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        bytes
            .try_into()
            .map(DataKey)
            .map_err(|_| Error::KeyLength { found: bytes.len() })
    }

    /// A key for one purpose, derived from this one (HKDF-Expand with SHA-512): who has the derived key learns nothing
    /// about this one, nor about the key for another purpose.
    pub fn derive(&self, purpose: &[u8]) -> Result<Self, Error> {
        let mut key = DataKey([0; Self::LEN]);
        provider::hkdf_expand_sha512(&self.0, &[b"ehr-crypto/derive/1\0", purpose], &mut key.0)?;
        Ok(key)
    }

    /// Says which key this is without saying anything else of it: for receipts and certificates.
    pub fn fingerprint(&self) -> Digest {
        Digest::keyed(
            DigestAlgorithm::Sha256,
            self,
            &[b"ehr-crypto/fingerprint/1"],
        )
    }

    /// The secret bytes. Do not print them, do not keep a copy.
    pub fn expose_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The key as a recovery code: 56 letters and digits in groups of four, to print, write down and read aloud.
    ///
    /// The alphabet has no I, L, O and U; the last five letters are mostly a checksum, so that a slip is noticed.
    pub fn expose_recovery_code(&self) -> Zeroizing<String> {
        recovery_code::write(&self.0)
    }

    /// Reads a recovery code. Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    pub fn from_recovery_code(code: &str) -> Result<Self, Error> {
        recovery_code::read(code).map(DataKey)
    }
}

/// Random bytes that need not stay secret, such as an id that says nothing about what it names.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    provider::fill_random(&mut bytes)?;
    Ok(bytes)
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_and_stay_silent() {
        let key = DataKey::generate().unwrap();
        assert_ne!(
            key.expose_bytes(),
            DataKey::generate().unwrap().expose_bytes()
        );
        assert_eq!(format!("{key:?}"), "DataKey(secret)");
        assert!(matches!(
            DataKey::from_slice(&[0; 33]),
            Err(Error::KeyLength { found: 33 })
        ));
    }

    #[test]
    fn derived_keys_differ_by_purpose() {
        let key = DataKey::from_bytes([7; 32]);
        let [a, again, b] = [b"a", b"a", b"b"].map(|purpose| key.derive(purpose).unwrap());
        assert_eq!(a.expose_bytes(), again.expose_bytes());
        assert_ne!(a.expose_bytes(), b.expose_bytes());
        assert_ne!(a.expose_bytes(), key.expose_bytes());
    }
}
