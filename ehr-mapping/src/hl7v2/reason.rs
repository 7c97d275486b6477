//! Why a record was rejected, and what the reader noticed beside. The codes are permanent.

use ehr_model::issue::IssueCode;

/// Text that belongs to no message: before the first header, or after the end of a batch.
pub const TEXT_OUTSIDE_MESSAGE: IssueCode = IssueCode::new("text-outside-message");

/// A header whose first two fields do not say how the message is parted.
pub const BAD_DELIMITERS: IssueCode = IssueCode::new("bad-delimiters");

/// Bytes that mean nothing in the character set of the message.
pub const UNDECODABLE_BYTES: IssueCode = IssueCode::new("undecodable-bytes");

/// MSH-18 names a character set that is not read here, or several that escape sequences switch.
pub const UNSUPPORTED_CHARACTER_SET: IssueCode = IssueCode::new("unsupported-character-set");

/// A NUL character, which text never holds.
pub const NUL_BYTE: IssueCode = IssueCode::new("nul-byte");

/// A message longer than [`MAX_MESSAGE`](super::MAX_MESSAGE), or one whose header would be
/// repeated for so many patients that they are longer than four times as much.
pub const MESSAGE_TOO_LONG: IssueCode = IssueCode::new("message-too-long");

/// A message with more nodes than [`MAX_NODES`](super::MAX_NODES), or with more fields of its own
/// than any vendor invents.
pub const TOO_MANY_VALUES: IssueCode = IssueCode::new("too-many-values");

/// A text that [`parse`](super::parse) was given and that no [`Reader`](super::Reader) made: it
/// does not begin with a header, a trailer or a line of the reader.
pub const NO_MESSAGE_HEADER: IssueCode = IssueCode::new("no-message-header");

/// An order with earlier results that, by their patient segment, are of somebody else (a mother's
/// with the order of her child). No message speaks of two charts.
pub const RESULTS_OF_ANOTHER_PATIENT: IssueCode = IssueCode::new("results-of-another-patient");

/// Noticed: a line of a message that is no segment, as a line end that was not escaped leaves it.
pub const STRAY_LINE: IssueCode = IssueCode::new("stray-line");

/// Noticed: an escape sequence `\X…\` whose bytes mean nothing in the character set of the
/// message. The value keeps it as it is written.
pub const UNDECODABLE_ESCAPE: IssueCode = IssueCode::new("undecodable-escape");

/// Noticed: an ADT message that links, unlinks or swaps patients, who are records of their own
/// here.
pub const PATIENTS_OF_ONE_EVENT: IssueCode = IssueCode::new("patients-of-one-event");

/// Noticed: BTS-1 is not the number of messages in the batch.
pub const BATCH_COUNT_MISMATCH: IssueCode = IssueCode::new("batch-count-mismatch");

/// Noticed: FTS-1 is not the number of batches in the file.
pub const FILE_COUNT_MISMATCH: IssueCode = IssueCode::new("file-count-mismatch");

/// Noticed: a batch without its trailer. Messages may be missing.
pub const BATCH_NOT_CLOSED: IssueCode = IssueCode::new("batch-not-closed");

/// Noticed: a file without its trailer. Messages may be missing.
pub const FILE_NOT_CLOSED: IssueCode = IssueCode::new("file-not-closed");

/// Noticed: an MLLP block without its end. The message may be cut.
pub const BLOCK_NOT_CLOSED: IssueCode = IssueCode::new("block-not-closed");
