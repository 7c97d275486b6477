//! The chart itself: evidence that gathers over days, and a limit for a single day.

use serde::Serialize;

use super::{FALSE_ALARMS_BY_DAY, HORIZON_DAYS, POWER, START_AT_GO_LIVE};

/// The answers of a day, and how many of them were rejections or denials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DayCounts {
    /// All answers.
    pub answers: u64,
    /// Rejections or denials.
    pub bad: u64,
}

/// A chart: what its baseline says, and where it gives alarm.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChartDesign {
    /// The rate before go-live.
    pub rate: f64,
    /// How much answers of one day are alike, beyond that rate: the intraclass correlation of a
    /// beta-binomial distribution, as high as the baseline lets it be, its own error included.
    pub correlation: f64,
    /// From this evidence on there is an alarm.
    pub evidence_limit: f64,
    /// A day that is less probable than this gives alarm by itself.
    pub chance_limit: f64,
}

/// What a day adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct DayReading {
    /// The evidence after it, 1 before the first.
    pub(super) evidence: f64,
    /// The day from which on the rates seem raised, counted from 0.
    pub(super) since: usize,
    /// The probability of so many rejections or more on a day like those of the baseline.
    pub(super) chance: f64,
}

/// What gave the alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AlarmRule {
    /// One day by itself.
    Day,
    /// Days together.
    Evidence,
}

impl ChartDesign {
    /// A chart that gives a false alarm with at most this probability.
    pub fn of(baseline: &[DayCounts], false_alarms: f64) -> Self {
        let rate = rate(baseline);
        Self {
            rate,
            correlation: correlation(baseline, rate),
            evidence_limit: 1.0 / (false_alarms * (1.0 - FALSE_ALARMS_BY_DAY)),
            chance_limit: false_alarms * FALSE_ALARMS_BY_DAY / HORIZON_DAYS as f64,
        }
    }

    /// Reads the days after go-live.
    pub(super) fn read(&self, baseline: &[DayCounts], days: &[DayCounts]) -> Vec<DayReading> {
        let mut bag = baseline.to_vec();
        // for each day on which a rise may begin: the share of the bets on it, and how it has grown
        let mut starts: Vec<(f64, f64)> = Vec::new();
        let mut unused = 1.0;
        let mut read = |(place, day): (usize, &DayCounts)| {
            bag.push(*day);
            let factor = POWER * rank(&bag).powf(POWER - 1.0);
            if place < HORIZON_DAYS {
                let share = match place {
                    0 => START_AT_GO_LIVE,
                    _ => (1.0 - START_AT_GO_LIVE) / (HORIZON_DAYS - 1) as f64,
                };
                unused -= share;
                starts.push((share, 1.0));
            }
            for (_, growth) in &mut starts {
                // long past any limit, no more digits are needed
                *growth = (*growth * factor).min(1e100);
            }
            let most = (0..starts.len()).max_by(|a, b| starts[*a].1.total_cmp(&starts[*b].1));
            let grown: f64 = starts.iter().map(|(share, growth)| share * growth).sum();
            DayReading {
                evidence: grown + f64::max(unused, 0.0),
                since: most.unwrap_or_default(),
                chance: self.chance(*day),
            }
        };
        days.iter().enumerate().map(&mut read).collect()
    }

    /// The first day over a limit, which limit, and the first day of the rise: of a day by itself, that day.
    pub(super) fn alarm(&self, readings: &[DayReading]) -> Option<(usize, AlarmRule, usize)> {
        let rule = |one: &DayReading| {
            if one.evidence >= self.evidence_limit {
                Some(AlarmRule::Evidence)
            } else if one.chance <= self.chance_limit {
                Some(AlarmRule::Day)
            } else {
                None
            }
        };
        let mut days = readings.iter().enumerate();
        days.find_map(|(day, one)| match rule(one)? {
            AlarmRule::Day => Some((day, AlarmRule::Day, day)),
            rule => Some((day, rule, one.since)),
        })
    }

    /// The upper tail of a beta-binomial distribution, in logarithms: a large practice has days whose
    /// first terms are smaller than any number.
    fn chance(&self, day: DayCounts) -> f64 {
        let DayCounts { answers, bad } = day;
        let alike = 1.0 / self.correlation - 1.0;
        let (a, b) = (self.rate * alike, (1.0 - self.rate) * alike);
        let none = (0..answers).map(|one| ((b + one as f64) / (a + b + one as f64)).ln());
        let mut term: f64 = none.sum();
        let mut below = 0.0;
        let mut above = 0.0;
        for count in 0..=answers {
            if count < bad {
                below += term.exp();
            } else {
                above += term.exp();
            }
            let (count, left) = (count as f64, (answers - count) as f64);
            if left > 0.0 {
                term += (left * (a + count) / ((count + 1.0) * (b + left - 1.0))).ln();
            }
        }
        above / (above + below)
    }
}

/// The share of days, the last one among them, that are at least as bad as the last one.
fn rank(days: &[DayCounts]) -> f64 {
    let rate = rate(days);
    let score = |day: &DayCounts| {
        // Anscombe's transform: days of few and of many answers are measured by one yardstick
        let (answers, bad) = (day.answers as f64, day.bad as f64);
        let angle = ((bad + 0.375) / (answers + 0.75)).sqrt().asin();
        (answers + 0.5).sqrt() * (angle - rate.sqrt().asin())
    };
    let last = days.last().map_or(0.0, score);
    let as_bad = days.iter().filter(|day| score(day) >= last).count();
    as_bad as f64 / days.len() as f64
}

/// The rate with half a case added on both sides (Krichevsky and Trofimov), so that a baseline without
/// any case has one.
fn rate(days: &[DayCounts]) -> f64 {
    let answers: u64 = days.iter().map(|day| day.answers).sum();
    let bad: u64 = days.iter().map(|day| day.bad).sum();
    (bad as f64 + 0.5) / (answers as f64 + 1.0)
}

/// Pearson's dispersion two standard errors up, as a correlation within days, and the error of the rate
/// itself, which a day to come meets as well.
fn correlation(days: &[DayCounts], rate: f64) -> f64 {
    let free = days.len().saturating_sub(1).max(1) as f64;
    let answers: u64 = days.iter().map(|day| day.answers).sum();
    let answers = answers.max(1) as f64;
    let of = |day: &DayCounts| {
        let expected = day.answers as f64 * rate;
        let variance = (expected * (1.0 - rate)).max(f64::MIN_POSITIVE);
        (day.bad as f64 - expected).powi(2) / variance
    };
    let pearson: f64 = days.iter().filter(|day| day.answers > 0).map(of).sum();
    let dispersion = (pearson / free).max(1.0) * (1.0 + 2.0 * (2.0 / free).sqrt());
    let a_day = (answers / days.len().max(1) as f64 - 1.0).max(1.0);
    ((dispersion - 1.0) / a_day + dispersion / answers).clamp(1e-9, 0.5)
}

#[cfg(test)]
mod tests;
