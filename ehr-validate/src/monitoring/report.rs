//! What the charts say, stream by stream.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    ALL_PAYERS, AlarmRule, ChartDesign, Day, DayCounts, FALSE_ALARMS, FEWEST_ANSWERS, FEWEST_DAYS,
    HORIZON_DAYS, Monitor, Stream, page,
};
use crate::Error;

/// All charts of a practice. Payers, codes, days and counts; nothing of a claim.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct MonitoringReport {
    /// The layout of the report.
    pub format: &'static str,
    /// The day of go-live.
    pub go_live: NaiveDate,
    /// The method, in a sentence.
    pub method: String,
    /// Streams with an alarm first, then by name.
    pub streams: Vec<StreamReport>,
    /// Answers without a day, which no chart can show.
    pub undated: u64,
    /// Answers that say neither yes nor no.
    pub undecided: u64,
}

/// One stream of one payer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct StreamReport {
    /// What is counted.
    pub stream: Stream,
    /// The payer, or [`ALL_PAYERS`].
    pub payer: String,
    /// The baseline, added up.
    pub before: DayCounts,
    /// Days of the baseline.
    pub days_before: u64,
    /// After go-live, added up.
    pub after: DayCounts,
    /// The chart, or why there is none.
    pub watched: Watched,
}

/// The chart of a stream, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Watched {
    /// There is one.
    Chart {
        /// Its design.
        design: ChartDesign,
        /// The days after go-live.
        readings: Vec<Reading>,
        /// The first alarm.
        alarm: Option<Alarm>,
    },
    /// There is none, so that nothing is known.
    No(NotWatched),
}

/// Why a stream has no chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NotWatched {
    /// Too few days or answers before go-live.
    BaselineTooShort,
    /// No answer after go-live.
    NothingAfter,
}

/// A day after go-live.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Reading {
    /// The day.
    pub day: NaiveDate,
    /// Its counts.
    pub counts: DayCounts,
    /// The evidence of a rise after it, 1 where there is none.
    pub evidence: f64,
    /// How probable so many rejections or denials or more are on a day like those before go-live.
    pub chance: f64,
}

/// An alarm.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Alarm {
    /// The day on which it was raised.
    pub day: NaiveDate,
    /// Whether by this day alone.
    pub rule: AlarmRule,
    /// The day from which on rejections seem to have risen; by [`AlarmRule::Day`], the day of the alarm,
    /// whether or not they rose before it.
    pub since: NaiveDate,
    /// From that day to the alarm.
    pub counts: DayCounts,
    /// The codes that came more often than the baseline lets expect, most excess first.
    pub codes: Vec<CodeExcess>,
}

/// A reason code that comes more often than before.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct CodeExcess {
    /// The code with its list.
    pub code: String,
    /// How often it came from the rise to the alarm.
    pub found: u64,
    /// How often the baseline lets expect it for as many answers.
    pub expected: f64,
    /// Whether it never came in the baseline.
    pub new: bool,
}

impl MonitoringReport {
    /// Whether a chart has an alarm.
    pub fn has_alarm(&self) -> bool {
        self.streams.iter().any(|one| one.alarm().is_some())
    }

    /// Writes the report as JSON.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_json(&self, mut to: impl Write) -> Result<(), Error> {
        serde_json::to_writer_pretty(&mut to, self).map_err(std::io::Error::from)?;
        Ok(to.write_all(b"\n")?)
    }

    /// Writes the report as one page, without any script.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_html(&self, mut to: impl Write) -> Result<(), Error> {
        Ok(to.write_all(page::render(self)?.as_bytes())?)
    }
}

impl StreamReport {
    /// The alarm, if there is one.
    pub fn alarm(&self) -> Option<&Alarm> {
        match &self.watched {
            Watched::Chart { alarm, .. } => alarm.as_ref(),
            Watched::No(_) => None,
        }
    }
}

