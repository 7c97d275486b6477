//! The one error of the crate: what failed, never a key and never a plaintext.

use std::io;

use crate::slot::KeyServiceError;

/// What can go wrong with keys, sealed bytes and signatures.
///
/// No message holds a key, a passphrase or a piece of plaintext.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    NoRandomness,

    /// The program asked for a FIPS 140-3 module and this build has none.
    #[error("the primitives come from {provider}, which is no FIPS 140-3 module in this build")]
    NotFips {
        /// What provides them.
        provider: &'static str,
    },

    /// Reading or writing failed.
    #[error("reading or writing failed: {0}")]
    Io(#[source] io::Error),

    /// A key of another length was given.
    #[error("a data key is 32 bytes long, not {found}")]
    KeyLength {
        /// The length that was given.
        found: usize,
    },

    /// The commitment at the start of the sealed bytes belongs to another key or context.
    #[error("sealed with another key or for another place (or its first 56 bytes are damaged)")]
    WrongKey,

    /// The sealed bytes end before their last chunk.
    #[error("the sealed bytes are cut off")]
    Truncated,

    /// A chunk does not carry a valid tag.
    #[error("chunk {chunk} of the sealed bytes is damaged")]
    Damaged {
        /// Number of the chunk, from zero; a chunk holds 16 KiB of plaintext.
        chunk: u64,
    },

    /// More than the 4 PiB that one message may hold.
    #[error("one sealed message holds at most 4 PiB")]
    TooLong,

    /// A recovery code with too few or too many letters.
    #[error("a recovery code has 56 letters and digits, not {found}")]
    RecoveryCodeLength {
        /// Letters and digits found.
        found: usize,
    },

    /// A recovery code with a letter that never occurs in one.
    #[error("letter {position} of the recovery code is none that a recovery code can hold")]
    RecoveryCodeLetter {
        /// Which letter, from one, spaces and hyphens not counted.
        position: usize,
    },

    /// A recovery code that was typed wrong.
    #[error("the recovery code was typed wrong: its checksum does not match")]
    RecoveryCodeChecksum,

    /// A key file without exactly one recovery code.
    #[error("a key file holds one recovery code beside its comment lines; found {found}")]
    KeyFileContent {
        /// Lines that are neither empty nor a comment.
        found: usize,
    },

    /// A key slot that cannot be used.
    #[error("the key slot is not usable: {reason}")]
    Slot {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// Text that is not a share, or was typed wrong.
    #[error("not a share: {reason}")]
    ShareCode {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// Fewer good shares than the slot needs, and some that are not what was dealt.
    #[error("not what was dealt: share {}", list(numbers))]
    BadShares {
        /// Their numbers, ascending.
        numbers: Vec<u8>,
    },

    /// Fewer shares than the slot needs.
    #[error("{found} of the {needed} shares that are needed")]
    TooFewShares {
        /// Different shares of this slot that were given.
        found: usize,
        /// How many it takes.
        needed: u8,
    },

    /// A key service that did not do what was asked.
    #[error(transparent)]
    KeyService(#[from] KeyServiceError),

    /// An epoch without a key in this store.
    #[error("the key of epoch {epoch} is not in this store")]
    EpochUnknown {
        /// Number of the epoch.
        epoch: u32,
    },

    /// An epoch that was begun before.
    #[error("epoch {epoch} has or had a key already")]
    EpochExists {
        /// Number of the epoch.
        epoch: u32,
    },

    /// An epoch whose key was destroyed, or whose destruction has begun.
    #[error("the key of epoch {epoch} was destroyed")]
    EpochDestroyed {
        /// Number of the epoch.
        epoch: u32,
    },

    /// Nobody said that the key was destroyed.
    #[error("nobody has attested that the key of epoch {epoch} was destroyed")]
    NotAttested {
        /// Number of the epoch.
        epoch: u32,
    },

    /// A file of a store of epoch keys that is not what its name says.
    #[error("a file of the store of epoch keys is damaged: that of epoch {epoch}")]
    EpochFile {
        /// Number of the epoch.
        epoch: u32,
    },

    /// Text that cannot be, or is not, a signed note.
    #[error("not a signed note: {reason}")]
    Note {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// A note without a signature by the expected key.
    #[error("the note is not signed by the expected key")]
    UnknownSigner,

    /// A signature that is not genuine.
    #[error("the signature does not belong to this text")]
    BadSignature,

    /// A Merkle proof that does not lead to the root.
    #[error("the proof does not lead to the root")]
    BadProof,

    /// A connection or its files that TLS as it is done here refuses.
    #[cfg(feature = "tls")]
    #[error("TLS: {reason}")]
    TlsPolicy {
        /// What is wrong.
        reason: &'static str,
    },

    /// Certificate and key that do not make a configuration.
    #[cfg(feature = "tls")]
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),

    /// A tile of a log, or the name of one, that is not what it must be.
    #[error("tile of a log: {reason}")]
    Tile {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// A one-time code, or the secret of one, that is not accepted.
    #[error("one-time code: {reason}")]
    Totp {
        /// What is wrong with it.
        reason: &'static str,
    },

    /// Text that is not the expected hexadecimal or base64.
    #[error("not {expected}")]
    Encoding {
        /// The expected encoding.
        expected: &'static str,
    },
}

/// Numbers with commas between them.
fn list(numbers: &[u8]) -> String {
    let numbers: Vec<String> = numbers.iter().map(u8::to_string).collect();
    numbers.join(", ")
}

impl From<io::Error> for Error {
    /// An error of this crate that travelled through [`std::io::Read`] or [`std::io::Write`] comes out again as itself.
    fn from(error: io::Error) -> Self {
        if error.get_ref().is_some_and(|inner| inner.is::<Error>()) {
            match error.into_inner().map(|inner| inner.downcast::<Error>()) {
                Some(Ok(inner)) => return *inner,
                // Both arms are unreachable after the check above, and neither may panic.
                Some(Err(other)) => return Error::Io(io::Error::other(other)),
                None => return Error::Io(io::ErrorKind::Other.into()),
            }
        }
        Error::Io(error)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Io(inner) => inner,
            Error::Truncated => io::Error::new(io::ErrorKind::UnexpectedEof, error),
            _ => io::Error::new(io::ErrorKind::InvalidData, error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_way_through_io() {
        let io: io::Error = Error::Damaged { chunk: 3 }.into();
        assert_eq!(io.kind(), io::ErrorKind::InvalidData);
        assert!(matches!(Error::from(io), Error::Damaged { chunk: 3 }));

        let io = io::Error::new(io::ErrorKind::NotFound, "gone");
        assert_eq!(
            Error::from(io).to_string(),
            "reading or writing failed: gone"
        );
    }

    #[test]
    fn messages() {
        let cases = [
            (
                Error::NoRandomness,
                "the operating system gave no random bytes",
            ),
            (
                Error::KeyLength { found: 31 },
                "a data key is 32 bytes long, not 31",
            ),
            (
                Error::WrongKey,
                "sealed with another key or for another place (or its first 56 bytes are damaged)",
            ),
            (Error::Truncated, "the sealed bytes are cut off"),
            (
                Error::Damaged { chunk: 0 },
                "chunk 0 of the sealed bytes is damaged",
            ),
            (Error::TooLong, "one sealed message holds at most 4 PiB"),
            (
                Error::RecoveryCodeLength { found: 55 },
                "a recovery code has 56 letters and digits, not 55",
            ),
            (
                Error::RecoveryCodeLetter { position: 9 },
                "letter 9 of the recovery code is none that a recovery code can hold",
            ),
            (
                Error::RecoveryCodeChecksum,
                "the recovery code was typed wrong: its checksum does not match",
            ),
            (
                Error::KeyFileContent { found: 2 },
                "a key file holds one recovery code beside its comment lines; found 2",
            ),
            (
                Error::Slot {
                    reason: "of a later kind",
                },
                "the key slot is not usable: of a later kind",
            ),
            (
                Error::Note {
                    reason: "no blank line",
                },
                "not a signed note: no blank line",
            ),
            (
                Error::NotFips { provider: "ring" },
                "the primitives come from ring, which is no FIPS 140-3 module in this build",
            ),
            (
                Error::ShareCode {
                    reason: "its checksum does not match",
                },
                "not a share: its checksum does not match",
            ),
            (
                Error::BadShares {
                    numbers: vec![2, 5],
                },
                "not what was dealt: share 2, 5",
            ),
            (
                Error::TooFewShares {
                    found: 2,
                    needed: 3,
                },
                "2 of the 3 shares that are needed",
            ),
            (
                KeyServiceError::Unreachable(io::ErrorKind::TimedOut.into()).into(),
                "the key service cannot be reached: timed out",
            ),
            (
                KeyServiceError::AccessDenied { status: 403 }.into(),
                "the key service refuses access (status 403)",
            ),
            (
                KeyServiceError::KeyUnavailable { status: 404 }.into(),
                "the key service has no such key that can be used (status 404)",
            ),
            (
                KeyServiceError::NotWrappedHere.into(),
                "the key service did not wrap this with this key for this place",
            ),
            (
                KeyServiceError::Busy { status: 503 }.into(),
                "the key service is busy or failed (status 503)",
            ),
            (
                KeyServiceError::Answer {
                    status: 200,
                    what: "no ciphertext",
                }
                .into(),
                "the key service gave an answer that is not understood (status 200): no ciphertext",
            ),
            (
                Error::EpochUnknown { epoch: 4 },
                "the key of epoch 4 is not in this store",
            ),
            (
                Error::EpochExists { epoch: 4 },
                "epoch 4 has or had a key already",
            ),
            (
                Error::EpochDestroyed { epoch: 4 },
                "the key of epoch 4 was destroyed",
            ),
            (
                Error::NotAttested { epoch: 4 },
                "nobody has attested that the key of epoch 4 was destroyed",
            ),
            (
                Error::EpochFile { epoch: 4 },
                "a file of the store of epoch keys is damaged: that of epoch 4",
            ),
            (
                Error::UnknownSigner,
                "the note is not signed by the expected key",
            ),
            (
                Error::BadSignature,
                "the signature does not belong to this text",
            ),
            (Error::BadProof, "the proof does not lead to the root"),
            (
                Error::Encoding {
                    expected: "hexadecimal",
                },
                "not hexadecimal",
            ),
        ];
        for (error, message) in cases {
            assert_eq!(error.to_string(), message);
        }
    }
}
