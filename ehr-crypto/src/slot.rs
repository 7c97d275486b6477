//! Key slots: a data key, wrapped so that one more key, passphrase, group of people or key service can take it out.
//!
//! A slot is JSON without a secret in it. Changing who may open something adds, [replaces](rewrap) or removes a slot and
//! touches no data.

mod passphrase;
mod rewrap;
mod service;
mod shares;

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use passphrase::{PASSPHRASE_ITERATIONS, PASSPHRASE_MIN_CHARS};
pub use rewrap::rewrap;
pub use service::{KeyServiceError, KeyWrapper};
pub use shares::Share;

use crate::{DataKey, Error, encoding, open, seal};
use passphrase::Stretch;
use shares::SharesLock;

/// A wrapped data key with a label that says for whom. It holds no secret in clear.
///
/// A slot of a kind that this version does not know is read and opens with nothing; writing it again is an error,
/// because it would lose what it holds.
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
    /// Shares of several people.
    Shares(&'a [Share]),
    /// A key service with access to the key that wrapped the slot.
    Service(&'a dyn KeyWrapper),
}

/// What it takes to open a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotKind<'a> {
    /// A data key or its recovery code.
    Key,
    /// A passphrase.
    Passphrase,
    /// Shares of several people.
    Shares {
        /// Of how many.
        needed: u8,
    },
    /// A key service.
    Service {
        /// Which kind of service.
        service: &'a str,
        /// Which of its keys.
        key: &'a str,
    },
    /// Something that a later version knows.
    Later,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Lock {
    Key {
        wrapped: String,
    },
    Passphrase {
        #[serde(flatten)]
        stretch: Stretch,
        wrapped: String,
    },
    Shares {
        #[serde(flatten)]
        shares: SharesLock,
        wrapped: String,
    },
    Service {
        service: String,
        key: String,
        wrapped: String,
    },
    /// Written by a later version; it opens with nothing that is known here.
    #[serde(other, skip_serializing)]
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
        let wrapped = wrap(KEY, lock, context, key)?;
        Ok(Slot::new(label, Lock::Key { wrapped }))
    }

    /// Wraps `key` for whoever knows `passphrase`, which has at least [`PASSPHRASE_MIN_CHARS`] characters, by
    /// PBKDF2-HMAC-SHA512 with [`PASSPHRASE_ITERATIONS`]. The slot states both.
    pub fn for_passphrase(
        label: &str,
        passphrase: &str,
        context: &[u8],
        key: &DataKey,
    ) -> Result<Self, Error> {
        Self::stretched(label, Stretch::pbkdf2()?, passphrase, context, key)
    }

    /// As [`for_passphrase`](Slot::for_passphrase), by Argon2id, which costs a guesser memory as well as time.
    ///
    /// 256 MiB, three passes, four lanes; not an approved function under FIPS 140-3.
    #[cfg(feature = "argon2")]
    pub fn for_passphrase_argon2id(
        label: &str,
        passphrase: &str,
        context: &[u8],
        key: &DataKey,
    ) -> Result<Self, Error> {
        Self::stretched(label, Stretch::argon2id()?, passphrase, context, key)
    }

    fn stretched(
        label: &str,
        stretch: Stretch,
        passphrase: &str,
        context: &[u8],
        key: &DataKey,
    ) -> Result<Self, Error> {
        passphrase::check(passphrase)?;
        let wrapped = wrap(PASSPHRASE, &stretch.lock(passphrase)?, context, key)?;
        Ok(Slot::new(label, Lock::Passphrase { stretch, wrapped }))
    }

    /// Wraps `key` for `count` people, any `needed` of whom open it together; also the share of each.
    ///
    /// A share is printed with [`Share::expose_code`], handed over and forgotten here. The slot keeps a commitment to each
    /// share, so that one that was changed is [named](Slot::bad_shares). At least two people are needed: for one, give
    /// a slot to each.
    #[cfg(feature = "shamir")]
    pub fn for_shares(
        label: &str,
        (needed, count): (u8, u8),
        context: &[u8],
        key: &DataKey,
    ) -> Result<(Self, Vec<Share>), Error> {
        let (mut slots, shares) =
            Self::for_shares_of_all(label, (needed, count), &[(context, key)])?;
        let slot = slots.pop().ok_or(Error::WrongKey)?;
        Ok((slot, shares))
    }

    /// As [`for_shares`](Slot::for_shares), for several keys with their contexts: the same shares open all slots, which come
    /// in the order of the keys.
    #[cfg(feature = "shamir")]
    pub fn for_shares_of_all(
        label: &str,
        (needed, count): (u8, u8),
        keys: &[(&[u8], &DataKey)],
    ) -> Result<(Vec<Self>, Vec<Share>), Error> {
        let (lock, shares, dealt) = shares::deal(needed, count)?;
        let slots = keys.iter().map(|(context, key)| {
            let wrapped = wrap(SHARES, &lock, context, key)?;
            let lock = Lock::Shares {
                shares: dealt.clone(),
                wrapped,
            };
            Ok(Slot::new(label, lock))
        });
        Ok((slots.collect::<Result<_, Error>>()?, shares))
    }

    /// Has `key` wrapped by a key service.
    pub fn for_service(
        label: &str,
        service: &dyn KeyWrapper,
        context: &[u8],
        key: &DataKey,
    ) -> Result<Self, Error> {
        let wrapped = service.wrap_key(key, &slot_context(SERVICE, context))?;
        let lock = Lock::Service {
            service: service.service().to_owned(),
            key: service.key().to_owned(),
            wrapped,
        };
        Ok(Slot::new(label, lock))
    }

    fn new(label: &str, lock: Lock) -> Self {
        Slot {
            label: label.to_owned(),
            lock,
        }
    }

    /// For whom the slot is.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// What it takes to open the slot.
    pub fn kind(&self) -> SlotKind<'_> {
        match &self.lock {
            Lock::Key { .. } => SlotKind::Key,
            Lock::Passphrase { .. } => SlotKind::Passphrase,
            Lock::Shares { shares, .. } => SlotKind::Shares {
                needed: shares.needed(),
            },
            Lock::Service { service, key, .. } => SlotKind::Service { service, key },
            Lock::Later => SlotKind::Later,
        }
    }

    /// The same in words for a list: no secret.
    pub fn description(&self) -> String {
        match &self.lock {
            Lock::Key { .. } => "key or recovery code".to_owned(),
            Lock::Passphrase { stretch, .. } => format!("passphrase, {stretch}"),
            Lock::Shares { shares, .. } => format!("shares, {shares}"),
            Lock::Service { service, key, .. } => format!("{service} with {key}"),
            Lock::Later => "written by a later version".to_owned(),
        }
    }

    /// The numbers of those shares that belong to this slot and are not what was dealt; empty for a slot without shares.
    pub fn bad_shares(&self, shares: &[Share]) -> Vec<u8> {
        match &self.lock {
            Lock::Shares { shares: dealt, .. } => dealt.bad(shares),
            _ => Vec::new(),
        }
    }

    /// Takes the key out. A slot that is not for this credential answers [`Error::WrongKey`].
    pub fn open(&self, credential: Credential<'_>, context: &[u8]) -> Result<DataKey, Error> {
        match (&self.lock, credential) {
            (Lock::Key { wrapped }, Credential::Key(lock)) => {
                unwrap_key(KEY, lock, context, wrapped)
            }
            (Lock::Passphrase { stretch, wrapped }, Credential::Passphrase(passphrase)) => {
                unwrap_key(PASSPHRASE, &stretch.lock(passphrase)?, context, wrapped)
            }
            (
                Lock::Shares {
                    shares: dealt,
                    wrapped,
                },
                Credential::Shares(shares),
            ) => unwrap_key(SHARES, &dealt.combine(shares)?, context, wrapped),
            (
                Lock::Service {
                    service: name,
                    key,
                    wrapped,
                },
                Credential::Service(service),
            ) if service.service() == name && service.key() == key => {
                Ok(service.unwrap_key(wrapped, &slot_context(SERVICE, context))?)
            }
            _ => Err(Error::WrongKey),
        }
    }
}

