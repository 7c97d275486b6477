//! Why a record was rejected. The codes are permanent.

use ehr_model::issue::IssueCode;

/// The row has more or fewer fields than the table has columns.
pub const RAGGED_ROW: IssueCode = IssueCode::new("ragged-row");

/// Bytes that mean nothing in the encoding of the file.
pub const UNDECODABLE_BYTES: IssueCode = IssueCode::new("undecodable-bytes");

/// A NUL character, which text never holds.
pub const NUL_BYTE: IssueCode = IssueCode::new("nul-byte");

/// A quoted field that does not end where a field can end.
pub const UNTERMINATED_QUOTE: IssueCode = IssueCode::new("unterminated-quote");

/// A quote that neither opens a field nor ends one, where its meaning cannot be told.
pub const STRAY_QUOTE: IssueCode = IssueCode::new("stray-quote");

/// A record longer than [`MAX_RECORD`](super::MAX_RECORD).
pub const RECORD_TOO_LONG: IssueCode = IssueCode::new("record-too-long");
