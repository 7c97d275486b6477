//! Excel workbooks: a sheet is a table, a row a record of delimited text.
//!
//! [`Workbook::open`] lists the sheets, hidden ones too; [`Workbook::sheet`] reads one. The first
//! row that holds something names the columns. Every further row becomes the text of a record in
//! the default [`Dialect`](crate::csv::Dialect), so that [`csv::parse`](crate::csv::parse) and
//! [`csv::fields`](crate::csv::fields) serve it. Its line is the row of the sheet.
//!
//! ```
//! use ehr_mapping::csv::{Columns, Dialect, parse};
//! use ehr_mapping::raw::RawRecord;
//! use ehr_mapping::xlsx::Workbook;
//! use ehr_model::source::{Arena, NodeId};
//!
//! # let mut made = rust_xlsxwriter::Workbook::new();
//! # let sheet = made.add_worksheet().set_name("Visits")?;
//! # sheet.write_row(0, 0, ["ID", "NOTE"])?.write(1, 0, 7)?.write(1, 1, "a, b")?;
//! # let bytes = made.save_to_buffer()?;
//! let mut workbook = Workbook::open(&bytes[..], "visits.xlsx")?;
//! assert_eq!(workbook.sheets()[0].name, "Visits");
//! let mut sheet = workbook.sheet("Visits")?;
//! let columns = Columns::new("visits.xlsx", sheet.header())?;
//!
//! let Some(RawRecord::Text(row)) = sheet.next_raw() else { panic!("a row was expected") };
//! assert_eq!(row.expose_text(), "7,\"a, b\"");
//! let record = parse(row.expose_text(), &Dialect::default(), &columns, row.position(), Arena::default())?;
//! assert_eq!(record.expose(NodeId::at(2)), Some("a, b"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a leaf says
//!
//! | in the cell | leaf |
//! | --- | --- |
//! | text, also of digits such as a ZIP code | the text |
//! | a number | the digits that Excel shows in its editor: 15 at most, `42` and not `42.0`, `1E+21` beyond 21 places; more digits are lost in the file already, with [`NUMBER_BEYOND_15_DIGITS`] |
//! | a whole number in a format of zeros such as `00000` or `000-00-0000` | with its leading zeros, as it is shown |
//! | a number in the format of a date | `2020-01-31`; `2020-01-31T10:00:00` where the format or the number has a time |
//! | in the format of a time | `10:00:00`; a duration `[h]:mm` runs on beyond a day: `37:30:00` |
//! | in the format of a date, but before the first day or after the year 9999 | the number |
//! | day 60 of the 1900 system, which never was | `1900-02-29`, as Excel shows it |
//! | TRUE, FALSE | `TRUE`, `FALSE` |
//! | a formula | its result as it was saved; without one the leaf is empty, with [`FORMULA_WITHOUT_VALUE`] |
//! | an error | `#N/A` and the like, with [`CELL_ERROR`] |
//! | one of several merged cells | the first has the value, the others are empty, with [`MERGED_CELLS`] |
//!
//! XLS does not tell the format, so there a date is told from a time by the number. Rows without
//! a value hold nothing and are passed over, as are columns before the first and after the last
//! that is used. Comments, pictures and colours are not read.

mod cell;
mod compound;
mod error;
mod format;
mod package;
mod reader;
mod reason;
#[cfg(test)]
mod tests;
mod workbook;

pub use error::Error;
pub use reader::Reader;
pub use reason::{
    CELL_ERROR, FORMULA_WITHOUT_VALUE, MERGED_CELLS, NUMBER_BEYOND_15_DIGITS, RAGGED_ROW,
};
pub use workbook::{MAX_UNPACKED, MAX_WORKBOOK, Sheet, Workbook, detect};
