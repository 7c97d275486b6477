//! The one error of the crate: a kind, and the address in the archive where it happened.

use std::fmt;
use std::io;

use crate::ObjectId;

/// What went wrong, and where in the archive. No patient value is ever part of it.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    address: Address,
}

/// Where in an archive: a path below its folder, an object, an offset in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Address {
    /// Path below the archive's folder.
    pub file: Option<String>,
    /// The object.
    pub object: Option<ObjectId>,
    /// Byte offset in the file.
    pub offset: Option<u64>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed.
    #[error("{0}")]
    Io(#[source] io::Error),

    /// A key, seal or signature.
    #[error("{0}")]
    Crypto(#[source] ehr_crypto::Error),

    /// The folder does not hold an archive.
    #[error("there is no archive here")]
    NotAnArchive,

    /// The archive was begun and not finished.
    #[error("this archive was begun and never finished: resume writing it and finish it")]
    Unfinished,

    /// A new archive was to be written into a folder that is not empty.
    #[error("the folder is not empty; an archive is never written over anything")]
    AlreadyThere,

    /// A file or object of a later format.
    #[error("written by a later version of the format")]
    LaterVersion,

    /// Bytes that the format does not allow.
    #[error("not as the format says: {what}")]
    Malformed {
        /// What is not as it should be.
        what: &'static str,
    },

    /// Bytes that are not those that were written.
    #[error("changed since it was written: {what}")]
    Changed {
        /// What no longer agrees.
        what: &'static str,
    },

    /// Something that the archive must hold and does not.
    #[error("missing")]
    Missing,

    /// Something the archive must not hold.
    #[error("not part of the archive")]
    Unexpected,

    /// A size beyond a limit of the format.
    #[error("larger than the {limit} bytes that the format allows")]
    TooLarge {
        /// The limit.
        limit: u64,
    },

    /// A search that finds more than it may give back.
    #[error("more than {limit} entries are found: say more of what you search for")]
    TooMany {
        /// The limit.
        limit: usize,
    },

    /// An argument that cannot be written or used.
    #[error("cannot be used: {reason}")]
    Refused {
        /// Why not.
        reason: &'static str,
    },

    /// The writer failed before and must not go on.
    #[error("an earlier write failed: drop the writer and resume the archive")]
    Failed,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Error {
            kind: Box::new(kind),
            address: Address::default(),
        }
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Where it went wrong.
    pub fn address(&self) -> &Address {
        &self.address
    }

    /// Whether a key does not fit: another key, or a file of another archive.
    pub fn is_wrong_key(&self) -> bool {
        matches!(*self.kind, ErrorKind::Crypto(ehr_crypto::Error::WrongKey))
    }

    /// Adds the file, if none is known yet.
    pub(crate) fn in_file(mut self, file: impl Into<String>) -> Self {
        self.address.file.get_or_insert_with(|| file.into());
        self
    }

    pub(crate) fn of_object(mut self, object: ObjectId) -> Self {
        self.address.object.get_or_insert(object);
        self
    }

    pub(crate) fn at_offset(mut self, offset: u64) -> Self {
        self.address.offset.get_or_insert(offset);
        self
    }
}

/// Gives an error its address.
pub(crate) trait Located<T> {
    fn in_file(self, file: impl Into<String>) -> Result<T, Error>;
    fn of_object(self, object: ObjectId) -> Result<T, Error>;
}

impl<T, E: Into<Error>> Located<T> for Result<T, E> {
    fn in_file(self, file: impl Into<String>) -> Result<T, Error> {
        self.map_err(|error| error.into().in_file(file))
    }

    fn of_object(self, object: ObjectId) -> Result<T, Error> {
        self.map_err(|error| error.into().of_object(object))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Address {
            file,
            object,
            offset,
        } = &self.address;
        let parts = [
            file.clone(),
            object.map(|object| format!("object {object}")),
            offset.map(|offset| format!("offset {offset}")),
        ];
        let address: Vec<String> = parts.into_iter().flatten().collect();
        if !address.is_empty() {
            write!(f, "[{}] ", address.join(", "))?;
        }
        self.kind.fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&*self.kind)
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Error::new(kind)
    }
}

impl From<io::Error> for Error {
    /// Errors of sealed streams travel as I/O errors and become themselves again here.
    fn from(error: io::Error) -> Self {
        ehr_crypto::Error::from(error).into()
    }
}

impl From<ehr_crypto::Error> for Error {
    fn from(error: ehr_crypto::Error) -> Self {
        Error::new(match error {
            ehr_crypto::Error::Io(error) => ErrorKind::Io(error),
            error => ErrorKind::Crypto(error),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_begin_with_the_address() {
        let error = Error::new(ErrorKind::Changed { what: "the digest" });
        assert_eq!(
            error.to_string(),
            "changed since it was written: the digest"
        );
        let error = error
            .in_file("state/CURRENT")
            .of_object(ObjectId::from_bytes([0xab; 16]))
            .at_offset(7);
        let expected = "[state/CURRENT, object abababababababababababababababab, offset 7] \
                        changed since it was written: the digest";
        assert_eq!(error.to_string(), expected);
        // The first address is the closest to the fault.
        assert_eq!(error.in_file("elsewhere").to_string(), expected);
    }

    #[test]
    fn messages_of_every_kind() {
        let cases = [
            (ErrorKind::NotAnArchive, "there is no archive here"),
            (
                ErrorKind::Unfinished,
                "this archive was begun and never finished: resume writing it and finish it",
            ),
            (
                ErrorKind::AlreadyThere,
                "the folder is not empty; an archive is never written over anything",
            ),
            (
                ErrorKind::LaterVersion,
                "written by a later version of the format",
            ),
            (
                ErrorKind::Malformed { what: "a row" },
                "not as the format says: a row",
            ),
            (ErrorKind::Missing, "missing"),
            (ErrorKind::Unexpected, "not part of the archive"),
            (
                ErrorKind::TooLarge { limit: 9 },
                "larger than the 9 bytes that the format allows",
            ),
            (
                ErrorKind::TooMany { limit: 7 },
                "more than 7 entries are found: say more of what you search for",
            ),
            (
                ErrorKind::Refused {
                    reason: "no cohort",
                },
                "cannot be used: no cohort",
            ),
            (
                ErrorKind::Failed,
                "an earlier write failed: drop the writer and resume the archive",
            ),
        ];
        for (kind, message) in cases {
            assert_eq!(Error::new(kind).to_string(), message);
        }
    }

    #[test]
    fn an_error_of_a_sealed_stream_is_known_again() {
        let io = io::Error::from(ehr_crypto::Error::WrongKey);
        assert!(Error::from(io).is_wrong_key());
    }
}
