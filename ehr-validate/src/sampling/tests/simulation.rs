//! Ten thousand migrations of known quality, drawn, reviewed and claimed by the code that ships.

use std::collections::BTreeSet;

use super::{frame, id};
use crate::sampling::*;

/// How many migrations are simulated.
const MIGRATIONS: u64 = 10_000;

/// SplitMix64: a seeded generator of ten lines, so that a failure can be shown again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    fn happens(&mut self, probability: f64) -> bool {
        ((self.next() >> 11) as f64) < probability * (1_u64 << 53) as f64
    }
}

/// A claim of 95 % may be false in at most 5 % of the migrations; three standard deviations of the
/// simulation are granted to chance.
fn assert_at_most(false_claims: u64, share: f64) {
    let expected = share * MIGRATIONS as f64;
    let most = expected + 3.0 * (expected * (1.0 - share)).sqrt();
    assert!(
        (false_claims as f64) <= most,
        "{false_claims} of {MIGRATIONS}: more than {share}"
    );
}

#[test]
fn claims_hold_with_the_promised_confidence() {
    let confidence = PerMillion::percent(95);
    let mut random = Random(20_310_501);
    let (mut passed_bad, mut false_bounds) = (0, 0);
    let mut bad = 0;
    for _ in 0..MIGRATIONS {
        // from faultless to a fifth wrong, most of them near the tolerance of 5 %
        let population = 200 + random.below(1_800);
        let wrong = random.below(population / 5);
        let size = sample_size(population, PerMillion::percent(5), confidence, 0, 1.0).unwrap();
        let mut remaining = wrong;
        let mut found = 0;
        for drawn in 0..size {
            if random.below(population - drawn) < remaining {
                remaining -= 1;
                found += 1;
            }
        }
        false_bounds += u64::from(wrong_at_most(population, size, found, confidence, 1.0) < wrong);
        if PerMillion::percent(5).is_exceeded_by(wrong, population) {
            bad += 1;
            passed_bad += u64::from(found == 0);
        }
    }
    assert!(bad > MIGRATIONS / 2);
    assert_at_most(passed_bad, 0.05);
    assert_at_most(false_bounds, 0.05);
}

/// The whole way: draw, known faults, reviewers who miss, claim. The worst case for the claim is a
/// migration that is just too bad; a catch rate that is assumed away would break it.
#[test]
fn claims_hold_where_reviewers_miss() {
    let frame = frame(240);
    let units: Vec<_> = (0..240).map(id).collect();
    let mut random = Random(7);
    let (mut false_claims, mut naive_claims, mut passed) = (0, 0, 0);
    for seed in 0..MIGRATIONS {
        let mut plan = SamplingPlan::new(seed);
        plan.tolerance = PerMillion::percent(10);
        let draw = plan.draw(&frame);
        let catch_rate = 0.3 + 0.1 * (seed % 3) as f64;
        let mut wrong = BTreeSet::new();
        while wrong.len() < 25 {
            wrong.insert(units[random.below(240) as usize]);
        }
        let mut review = Review::default();
        for unit in &draw.packet {
            let noticed = wrong.contains(unit) && random.happens(catch_rate);
            review.wrong.insert(*unit, noticed);
        }
        review.seeded = draw.seeded_faults;
        review.caught = (0..review.seeded)
            .filter(|_| random.happens(catch_rate))
            .count() as u64;
        let claim = |review: &Review| {
            let results = SampleResults::new(&plan.digest(), &plan, &draw, review);
            let all = results
                .claims
                .into_iter()
                .find(|claim| claim.stratum == "charts");
            all.unwrap()
        };
        let stated = claim(&review);
        false_claims += u64::from(stated.wrong_at_most < 25);
        passed += u64::from(stated.passed);
        (review.seeded, review.caught) = (0, 0);
        naive_claims += u64::from(claim(&review).wrong_at_most < 25);
    }
    assert_at_most(false_claims, 0.05);
    assert_at_most(passed, 0.05);
    // the simulation can fail: who takes reviewers for perfect claims too much
    assert!(
        naive_claims as f64 > 0.07 * MIGRATIONS as f64,
        "{naive_claims}"
    );
}

#[test]
fn a_sequential_test_errs_no_more_than_stated() {
    for (wrong, may_accept) in [(150_u64, true), (151, true), (0, false), (15, false)] {
        let test = SequentialTest {
            population: 3_000,
            acceptable: PerMillion::new(5_000).unwrap(),
            rejectable: PerMillion::percent(5),
            alpha: PerMillion::percent(5),
            beta: PerMillion::percent(5),
            catch_rate: PerMillion::percent(90),
        };
        let mut random = Random(wrong + 1);
        let runs = MIGRATIONS / 10;
        let (mut accepted, mut rejected, mut checked) = (0_u64, 0_u64, 0_u64);
        for _ in 0..runs {
            let (mut remaining, mut found) = (wrong, 0);
            for drawn in 0..400 {
                if random.below(3_000 - drawn) < remaining {
                    remaining -= 1;
                    found += u64::from(random.happens(0.9));
                }
                checked += 1;
                match test.decide(drawn + 1, found) {
                    SequentialDecision::Accept => accepted += 1,
                    SequentialDecision::Reject => rejected += 1,
                    SequentialDecision::Continue => continue,
                }
                break;
            }
        }
        let limit = |share: f64| {
            let expected = share * runs as f64;
            expected + 3.0 * (expected * (1.0 - share)).sqrt()
        };
        match may_accept {
            // 151 of 3,000 are more than 5 %
            true if wrong == 151 => assert!((accepted as f64) <= limit(0.05), "{accepted}"),
            true => assert!(accepted < runs),
            false => assert!((rejected as f64) <= limit(0.05), "{wrong}: {rejected}"),
        }
        assert!(checked / runs < 120, "{wrong}: {}", checked / runs);
    }
}
