//! The charts as one page, without any script.

use askama::Template;

use super::{DayCounts, MonitoringReport, NotWatched, Stream, StreamReport, Watched};
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
        let of = |one| match why_not(one) {
            Some(why) => Some((one, why)),
            None => None,
        };
        streams.filter_map(of).collect()
    }

    /// The sum day by day, scaled to the larger of limit and peak.
    fn chart(&self, one: &StreamReport) -> Option<Chart> {
        let Watched::Chart {
            design, readings, ..
        } = &one.watched
        else {
            return None;
        };
        let peak = readings
            .iter()
            .fold(design.limit, |peak, one| peak.max(one.sum));
        let y = |sum: f64| format!("{:.1}", 98.0 - 94.0 * sum / peak.max(f64::MIN_POSITIVE));
        let step = 1000.0 / readings.len().max(1) as f64;
        let point = |(place, sum): (usize, f64)| format!("{:.1},{}", place as f64 * step, y(sum));
        let sums = std::iter::once(0.0).chain(readings.iter().map(|one| one.sum));
        let points: Vec<String> = sums.enumerate().map(point).collect();
        let last = readings.last().map_or(0.0, |one| one.sum);
        Some(Chart {
            label: format!(
                "Sum after each day: {last:.1} at the end, {peak_sum:.1} at most; alarm above {limit:.1}",
                peak_sum = readings.iter().fold(0.0_f64, |most, one| most.max(one.sum)),
                limit = design.limit,
            ),
            points: points.join(" "),
            limit_y: y(design.limit),
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

fn why_not(one: &StreamReport) -> Option<&'static str> {
    match one.watched {
        Watched::Chart { .. } => None,
        Watched::No(NotWatched::BaselineTooShort) => Some("too few days or answers before go-live"),
        Watched::No(NotWatched::NothingAfter) => Some("no answer since go-live"),
    }
}
