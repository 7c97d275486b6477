//! Simulated practices: false alarms as rare as promised, spikes found within stated days.
#![expect(clippy::print_stdout, reason = "a simulation prints its figures")]

use super::*;
use crate::monitoring::FALSE_ALARMS;

/// SplitMix64: the same practices everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    fn chance(&mut self, probability: f64) -> bool {
        (self.next() >> 11) as f64 / ((1_u64 << 53) as f64) < probability
    }

    /// A day of about so many claims; `spread` makes the rate of days differ.
    fn day(&mut self, claims: u64, rate: f64, spread: f64) -> DayCounts {
        let answers = claims / 2 + self.next() % claims;
        let rate = match self.chance(0.5) {
            true => rate * (1.0 + spread),
            false => rate * (1.0 - spread),
        };
        let bad = (0..answers).filter(|_| self.chance(rate)).count() as u64;
        DayCounts { answers, bad }
    }
}

const RATE: f64 = 0.06;
const BASELINE: usize = 65;

/// A practice after another: claims a day before and after, spread of days.
struct Practices {
    count: u64,
    claims: (u64, u64),
    spread: f64,
}

impl Practices {
    /// The day of the first alarm of each, where the rate is multiplied from a day on.
    fn alarms(&self, charts: u64, times: f64, from: usize) -> Vec<Option<usize>> {
        let practice = |number: u64| {
            let mut random = Random(number * 7_919 + 11);
            let (before, after) = self.claims;
            let before = (0..BASELINE).map(|_| random.day(before, RATE, self.spread));
            let before: Vec<_> = before.collect();
            let mut days = Vec::new();
            for day in 0..HORIZON_DAYS {
                let rate = if day < from { RATE } else { RATE * times };
                days.push(random.day(after, rate, self.spread));
            }
            let design = ChartDesign::of(&before, FALSE_ALARMS / charts as f64);
            let alarm = design.alarm(&design.read(&before, &days));
            alarm.map(|(day, ..)| day)
        };
        (0..self.count).map(practice).collect()
    }

    fn false_alarms(&self) -> f64 {
        let alarms = self.alarms(1, 1.0, 0);
        alarms.iter().flatten().count() as f64 / self.count as f64
    }

    /// The share that is found within so many days of the rise, among those without an alarm before.
    fn found(&self, charts: u64, times: f64, from: usize, within: usize) -> f64 {
        let mut alarms = self.alarms(charts, times, from);
        alarms.retain(|alarm| alarm.is_none_or(|day| day >= from));
        let in_time = |alarm: &&Option<usize>| alarm.is_some_and(|day| day < from + within);
        alarms.iter().filter(in_time).count() as f64 / alarms.len() as f64
    }
}

#[test]
fn false_alarms_are_as_rare_as_promised() {
    // constant and varying rates, small and large practices, and volumes that change at go-live
    for (claims, spread) in [
        ((20, 20), 0.0),
        ((60, 60), 0.0),
        ((60, 60), 0.5),
        ((60, 60), 0.9),
        ((400, 400), 0.3),
        ((60, 20), 0.5),
        ((60, 10), 0.0),
        ((20, 40), 0.0),
    ] {
        let practices = Practices {
            count: 1_000,
            claims,
            spread,
        };
        let share = practices.false_alarms();
        println!("{claims:?} claims a day, spread {spread}: {share} false alarms");
        assert!(share <= FALSE_ALARMS, "{claims:?}, {spread}: {share}");
    }
}

/// Charts, times, from day, within days, share at least.
const FOUND: &[(u64, f64, usize, usize, f64)] = &[
    (1, 3.0, 0, 6, 0.95),
    (1, 2.0, 0, 16, 0.90),
    (1, 3.0, 20, 9, 0.95),
    (12, 3.0, 0, 10, 0.95),
    (12, 2.0, 0, 26, 0.90),
    (12, 8.0, 0, 1, 0.90),
];

#[test]
fn spikes_are_found_within_stated_days() {
    let practices = Practices {
        count: 400,
        claims: (60, 60),
        spread: 0.0,
    };
    for (charts, times, from, within, least) in FOUND.iter().copied() {
        let share = practices.found(charts, times, from, within);
        println!("{charts} charts, {times} times from day {from}, within {within} days: {share}");
        assert!(
            share >= least,
            "{charts} charts, {times} times within {within} days: {share}"
        );
    }
}

