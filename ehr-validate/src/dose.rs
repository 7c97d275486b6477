//! Dose safety: what a sig, a structured dosage and the name of a drug say, in amounts that compare.
//!
//! [`Sig::parse`] reads free text, names of drugs follow. All amounts are exact. What is not
//! certain is not a number: a sig that is not understood to its last word is [`Unparsed`].

mod amount;
mod daily;
mod route;
mod sig;
mod step;
mod unit;

pub use amount::{Amount, AmountRange};
pub use daily::DailyAmount;
pub use route::{Route, Side};
pub use sig::{Sig, Unparsed, UnparsedReason};
pub use step::{Ceiling, Course, DayPart, StatedAmount, StatedOf, Step, Weekdays};
pub use unit::{Dimension, DoseUnit};
