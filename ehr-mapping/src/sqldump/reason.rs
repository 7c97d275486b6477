//! Why a piece of a dump was rejected. The codes are permanent.

use ehr_model::issue::IssueCode;

pub use crate::csv::{
    NUL_BYTE, RAGGED_ROW, RECORD_TOO_LONG, UNDECODABLE_BYTES, UNTERMINATED_QUOTE,
};

/// A cell that the database would have to compute: a function call, an operator, a variable.
pub const COMPUTED_VALUE: IssueCode = IssueCode::new("computed-value");

/// A tuple that is no list of values, such as one with a quote that was not escaped.
pub const MALFORMED_TUPLE: IssueCode = IssueCode::new("malformed-tuple");

/// A row with a value for a column that its table does not have.
pub const UNKNOWN_COLUMN: IssueCode = IssueCode::new("unknown-column");

/// A statement that changes rows which stand elsewhere, or takes them from elsewhere.
pub const STATEMENT_CHANGES_DATA: IssueCode = IssueCode::new("statement-changes-data");

/// A statement that changes the columns of a table after its rows may have been read.
pub const STATEMENT_CHANGES_TABLE: IssueCode = IssueCode::new("statement-changes-table");

/// Text that is no statement of any kind that dumps are known to hold.
pub const UNKNOWN_STATEMENT: IssueCode = IssueCode::new("unknown-statement");

/// The file ends inside of a statement, a comment or the rows of a `COPY`.
pub const UNTERMINATED_STATEMENT: IssueCode = IssueCode::new("unterminated-statement");

/// A row of `COPY` in CSV or binary format.
pub const COPY_FORMAT: IssueCode = IssueCode::new("copy-format-not-text");

/// Bytes of a PostgreSQL large object, which stand outside of any table.
pub const LARGE_OBJECT: IssueCode = IssueCode::new("large-object-outside-table");
