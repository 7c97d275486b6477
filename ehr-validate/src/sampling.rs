//! Samples with a claim attached: what a review of some charts proves about all of them.
//!
//! "We looked at thirty charts" claims nothing. A [`SamplingPlan`] is fixed and its digest written
//! down before the draw; it says with which confidence which share of wrong charts would have shown
//! itself. The draw is one seeded permutation of all units: the sample of every stratum is the first
//! of its units, so that it is random, can be repeated, and can be extended without a new draw.
//! Known [faults](crate::faults) that stand in the packet measure what the reviewers notice, and what
//! they miss weakens the [`Claim`].
//!
//! ```
//! use ehr_validate::faults::{AS_OF, textbook};
//! use ehr_validate::sampling::{SamplingFrame, SamplingPlan, Stratum};
//! use ehr_validate::Context;
//!
//! let context = Context::new(ehr_model::value::Date::parse(AS_OF)?);
//! let mut frame = SamplingFrame::default();
//! frame.add(&textbook(), &context);
//!
//! let plan = SamplingPlan::new(4711);
//! let draw = plan.draw(&frame);
//! assert_eq!(draw.digest, plan.digest());
//! assert_eq!(draw.sample(Stratum::Charts).unwrap().units.len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bound;
mod claim;
mod draw;
mod frame;
mod plan;
mod probability;
mod sequential;
mod stratum;

pub use bound::{PerMillion, rate_at_least, rate_at_most, sample_size, wrong_at_most};
pub use claim::{CatchRate, Claim, Review, SampleResults};
pub use draw::{Draw, Sample};
pub use frame::{SampleUnit, SamplingFrame};
pub(crate) use plan::FAULTS_OF_CHART;
pub use plan::SamplingPlan;
pub use sequential::{SequentialDecision, SequentialTest};
pub use stratum::{EdgeCase, Membership, Stratum};

#[cfg(test)]
mod tests;
