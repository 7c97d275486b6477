//! Dose safety: what a sig, a structured dosage and the name of a drug say, in amounts that compare.
//!
//! * [`Sig::parse`] reads free text to its last word, or says that it is [`Unparsed`].
//! * [`Structured::of`] reads dosages, [`Strength::parse`] the names of RxNorm.
//! * [`DailyAmount`] is what they come to in a day, exactly.
//! * [`agreement`] sets a sig against the structure of the same entry, [`Regimen::compare`] two entries.
//!
//! What is not certain is not a number. A unit, a frequency or a strength that nobody stated stays
//! unknown, and what rests on it is not compared.
//!
//! ```
//! use ehr_validate::dose::{Comparison, Factor, Regimen, Sig};
//!
//! let regimen = |sig| Sig::parse(sig).map(|sig| Regimen::of_steps(sig.steps, sig.course));
//! let before = regimen("take 0.5 mg po bid")?;
//! let after = regimen("take 5 mg by mouth twice daily")?;
//! assert_eq!(before.compare(&after), Comparison::Different(Factor::TenTimes));
//! # Ok::<(), ehr_validate::dose::Unparsed>(())
//! ```

mod amount;
mod comparison;
mod daily;
mod disagreement;
mod factor;
mod route;
mod sig;
mod step;
mod strength;
mod structured;
mod unit;

pub use amount::{Amount, AmountRange};
pub use comparison::{Comparison, NotComparable, Regimen, UnknownRegimen};
pub use daily::DailyAmount;
pub use disagreement::{Agreement, Certainty, Disagreement, DosageField, agreement};
pub use factor::Factor;
pub use route::{Route, Side};
pub use sig::{Sig, Unparsed, UnparsedReason};
pub use step::{Ceiling, Course, DayPart, StatedAmount, StatedOf, Step, Weekdays};
pub use strength::{IngredientStrength, NoStrength, Strength};
pub use structured::{Structured, Unclear};
pub use unit::{Dimension, DoseUnit};
