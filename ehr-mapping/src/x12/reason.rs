//! What may be wrong with an interchange. The codes are permanent.

use ehr_model::issue::IssueCode;

/// Bytes that mean nothing in the encoding of the file.
pub const UNDECODABLE_BYTES: IssueCode = IssueCode::new("undecodable-bytes");

/// A NUL character, which text never holds.
pub const NUL_BYTE: IssueCode = IssueCode::new("nul-byte");

/// A record longer than [`MAX_RECORD`](super::MAX_RECORD).
pub const RECORD_TOO_LONG: IssueCode = IssueCode::new("record-too-long");

/// Text before, between or after interchanges.
pub const TEXT_OUTSIDE_INTERCHANGE: IssueCode = IssueCode::new("text-outside-interchange");

/// What stands above the record, such as its billing provider, cannot be read itself.
pub const CONTEXT_UNREADABLE: IssueCode = IssueCode::new("context-unreadable");

/// What stands above the record is longer than [`MAX_CONTEXT`](super::MAX_CONTEXT).
pub const CONTEXT_TOO_LONG: IssueCode = IssueCode::new("context-too-long");

/// A binary segment whose length does not lead to its end.
pub const BINARY_LENGTH_WRONG: IssueCode = IssueCode::new("binary-length-wrong");

/// A segment of more than [`MAX_ELEMENTS`](super::MAX_ELEMENTS) elements, or an element of more
/// components.
pub const TOO_MANY_ELEMENTS: IssueCode = IssueCode::new("too-many-elements");

/// The text of a record that does not begin as this module writes it.
pub const NOT_A_RECORD: IssueCode = IssueCode::new("not-a-record");

/// IEA02 is not the number of ISA13.
pub const INTERCHANGE_NUMBER_DIFFERS: IssueCode = IssueCode::new("interchange-number-differs");

/// GE02 is not the number of GS06.
pub const GROUP_NUMBER_DIFFERS: IssueCode = IssueCode::new("group-number-differs");

/// SE02 is not the number of ST02.
pub const TRANSACTION_NUMBER_DIFFERS: IssueCode = IssueCode::new("transaction-number-differs");

/// IEA01 is not the number of groups.
pub const GROUP_COUNT_DIFFERS: IssueCode = IssueCode::new("group-count-differs");

/// GE01 is not the number of transactions.
pub const TRANSACTION_COUNT_DIFFERS: IssueCode = IssueCode::new("transaction-count-differs");

/// SE01 is not the number of segments.
pub const SEGMENT_COUNT_DIFFERS: IssueCode = IssueCode::new("segment-count-differs");

/// A control number that was used before: of an interchange between the same parties in this
/// file, of a group in its interchange, of a transaction in its group.
pub const DUPLICATE_CONTROL_NUMBER: IssueCode = IssueCode::new("duplicate-control-number");

/// No IEA.
pub const INTERCHANGE_NOT_CLOSED: IssueCode = IssueCode::new("interchange-not-closed");

/// No GE.
pub const GROUP_NOT_CLOSED: IssueCode = IssueCode::new("group-not-closed");

/// No SE.
pub const TRANSACTION_NOT_CLOSED: IssueCode = IssueCode::new("transaction-not-closed");

/// An SE, GE or IEA that closes nothing.
pub const TRAILER_WITHOUT_HEADER: IssueCode = IssueCode::new("trailer-without-header");

/// A segment that stands in no transaction.
pub const SEGMENT_OUTSIDE_TRANSACTION: IssueCode = IssueCode::new("segment-outside-transaction");

/// The last segment of the file has no terminator; it may be cut off.
pub const SEGMENT_NOT_TERMINATED: IssueCode = IssueCode::new("segment-not-terminated");

/// HL02 does not name the level above: whose claim it is cannot be trusted.
pub const HIERARCHY_BROKEN: IssueCode = IssueCode::new("hierarchy-broken");

/// A claim transaction whose version names no known guide; read by the one that is most common.
pub const GUIDE_UNKNOWN: IssueCode = IssueCode::new("guide-unknown");

/// A segment that the guide does not foresee where it stands; it stays in the loop before it.
pub const SEGMENT_OUT_OF_PLACE: IssueCode = IssueCode::new("segment-out-of-place");

/// Text where the id of a segment should be.
pub const SEGMENT_ID_UNKNOWN: IssueCode = IssueCode::new("segment-id-unknown");
