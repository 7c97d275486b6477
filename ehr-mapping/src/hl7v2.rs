//! HL7 v2 messages, batches and files of them.
mod boundary;
mod charset;
mod datatype;
mod envelope;
mod error;
mod escape;
mod group;
mod input;
mod names;
mod patients;
mod reader;
mod reason;
mod record;
mod segment;
mod split;

#[cfg(test)]
mod tests;

pub use boundary::detect;
pub(crate) use datatype::{DATATYPES, is_continuation};
pub use datatype::{
    BYTES_UNREADABLE, ENCODING_UNKNOWN, EVENT_UNKNOWN, NUMBER_UNREADABLE, NUMBERS_DISAGREE,
    NUMERIC_UNREADABLE, TIME_UNREADABLE, TIMING_NOT_MERGED, TIMING_UNREADABLE, UNIT_NOT_UCUM,
    USE_UNKNOWN, VALUE_TYPE_UNKNOWN,
};
pub use error::Error;
pub use names::{STRAY, vocabulary};
pub use reader::{MAX_MESSAGE, Reader};
pub use reason::{
    BAD_DELIMITERS, BATCH_COUNT_MISMATCH, BATCH_NOT_CLOSED, BLOCK_NOT_CLOSED, FILE_COUNT_MISMATCH,
    FILE_NOT_CLOSED, MESSAGE_TOO_LONG, NO_MESSAGE_HEADER, NUL_BYTE, PATIENTS_OF_ONE_EVENT,
    STRAY_LINE, TEXT_OUTSIDE_MESSAGE, TOO_MANY_VALUES, UNDECODABLE_BYTES, UNDECODABLE_ESCAPE,
    UNSUPPORTED_CHARACTER_SET,
};
pub use record::{MAX_NODES, Unreadable, parse};
pub use split::{Delimiters, Segments, Splitter, Value, Values, segments};
