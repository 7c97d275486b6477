//! The one error of the crate: a kind, and the address in the archive where it happened.

use std::fmt;
use std::io;

use crate::{ObjectId, Role};

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

    /// One more accession was begun and not finished.
    #[error("an accession to this archive was begun and never finished: resume it and finish it")]
    UnfinishedAccession,

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

    /// A holder without the key that something needs.
    #[error("this key does not have the role '{}', which is needed here", .role.as_str())]
    RoleMissing {
        /// The role.
        role: Role,
    },

    /// An archive whose epoch key is kept in a store.
    #[error("the key of epoch {epoch} is in a store, which was not given")]
    StoreNeeded {
        /// The epoch.
        epoch: u32,
    },

    /// An entry that was erased.
    #[error("this entry was erased (change {change} of the archive)")]
    Erased {
        /// The change of the archive with which it was erased.
        change: u64,
    },

    /// Something that a hold forbids.
    #[error("{holds} holds forbid this")]
    Held {
        /// How many.
        holds: usize,
    },

    /// Something that no retention rule allows yet.
    #[error("no retention rule allows erasing this: {reason}")]
    Retained {
        /// Why it is kept, in words without a patient value.
        reason: String,
    },

    /// A shred whose last step, destroying the old epoch's key, is still to be done.
    #[error("the key of epoch {epoch} was replaced and not yet destroyed: finish the shred")]
    ShredUnfinished {
        /// The epoch.
        epoch: u32,
    },

    /// The archive was changed by somebody else since it was opened.
    #[error("the archive was changed since it was opened: open it again")]
    StateChanged,

    /// An older state or log than one that is known.
    #[error("rolled back: {what}")]
    RolledBack {
        /// What is older than it must be.
        what: &'static str,
    },

    /// What writes failed before and must not go on: what is on the disk shows when the archive is resumed or opened again.
    #[error("an earlier write failed: resume or open the archive again")]
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
                ErrorKind::UnfinishedAccession,
                "an accession to this archive was begun and never finished: resume it and finish it",
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
                ErrorKind::RoleMissing { role: Role::Epoch },
                "this key does not have the role 'epoch', which is needed here",
            ),
            (
                ErrorKind::StoreNeeded { epoch: 2 },
                "the key of epoch 2 is in a store, which was not given",
            ),
            (
                ErrorKind::Erased { change: 3 },
                "this entry was erased (change 3 of the archive)",
            ),
            (ErrorKind::Held { holds: 2 }, "2 holds forbid this"),
            (
                ErrorKind::ShredUnfinished { epoch: 4 },
                "the key of epoch 4 was replaced and not yet destroyed: finish the shred",
            ),
            (
                ErrorKind::Retained {
                    reason: "no rule applies".into(),
                },
                "no retention rule allows erasing this: no rule applies",
            ),
            (
                ErrorKind::StateChanged,
                "the archive was changed since it was opened: open it again",
            ),
            (
                ErrorKind::RolledBack { what: "the state" },
                "rolled back: the state",
            ),
            (
                ErrorKind::Failed,
                "an earlier write failed: resume or open the archive again",
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
