//! The charts as one page, without any script.

use askama::Template;

use super::{
    Alarm, AlarmRule, DayCounts, MonitoringReport, NotWatched, Stream, StreamReport, Watched,
};
use crate::Error;
use crate::report::page as text;

#[derive(Template)]
#[template(path = "monitoring.html")]
struct Page<'r> {
    report: &'r MonitoringReport,
}

struct Chart {
    label: String,
    points: String,
    limit_y: String,
    bad: &'static str,
    days: usize,
}

pub(super) fn render(report: &MonitoringReport) -> Result<String, Error> {
    Page { report }
        .render()
        .map_err(|error| Error::Write(std::io::Error::other(error)))
}

impl Page<'_> {
    fn visible(&self, name: &str) -> String {
        text::visible(name)
    }

    fn name(&self, one: &StreamReport) -> String {
        format!("{}: {}", bad(one.stream), text::visible(&one.payer))
    }

    fn share(&self, counts: &DayCounts) -> String {
        match counts.answers {
            0 => "\u{2013}".to_owned(),
            all => text::percent(counts.bad, all),
        }
    }

    fn rise(&self, alarm: &Alarm) -> String {
        match alarm.rule {
            AlarmRule::Day => format!("Alarm by {} alone", alarm.day),
            AlarmRule::Evidence => format!("Rise from {}, alarm on {}", alarm.since, alarm.day),
        }
    }

    fn decimal(&self, number: &f64) -> String {
        format!("{number:.1}")
    }

    fn watched(&self) -> usize {
        self.report.streams.len() - self.not_watched().len()
    }

    fn alarms(&self) -> usize {
        let streams = self.report.streams.iter();
        streams.filter(|one| one.alarm().is_some()).count()
    }

    fn not_watched(&self) -> Vec<(&StreamReport, &'static str)> {
        let streams = self.report.streams.iter();
        streams
            .filter_map(|one| why_not(one).map(|why| (one, why)))
            .collect()
    }

    /// The evidence day by day on a scale of orders of magnitude, up to the larger of limit and peak.
    fn chart(&self, one: &StreamReport) -> Option<Chart> {
        let Watched::Chart {
            design, readings, ..
        } = &one.watched
        else {
            return None;
        };
        let order = |evidence: f64| evidence.max(1.0).ln();
        let most = readings
            .iter()
            .fold(1.0, |most, one| one.evidence.max(most));
        let top = order(design.evidence_limit.max(most)).max(f64::MIN_POSITIVE);
        let y = |evidence: f64| format!("{:.1}", 98.0 - 94.0 * order(evidence) / top);
        let step = 1000.0 / readings.len().max(1) as f64;
        let point = |(place, one): (usize, f64)| format!("{:.1},{}", place as f64 * step, y(one));
        let evidence = std::iter::once(1.0).chain(readings.iter().map(|one| one.evidence));
        let points: Vec<String> = evidence.enumerate().map(point).collect();
        let last = readings.last().map_or(1.0, |one| one.evidence);
        Some(Chart {
            label: format!(
                "Evidence of a rise after each day: {} at the end, {} at most; alarm from {}",
                factor(last),
                factor(most),
                factor(design.evidence_limit),
            ),
            points: points.join(" "),
            limit_y: y(design.evidence_limit),
            bad: bad(one.stream),
            days: readings.len(),
        })
    }
}

fn bad(stream: Stream) -> &'static str {
    match stream {
        Stream::Rejected => "Rejected",
        Stream::Denied => "Denied",
    }
}

/// A factor as people read it; beyond a million only its size matters.
fn factor(evidence: f64) -> String {
    match evidence {
        large if large > 1e6 => "over a million".to_owned(),
        small if small < 10.0 => format!("{small:.1}"),
        usual => format!("{usual:.0}"),
    }
}

fn why_not(one: &StreamReport) -> Option<&'static str> {
    match one.watched {
        Watched::Chart { .. } => None,
        Watched::No(NotWatched::BaselineTooShort) => Some("too few days or answers before go-live"),
        Watched::No(NotWatched::NothingAfter) => Some("no answer since go-live"),
    }
}
