//! Claim acceptance after go-live against the baseline before it.
//!
//! For each payer and for all of them together two streams are watched, because they fail at other
//! times and for other reasons: what is *rejected* (999, 997, 277CA), days after a claim was sent, and
//! what is *denied* (835), weeks after. Two rules watch each stream:
//!
//! * Days together: a test martingale against exchangeability, the power martingale of conformal
//!   p-values (V. Vovk, I. Nouretdinov and A. Gammerman, *Testing exchangeability on-line*, ICML 2003),
//!   mixed over the days on which a rise may begin. Its number says by what factor a bet on a rise would
//!   have grown; if the days after go-live are like those before it, it ever reaches 1/α with a
//!   probability of at most α (Ville's inequality), whatever the rate, however much days vary and
//!   however short the baseline is. Equal days count in full instead of being drawn by lot, which makes
//!   each p-value larger and the number smaller than that of the martingale.
//! * A day by itself, because 65 days of a baseline alone cannot tell a bad day from a catastrophe: the
//!   upper tail of a beta-binomial distribution whose correlation is taken two standard errors above
//!   what the baseline shows, with Bonferroni's correction over [`HORIZON_DAYS`] days.
//!
//! Both together, and all charts together, give a false alarm with a probability of at most
//! [`FALSE_ALARMS`]; the tests simulate it. What the promise takes for granted is that days vary
//! independently of one another: where claims are sent in other batches after go-live, or one payer
//! answers weeks at once, it does not hold, and an alarm then says that the days are not alike.
//!
//! An alarm says since when and why: the reason codes that came more often since then than the baseline lets
//! expect, most excess first. Where days together gave the alarm, since is the day from which on a bet would
//! have grown most; a day by itself speaks of that day only.
//!
//! A stream without enough of a baseline is listed as not watched, never as quiet.

mod chart;
mod page;
mod report;

#[cfg(test)]
mod tests;

pub use chart::{AlarmRule, ChartDesign, DayCounts};
pub use report::{Alarm, CodeExcess, MonitoringReport, NotWatched, Reading, StreamReport, Watched};

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use ehr_model::claim_answer::{AnswerOutcome, AnswerReason, AnswerSource, ClaimAnswer};
use serde::Serialize;

/// For so many days with answers a day by itself is watched under the promise, and a rise that begins
/// within them is looked for: about a quarter of a year.
pub const HORIZON_DAYS: usize = 60;
/// The probability of at least one false alarm, all charts together.
pub const FALSE_ALARMS: f64 = 0.05;
/// The share of it that the rule for a single day may use. Most goes to the rule that assumes less.
pub const FALSE_ALARMS_BY_DAY: f64 = 0.2;
/// The exponent of the bets. Simulated at 60 claims a day with twelve charts, half of all doubled rates
/// are found in 11 days, against 12 with an exponent of 0.3 or of 0.5.
pub const POWER: f64 = 0.4;
/// Half of the bets are on a rise that begins at go-live, which is when a migration breaks things; the
/// other half is spread over the days of the horizon.
pub const START_AT_GO_LIVE: f64 = 0.5;
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

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Rejected => "rejected",
            Self::Denied => "denied",
        })
    }
}

/// Collects answers, before and after go-live. Days, payers and codes are kept; nothing of a claim.
#[derive(Debug, Clone)]
pub struct Monitor {
    go_live: NaiveDate,
    streams: BTreeMap<(Stream, String), Days>,
    undated: u64,
    undecided: u64,
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
        }
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
