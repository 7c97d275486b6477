//! What a migration will take: hours and cost, from the audit and assumptions that are stated.
//!
//! Every number of the estimate is a count of the audit times a named [`Assumption`]. Most of those are
//! assumptions and say so; a practice that knows better [sets](Planning::set) its own. An estimate is a
//! range: what is not known before the mapping exists is not made up for by decimals.

mod assumptions;
mod page;

pub use assumptions::{ASSUMPTIONS, Assumption};

use std::collections::BTreeMap;
use std::io::Write;

use ehr_model::issue::Severity;
use ehr_model::profile::{ColumnProfile, ValueShape};
use ehr_model::record::DataClass;
use serde::Serialize;

use crate::Error;
use crate::audit::AuditReport;

/// The assumptions of a practice, to make an estimate with.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Planning {
    set: BTreeMap<&'static str, f64>,
}

/// An assumption of this name there is not, or its value is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is no assumption of the estimate, or its value is below zero")]
pub struct NoSuchAssumption {
    /// The name.
    pub name: String,
}

/// Hours, as a range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Hours {
    /// If things go well.
    pub low: f64,
    /// As assumed.
    pub likely: f64,
    /// If they do not.
    pub high: f64,
}

/// A line of the estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct EffortLine {
    /// What is done.
    pub task: &'static str,
    /// Who does it.
    pub role: &'static str,
    /// How many.
    pub count: u64,
    /// Of what; from the audit, or fixed.
    pub unit: &'static str,
    /// The assumption that makes hours of it.
    pub assumption: &'static str,
    /// The hours.
    pub hours: Hours,
    /// The likely cost, in dollars.
    pub cost: f64,
}

/// An estimate.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Estimate {
    /// The layout of the report.
    pub format: &'static str,
    /// The day of the audit.
    pub as_of: String,
    /// The lines.
    pub lines: Vec<EffortLine>,
    /// All hours.
    pub hours: Hours,
    /// The cost, as a range, in dollars.
    pub cost: Hours,
    /// Every assumption with the value that was used and where it is from.
    pub assumptions: Vec<Assumption>,
}

impl Planning {
    /// Sets an assumption.
    ///
    /// # Errors
    ///
    /// If there is none of this name, or the value is below zero or no number.
    pub fn set(mut self, name: &str, value: f64) -> Result<Self, NoSuchAssumption> {
        let known = ASSUMPTIONS.iter().find(|one| one.name == name);
        match known.filter(|_| value >= 0.0 && value.is_finite()) {
            Some(one) => {
                self.set.insert(one.name, value);
                Ok(self)
            }
            None => Err(NoSuchAssumption {
                name: name.to_owned(),
            }),
        }
    }

    fn value(&self, name: &str) -> f64 {
        let shipped = ASSUMPTIONS.iter().find(|one| one.name == name);
        let set = self.set.get(name).copied();
        set.or(shipped.map(|one| one.value)).unwrap_or_default()
    }

    /// Estimates from an audit.
    pub fn estimate(&self, audit: &AuditReport) -> Estimate {
        let lines: Vec<EffortLine> = drivers(audit, self)
            .into_iter()
            .filter(|driver| driver.count > 0)
            .map(|driver| self.line(&driver))
            .collect();
        let sum = |of: fn(&EffortLine) -> f64| lines.iter().map(of).sum();
        let hours = Hours {
            low: sum(|line| line.hours.low),
            likely: sum(|line| line.hours.likely),
            high: sum(|line| line.hours.high),
        };
        let likely: f64 = sum(|line| line.cost);
        Estimate {
            format: "ehr-planning/1",
            as_of: audit.as_of.clone(),
            hours,
            cost: self.range(likely),
            lines,
            assumptions: ASSUMPTIONS
                .iter()
                .map(|one| Assumption {
                    value: self.value(one.name),
                    source: match self.set.contains_key(one.name) {
                        true => "set for this practice",
                        false => one.source,
                    },
                    ..*one
                })
                .collect(),
        }
    }

    fn line(&self, driver: &Driver) -> EffortLine {
        let likely = driver.count as f64 * self.value(driver.assumption);
        EffortLine {
            task: driver.task,
            role: driver.role,
            count: driver.count,
            unit: driver.unit,
            assumption: driver.assumption,
            hours: self.range(likely),
            cost: likely * self.value(driver.rate),
        }
    }

    fn range(&self, likely: f64) -> Hours {
        Hours {
            low: likely * self.value("range-low"),
            likely,
            high: likely * self.value("range-high"),
        }
    }
}

impl Estimate {
    /// Writes the estimate as JSON.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_json(&self, mut to: impl Write) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut to, self).map_err(std::io::Error::from)?;
        Ok(to.write_all(b"\n")?)
    }

    /// Writes the estimate as one page, without any script.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_html(&self, mut to: impl Write) -> Result<(), Error> {
        Ok(to.write_all(page::render(self)?.as_bytes())?)
    }
}

struct Driver {
    task: &'static str,
    role: &'static str,
    rate: &'static str,
    count: u64,
    unit: &'static str,
    assumption: &'static str,
}

