//! Dump scripts of MySQL, PostgreSQL and SQL Server: a file holds tables, a row is a flat record.
//!
//! [`Reader`] cuts a script into the rows of its `INSERT` and `COPY` statements and keeps the text
//! of each; [`parse`] turns that text into a [`SourceRecord`](ehr_model::source::SourceRecord)
//! with one leaf a column, as [`csv::parse`](crate::csv::parse) does. [`tables`] lists the tables
//! with their columns.
//!
//! ```
//! use ehr_mapping::csv::Columns;
//! use ehr_mapping::raw::RawRecord;
//! use ehr_mapping::sqldump::{Reader, parse, tables};
//! use ehr_model::source::{Arena, NodeId};
//!
//! let script = r"CREATE TABLE `people` (`id` int NOT NULL, `name` varchar(50), `died` date);
//! INSERT INTO `people` VALUES (1,'O\'Brien',NULL),(2,'Roe','2020-01-31');
//! INSERT INTO `people` (`name`,`id`) VALUES ('Doe',3);
//! ";
//! let people = &tables(script.as_bytes())?[0];
//! assert_eq!(people.columns[1].sql_type, "varchar(50)");
//! let columns = Columns::new("dump.sql", &people.column_names())?;
//!
//! let mut reader = Reader::new(script.as_bytes(), "dump.sql")?;
//! let variant = reader.variant();
//! let mut names = Vec::new();
//! while let Some(row) = reader.next_raw()? {
//!     assert_eq!(row.table.map(|name| &**name), Some("people"));
//!     let RawRecord::Text(text) = row.record else { panic!("a row was expected") };
//!     let record = parse(text.expose_text(), variant, &columns, text.position(), Arena::default())?;
//!     names.extend(record.expose(NodeId::at(2)).map(str::to_owned)); // id, name, died
//! }
//! assert_eq!(names, ["O'Brien", "Roe", "Doe"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The text of a row
//!
//! It is what stands in the file: the tuple `(1,'O\'Brien',NULL)`, or the line of a `COPY`. What
//! begins with a parenthesis is a tuple. It is written anew only where it would not say what the
//! table holds:
//!
//! | in the file | in the text |
//! | --- | --- |
//! | columns listed in another order than the table has, or not all | cells in the order of the table, `DEFAULT` (`\N` in a `COPY`) for the others |
//! | text in a column whose declared type holds bytes; `_binary '..'` with bytes that are not ASCII | `x'..'`, or hex digits in a `COPY` |
//! | a line of `COPY` that begins with a parenthesis | with a backslash before it, which `COPY` reads as the same |
//!
//! # What a leaf says
//!
//! | written | leaf |
//! | --- | --- |
//! | `NULL`, `DEFAULT`, `\N` in a `COPY`, a column that is not listed, `''` | empty; the text of the row still tells them apart |
//! | `12.50`, `-1e5`, `TRUE`, `b'101'` | `12.50`, `-1e5`, `TRUE`, `101`: as it is written (a `COPY` writes `t`) |
//! | `'..'`, `N'..'`, `E'..'`, `_utf8'..'`, `$tag$..$tag$`, `DATE '..'` | the text, without escapes |
//! | `0x4142`, `x'4142'`, `_binary '..'`, text in a column of bytes | the hex digits; [`bytes`] decodes them |
//! | `CAST(.. AS type)`, `CONVERT(type, ..)`, `..::type` | the literal inside |
//! | `CAST(0x0000A3B100C5C100 AS DateTime)` of old SQL Server scripts | `2014-09-25 12:00:00.000`, and so for all types of dates and times |
//!
//! # What becomes of the rest
//!
//! Comments are passed over, but MySQL executes `/*!40101 .. */` and so they are read. Statements
//! that hold no data (`CREATE INDEX`, `SET`, …) are counted in [`Skipped`]. What would change rows
//! or columns, and what is no statement, is a [`BadRecord`](crate::raw::BadRecord):
//!
//! | in the script | what it becomes |
//! | --- | --- |
//! | `UPDATE`, `DELETE`, `REPLACE`, `MERGE`, `TRUNCATE`, `LOAD DATA`, `ROLLBACK`, `DO`; `DROP TABLE` after rows; `ON DUPLICATE KEY UPDATE` | [`STATEMENT_CHANGES_DATA`] |
//! | `ALTER TABLE .. ADD`, `DROP` or `RENAME` of columns; a second `CREATE TABLE` after rows | [`STATEMENT_CHANGES_TABLE`] |
//! | a cell with a function or operator; `INSERT .. SELECT` | [`COMPUTED_VALUE`] |
//! | a value for a column that the table does not have | [`UNKNOWN_COLUMN`] |
//! | a quote that was not escaped | [`MALFORMED_TUPLE`] or [`UNTERMINATED_QUOTE`], up to the next `),(` |
//! | bytes of a large object of PostgreSQL (`lowrite`) | [`LARGE_OBJECT`] |
//! | `COPY` in CSV or binary format | [`COPY_FORMAT`], line by line |
//! | bytes that mean nothing in the encoding; a NUL | [`UNDECODABLE_BYTES`], [`NUL_BYTE`] |
//! | more than [`MAX_RECORD`] bytes | [`RECORD_TOO_LONG`] |
//! | the file ends inside of a statement | [`UNTERMINATED_STATEMENT`]; see [`Reader::is_complete`] too |
//! | anything else | [`UNKNOWN_STATEMENT`] |
//!
//! # Tables
//!
//! The columns of a table are those of `CREATE TABLE`, else of the first list of an `INSERT` or
//! `COPY`, else `column1` and so on. Names leave out `public` and `dbo`, and the first database of
//! the dump; those of others are `database.table`.

mod binary;
mod cast;
mod cell;
mod copy;
mod error;
mod escape;
mod insert;
mod keyword;
mod lexer;
mod lines;
mod normalise;
mod reader;
mod reason;
mod record;
mod schema;
mod script;
mod skipped;
mod split;
mod statement;
mod table;
#[cfg(test)]
mod tests;
mod variant;

pub use binary::bytes;
pub use error::Error;
pub use reader::{MAX_RECORD, Reader, TableRow, tables};
pub use reason::{
    COMPUTED_VALUE, COPY_FORMAT, LARGE_OBJECT, MALFORMED_TUPLE, NUL_BYTE, RAGGED_ROW,
    RECORD_TOO_LONG, STATEMENT_CHANGES_DATA, STATEMENT_CHANGES_TABLE, UNDECODABLE_BYTES,
    UNKNOWN_COLUMN, UNKNOWN_STATEMENT, UNTERMINATED_QUOTE, UNTERMINATED_STATEMENT,
};
pub use record::{Fields, field, fields, parse, reject};
pub use schema::{Column, TableSchema};
pub use skipped::Skipped;
pub use variant::Variant;

/// Whether a file that begins with these bytes, of which 64 KiB are enough, is a dump script.
///
/// [`Variant::detect`] says of which database.
pub fn detect(start: &[u8]) -> bool {
    Variant::detect(start).is_some()
}
