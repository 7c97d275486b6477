//! How much of USCDI v3 is there: element by element, in the source and in what is delivered.
//!
//! The fields that carry an element are those that the catalogue marks with it; where a field
//! carries several elements, `coverage/elements.tsv` says which entries and values belong to which.
//!
//! ```
//! use ehr_model::kind::Patient;
//! use ehr_model::record::{Kind, Namespace, Record};
//! use ehr_model::value::Date;
//! use ehr_validate::coverage::Coverage;
//!
//! let mut patient = Patient::default();
//! patient.birth_date.set(Date::parse("1984-03-17")?);
//! let id = Namespace::of_system("urn:old").id(Kind::Patient, "1");
//! let record = Record { id, provenance: Vec::new(), resource: patient.into() };
//!
//! let mut coverage = Coverage::default();
//! coverage.source(&record);
//! let report = coverage.report();
//! let birth = report.elements.iter().find(|line| line.element == "Date of Birth").unwrap();
//! assert_eq!((birth.source.filled, birth.target.filled), (1, 0));
//! # Ok::<(), ehr_model::value::DateError>(())
//! ```

mod element;
mod fill;
mod page;

pub use fill::Fill;

use std::io::{self, Write};

use ehr_model::issue::Issue;
use ehr_model::record::Record;
use serde::Serialize;

use crate::collect::judged;
use crate::rules::{MustSupportElementMissing, UscdiElementLost};
use crate::validation::RuleCounts;

/// How many elements USCDI v3 has.
pub const ELEMENTS: usize = 94;

/// Counts elements of USCDI v3 in source and target. Parts of a run merge by addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    source: Vec<Fill>,
    target: Vec<Fill>,
}

/// The coverage of every element, as data and as a part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CoverageReport {
    /// The elements in the order of the published table.
    pub elements: Vec<ElementCoverage>,
}

/// The coverage of one element.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ElementCoverage {
    /// Its number in the published table.
    pub number: u8,
    /// Its data class.
    pub class: &'static str,
    /// Its name.
    pub element: &'static str,
    /// In the source.
    pub source: Fill,
    /// In what is delivered.
    pub target: Fill,
    /// How many of a thousand filled entries of the source are filled no more; `None` where the
    /// source has none.
    pub lost_per_mille: Option<u64>,
}

impl Default for Coverage {
    fn default() -> Self {
        Self {
            source: vec![Fill::default(); ELEMENTS],
            target: vec![Fill::default(); ELEMENTS],
        }
    }
}

impl Coverage {
    /// Counts a record of the source, shared records included.
    pub fn source(&mut self, record: &Record) {
        count(&mut self.source, record);
    }

    /// Counts a record of the target, shared records included.
    pub fn target(&mut self, record: &Record) {
        count(&mut self.target, record);
    }

    /// Adds what was counted in another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (mine, others) in [
            (&mut self.source, &other.source),
            (&mut self.target, &other.target),
        ] {
            for (fill, more) in mine.iter_mut().zip(others) {
                *fill += *more;
            }
        }
    }

    /// The coverage of every element.
    pub fn report(&self) -> CoverageReport {
        let sides = self.source.iter().zip(&self.target);
        let line = |(element, (source, target)): (&element::Element, (&Fill, &Fill))| {
            let lost = source.filled.saturating_sub(target.filled);
            ElementCoverage {
                number: element.number,
                class: element.class,
                element: element.name,
                source: *source,
                target: *target,
                lost_per_mille: (lost * 1000).checked_div(source.filled),
            }
        };
        CoverageReport {
            elements: element::all().iter().zip(sides).map(line).collect(),
        }
    }

    /// For the rule [`UscdiElementLost`]: the elements of which the target has less.
    pub fn lost_elements(&self) -> (RuleCounts, Vec<Issue>) {
        self.judge(&UscdiElementLost::METADATA, |source, target| {
            target.filled < source.filled || target.coded < source.coded
        })
    }

    /// For the rule [`MustSupportElementMissing`]: the elements of which the target has none.
    pub fn missing_elements(&self) -> (RuleCounts, Vec<Issue>) {
        self.judge(&MustSupportElementMissing::METADATA, |_, target| {
            target.filled == 0
        })
    }

    fn judge(
        &self,
        rule: &crate::rule::RuleMetadata,
        is_lost: impl Fn(&Fill, &Fill) -> bool,
    ) -> (RuleCounts, Vec<Issue>) {
        let sides = self.source.iter().zip(&self.target);
        let filled = element::all().iter().zip(sides);
        let filled = filled.filter(|(_, (source, _))| source.filled > 0);
        judged(
            rule,
            filled.map(|(element, (source, target))| (element.name, is_lost(source, target))),
        )
    }
}

impl CoverageReport {
    /// Writes the report as JSON.
    pub fn write_json(&self, out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(out, self).map_err(io::Error::from)
    }

    /// The report as a section of an HTML page.
    pub fn html(&self) -> String {
        page::html(self)
    }
}

fn count(fills: &mut [Fill], record: &Record) {
    for (fill, element) in fills.iter_mut().zip(element::all()) {
        if let Some(found) = element.look(record) {
            *fill += found;
        }
    }
}
