//! Keys, sealing, digests and signatures for EHR migrations and archives.
//!
//! This crate knows bytes and no patient. What it writes follows public specifications, so that another program can
//! read it without this one:
//!
//! | module | what it does | specification |
//! | --- | --- | --- |
//! | [`mod@seal`] | encrypts bytes, files and streams | C2SP chunked-encryption, AES-256-GCM |
//! | [`key`] | a data key, its recovery code, its key file | – |
//! | [`slot`] | wraps a data key for a key or a passphrase | PBKDF2-HMAC-SHA512 |
//! | [`digest`] | SHA-256, SHA-512, HMAC | FIPS 180-4, FIPS 198-1 |
//! | [`note`] | signed text | C2SP signed-note, Ed25519 |
//! | [`tree`] | a tamper-evident log | RFC 6962 |
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
//! Limits: the primitives are those of `ring`, which is not a FIPS 140-3 validated module and does not wipe its own
//! internal state; what this crate holds itself is wiped on drop.

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
