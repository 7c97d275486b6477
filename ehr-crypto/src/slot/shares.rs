//! Shares of a key: any M of N people open a slot together, fewer learn nothing.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::digest::Digest;
use crate::key::letters::{self, Fault};
#[cfg(feature = "shamir")]
use crate::provider;
use crate::provider::{KEY_LEN, equal_in_constant_time};
use crate::{DataKey, Error, encoding};

/// Bytes that tell the shares of one slot from those of another.
const SET_LEN: usize = 3;
/// Set, shares needed, number, value.
const SHARE_LEN: usize = SET_LEN + 2 + KEY_LEN;
const COMMITMENT: &[u8] = b"ehr-crypto/share/1\0";

/// What one person of several holds. Wiped on drop; shown only as its number.
pub struct Share {
    set: [u8; SET_LEN],
    needed: u8,
    pub(super) number: u8,
    pub(super) value: Zeroizing<[u8; KEY_LEN]>,
}

impl Share {
    /// Which share this is, from one.
    pub fn number(&self) -> u8 {
        self.number
    }

    /// How many shares open the slot.
    pub fn needed(&self) -> u8 {
        self.needed
    }

    /// The share as 64 letters and digits in groups of four, to print and to read aloud; the alphabet and the checksum
    /// are those of a [recovery code](DataKey::expose_recovery_code).
    pub fn expose_code(&self) -> Zeroizing<String> {
        letters::write(letters::SHARE, &self.to_bytes()[..])
    }

    /// Reads a share that was typed in. Case, spaces and hyphens do not matter; O is read as 0, I and L as 1.
    pub fn from_code(code: &str) -> Result<Self, Error> {
        let wrong = |reason| Error::ShareCode { reason };
        let bytes = letters::read(letters::SHARE, SHARE_LEN, code).map_err(|fault| {
            wrong(match fault {
                Fault::Length { .. } => "it has not 64 letters and digits",
                Fault::Letter { .. } => "it holds a letter that never occurs in one",
                Fault::Checksum => "its checksum does not match",
            })
        })?;
        let mut share = Share {
            set: [0; SET_LEN],
            needed: bytes[SET_LEN],
            number: bytes[SET_LEN + 1],
            value: Zeroizing::new([0; KEY_LEN]),
        };
        share.set.copy_from_slice(&bytes[..SET_LEN]);
        share.value.copy_from_slice(&bytes[SET_LEN + 2..]);
        if share.number == 0 || share.needed < 2 {
            return Err(wrong("its numbers cannot be"));
        }
        Ok(share)
    }

    fn to_bytes(&self) -> Zeroizing<[u8; SHARE_LEN]> {
        let mut bytes = Zeroizing::new([0; SHARE_LEN]);
        bytes[..SET_LEN].copy_from_slice(&self.set);
        bytes[SET_LEN..SET_LEN + 2].copy_from_slice(&[self.needed, self.number]);
        bytes[SET_LEN + 2..].copy_from_slice(&self.value[..]);
        bytes
    }

    /// A share is 256 random bits: its digest says which it is and nothing of what it is.
    fn commitment(&self) -> Digest {
        let bytes = Zeroizing::new([COMMITMENT, &self.to_bytes()[..]].concat());
        Digest::sha256(&bytes)
    }
}

/// What a slot keeps about the shares that were dealt.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct SharesLock {
    needed: u8,
    set: String,
    /// One for each share, in the order of their numbers.
    commitments: Vec<Digest>,
}

/// A new lock, the shares of it, and what the slot keeps.
#[cfg(feature = "shamir")]
pub(super) fn deal(needed: u8, count: u8) -> Result<(DataKey, Vec<Share>, SharesLock), Error> {
    if needed < 2 || needed > count {
        return Err(Error::Slot {
            reason: "at least two shares are needed, and no more than there are",
        });
    }
    let lock = DataKey::generate()?;
    let set = crate::key::random_bytes()?;
    let values = provider::shamir::split(lock.expose_bytes(), needed, count);
    let shares: Vec<Share> = (1..=u8::MAX)
        .zip(values)
        .map(|(number, value)| Share {
            set,
            needed,
            number,
            value,
        })
        .collect();
    let dealt = SharesLock {
        needed,
        set: encoding::to_hex(&set),
        commitments: shares.iter().map(Share::commitment).collect(),
    };
    Ok((lock, shares, dealt))
}

impl SharesLock {
    pub(super) fn needed(&self) -> u8 {
        self.needed
    }

    /// The numbers of the shares of this set that are not as they were dealt.
    pub(super) fn bad(&self, shares: &[Share]) -> Vec<u8> {
        let mut bad: Vec<u8> = self
            .of_this_set(shares)
            .filter(|share| !self.is_good(share))
            .map(|share| share.number)
            .collect();
        bad.sort_unstable();
        bad.dedup();
        bad
    }

    /// The lock that enough good shares of this set give.
    pub(super) fn combine(&self, shares: &[Share]) -> Result<DataKey, Error> {
        if self.of_this_set(shares).next().is_none() {
            return Err(Error::WrongKey);
        }
        let mut good: Vec<&Share> = self
            .of_this_set(shares)
            .filter(|share| self.is_good(share))
            .collect();
        good.sort_unstable_by_key(|share| share.number);
        good.dedup_by_key(|share| share.number);
        if good.len() < usize::from(self.needed) {
            let bad = self.bad(shares);
            return Err(if bad.is_empty() {
                Error::TooFewShares {
                    found: good.len(),
                    needed: self.needed,
                }
            } else {
                Error::BadShares { numbers: bad }
            });
        }
        good.truncate(usize::from(self.needed));
        interpolate(&good)
    }

    fn of_this_set<'a>(&self, shares: &'a [Share]) -> impl Iterator<Item = &'a Share> {
        shares
            .iter()
            .filter(|share| encoding::to_hex(&share.set) == self.set)
    }

    fn is_good(&self, share: &Share) -> bool {
        let dealt = usize::from(share.number)
            .checked_sub(1)
            .and_then(|place| self.commitments.get(place));
        share.needed == self.needed
            && dealt.is_some_and(|dealt| {
                equal_in_constant_time(share.commitment().as_bytes(), dealt.as_bytes())
            })
    }
}

#[cfg(feature = "shamir")]
fn interpolate(shares: &[&Share]) -> Result<DataKey, Error> {
    let points: Vec<(u8, &[u8; KEY_LEN])> = shares
        .iter()
        .map(|share| (share.number, &*share.value))
        .collect();
    provider::shamir::combine(&points).map(|lock| DataKey::from_bytes(*lock))
}

#[cfg(not(feature = "shamir"))]
fn interpolate(_: &[&Share]) -> Result<DataKey, Error> {
    Err(Error::Slot {
        reason: "it is opened with shares, which this program was built without",
    })
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share(number {}, secret)", self.number)
    }
}

impl fmt::Display for SharesLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.needed, self.commitments.len())
    }
}
