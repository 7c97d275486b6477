//! Digests: SHA-256 and SHA-512, over bytes at hand or over a stream, and keyed with HMAC.

use std::fmt;
use std::io;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::provider::{self, Hash, HashState};
use crate::{DataKey, Error, encoding};

/// Which hash function a [`Digest`] is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-256: manifests, trees, document digests.
    Sha256,
    /// SHA-512.
    Sha512,
}

/// A digest, shown as lower-case hexadecimal.
///
/// A plain digest of patient data is itself sensitive: who guesses the data can confirm the guess.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    algorithm: DigestAlgorithm,
    bytes: [u8; 64],
}

/// Computes a [`Digest`] piece by piece; also an [`io::Write`].
#[derive(Clone)]
pub struct Hasher {
    algorithm: DigestAlgorithm,
    state: HashState,
}

impl DigestAlgorithm {
    /// Length of the digest in bytes.
    pub fn digest_len(self) -> usize {
        match self {
            DigestAlgorithm::Sha256 => 32,
            DigestAlgorithm::Sha512 => 64,
        }
    }

    fn hash(self) -> Hash {
        match self {
            DigestAlgorithm::Sha256 => Hash::Sha256,
            DigestAlgorithm::Sha512 => Hash::Sha512,
        }
    }
}

impl Digest {
    /// The SHA-256 of some bytes.
    pub fn sha256(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::sha256();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The SHA-512 of some bytes.
    pub fn sha512(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::sha512();
        hasher.update(bytes);
        hasher.finish()
    }

    /// The HMAC of `parts`, one after the other, under `key`: a digest that cannot be guessed without the key, and
    /// whose value says nothing about order or likeness. Use it to partition or to pseudonymize.
    pub fn keyed(algorithm: DigestAlgorithm, key: &DataKey, parts: &[&[u8]]) -> Self {
        Self::from_raw(
            algorithm,
            provider::hmac(algorithm.hash(), key.expose_bytes(), parts).as_ref(),
        )
    }

    /// The HMAC of `parts`, one after the other, under a key of any length, as protocols such as AWS SigV4 need it. For keys
    /// of one's own there is [`keyed`](Digest::keyed).
    pub fn hmac(algorithm: DigestAlgorithm, key: &[u8], parts: &[&[u8]]) -> Self {
        Self::from_raw(
            algorithm,
            provider::hmac(algorithm.hash(), key, parts).as_ref(),
        )
    }

    /// A SHA-256 that was computed elsewhere, such as a [hash of a tree](crate::tree::Hash).
    pub fn from_sha256(bytes: [u8; 32]) -> Self {
        Self::from_raw(DigestAlgorithm::Sha256, &bytes)
    }

    /// Which hash function this is of.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// The 32 or 64 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.algorithm.digest_len()]
    }

    fn from_raw(algorithm: DigestAlgorithm, raw: &[u8]) -> Self {
        let mut bytes = [0; 64];
        bytes[..algorithm.digest_len()].copy_from_slice(raw);
        Digest { algorithm, bytes }
    }
}

impl Hasher {
    /// Starts a SHA-256.
    pub fn sha256() -> Self {
        Self::new(DigestAlgorithm::Sha256)
    }

    /// Starts a SHA-512.
    pub fn sha512() -> Self {
        Self::new(DigestAlgorithm::Sha512)
    }

    /// Starts a digest of the given kind.
    pub fn new(algorithm: DigestAlgorithm) -> Self {
        Hasher {
            algorithm,
            state: HashState::new(algorithm.hash()),
        }
    }

    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.state.update(bytes);
    }

    /// The digest of everything that was added.
    pub fn finish(self) -> Digest {
        Digest::from_raw(self.algorithm, self.state.finish().as_ref())
    }
}

/// Whether two byte strings are equal, without telling by the time it takes where they differ. For tags and tokens.
pub fn equal_in_constant_time(a: &[u8], b: &[u8]) -> bool {
    provider::equal_in_constant_time(a, b)
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encoding::to_hex(self.as_bytes()))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({self})", self.algorithm)
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

impl FromStr for Digest {
    type Err = Error;

    /// Reads 64 or 128 hexadecimal digits; the length tells the hash function.
    fn from_str(text: &str) -> Result<Self, Error> {
        let raw = encoding::from_hex(text)?;
        let algorithm = match raw.len() {
            32 => DigestAlgorithm::Sha256,
            64 => DigestAlgorithm::Sha512,
            _ => {
                return Err(Error::Encoding {
                    expected: "a digest of 64 or 128 hexadecimal digits",
                });
            }
        };
        Ok(Self::from_raw(algorithm, &raw))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(de::Error::custom)
    }
}

impl io::Write for Hasher {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABC_SHA256: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    const ABC_SHA512: &str = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                              2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

    #[test]
    fn known_answers_and_text_form() {
        assert_eq!(Digest::sha256(b"abc").to_string(), ABC_SHA256);
        assert_eq!(Digest::sha512(b"abc").to_string(), ABC_SHA512);
        for text in [ABC_SHA256, ABC_SHA512] {
            assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        }
        assert!(ABC_SHA256[2..].parse::<Digest>().is_err());
        let json = serde_json::to_string(&Digest::sha256(b"abc")).unwrap();
        assert_eq!(json, format!("\"{ABC_SHA256}\""));
        assert_eq!(
            serde_json::from_str::<Digest>(&json).unwrap(),
            Digest::sha256(b"abc")
        );
    }

    #[test]
    fn pieces_make_the_same_digest() {
        let mut hasher = Hasher::sha256();
        io::copy(&mut &b"ab"[..], &mut hasher).unwrap();
        hasher.update(b"c");
        assert_eq!(hasher.finish(), Digest::sha256(b"abc"));
    }

    #[test]
    fn keyed_digests_depend_on_the_key() {
        let [a, b] = [1, 2].map(|byte| DataKey::from_bytes([byte; 32]));
        let keyed = |key| Digest::keyed(DigestAlgorithm::Sha256, key, &[b"x", b"yz"]);
        assert_eq!(
            keyed(&a),
            Digest::keyed(DigestAlgorithm::Sha256, &a, &[b"xyz"])
        );
        assert_ne!(keyed(&a), keyed(&b));
    }

    #[test]
    fn comparison() {
        assert!(equal_in_constant_time(b"same", b"same"));
        assert!(!equal_in_constant_time(b"same", b"sane"));
        assert!(!equal_in_constant_time(b"same", b"sam"));
    }
}