/// Takes the key out of the first slot that the credential opens.
///
/// A slot that cannot be used does not stand in the way of the next one. If none opens, the answer is what was wrong
/// with the first of those, or else [`Error::WrongKey`].
pub fn open_any(
    slots: &[Slot],
    credential: Credential<'_>,
    context: &[u8],
) -> Result<DataKey, Error> {
    first_opened(slots, credential, context).map(|(_, key)| key)
}

/// The first slot that the credential opens, by its place, and its key.
fn first_opened(
    slots: &[Slot],
    credential: Credential<'_>,
    context: &[u8],
) -> Result<(usize, DataKey), Error> {
    let mut reason = Error::WrongKey;
    for (place, slot) in slots.iter().enumerate() {
        match slot.open(credential, context) {
            Ok(key) => return Ok((place, key)),
            Err(error) if matches!(reason, Error::WrongKey) => reason = error,
            Err(_) => {}
        }
    }
    Err(reason)
}

const KEY: &str = "key";
const PASSPHRASE: &str = "passphrase";
#[cfg_attr(not(feature = "shamir"), allow(dead_code))]
const SHARES: &str = "shares";
const SERVICE: &str = "service";

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

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Credential::Key(_) => "Key(secret)",
            Credential::Passphrase(_) => "Passphrase(secret)",
            Credential::Shares(_) => "Shares(secret)",
            Credential::Service(_) => "Service",
        })
    }
}

#[cfg(test)]
mod tests;
