//! Faults that are put into clean charts on purpose, to see whether the rules find them.
//!
//! Each fault is one thing that conversions are known to do wrong, and names the rule that must
//! find it. Injecting is a function of chart and seed, so that a fault can be shown again. A run
//! proves its rules with [`self_test`] on its own charts; where a rule misses its fault, the
//! findings of the run say nothing.
//!
//! ```
//! use ehr_validate::faults::{self, AS_OF};
//! use ehr_validate::{Context, Ruleset, ValidationReport, Validator};
//!
//! let clean = faults::textbook();
//! let fault = faults::all().into_iter().find(|fault| fault.name == "birth-date-in-future").unwrap();
//! let injected = fault.inject(&clean, 7).unwrap();
//! assert_eq!(&*injected.field, "birthDate");
//!
//! let validator = Validator::new(Ruleset::all().select(&[fault.rule])?);
//! let context = Context::new(ehr_model::value::Date::parse(AS_OF)?);
//! let mut report = ValidationReport::default();
//! assert!(validator.check(&clean, &context, &mut report).is_empty());
//! assert_eq!(validator.check(&injected.chart, &context, &mut report).len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod allergy;
mod billing;
mod coding;
pub mod conversion;
mod count;
mod date;
mod demographic;
mod document;
mod immunization;
mod laboratory;
mod medication;
mod mutation;
mod problem;
mod reference;
mod self_test;
mod terminology;
mod textbook;
mod vital;

pub use mutation::Mutation;
pub use self_test::{Outcome, SelfTest, self_test};
pub use terminology::terminology;
pub use textbook::{AS_OF, textbook};

use std::sync::Arc;

use ehr_model::chart::Chart;
use ehr_model::record::{Kind, RecordId};

/// A class of faults.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Fault {
    /// Its name; the code of its rule, or several words more where a rule has several faults.
    pub name: &'static str,
    /// The code of the rule that must find it.
    pub rule: &'static str,
    /// Puts it into a chart; `None` where the chart has nothing that it could harm.
    pub inject: fn(&mut Mutation) -> Option<()>,
}

/// A chart with a fault, and where the fault is.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Injected {
    /// The chart with the fault.
    pub chart: Chart,
    /// The kind of the record that was changed.
    pub kind: Kind,
    /// The record that was changed, added or removed.
    pub record: RecordId,
    /// The field that was changed; empty where the record was added or removed.
    pub field: Arc<str>,
}

impl Fault {
    /// A fault of your own.
    pub const fn new(
        name: &'static str,
        rule: &'static str,
        inject: fn(&mut Mutation) -> Option<()>,
    ) -> Self {
        Self { name, rule, inject }
    }

    /// A copy of the chart with the fault, the same one for the same seed; `None` where the chart
    /// has nothing that the fault could harm.
    pub fn inject(&self, chart: &Chart, seed: u64) -> Option<Injected> {
        let mut mutation = Mutation::new(chart, seed);
        (self.inject)(&mut mutation)?;
        mutation.finish()
    }
}

/// Every fault of this crate, room by room.
pub fn all() -> Vec<Fault> {
    [
        allergy::FAULTS,
        coding::FAULTS,
        count::FAULTS,
        billing::FAULTS,
        date::FAULTS,
        demographic::FAULTS,
        document::FAULTS,
        immunization::FAULTS,
        laboratory::FAULTS,
        medication::FAULTS,
        problem::FAULTS,
        reference::FAULTS,
        vital::FAULTS,
    ]
    .concat()
}
