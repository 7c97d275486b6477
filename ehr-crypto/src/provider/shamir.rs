//! Shamir's secret sharing over GF(2⁸) with the polynomial x⁸ + x⁴ + x³ + x² + 1, byte by byte.
//!
//! The field and the numbering (the first share is x = 1) are part of the format: with them, and with Lagrange's
//! formula at x = 0, another program puts a secret together.

use blahaj::{Share, Sharks};
use zeroize::Zeroizing;

use super::KEY_LEN;
use crate::Error;

/// The values of share 1, 2, … `count`, of which any `needed` give the secret back.
pub(crate) fn split(
    secret: &[u8; KEY_LEN],
    needed: u8,
    count: u8,
) -> Vec<Zeroizing<[u8; KEY_LEN]>> {
    let shares = Sharks(needed).dealer(secret).take(usize::from(count));
    shares
        .map(|share| {
            let mut value = Zeroizing::new([0; KEY_LEN]);
            for (byte, element) in value.iter_mut().zip(&share.y) {
                *byte = element.0;
            }
            value
        })
        .collect()
}

/// The secret of exactly as many shares as are needed, each with another number.
pub(crate) fn combine(shares: &[(u8, &[u8; KEY_LEN])]) -> Result<Zeroizing<[u8; KEY_LEN]>, Error> {
    // Each share once: the interpolation behind this call divides by the differences of the numbers.
    let needed = u8::try_from(shares.len()).map_err(|_| Error::TooLong)?;
    let shares: Result<Vec<Share>, _> = shares
        .iter()
        .map(|(number, value)| {
            let bytes = Zeroizing::new([&[*number], &value[..]].concat());
            Share::try_from(&bytes[..])
        })
        .collect();
    let secret = shares
        .ok()
        .and_then(|shares| Some(Zeroizing::new(Sharks(needed).recover(&shares).ok()?)));
    secret
        .and_then(|secret| Some(Zeroizing::new(secret.as_slice().try_into().ok()?)))
        .ok_or(Error::Slot {
            reason: "its shares do not fit together",
        })
}
