//! One-time codes of an authenticator (TOTP, RFC 6238), for the second factor of a program that embeds this crate.
//!
//! The program keeps the secret and the [last accepted step](Totp::verify) of each account, and limits how often somebody
//! may try: with six digits and a window of one, three codes in a million are right at any moment.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::provider::{self, Hash};
use crate::{Error, digest::equal_in_constant_time};

/// Steps before and after the present one whose code is accepted, for clocks that differ and people who type slowly:
/// the one that RFC 6238 section 5.2 recommends at most.
pub const WINDOW: u64 = 1;
/// Seconds for which a code holds.
pub const STEP_SECONDS: u64 = 30;
/// Least length of a secret, that of RFC 4226 section 4 R6.
const MIN_SECRET_LEN: usize = 16;
/// Length of a new secret, the one that RFC 4226 recommends and that SHA-1 takes in whole.
const NEW_SECRET_LEN: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The hash function of the codes. Many authenticators ignore what they are told and use SHA-1, which is no weakness here:
/// HMAC does not need a hash that resists collisions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TotpAlgorithm {
    /// HMAC-SHA-1, which every authenticator knows.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

/// The secret that a program and somebody's authenticator share. Wiped on drop, never printed.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Totp {
    secret: Vec<u8>,
    #[zeroize(skip)]
    algorithm: TotpAlgorithm,
    #[zeroize(skip)]
    digits: u32,
}

impl Totp {
    /// A new secret for six digits by HMAC-SHA-1, as every authenticator knows them.
    pub fn generate() -> Result<Self, Error> {
        let mut secret = Zeroizing::new([0; NEW_SECRET_LEN]);
        provider::fill_random(&mut secret[..])?;
        Self::new(&secret[..], TotpAlgorithm::Sha1, 6)
    }

    /// From a secret of at least 16 bytes, for codes of six to eight digits.
    pub fn new(secret: &[u8], algorithm: TotpAlgorithm, digits: u32) -> Result<Self, Error> {
        if secret.len() < MIN_SECRET_LEN {
            return Err(Error::Totp {
                reason: "a secret has at least 16 bytes",
            });
        }
        if !(6..=8).contains(&digits) {
            return Err(Error::Totp {
                reason: "a code has six to eight digits",
            });
        }
        Ok(Totp {
            secret: secret.to_vec(),
            algorithm,
            digits,
        })
    }

    /// The secret, to be kept sealed.
    pub fn expose_secret(&self) -> &[u8] {
        &self.secret
    }

    /// The address that an authenticator reads from a QR code. It holds the secret: show it once, log it never.
    pub fn expose_uri(&self, issuer: &str, account: &str) -> Zeroizing<String> {
        let algorithm = match self.algorithm {
            TotpAlgorithm::Sha1 => "SHA1",
            TotpAlgorithm::Sha256 => "SHA256",
            TotpAlgorithm::Sha512 => "SHA512",
        };
        let (issuer, account) = (percent_encode(issuer), percent_encode(account));
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm={algorithm}&digits={}&period={STEP_SECONDS}",
            base32(&self.secret).as_str(),
            self.digits,
        ))
    }

    /// Checks a code at a time in seconds since 1970, and answers with its step, which the program keeps with the account
    /// and hands in as `last` the next time.
    ///
    /// A code of step `last` or before is refused: it was used, or is older than one that was. The answer comes in the
    /// same time whichever step the code is of and wherever it differs. The account must be locked from this call until
    /// the step is stored, or two callers may use one code.
    pub fn verify(&self, code: &str, unix_seconds: u64, last: Option<u64>) -> Result<u64, Error> {
        let refused = Error::Totp {
            reason: "the code is wrong, expired or was used",
        };
        let typed: Zeroizing<String> =
            Zeroizing::new(code.chars().filter(|letter| *letter != ' ').collect());
        let now = unix_seconds / STEP_SECONDS;
        let mut found = None;
        for step in now.saturating_sub(WINDOW)..=now.saturating_add(WINDOW) {
            let right = equal_in_constant_time(typed.as_bytes(), self.code(step).as_bytes());
            if right && last.is_none_or(|last| step > last) {
                found = found.or(Some(step));
            }
        }
        found.ok_or(refused)
    }

    /// The code of a step (RFC 4226 section 5.3).
    fn code(&self, step: u64) -> Zeroizing<String> {
        let message = step.to_be_bytes();
        let tag = match self.algorithm {
            TotpAlgorithm::Sha1 => provider::hmac_sha1_for_one_time_codes(&self.secret, &message),
            TotpAlgorithm::Sha256 => provider::hmac(Hash::Sha256, &self.secret, &[&message]),
            TotpAlgorithm::Sha512 => provider::hmac(Hash::Sha512, &self.secret, &[&message]),
        };
        let tag = tag.as_ref();
        let offset = usize::from(tag[tag.len() - 1] & 15);
        let mut four = [0; 4];
        four.copy_from_slice(&tag[offset..offset + 4]);
        let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 10_u32.pow(self.digits);
        let width = self.digits as usize;
        Zeroizing::new(format!("{number:0width$}"))
    }
}

