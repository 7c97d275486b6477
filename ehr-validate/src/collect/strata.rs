//! Counts by kind, and by year, status, site and provider within a kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use ehr_model::chart::Chart;
use ehr_model::issue::Issue;
use ehr_model::record::Record;

use crate::compare::day_of;
use crate::reconciliation::Reconciliation;
use crate::rules::{RecordCountMismatch, StratumEmptied};
use crate::validation::RuleCounts;
use crate::walk;

/// For the rule [`RecordCountMismatch`]: the lines of a reconciliation, one a kind, and open claims.
pub fn record_counts(reconciliation: &Reconciliation) -> (RuleCounts, Vec<Issue>) {
    let lines = reconciliation
        .kinds
        .iter()
        .chain([&reconciliation.open_claims]);
    let counted = lines.filter(|line| line.made + line.written + line.archived + line.rejected > 0);
    let judged = counted.map(|line| (line.kind, line.difference != 0));
    super::judged(&RecordCountMismatch::METADATA, judged)
}

/// Counts the records of both sides by kind and year, status, site and provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Strata {
    counts: BTreeMap<(Arc<str>, Arc<str>), (u64, u64)>,
}

impl Strata {
    /// Counts the records of the two charts of a patient.
    pub fn collect(&mut self, source: &Chart, target: &Chart) {
        for record in &source.records {
            self.count(record, |(source, _)| *source += 1);
        }
        for record in &target.records {
            self.count(record, |(_, target)| *target += 1);
        }
    }

    /// Adds the counts of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (stratum, (source, target)) in &other.counts {
            let counts = self.counts.entry(stratum.clone()).or_default();
            counts.0 += source;
            counts.1 += target;
        }
    }

    /// For the rule [`StratumEmptied`]. Its issues name the dimension, such as `Encounter by year`,
    /// and never the site or the provider.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let filled = self.counts.iter().filter(|(_, (source, _))| *source > 0);
        let judged = filled.map(|((dimension, _), (_, target))| (dimension.clone(), *target == 0));
        super::judged(&StratumEmptied::METADATA, judged)
    }

    fn count(&mut self, record: &Record, mut add: impl FnMut(&mut (u64, u64))) {
        let kind = record.kind().name();
        let mut by = |dimension: &str, stratum: &str| {
            let dimension = format!("{kind} by {dimension}").into();
            add(self.counts.entry((dimension, stratum.into())).or_default());
        };
        let element = record.resource.element();
        if let Some(year) = day_of(record).as_deref().and_then(|day| day.get(..4)) {
            by("year", year);
        }
        if let Some(status) = walk::text(element, "status") {
            by("status", &status);
        }
        for (dimension, fields) in [("site", SITES), ("provider", PROVIDERS)] {
            for field in fields {
                let mut on_element =
                    |_: &walk::Path<'_>, element: &dyn ehr_model::element::Element| {
                        let name = walk::text(element, "display");
                        if let Some(name) = name.filter(|_| element.spec().name == "Reference") {
                            by(dimension, &name.to_lowercase());
                        }
                    };
                walk::field(element, field, &mut |_, _| {}, &mut on_element);
            }
        }
    }
}

const SITES: &[&str] = &["location", "facility", "serviceProvider"];
const PROVIDERS: &[&str] = &[
    "performer",
    "requester",
    "author",
    "recorder",
    "participant",
    "provider",
];
