//! Signed notes: text that people can read, with an Ed25519 signature below it (C2SP signed-note).

use std::fmt;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::digest::Digest;
use crate::provider::{self, KEY_LEN, SIGNATURE_LEN};
use crate::{DataKey, Error, encoding};

/// The byte that stands for Ed25519 in key ids and encoded keys.
const ED25519: u8 = 1;
const KEY_ID_LEN: usize = 4;
/// The specification asks for at least 16; a note with more is somebody's attempt to waste time.
const MAX_SIGNATURES: usize = 64;
const SIGNATURE_START: &str = "\u{2014} ";

/// Signs notes. The secret seed is wiped on drop and never printed.
pub struct SigningKey {
    seed: DataKey,
    public: VerifyingKey,
}

/// Verifies notes. Shown as `name+id+key`, the form other programs for signed notes read.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: [u8; KEY_ID_LEN],
    key: [u8; KEY_LEN],
}

impl SigningKey {
    /// A signing key from a secret seed, which serves no other purpose. The name goes into every signature.
    pub fn from_seed(name: &str, seed: DataKey) -> Result<Self, Error> {
        let public = VerifyingKey::new(name, provider::ed25519_public_key(seed.expose_bytes()))?;
        Ok(SigningKey { seed, public })
    }

    /// The key that verifies what this one signs.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// Signs a text, which must end with a newline and hold no other control character.
    pub fn sign(&self, text: &str) -> Result<String, Error> {
        check_text(text)?;
        Ok(format!("{text}\n{}", self.signature_line(text)))
    }

    /// Adds a signature to a note that others have signed, for what takes two people. Their signatures are not checked
    /// here: verify the note with each key.
    ///
    /// A note that this key has signed stays as it is, so that nobody counts for two.
    pub fn sign_also(&self, note: &str) -> Result<String, Error> {
        let (text, signatures) = split(note)?;
        let line = self.signature_line(text);
        if signatures.lines().any(|known| known == line.trim_end()) {
            return Ok(note.to_owned());
        }
        if signatures.lines().count() == MAX_SIGNATURES {
            return Err(Error::Note {
                reason: "too many signatures",
            });
        }
        Ok(format!("{note}{line}"))
    }

    fn signature_line(&self, text: &str) -> String {
        let mut signature = Vec::with_capacity(KEY_ID_LEN + SIGNATURE_LEN);
        signature.extend_from_slice(&self.public.id);
        signature.extend_from_slice(&provider::ed25519_sign(
            self.seed.expose_bytes(),
            text.as_bytes(),
        ));
        format!(
            "{SIGNATURE_START}{} {}\n",
            self.public.name,
            encoding::to_base64(&signature)
        )
    }
}

impl VerifyingKey {
    fn new(name: &str, key: [u8; KEY_LEN]) -> Result<Self, Error> {
        if name.is_empty()
            || name
                .chars()
                .any(|letter| letter.is_whitespace() || letter.is_control() || letter == '+')
        {
            return Err(Error::Note {
                reason: "a key name holds no space, no plus sign and no control character",
            });
        }
        let text = [name.as_bytes(), &[b'\n', ED25519], &key].concat();
        let mut id = [0; KEY_ID_LEN];
        id.copy_from_slice(&Digest::sha256(&text).as_bytes()[..KEY_ID_LEN]);
        Ok(VerifyingKey {
            name: name.to_owned(),
            id,
            key,
        })
    }

    /// The name that signatures by this key carry.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Checks that `note` is signed by this key and returns its text. Signatures by other keys are not looked at.
    pub fn verify<'a>(&self, note: &'a str) -> Result<&'a str, Error> {
        let (text, signatures) = split(note)?;
        let mut signed = false;
        for line in signatures.lines() {
            let (name, signature) = line
                .strip_prefix(SIGNATURE_START)
                .and_then(|line| line.split_once(' '))
                .ok_or(Error::Note {
                    reason: "a signature line is not of the form — name signature",
                })?;
            let signature = encoding::from_base64(signature)?;
            let (id, signature) =
                signature
                    .split_first_chunk::<KEY_ID_LEN>()
                    .ok_or(Error::Note {
                        reason: "a signature is too short",
                    })?;
            if name == self.name && *id == self.id {
                if !provider::ed25519_verify(&self.key, text.as_bytes(), signature) {
                    return Err(Error::BadSignature);
                }
                signed = true;
            }
        }
        if signed {
            Ok(text)
        } else {
            Err(Error::UnknownSigner)
        }
    }
}

/// Text and signature lines of a note.
fn split(note: &str) -> Result<(&str, &str), Error> {
    let blank = note.rfind("\n\n").ok_or(Error::Note {
        reason: "no blank line before the signatures",
    })?;
    let (text, signatures) = (&note[..=blank], &note[blank + 2..]);
    check_text(text)?;
    check_text(signatures)?;
    if signatures.lines().count() > MAX_SIGNATURES {
        return Err(Error::Note {
            reason: "too many signatures",
        });
    }
    Ok((text, signatures))
}

