//! Keys, sealing, digests and signatures for EHR migrations and archives.
//!
//! This crate knows bytes and no patient. What it writes follows public specifications, so that another program can
//! read it without this one:
//!
//! | module | what it does | specification |
//! | --- | --- | --- |
//! | [`mod@seal`] | encrypts bytes, files and streams | C2SP chunked-encryption, AES-256-GCM |
//! | [`key`] | a data key, its recovery code, its key file | – |
//! | [`slot`] | wraps a data key for a key, a passphrase, M of N people, a key service | PBKDF2-HMAC-SHA512, Argon2id, Shamir |
//! | [`epoch`] | keys whose destruction erases, with receipts | – |
//! | [`digest`] | SHA-256, SHA-512, HMAC | FIPS 180-4, FIPS 198-1 |
//! | [`note`] | signed text | C2SP signed-note, Ed25519 |
//! | [`tree`] | a tamper-evident log, also as files | RFC 6962, C2SP tlog-checkpoint and tlog-tiles |
//! | [`totp`] | one-time codes | RFC 6238 |
//! | [`pseudonym`] | keyed pseudonyms for test data | – |
//! | `tls` | configurations of rustls (feature `tls`) | TLS 1.2 and 1.3, NIST SP 800-52 |
//!
//! ```
//! use ehr_crypto::{DataKey, open, seal};
//!
//! let key = DataKey::generate()?;
//! let sealed = seal(&key, b"spill file 7", b"any bytes")?;
//! assert_eq!(open(&key, b"spill file 7", &sealed)?, b"any bytes");
//! assert!(open(&key, b"spill file 8", &sealed).is_err()); // the context is part of the key
//! # Ok::<(), ehr_crypto::Error>(())
//! ```
//!
//! # Features
//!
//! | feature | what it adds | needs |
//! | --- | --- | --- |
//! | `ring` (default) | primitives of ring | a C compiler |
//! | `aws-lc` | primitives of aws-lc-rs instead | a C compiler |
//! | `fips` | primitives of its FIPS 140-3 module instead | also cmake and Go |
//! | `argon2` | Argon2id for passphrase slots | – |
//! | `shamir` | slots that M of N people open | – |
//! | `tls` | configurations of rustls | – |
//!
//! Bytes are the same under each provider. [`fips`] says at run time whether the module is there, [`require_fips`]
//! refuses to go on without it; take `default-features = false` to leave ring out of the program.
//!
//! Limits: none of the libraries wipes its own internal state everywhere; what this crate holds itself is wiped on drop.

#[cfg(not(any(feature = "ring", feature = "aws-lc", feature = "fips")))]
compile_error!(
    "ehr-crypto needs a provider of primitives: one of the features `ring`, `aws-lc` and `fips`"
);

pub mod digest;
mod encoding;
pub mod epoch;
mod error;
pub mod key;
pub mod note;
mod provider;
pub mod pseudonym;
pub mod seal;
pub mod slot;
#[cfg(feature = "tls")]
pub mod tls;
pub mod totp;
pub mod tree;

#[cfg(test)]
mod wycheproof;

pub use digest::{Digest, DigestAlgorithm, Hasher};
pub use error::Error;
pub use key::DataKey;
pub use note::{SigningKey, VerifyingKey};
pub use provider::{fips, provider_name, require_fips};
pub use seal::{OpenReader, SealWriter, SealedReader, open, seal};
pub use slot::{Credential, Slot};
