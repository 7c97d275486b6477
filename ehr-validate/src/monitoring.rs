//! Claim acceptance after go-live against the baseline before it.
//!
//! For each payer and for all of them together two streams are watched, because they fail at other
//! times and for other reasons: what is *rejected* (999, 997, 277CA), days after a claim was sent, and
//! what is *denied* (835), weeks after. Each stream is a CUSUM chart (E. S. Page, *Continuous
//! inspection schemes*, Biometrika 41, 1954) of the log-likelihood ratio of binomial counts, tuned to
//! odds of [`ODDS_RATIO`]. Its limit is not looked up but bootstrapped from the practice's own baseline
//! days (A. Gandy and J. T. Kvaløy, *Guaranteed conditional performance of control charts via bootstrap
//! methods*, Scandinavian Journal of Statistics 40, 2013), so that days which vary more than binomial
//! counts do, and a baseline that is short, raise the limit and not the number of false alarms: over
//! [`HORIZON_DAYS`] days at most [`FALSE_ALARMS`] for all charts together.
//!
//! An alarm says since when (the last day on which the sum was zero) and why: the reason codes that
//! came more often since then than the baseline lets expect, most excess first.
//!
//! A stream without enough of a baseline is listed as not watched, never as quiet.

mod chart;
mod page;
mod report;

#[cfg(test)]
mod tests;

pub use chart::{ChartDesign, DayCounts};
pub use report::{Alarm, CodeExcess, MonitoringReport, NotWatched, Reading, StreamReport, Watched};

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ehr_model::claim_answer::{AnswerOutcome, AnswerReason, AnswerSource, ClaimAnswer};
use serde::Serialize;

/// The charts are tuned to find odds of rejection or denial that have so multiplied. Doubled odds are
/// what a wrong identifier of a provider or one unmapped modifier does to a payer; an engineering
/// default.
pub const ODDS_RATIO: f64 = 2.0;
/// For so many days with answers the promise about false alarms is made: about a quarter of a year.
pub const HORIZON_DAYS: usize = 60;
/// The probability of at least one false alarm in that time, all charts together.
pub const FALSE_ALARMS: f64 = 0.05;
/// A baseline has at least so many days with answers: eight weeks of working days.
pub const FEWEST_DAYS: usize = 40;
/// And so many answers; below, a single claim moves the rate by a fifth of a point.
pub const FEWEST_ANSWERS: u64 = 500;
/// The name of the streams over all payers.
pub const ALL_PAYERS: &str = "(all payers)";

/// What a stream counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Stream {
    /// Rejected before adjudication: 999, 997, 277CA.
    Rejected,
    /// Denied in adjudication: 835.
    Denied,
}

/// Collects answers, before and after go-live. Days, payers and codes are kept; nothing of a claim.
#[derive(Debug, Clone)]
pub struct Monitor {
    go_live: NaiveDate,
    streams: BTreeMap<(Stream, String), Days>,
    undated: u64,
    undecided: u64,
    seed: u64,
}

#[derive(Debug, Clone, Default)]
struct Days {
    days: BTreeMap<NaiveDate, Day>,
}

#[derive(Debug, Clone, Default)]
struct Day {
    counts: DayCounts,
    reasons: BTreeMap<AnswerReason, u64>,
}

impl Monitor {
    /// A monitor of a practice that went live on a day. Answers of that day and later are after it.
    pub fn new(go_live: NaiveDate) -> Self {
        Self {
            go_live,
            streams: BTreeMap::new(),
            undated: 0,
            undecided: 0,
            seed: 1,
        }
    }

    /// The seed of the bootstrap; the same seed and answers give the same limits.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Takes an answer. One without a day or without a decision is counted and takes no part.
    pub fn answer(&mut self, answer: &ClaimAnswer) {
        let stream = match answer.source {
            AnswerSource::Remittance => Stream::Denied,
            _ => Stream::Rejected,
        };
        let bad = match answer.outcome {
            AnswerOutcome::Rejected | AnswerOutcome::Denied => true,
            AnswerOutcome::Accepted | AnswerOutcome::Paid | AnswerOutcome::Forwarded => false,
            // a reversal takes back an answer that was counted on its own day
            _ => {
                self.undecided += 1;
                return;
            }
        };
        let Some(day) = answer.day else {
            self.undated += 1;
            return;
        };
        let payer = answer.payer.as_deref().unwrap_or("(payer not said)");
        for name in [payer, ALL_PAYERS] {
            let days = self.streams.entry((stream, name.to_owned())).or_default();
            let day = days.days.entry(day).or_default();
            day.counts.answers += 1;
            day.counts.bad += u64::from(bad);
            for reason in answer.reasons.iter().filter(|_| bad) {
                *day.reasons.entry(reason.clone()).or_default() += 1;
            }
        }
    }

    /// Adds what another part of the run collected for the same go-live.
    pub fn merge(&mut self, other: &Self) {
        self.undated += other.undated;
        self.undecided += other.undecided;
        for (name, days) in &other.streams {
            let own = self.streams.entry(name.clone()).or_default();
            for (date, day) in &days.days {
                let known = own.days.entry(*date).or_default();
                known.counts.answers += day.counts.answers;
                known.counts.bad += day.counts.bad;
                for (reason, count) in &day.reasons {
                    *known.reasons.entry(reason.clone()).or_default() += count;
                }
            }
        }
    }

    /// Draws all charts.
    pub fn finish(&self) -> MonitoringReport {
        report::finish(self)
    }
}
