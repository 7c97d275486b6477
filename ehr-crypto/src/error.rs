//! The one error of the crate: what failed, never a key and never a plaintext.

use std::io;

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

    /// Text that is not the expected hexadecimal or base64.
    #[error("not {expected}")]
    Encoding {
        /// The expected encoding.
        expected: &'static str,
    },
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
