//! Records as a reader cuts them, before they are parsed: the same for every format.
//!
//! A record is cut once, when an export is sorted by patient, and parsed later, when its patient's
//! turn comes.

use std::fmt;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::provenance::SourceAddress;
use ehr_model::reject::Reject;

/// Where a record stands in its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Position {
    /// The number of the record, counted from 1; a header and blank lines do not count.
    pub number: u64,
    /// The line on which it begins, counted from 1; LF, CRLF and CR each end one.
    pub line: u64,
    /// The byte of the file at which it begins, byte order mark included, in every encoding.
    pub byte: u64,
}

impl Position {
    /// The address in a source.
    pub fn address(self, source: &Arc<str>) -> SourceAddress {
        SourceAddress::new(source.clone())
            .record(self.number)
            .line(self.line)
            .byte(self.byte)
    }
}

/// What stands next in a file.
///
/// Exhaustive on purpose: a `_` arm would be a place where records get lost.
#[derive(Debug)]
pub enum RawRecord<'r> {
    /// A record whose extent and characters are beyond doubt. It may still be ragged.
    Text(RawText<'r>),
    /// A piece of the file that cannot be read.
    Bad(BadRecord<'r>),
}

/// The text of one record, without its line end. `Debug` shows only where it stands.
pub struct RawText<'r> {
    pub(crate) text: &'r str,
    pub(crate) position: Position,
}

impl<'r> RawText<'r> {
    /// The text as it is written, decoded to UTF-8. Every call is a place to review.
    pub fn expose_text(&self) -> &'r str {
        self.text
    }

    /// Where the record stands.
    pub fn position(&self) -> Position {
        self.position
    }
}

/// A piece of a file that cannot be read, and why. `Debug` shows only where it stands.
pub struct BadRecord<'r> {
    pub(crate) bytes: &'r [u8],
    pub(crate) leaves: u64,
    pub(crate) reason: IssueCode,
    pub(crate) position: Position,
}

impl<'r> BadRecord<'r> {
    /// The bytes as they stand in the file, in its own encoding, without the line end. Every
    /// call is a place to review.
    pub fn expose_bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// What is wrong with it; one of the constants of the format's module.
    pub fn reason(&self) -> IssueCode {
        self.reason
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The same as a reject of this source.
    pub fn reject(&self, source: &Arc<str>) -> Reject {
        Reject::new(
            self.position.address(source),
            self.reason,
            self.leaves,
            self.bytes.to_vec(),
        )
    }
}

impl fmt::Debug for RawText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawText")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for BadRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BadRecord")
            .field("reason", &self.reason)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}