impl fmt::Debug for Totp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Totp")
            .field("algorithm", &self.algorithm)
            .field("digits", &self.digits)
            .finish_non_exhaustive()
    }
}

/// RFC 4648 without padding, as authenticators want it.
fn base32(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len().div_ceil(5) * 8));
    for group in bytes.chunks(5) {
        let mut five = [0; 8];
        five[3..3 + group.len()].copy_from_slice(group);
        let bits = u64::from_be_bytes(five);
        for place in 0..(group.len() * 8).div_ceil(5) {
            text.push(char::from(BASE32[(bits >> (35 - 5 * place) & 31) as usize]));
        }
    }
    text
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGITS: &[u8; 64] = b"1234567890123456789012345678901234567890123456789012345678901234";

    #[test]
    fn vectors_of_rfc_6238() {
        let vectors = [
            (59, "94287082", "46119246", "90693936"),
            (1_111_111_109, "07081804", "68084774", "25091201"),
            (1_111_111_111, "14050471", "67062674", "99943326"),
            (1_234_567_890, "89005924", "91819424", "93441116"),
            (2_000_000_000, "69279037", "90698825", "38618901"),
            (20_000_000_000, "65353130", "77737706", "47863826"),
        ];
        for (time, sha1, sha256, sha512) in vectors {
            for (algorithm, len, code) in [
                (TotpAlgorithm::Sha1, 20, sha1),
                (TotpAlgorithm::Sha256, 32, sha256),
                (TotpAlgorithm::Sha512, 64, sha512),
            ] {
                let totp = Totp::new(&DIGITS[..len], algorithm, 8).unwrap();
                assert_eq!(totp.verify(code, time, None).unwrap(), time / 30, "{time}");
            }
        }
    }

    #[test]
    fn the_window_is_one_step_each_way() {
        let totp = Totp::new(&DIGITS[..20], TotpAlgorithm::Sha1, 6).unwrap();
        let code = totp.code(1000);
        for (time, accepted) in [
            (998 * 30 + 29, false),
            (999 * 30, true),
            (1000 * 30, true),
            (1001 * 30 + 29, true),
            (1002 * 30, false),
            (u64::MAX, false),
            (0, false),
        ] {
            assert_eq!(totp.verify(&code, time, None).is_ok(), accepted, "{time}");
        }
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert!(totp.verify(&spaced, 30_000, None).is_ok());
        assert!(totp.verify(&code[..5], 30_000, None).is_err());
        assert!(totp.verify("", 30_000, None).is_err());
    }

    #[test]
    fn a_code_is_good_once() {
        let totp = Totp::generate().unwrap();
        let time = 30_000;
        let used = totp.verify(&totp.code(1000), time, None).unwrap();
        assert_eq!(used, 1000);
        for step in [999, 1000] {
            let error = totp.verify(&totp.code(step), time, Some(used)).unwrap_err();
            assert_eq!(
                error.to_string(),
                "one-time code: the code is wrong, expired or was used"
            );
        }
        assert_eq!(
            totp.verify(&totp.code(1001), time, Some(used)).unwrap(),
            1001
        );
    }

    #[test]
    fn the_address_is_what_authenticators_read() {
        let totp = Totp::new(b"12345678901234567890", TotpAlgorithm::Sha1, 6).unwrap();
        assert_eq!(
            totp.expose_uri("Harbor Street", "clerk@example.org")
                .as_str(),
            "otpauth://totp/Harbor%20Street:clerk%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harbor%20Street&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(
            format!("{totp:?}"),
            "Totp { algorithm: Sha1, digits: 6, .. }"
        );
        // RFC 4648 section 10, without its padding
        for (bytes, text) in [
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()).as_str(), text);
        }
        assert!(Totp::new(&[0; 15], TotpAlgorithm::Sha1, 6).is_err());
        assert!(Totp::new(&[0; 20], TotpAlgorithm::Sha1, 9).is_err());
    }
}
