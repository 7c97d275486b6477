//! The leaves of a chart: text, codes, decimals and partial dates.
//!
//! Every type here holds a patient's data and shows none of it in `Debug`.

mod absent;
mod code;
mod decimal;
mod partial_date;
mod phi;
mod text;

pub use absent::{DataAbsentReason, Field};
pub use code::CodeSet;
pub(crate) use code::{code_from_leaf, code_leaf, code_set, code_to_leaf};
pub use decimal::{Decimal, DecimalError};
pub use partial_date::{Date, DateError, Instant, PartialDate, Precision};
pub use phi::Phi;
pub use text::Text;