pub(super) fn finish(monitor: &Monitor) -> MonitoringReport {
    let mut prepared = Vec::new();
    for ((stream, payer), days) in &monitor.streams {
        let (before, after): (Vec<_>, Vec<_>) = days
            .days
            .iter()
            .partition(|(day, _)| **day < monitor.go_live);
        prepared.push((*stream, payer, before, after));
    }
    // the chance of a false alarm is shared by the charts that are drawn
    let drawn = prepared.iter().filter(|(.., before, _)| is_enough(before));
    let share = FALSE_ALARMS / drawn.count().max(1) as f64;
    let mut streams: Vec<StreamReport> = prepared
        .iter()
        .map(|(stream, payer, before, after)| StreamReport {
            stream: *stream,
            payer: (*payer).clone(),
            before: sum(before),
            days_before: before.len() as u64,
            after: sum(after),
            watched: watch(before, after, share),
        })
        .collect();
    let is_total = |one: &StreamReport| one.payer == ALL_PAYERS;
    streams.sort_by_key(|one| (one.alarm().is_none(), !is_total(one)));
    MonitoringReport {
        format: "ehr-monitoring/1",
        go_live: monitor.go_live,
        method: format!(
            "Power martingale of conformal p-values (Vovk, Nouretdinov and Gammerman 2003) for days together and the \
             tail of a beta-binomial distribution for a day by itself; at most {FALSE_ALARMS} chance of a false alarm \
             in {HORIZON_DAYS} days over all charts, if days vary independently"
        ),
        streams,
        undated: monitor.undated,
        undecided: monitor.undecided,
    }
}

type Dated<'d> = [(&'d NaiveDate, &'d Day)];

fn is_enough(before: &Dated<'_>) -> bool {
    before.len() >= FEWEST_DAYS && sum(before).answers >= FEWEST_ANSWERS
}

fn watch(before: &Dated<'_>, after: &Dated<'_>, false_alarms: f64) -> Watched {
    if !is_enough(before) {
        return Watched::No(NotWatched::BaselineTooShort);
    }
    if after.is_empty() {
        return Watched::No(NotWatched::NothingAfter);
    }
    let counts = |days: &Dated<'_>| days.iter().map(|(_, day)| day.counts).collect::<Vec<_>>();
    let baseline = counts(before);
    let design = ChartDesign::of(&baseline, false_alarms);
    let read = design.read(&baseline, &counts(after));
    let alarm = design.alarm(&read).map(|(alarm, rule, since)| Alarm {
        day: *after[alarm].0,
        rule,
        since: *after[since].0,
        counts: sum(&after[since..=alarm]),
        codes: excess(before, &after[since..=alarm]),
    });
    let readings = after.iter().zip(read);
    let readings = readings.map(|((day, found), read)| Reading {
        day: **day,
        counts: found.counts,
        evidence: read.evidence,
        chance: read.chance,
    });
    let readings = readings.collect();
    Watched::Chart {
        design,
        readings,
        alarm,
    }
}

fn sum(days: &Dated<'_>) -> DayCounts {
    DayCounts {
        answers: days.iter().map(|(_, day)| day.counts.answers).sum(),
        bad: days.iter().map(|(_, day)| day.counts.bad).sum(),
    }
}

fn excess(before: &Dated<'_>, risen: &Dated<'_>) -> Vec<CodeExcess> {
    let count = |days: &Dated<'_>| {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for (reason, found) in days.iter().flat_map(|(_, day)| &day.reasons) {
            *counts.entry(reason.to_string()).or_default() += found;
        }
        counts
    };
    let (known, found) = (count(before), count(risen));
    let share = sum(risen).answers as f64 / sum(before).answers.max(1) as f64;
    let codes: BTreeSet<&String> = found.keys().collect();
    let mut list: Vec<CodeExcess> = codes
        .into_iter()
        .map(|code| CodeExcess {
            code: code.clone(),
            found: found[code],
            expected: known.get(code).map_or(0.0, |count| *count as f64 * share),
            new: !known.contains_key(code),
        })
        .filter(|code| code.found as f64 > code.expected)
        .collect();
    let excess = |code: &CodeExcess| code.found as f64 - code.expected;
    list.sort_by(|a, b| excess(b).total_cmp(&excess(a)).then(a.code.cmp(&b.code)));
    list
}
