//! Key slots: a data key, wrapped so that one more key or a passphrase can take it out.
//!
//! A slot is JSON without a secret in it. Changing who may open something adds or removes a slot and touches no data.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{DataKey, Error, encoding, open, provider, seal};

/// Rounds of PBKDF2-HMAC-SHA512 for a new passphrase slot.
///
/// The usual advice for an online service is 210,000. An archive can be guessed at offline for decades and is opened
/// seldom: about half a second a try costs its owner nothing.
pub const PASSPHRASE_ITERATIONS: u32 = 600_000;
/// The least number of characters in a passphrase: it stands alone, with no second factor and no lock-out.
pub const PASSPHRASE_MIN_CHARS: usize = 15;
/// Slots that ask for more rounds are refused: they come from a damaged file or from somebody who wastes our time.
const MAX_ITERATIONS: u32 = 20_000_000;
const SALT_LEN: usize = 32;
const KDF: &str = "pbkdf2-hmac-sha512";

/// A wrapped data key with a label that says for whom. It holds no secret in clear.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Slot {
    label: String,
    #[serde(flatten)]
    lock: Lock,
}

/// What opens a slot.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Credential<'a> {
    /// A data key, which may have been read from a recovery code.
    Key(&'a DataKey),
    /// A passphrase, used as the UTF-8 bytes that were typed.
    Passphrase(&'a str),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Lock {
    Key {
        wrapped: String,
    },
    Passphrase {
        kdf: String,
        iterations: u32,
        salt: String,
        wrapped: String,
    },
    /// Written by a later version; it opens with nothing that is known here.
    #[serde(other)]
    Later,
}

impl Slot {
    /// Wraps `key` for the holder of `lock`. `context` names what the key opens; the slot opens nothing else.
    pub fn for_key(
        label: &str,
        lock: &DataKey,
        context: &[u8],
        key: &DataKey,
    ) -> Result<Self, Error> {
        let wrapped = wrap("key", lock, context, key)?;
        Ok(Slot {
            label: label.to_owned(),
            lock: Lock::Key { wrapped },
        })
    }

    /// Wraps `key` for whoever knows `passphrase`, which has at least [`PASSPHRASE_MIN_CHARS`] characters.
    pub fn for_passphrase(
        label: &str,
        passphrase: &str,
        context: &[u8],
        key: &DataKey,
    ) -> Result<Self, Error> {
        if passphrase.chars().count() < PASSPHRASE_MIN_CHARS {
            return Err(Error::Slot {
                reason: "a passphrase has at least 15 characters",
            });
        }
        let mut salt = [0; SALT_LEN];
        provider::fill_random(&mut salt)?;
        let lock = stretch(passphrase, PASSPHRASE_ITERATIONS, &salt)?;
        let lock = Lock::Passphrase {
            kdf: KDF.to_owned(),
            iterations: PASSPHRASE_ITERATIONS,
            salt: encoding::to_hex(&salt),
            wrapped: wrap("passphrase", &lock, context, key)?,
        };
        Ok(Slot {
            label: label.to_owned(),
            lock,
        })
    }

    /// For whom the slot is.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Takes the key out. A slot that is not for this credential answers [`Error::WrongKey`].
    pub fn open(&self, credential: Credential<'_>, context: &[u8]) -> Result<DataKey, Error> {
        match (&self.lock, credential) {
            (Lock::Key { wrapped }, Credential::Key(lock)) => {
                unwrap_key("key", lock, context, wrapped)
            }
            (
                Lock::Passphrase {
                    kdf,
                    iterations,
                    salt,
                    wrapped,
                },
                Credential::Passphrase(passphrase),
            ) => {
                if kdf != KDF {
                    return Err(Error::Slot {
                        reason: "its key derivation is not known to this version",
                    });
                }
                let lock = stretch(passphrase, *iterations, &encoding::from_hex(salt)?)?;
                unwrap_key("passphrase", &lock, context, wrapped)
            }
            _ => Err(Error::WrongKey),
        }
    }
}

/// Takes the key out of the first slot that the credential fits.
pub fn open_any(
    slots: &[Slot],
    credential: Credential<'_>,
    context: &[u8],
) -> Result<DataKey, Error> {
    for slot in slots {
        match slot.open(credential, context) {
            Err(Error::WrongKey) => {}
            answer => return answer,
        }
    }
    Err(Error::WrongKey)
}

fn wrap(kind: &str, lock: &DataKey, context: &[u8], key: &DataKey) -> Result<String, Error> {
    seal(lock, &slot_context(kind, context), key.expose_bytes())
        .map(|wrapped| encoding::to_hex(&wrapped))
}

fn unwrap_key(kind: &str, lock: &DataKey, context: &[u8], wrapped: &str) -> Result<DataKey, Error> {
    let key = Zeroizing::new(open(
        lock,
        &slot_context(kind, context),
        &encoding::from_hex(wrapped)?,
    )?);
    DataKey::from_slice(&key)
}

fn slot_context(kind: &str, context: &[u8]) -> Vec<u8> {
    [b"ehr-crypto/slot/1 ", kind.as_bytes(), b" ", context].concat()
}

fn stretch(passphrase: &str, iterations: u32, salt: &[u8]) -> Result<DataKey, Error> {
    let rounds = NonZeroU32::new(iterations)
        .filter(|rounds| rounds.get() <= MAX_ITERATIONS)
        .ok_or(Error::Slot {
            reason: "its number of iterations is out of bounds",
        })?;
    let mut key = Zeroizing::new([0; DataKey::LEN]);
    provider::pbkdf2_hmac_sha512(rounds, salt, passphrase.as_bytes(), &mut key[..]);
    Ok(DataKey::from_bytes(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSPHRASE: &str = "correct horse battery staple";

    fn data_key() -> DataKey {
        DataKey::from_bytes([0xa7; 32])
    }

    #[test]
    fn a_key_slot_goes_through_json_and_opens_for_its_key_only() {
        let lock = DataKey::from_bytes([1; 32]);
        let slot = Slot::for_key("office", &lock, b"archive 1", &data_key()).unwrap();
        let json = serde_json::to_string(&slot).unwrap();
        assert!(
            json.starts_with(r#"{"label":"office","kind":"key","wrapped":""#),
            "{json}"
        );
        assert!(!json.contains(&"a7".repeat(8)) && !json.contains(&"01".repeat(8)));

        let slot: Slot = serde_json::from_str(&json).unwrap();
        let opened = slot.open(Credential::Key(&lock), b"archive 1").unwrap();
        assert_eq!(opened.expose_bytes(), data_key().expose_bytes());
        assert!(matches!(
            slot.open(Credential::Key(&lock), b"archive 2"),
            Err(Error::WrongKey)
        ));
        assert!(matches!(
            slot.open(Credential::Key(&data_key()), b"archive 1"),
            Err(Error::WrongKey)
        ));
        assert!(matches!(
            slot.open(Credential::Passphrase(PASSPHRASE), b"archive 1"),
            Err(Error::WrongKey)
        ));
    }

    #[test]
    fn a_passphrase_slot_opens_for_its_passphrase_only() {
        let slot = Slot::for_passphrase("owner", PASSPHRASE, b"archive 1", &data_key()).unwrap();
        let json = serde_json::to_string(&slot).unwrap();
        assert!(
            json.contains(r#""kdf":"pbkdf2-hmac-sha512","iterations":600000"#),
            "{json}"
        );
        let slot: Slot = serde_json::from_str(&json).unwrap();
        let opened = slot
            .open(Credential::Passphrase(PASSPHRASE), b"archive 1")
            .unwrap();
        assert_eq!(opened.expose_bytes(), data_key().expose_bytes());
        let wrong = slot.open(
            Credential::Passphrase("correct horse battery stable"),
            b"archive 1",
        );
        assert!(matches!(wrong, Err(Error::WrongKey)));
        assert!(Slot::for_passphrase("owner", "fourteen chars", b"", &data_key()).is_err());
    }

    #[test]
    fn the_right_slot_is_found_among_many_even_of_later_kinds() {
        let [a, b] = [1, 2].map(|byte| DataKey::from_bytes([byte; 32]));
        let later: Slot =
            serde_json::from_str(r#"{"label":"cloud","kind":"kms","arn":"x"}"#).unwrap();
        let slots = [
            later,
            Slot::for_key("a", &a, b"x", &data_key()).unwrap(),
            Slot::for_key("b", &b, b"x", &data_key()).unwrap(),
        ];
        assert!(open_any(&slots, Credential::Key(&b), b"x").is_ok());
        assert!(matches!(
            open_any(&slots, Credential::Key(&data_key()), b"x"),
            Err(Error::WrongKey)
        ));
        assert!(matches!(
            open_any(&[], Credential::Key(&b), b"x"),
            Err(Error::WrongKey)
        ));
    }

    #[test]
    fn a_slot_cannot_ask_for_endless_work() {
        for iterations in [0, MAX_ITERATIONS + 1] {
            let json = format!(
                r#"{{"label":"","kind":"passphrase","kdf":"{KDF}","iterations":{iterations},"salt":"","wrapped":""}}"#
            );
            let slot: Slot = serde_json::from_str(&json).unwrap();
            let error = slot
                .open(Credential::Passphrase(PASSPHRASE), b"")
                .err()
                .unwrap();
            assert_eq!(
                error.to_string(),
                "the key slot is not usable: its number of iterations is out of bounds"
            );
        }
    }
}
