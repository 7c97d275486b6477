//! The chart itself: a CUSUM of log-likelihood ratios, with a bootstrapped limit.

use serde::Serialize;

use super::{HORIZON_DAYS, ODDS_RATIO};

/// How often the bootstrap repeats. At 5 % the limit is then known to about half a point of probability.
const REPEATS: usize = 2_000;

/// The answers of a day, and how many of them were rejections or denials.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DayCounts {
    /// All answers.
    pub answers: u64,
    /// Rejections or denials.
    pub bad: u64,
}

/// A chart: its baseline rate, what one answer adds to the sum, and the limit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ChartDesign {
    /// The rate before go-live.
    pub rate: f64,
    /// The rate that the chart is tuned to.
    pub shifted: f64,
    /// Above this sum there is an alarm.
    pub limit: f64,
}

impl ChartDesign {
    /// A chart whose probability of a false alarm within [`HORIZON_DAYS`] days is at most
    /// `false_alarms`, judged by the days of the baseline themselves.
    pub fn of(baseline: &[DayCounts], false_alarms: f64, seed: u64) -> Self {
        let mut random = Random(seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15));
        let design = Self::with_rate(rate(baseline));
        if baseline.is_empty() {
            return design;
        }
        let mut draw = |days: usize| -> Vec<DayCounts> {
            let drawn = (0..days).map(|_| baseline[random.below(baseline.len())]);
            drawn.collect()
        };
        let mut peaks: Vec<f64> = (0..REPEATS)
            .map(|_| {
                // the baseline itself is drawn as well: its rate is only an estimate
                let estimated = Self::with_rate(rate(&draw(baseline.len())));
                let sums = estimated.sums(&draw(HORIZON_DAYS));
                sums.into_iter().fold(0.0, f64::max)
            })
            .collect();
        peaks.sort_by(f64::total_cmp);
        let place = ((1.0 - false_alarms) * REPEATS as f64).ceil() as usize;
        let limit = peaks[place.clamp(1, REPEATS) - 1];
        Self { limit, ..design }
    }

    fn with_rate(rate: f64) -> Self {
        let odds = ODDS_RATIO * rate / (1.0 - rate);
        Self {
            rate,
            shifted: odds / (1.0 + odds),
            limit: f64::INFINITY,
        }
    }

    /// The sums after each day; never below zero.
    pub fn sums(&self, days: &[DayCounts]) -> Vec<f64> {
        let bad = (self.shifted / self.rate).ln();
        let good = ((1.0 - self.shifted) / (1.0 - self.rate)).ln();
        let mut sum = 0.0_f64;
        days.iter()
            .map(|day| {
                let good_answers = day.answers.saturating_sub(day.bad);
                sum = (sum + day.bad as f64 * bad + good_answers as f64 * good).max(0.0);
                sum
            })
            .collect()
    }

    /// The first day above the limit, and the first day of the rise that led there.
    pub fn alarm(&self, days: &[DayCounts]) -> Option<(usize, usize)> {
        let sums = self.sums(days);
        let alarm = sums.iter().position(|sum| *sum > self.limit)?;
        let last_zero = sums[..alarm].iter().rposition(|sum| *sum == 0.0);
        Some((alarm, last_zero.map_or(0, |day| day + 1)))
    }
}

/// The rate with half a case added on both sides (Krichevsky and Trofimov), so that a baseline without
/// any case has one.
fn rate(days: &[DayCounts]) -> f64 {
    let answers: u64 = days.iter().map(|day| day.answers).sum();
    let bad: u64 = days.iter().map(|day| day.bad).sum();
    (bad as f64 + 0.5) / (answers as f64 + 1.0)
}

/// SplitMix64: the same numbers everywhere, which a bootstrap that others repeat needs.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (u128::from(self.next()) * end as u128 >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Random {
        fn chance(&mut self, probability: f64) -> bool {
            (self.next() >> 11) as f64 / ((1_u64 << 53) as f64) < probability
        }

        /// A day of about so many claims; `spread` makes the rate of days differ.
        fn day(&mut self, claims: u64, rate: f64, spread: f64) -> DayCounts {
            let answers = claims / 2 + self.below(claims as usize) as u64;
            let rate = match self.chance(0.5) {
                true => rate * (1.0 + spread),
                false => rate * (1.0 - spread),
            };
            let bad = (0..answers).filter(|_| self.chance(rate)).count() as u64;
            DayCounts { answers, bad }
        }
    }

    /// Of so many simulated practices, the share with an alarm within the horizon, and within so many
    /// days, when the rate is multiplied from the first day on.
    fn alarms(practices: u64, claims: u64, spread: f64, times: f64, within: usize) -> f64 {
        let mut found = 0;
        for practice in 0..practices {
            let mut random = Random(practice * 7_919 + 11);
            let before: Vec<_> = (0..65).map(|_| random.day(claims, 0.06, spread)).collect();
            let after: Vec<_> = (0..within)
                .map(|_| random.day(claims, 0.06 * times, spread))
                .collect();
            let design = ChartDesign::of(&before, 0.05, practice);
            found += u64::from(design.alarm(&after).is_some());
        }
        found as f64 / practices as f64
    }

    #[test]
    fn false_alarms_are_as_rare_as_promised() {
        // 200 practices: a promise of 5 % gives at most 9 % in all but one of a hundred such tests
        for (claims, spread) in [(20, 0.0), (60, 0.0), (60, 0.5)] {
            let share = alarms(200, claims, spread, 1.0, HORIZON_DAYS);
            assert!(
                share <= 0.09,
                "{claims} claims a day, spread {spread}: {share}"
            );
        }
    }

    #[test]
    fn spikes_are_found_within_stated_days() {
        // 60 claims a day: three times the denials within four days, twice within twelve
        for (times, within) in [(3.0, 4), (2.0, 12)] {
            let share = alarms(150, 60, 0.0, times, within);
            assert!(share >= 0.95, "{times} times within {within} days: {share}");
        }
    }

    #[test]
    fn the_rise_begins_behind_the_last_zero() {
        let day = |bad| DayCounts { answers: 50, bad };
        let mut before = vec![day(3); 30];
        before.extend(vec![day(4); 15]);
        before.extend(vec![day(2); 20]);
        let design = ChartDesign::of(&before, 0.05, 1);
        let after = [day(3), day(2), day(3), day(15), day(15), day(15)];
        let (alarm, since) = design.alarm(&after).unwrap();
        assert_eq!(since, 3);
        assert!((3..=4).contains(&alarm), "{alarm}");
        assert_eq!(design.alarm(&[day(3); 40]), None);
    }

    #[test]
    fn a_spotless_baseline_still_has_a_limit() {
        let before = vec![
            DayCounts {
                answers: 50,
                bad: 0
            };
            65
        ];
        let design = ChartDesign::of(&before, 0.05, 1);
        assert!(design.rate > 0.0 && design.limit.is_finite());
        let after = vec![
            DayCounts {
                answers: 50,
                bad: 5
            };
            2
        ];
        assert!(design.alarm(&after).is_some());
    }
}
