//! From a passphrase to a key, slowly.

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{DataKey, Error, encoding, provider};

/// Rounds of PBKDF2-HMAC-SHA512 for a new passphrase slot.
///
/// The usual advice for an online service is 210,000. An archive can be guessed at offline for decades and is opened
/// seldom: about half a second a try costs its owner nothing.
pub const PASSPHRASE_ITERATIONS: u32 = 600_000;
/// The least number of characters in a passphrase: it stands alone, with no second factor and no lock-out.
pub const PASSPHRASE_MIN_CHARS: usize = 15;
/// Slots that ask for more rounds are refused: they come from a damaged file or from somebody who wastes our time.
pub(super) const MAX_ITERATIONS: u32 = 20_000_000;
const SALT_LEN: usize = 32;
pub(super) const PBKDF2: &str = "pbkdf2-hmac-sha512";
pub(super) const ARGON2ID: &str = "argon2id";

/// KiB, passes and lanes of Argon2id for a new slot: four times the memory of RFC 9106's second choice, because an
/// archive is opened seldom.
#[cfg(feature = "argon2")]
const ARGON2ID_COST: (u32, u32, u32) = (256 * 1024, 3, 4);
/// More memory, in KiB, than a slot may ask for.
#[cfg(feature = "argon2")]
const MAX_MEMORY: u32 = 1024 * 1024;
/// More passes and more lanes than a slot may ask for.
#[cfg(feature = "argon2")]
const MAX_PASSES_AND_LANES: u32 = 64;

/// How a passphrase becomes a key, as it stands in a slot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Stretch {
    kdf: String,
    /// Rounds of PBKDF2, passes of Argon2id.
    iterations: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    memory_kib: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lanes: Option<u32>,
    salt: String,
}

/// Refuses a passphrase that is too short.
pub(super) fn check(passphrase: &str) -> Result<(), Error> {
    if passphrase.chars().count() < PASSPHRASE_MIN_CHARS {
        return Err(Error::Slot {
            reason: "a passphrase has at least 15 characters",
        });
    }
    Ok(())
}

impl Stretch {
    pub(super) fn pbkdf2() -> Result<Self, Error> {
        Ok(Stretch {
            kdf: PBKDF2.to_owned(),
            iterations: PASSPHRASE_ITERATIONS,
            memory_kib: None,
            lanes: None,
            salt: new_salt()?,
        })
    }

    #[cfg(feature = "argon2")]
    pub(super) fn argon2id() -> Result<Self, Error> {
        let (memory, passes, lanes) = ARGON2ID_COST;
        Ok(Stretch {
            kdf: ARGON2ID.to_owned(),
            iterations: passes,
            memory_kib: Some(memory),
            lanes: Some(lanes),
            salt: new_salt()?,
        })
    }

    /// The key that the passphrase becomes.
    pub(super) fn lock(&self, passphrase: &str) -> Result<DataKey, Error> {
        let salt = encoding::from_hex(&self.salt)?;
        let mut key = Zeroizing::new([0; DataKey::LEN]);
        match self.kdf.as_str() {
            PBKDF2 => {
                let rounds = NonZeroU32::new(self.iterations)
                    .filter(|rounds| rounds.get() <= MAX_ITERATIONS)
                    .ok_or(Error::Slot {
                        reason: "its number of iterations is out of bounds",
                    })?;
                provider::pbkdf2_hmac_sha512(rounds, &salt, passphrase.as_bytes(), &mut key[..]);
            }
            ARGON2ID => self.argon2id_lock(passphrase, &salt, &mut key)?,
            _ => {
                return Err(Error::Slot {
                    reason: "its key derivation is not known to this version",
                });
            }
        }
        Ok(DataKey::from_bytes(*key))
    }

    #[cfg(feature = "argon2")]
    fn argon2id_lock(
        &self,
        passphrase: &str,
        salt: &[u8],
        key: &mut [u8; DataKey::LEN],
    ) -> Result<(), Error> {
        let (Some(memory), passes, Some(lanes)) = (self.memory_kib, self.iterations, self.lanes)
        else {
            return Err(Error::Slot {
                reason: "its parameters of Argon2id are incomplete",
            });
        };
        if memory > MAX_MEMORY || passes.max(lanes) > MAX_PASSES_AND_LANES {
            return Err(Error::Slot {
                reason: "its parameters of Argon2id are out of bounds",
            });
        }
        provider::argon2id::stretch(passphrase.as_bytes(), salt, (memory, passes, lanes), key)
    }

    #[cfg(not(feature = "argon2"))]
    fn argon2id_lock(&self, _: &str, _: &[u8], _: &mut [u8; DataKey::LEN]) -> Result<(), Error> {
        Err(Error::Slot {
            reason: "it was written with Argon2id, which this program was built without",
        })
    }
}

fn new_salt() -> Result<String, Error> {
    let mut salt = [0; SALT_LEN];
    provider::fill_random(&mut salt)?;
    Ok(encoding::to_hex(&salt))
}

impl fmt::Display for Stretch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kdf.as_str(), self.memory_kib, self.lanes) {
            (PBKDF2, ..) => write!(f, "{PBKDF2}, {} iterations", self.iterations),
            (ARGON2ID, Some(memory), Some(lanes)) => write!(
                f,
                "{ARGON2ID}, {} MiB, {} passes, {lanes} lanes",
                memory / 1024,
                self.iterations
            ),
            // A name from a file is not repeated: nobody knows what it is.
            _ => f.write_str("a key derivation that is not known to this version"),
        }
    }
}