fn drivers(audit: &AuditReport, planning: &Planning) -> Vec<Driver> {
    let columns: Vec<(DataClass, &ColumnProfile)> = audit
        .profile
        .tables
        .iter()
        .flat_map(|table| table.columns.iter().map(|column| (table.class, column)))
        .filter(|(_, column)| column.filled > 0)
        .collect();
    let clinical = columns
        .iter()
        .filter(|(class, _)| *class == DataClass::StructuredClinical);
    let local = columns.iter().filter(|(_, column)| is_local_list(column));
    let of = |severity: fn(Severity) -> bool| {
        let findings = audit.findings.iter();
        findings.filter(|one| severity(one.code.severity())).count() as u64
    };
    let fixed = |name: &str| planning.value(name).round() as u64;
    let analyst = |task, count, unit, assumption| Driver {
        task,
        role: "migration analyst",
        rate: "rate-analyst",
        count,
        unit,
        assumption,
    };
    let clinician = |task, count, unit, assumption| Driver {
        task,
        role: "clinician",
        rate: "rate-clinician",
        count,
        unit,
        assumption,
    };
    let biller = |task, count, unit, assumption| Driver {
        task,
        role: "billing lead",
        rate: "rate-billing",
        count,
        unit,
        assumption,
    };
    let (all, clinical) = (columns.len() as u64, clinical.count() as u64);
    let codes = local.map(|(_, column)| column.distinct.count).sum();
    vec![
        analyst(
            "Map columns and paths",
            all,
            "columns with values",
            "hours-map-column",
        ),
        clinician(
            "Review and sign the mapping",
            clinical,
            "clinical columns",
            "hours-review-column",
        ),
        analyst(
            "Map local codes",
            codes,
            "distinct local codes",
            "hours-map-code",
        ),
        clinician(
            "Decide on local codes",
            codes,
            "distinct local codes",
            "hours-review-code",
        ),
        analyst(
            "Clean what is wrong",
            of(|one| one <= Severity::Error),
            "findings: error or worse",
            "hours-clean-error",
        ),
        analyst(
            "Look at what is suspicious",
            of(|one| one == Severity::Warning),
            "findings: warning",
            "hours-clean-warning",
        ),
        analyst(
            "Review duplicate patients",
            audit.duplicate_patients.pairs(),
            "pairs",
            "hours-review-pair",
        ),
        analyst(
            "Index documents",
            audit.files.documents,
            "documents",
            "hours-index-document",
        ),
        analyst("Rehearse", fixed("rounds"), "rounds", "hours-round"),
        clinician(
            "Check sampled charts",
            fixed("sample-charts"),
            "charts",
            "hours-check-chart",
        ),
        biller(
            "Check claims line by line",
            fixed("sample-claims"),
            "claims",
            "hours-check-claim",
        ),
        analyst("Cut over", 1, "cutover", "hours-cutover"),
        analyst(
            "Watch after go-live",
            fixed("watch-days"),
            "days",
            "hours-watch-day",
        ),
    ]
}

/// A column of words or codes of no known system, short enough to be a list that the practice keeps.
fn is_local_list(column: &ColumnProfile) -> bool {
    let shape = matches!(column.shape, ValueShape::Code | ValueShape::Words);
    let few = (2..=1_000).contains(&column.distinct.count);
    shape
        && few
        && !column.unique
        && column.codes.is_empty()
        && column.filled >= 2 * column.distinct.count
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::audit::{Audit, AuditOptions};

    fn empty() -> AuditReport {
        let as_of = NaiveDate::from_ymd_opt(2031, 5, 5).unwrap();
        Audit::new(AuditOptions::new(as_of)).finish()
    }

    #[test]
    fn every_hour_is_a_count_times_a_listed_assumption() {
        let mut audit = empty();
        audit.files.documents = 5_000;
        let estimate = Planning::default().estimate(&audit);
        for line in &estimate.lines {
            let assumed = estimate
                .assumptions
                .iter()
                .find(|one| one.name == line.assumption);
            let hours = line.count as f64 * assumed.unwrap().value;
            assert!((line.hours.likely - hours).abs() < 1e-9, "{}", line.task);
        }
        let documents = estimate.lines.iter().find(|line| line.unit == "documents");
        assert!((documents.unwrap().hours.likely - 10.0).abs() < 1e-9);
        let sum: f64 = estimate.lines.iter().map(|line| line.hours.likely).sum();
        assert!((estimate.hours.likely - sum).abs() < 1e-9);
        assert!(estimate.hours.low < sum && sum < estimate.hours.high);
        // nothing to map, nothing estimated for it
        assert!(
            estimate
                .lines
                .iter()
                .all(|line| line.assumption != "hours-map-column")
        );
        assert!(
            estimate
                .assumptions
                .iter()
                .all(|one| !one.source.is_empty())
        );
    }

    #[test]
    fn a_practice_sets_what_it_knows() {
        let planning = Planning::default().set("rounds", 5.0).unwrap();
        let estimate = planning.estimate(&empty());
        let rounds = estimate
            .lines
            .iter()
            .find(|line| line.unit == "rounds")
            .unwrap();
        assert_eq!(rounds.count, 5);
        let source = estimate
            .assumptions
            .iter()
            .find(|one| one.name == "rounds")
            .unwrap()
            .source;
        assert_eq!(source, "set for this practice");
        for (name, value) in [("round", 1.0), ("rounds", -1.0), ("rounds", f64::NAN)] {
            assert!(
                Planning::default().set(name, value).is_err(),
                "{name} {value}"
            );
        }
        let mut html = Vec::new();
        estimate.write_html(&mut html).unwrap();
        let html = String::from_utf8(html).unwrap();
        assert!(html.contains("href=\"#hours-round\"") && html.contains("id=\"hours-round\""));
    }
}