fn check_text(text: &str) -> Result<(), Error> {
    if !text.ends_with('\n') {
        return Err(Error::Note {
            reason: "the text does not end with a newline",
        });
    }
    if text.bytes().any(|byte| byte < 0x20 && byte != b'\n') {
        return Err(Error::Note {
            reason: "the text holds a control character",
        });
    }
    Ok(())
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ED25519], &self.key[..]].concat();
        write!(
            f,
            "{}+{}+{}",
            self.name,
            encoding::to_hex(&self.id),
            encoding::to_base64(&key)
        )
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(secret of {})", self.public)
    }
}

impl FromStr for VerifyingKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Encoding {
            expected: "a verifying key of the form name+id+key",
        };
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(wrong());
        };
        let key = Zeroizing::new(encoding::from_base64(key)?);
        let [ED25519, key @ ..] = &key[..] else {
            return Err(wrong());
        };
        let parsed = VerifyingKey::new(name, key.try_into().map_err(|_| wrong())?)?;
        if encoding::to_hex(&parsed.id) == id {
            Ok(parsed)
        } else {
            Err(wrong())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The published example of the reference implementation for signed notes.
    const SEED: &str = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const TEXT: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const SIGNATURE: &str = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    fn signing_key() -> SigningKey {
        let seed = DataKey::from_slice(&encoding::from_base64(SEED).unwrap()[1..]).unwrap();
        SigningKey::from_seed("PeterNeumann", seed).unwrap()
    }

    #[test]
    fn agrees_with_the_reference_implementation() {
        let key: VerifyingKey = KEY.parse().unwrap();
        assert_eq!(signing_key().verifying_key(), &key);
        assert_eq!(key.to_string(), KEY);
        let note = format!("{TEXT}\n{SIGNATURE}");
        assert_eq!(signing_key().sign(TEXT).unwrap(), note);
        assert_eq!(key.verify(&note).unwrap(), TEXT);
    }

    #[test]
    fn every_changed_byte_is_noticed() {
        let key = signing_key();
        let note = key.sign("size 7\n").unwrap();
        for place in 0..note.len() {
            for bit in 0..8 {
                let mut wrong = note.clone().into_bytes();
                wrong[place] ^= 1 << bit;
                let Ok(wrong) = String::from_utf8(wrong) else {
                    continue;
                };
                assert!(key.verifying_key().verify(&wrong).is_err(), "{place} {bit}");
            }
        }
    }

    #[test]
    fn other_signers_are_passed_over_and_do_not_count() {
        let (peter, other) = (
            signing_key(),
            SigningKey::from_seed("other", DataKey::from_bytes([1; 32])).unwrap(),
        );
        let theirs = other.sign(TEXT).unwrap();
        assert!(matches!(
            peter.verifying_key().verify(&theirs),
            Err(Error::UnknownSigner)
        ));
        let both = format!("{theirs}{SIGNATURE}");
        assert_eq!(peter.verifying_key().verify(&both).unwrap(), TEXT);
        assert_eq!(other.verifying_key().verify(&both).unwrap(), TEXT);
    }

    #[test]
    fn names_texts_and_keys_that_cannot_be_are_refused() {
        for name in ["", "a b", "a+b", "a\nb"] {
            assert!(
                SigningKey::from_seed(name, DataKey::from_bytes([1; 32])).is_err(),
                "{name:?}"
            );
        }
        for text in ["no newline", "a tab\t\n", ""] {
            assert!(
                matches!(signing_key().sign(text), Err(Error::Note { .. })),
                "{text:?}"
            );
        }
        assert!(KEY.replace("c74f", "c74e").parse::<VerifyingKey>().is_err());
        assert!(KEY[..40].parse::<VerifyingKey>().is_err());
        assert!(!format!("{:?}", signing_key()).contains(SEED));
    }

    #[test]
    fn two_people_sign_and_each_counts_once() {
        let [clerk, officer, other] =
            [("clerk", 1), ("officer", 2), ("other", 3)].map(|(name, byte)| {
                SigningKey::from_seed(name, DataKey::from_bytes([byte; 32])).unwrap()
            });
        let note = clerk.sign("release of hold 7\n").unwrap();
        let both = officer.sign_also(&note).unwrap();
        for key in [&clerk, &officer] {
            assert_eq!(
                key.verifying_key().verify(&both).unwrap(),
                "release of hold 7\n"
            );
            assert_eq!(key.sign_also(&both).unwrap(), both);
        }
        assert!(matches!(
            other.verifying_key().verify(&both),
            Err(Error::UnknownSigner)
        ));
        let changed = both.replace("hold 7", "hold 8");
        for key in [&clerk, &officer] {
            assert!(matches!(
                key.verifying_key().verify(&changed),
                Err(Error::BadSignature)
            ));
        }
        assert!(officer.sign_also("no note\n").is_err());
    }

    proptest! {
        #[test]
        fn what_was_signed_verifies(text in "[^\\x00-\\x1f]{0,40}(\n[^\\x00-\\x1f]{0,40}){0,4}") {
            let key = signing_key();
            let text = text + "\n";
            let note = key.sign(&text).unwrap();
            prop_assert_eq!(key.verifying_key().verify(&note).unwrap(), text);
        }

        #[test]
        fn any_text_is_answered(text in "\\PC{0,80}(\n\n)?\\PC{0,80}\n?") {
            prop_assert!(signing_key().verifying_key().verify(&text).is_err());
        }
    }
}