fn day(answers: u64, bad: u64) -> DayCounts {
    DayCounts { answers, bad }
}

fn usual() -> Vec<DayCounts> {
    let mut before = vec![day(50, 3); 30];
    before.extend([day(50, 4); 15]);
    before.extend([day(50, 2); 20]);
    before
}

#[test]
fn a_rise_has_a_beginning() {
    let design = ChartDesign::of(&usual(), FALSE_ALARMS);
    let mut after = vec![day(50, 3), day(50, 2), day(50, 3)];
    after.extend([day(50, 7); 8]);
    let readings = design.read(&usual(), &after);
    let (alarm, rule, since) = design.alarm(&readings).unwrap();
    assert_eq!((rule, since), (AlarmRule::Evidence, 3));
    assert!((5..=9).contains(&alarm), "{alarm}");
    let quiet: Vec<_> = usual().into_iter().take(40).collect();
    assert_eq!(design.alarm(&design.read(&usual(), &quiet)), None);
}

#[test]
fn a_day_on_which_all_is_rejected_is_enough() {
    let spotless = vec![day(50, 0); 65];
    for (before, charts) in [(usual(), 40.0), (spotless, 40.0)] {
        let design = ChartDesign::of(&before, FALSE_ALARMS / charts);
        let readings = design.read(&before, &[day(50, 50)]);
        assert_eq!(design.alarm(&readings), Some((0, AlarmRule::Day, 0)));
        // one of a few is not
        let readings = design.read(&before, &[day(1, 1), day(2, 1)]);
        assert_eq!(design.alarm(&readings), None);
    }
}

#[test]
fn a_day_by_itself_speaks_of_no_other_day() {
    let design = ChartDesign::of(&usual(), FALSE_ALARMS / 40.0);
    // two days that are a little bad, and one that is a catastrophe
    let after = [day(50, 3), day(50, 5), day(50, 5), day(50, 50), day(50, 3)];
    let readings = design.read(&usual(), &after);
    assert!(readings[3].evidence < design.evidence_limit);
    assert!(readings[3].since < 3, "a bet from before it has grown most");
    assert_eq!(design.alarm(&readings), Some((3, AlarmRule::Day, 3)));
}

#[test]
fn the_limits_are_met_and_not_only_passed() {
    let design = ChartDesign::of(&usual(), 0.05);
    assert!(
        (design.evidence_limit - 25.0).abs() < 1e-9,
        "four fifths of 5 %"
    );
    assert!(
        (design.chance_limit - 0.01 / 60.0).abs() < 1e-12,
        "a fifth of it over 60 days"
    );
    let reading = |evidence, chance| DayReading {
        evidence,
        since: 0,
        chance,
    };
    let alarm = |one| {
        design
            .alarm(&[reading(1.0, 0.5), one])
            .map(|(_, rule, _)| rule)
    };
    let (evidence, chance) = (design.evidence_limit, design.chance_limit);
    assert_eq!(alarm(reading(evidence, 0.5)), Some(AlarmRule::Evidence));
    assert_eq!(alarm(reading(evidence * 0.999, 0.5)), None);
    assert_eq!(alarm(reading(1.0, chance)), Some(AlarmRule::Day));
    assert_eq!(alarm(reading(1.0, chance * 1.001)), None);
}

#[test]
fn the_chance_of_a_day_is_that_of_a_beta_binomial_distribution() {
    // a uniform rate (a = b = 1) makes each of 0 to 4 as probable: a third is the correlation
    let design = ChartDesign {
        rate: 0.5,
        correlation: 1.0 / 3.0,
        evidence_limit: 20.0,
        chance_limit: 0.01,
    };
    for bad in 0..=4 {
        let chance = design.chance(day(4, bad));
        let exact = (5 - bad) as f64 / 5.0;
        assert!((chance - exact).abs() < 1e-12, "{bad}: {chance}");
    }
    // nearly no correlation: a binomial distribution, 1 - 0.94^10
    let design = ChartDesign {
        rate: 0.06,
        correlation: 1e-9,
        ..design
    };
    assert!((design.chance(day(10, 1)) - 0.461_384_885).abs() < 1e-6);
    assert!(design.chance(day(200_000, 12_500)) > 0.0);
}
