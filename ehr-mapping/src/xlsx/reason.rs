//! What is odd in a sheet. The codes are permanent.

use ehr_model::issue::IssueCode;

pub use crate::csv::RAGGED_ROW;

/// A cell holds an error such as `#N/A` instead of a value.
pub const CELL_ERROR: IssueCode = IssueCode::new("cell-error");

/// A formula whose result was not saved: the cell reads as empty.
pub const FORMULA_WITHOUT_VALUE: IssueCode = IssueCode::new("formula-without-value");

/// Cells were merged: only the first of them holds the value.
pub const MERGED_CELLS: IssueCode = IssueCode::new("merged-cells");

/// A whole number with more digits than Excel keeps: an identifier that should have been text.
pub const NUMBER_BEYOND_15_DIGITS: IssueCode = IssueCode::new("number-beyond-15-digits");
