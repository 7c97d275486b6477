//! Delimited text: CSV, pipe- and tab-separated exports.
//!
//! [`Reader`] cuts a stream into records and keeps the text of each as it was written; [`parse`]
//! turns that text into a [`SourceRecord`](ehr_model::source::SourceRecord) with one leaf a column.
//! The two are apart because a record is cut once and parsed later, when its patient's turn comes.
//!
//! ```
//! use ehr_mapping::csv::{Columns, Dialect, Reader, parse};
//! use ehr_mapping::raw::RawRecord;
//! use ehr_model::source::{Arena, NodeId};
//!
//! let export = "ID,NAME\n1,\"Doe, Jane\"\n2,Roe\n";
//! let dialect = Dialect::default();
//! let mut reader = Reader::new(export.as_bytes(), "people.csv", dialect)?;
//! let columns = Columns::new("people.csv", &reader.read_header()?)?;
//!
//! let Some(RawRecord::Text(row)) = reader.next_raw()? else { panic!("a row was expected") };
//! let record = parse(row.expose_text(), &dialect, &columns, row.position(), Arena::default())?;
//! assert_eq!(record.expose(NodeId::at(2)), Some("Doe, Jane"));
//! assert_eq!(record.address().to_string(), "people.csv: record 1, line 2, byte 8");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What becomes of what
//!
//! Every byte of the input ends in exactly one place: the byte order mark, the header, a
//! [`RawText`](crate::raw::RawText), a [`BadRecord`](crate::raw::BadRecord), or a line end between them. Blank lines hold nothing and are passed
//! over, as is the lone `0x1A` with which DOS programs ended a file. Nothing is repaired:
//!
//! | in the record | what it becomes |
//! | --- | --- |
//! | bytes that mean nothing in the encoding | [`UNDECODABLE_BYTES`] |
//! | a NUL | [`NUL_BYTE`] |
//! | a quoted field without its end | [`UNTERMINATED_QUOTE`], and only the line that opens it |
//! | text right after the quote that ends a field; after a broken quote, any quote inside of a field | [`STRAY_QUOTE`] |
//! | more than [`MAX_RECORD`] bytes | [`RECORD_TOO_LONG`] |
//! | more or fewer fields than columns | [`RAGGED_ROW`], when it is parsed |
//!
//! # Quotes
//!
//! As in the `csv` crate, a quote is special only as the first character of a field; elsewhere
//! (`5" needle`) it is text. Two things differ, because there the `csv` crate would drop a
//! character: text after the end of a quoted field (`"5" needle"`) makes the record bad, and a
//! backslash is dropped only before a quote, a backslash, the delimiter or a line end (`"C:\new"`
//! stays as it is).

mod dialect;
pub(crate) mod encoding;
mod error;
mod field;
pub(crate) mod input;
mod quote;
mod reader;
mod reason;
mod record;
mod split;

#[cfg(test)]
mod tests;

pub use dialect::{Dialect, DialectError, Escape};
pub use error::{Error, NotText};
pub use field::{Fields, field, fields};
pub use input::MAX_RECORD;
pub use reader::Reader;
pub use reason::{
    NUL_BYTE, RAGGED_ROW, RECORD_TOO_LONG, STRAY_QUOTE, UNDECODABLE_BYTES, UNTERMINATED_QUOTE,
};
pub use record::{Columns, Ragged, parse};
