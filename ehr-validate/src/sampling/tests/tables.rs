//! Published tables, and values that another program computed.

use crate::sampling::*;

const P95: PerMillion = PerMillion::percent(95);
const P975: PerMillion = PerMillion::new(975_000).unwrap();

/// Two-sided 95 % intervals of Clopper and Pearson, computed by another program: the quantiles of the
/// beta distribution in SciPy 1.x, `beta.ppf(0.025, x, n - x + 1)` and `beta.ppf(0.975, x + 1, n - x)`.
/// The first four proportions are the examples of R. G. Newcombe, "Two-sided confidence intervals for the
/// single proportion", Statistics in Medicine 17 (1998).
#[test]
fn clopper_pearson_intervals_are_those_of_the_beta_distribution() {
    for (found, of, low, high) in [
        (81, 263, 0.252_736_745_6, 0.367_621_922_6),
        (15, 148, 0.057_844_010_1, 0.161_650_490_3),
        (0, 20, 0.0, 0.168_433_471_0),
        (1, 29, 0.000_872_646_9, 0.177_644_295_5),
        (5, 25, 0.068_311_464_0, 0.407_037_432_3),
    ] {
        let least = rate_at_least(of, found, P975);
        let most = rate_at_most(of, found, P975);
        assert!((least - low).abs() < 1e-9, "{found}/{of}: {least}");
        assert!((most - high).abs() < 1e-9, "{found}/{of}: {most}");
    }
}

/// The rule of three: J. A. Hanley and A. Lippman-Hand, "If nothing goes wrong, is everything all
/// right?", JAMA 249 (1983): with nothing found in n, at most 3/n, with 95 % confidence.
#[test]
fn nothing_found_is_at_most_three_in_n() {
    for n in [30, 100, 300, 1_000, 10_000] {
        let bound = rate_at_most(n, 0, P95) * n as f64;
        assert!((2.8..=3.0).contains(&bound), "{n}: {bound}");
    }
}

/// The binomial tables of P. Touw and L. Hoogduin, Statistiek voor audit en controlling (2011), page 126, as
/// the tests of the R package `jfa` quote them: for a confidence and a tolerance of 1, 5, 10, 15, 20 %, how
/// many units are needed with 0 to 3 faults accepted. And 181 and 208 for 4 and 5 faults, which SciPy's
/// `binom.cdf` confirms with the rest of their row.
#[test]
fn acceptance_numbers_are_the_published_ones() {
    // so large a population that a draw without repetition does not differ
    let large = 100_000_000;
    let size = |tolerance: u32, confidence: u32, accepted: usize| {
        let (tolerance, confidence) = (
            PerMillion::percent(tolerance),
            PerMillion::percent(confidence),
        );
        sample_size(large, tolerance, confidence, accepted as u64, 1.0).unwrap()
    };
    for (confidence, tolerance, published) in [
        (95, 1, &[299, 473, 628, 773][..]),
        (95, 5, &[59, 93, 124, 153, 181, 208]),
        (95, 10, &[29, 46, 61, 76]),
        (95, 15, &[19, 30, 40, 50]),
        (95, 20, &[14, 22, 30, 37]),
        (90, 1, &[230, 388, 531, 667]),
        (90, 5, &[45, 77, 105, 132]),
        (90, 10, &[22, 38, 52, 65]),
        (90, 15, &[15, 25, 34, 43]),
        (90, 20, &[11, 18, 25, 32]),
    ] {
        for (accepted, published) in published.iter().enumerate() {
            let size = size(tolerance, confidence, accepted);
            assert_eq!(
                size, *published,
                "{tolerance} % at {confidence} %, {accepted}"
            );
        }
    }
}

/// Draws without repetition from 1,200, 90 % confidence (the same book, pages 123 and 125): 45 units exclude
/// that 60 are wrong where none is found, and 102 where two are; of 102, none to three found bound the
/// wrong ones by 25, 43, 59 and 75. SciPy's `hypergeom.cdf` gives the same.
#[test]
fn draws_from_a_small_population_are_the_published_ones() {
    let confidence = PerMillion::percent(90);
    // the smallest tolerance that 59 do not exceed
    let below_60 = PerMillion::new(59 * 1_000_000 / 1_200 + 1).unwrap();
    assert_eq!(sample_size(1_200, below_60, confidence, 0, 1.0), Some(45));
    assert_eq!(sample_size(1_200, below_60, confidence, 2, 1.0), Some(102));
    for (found, published) in (0..).zip([25, 43, 59, 75]) {
        let most = wrong_at_most(1_200, 102, found, confidence, 1.0);
        assert_eq!(most, published, "{found}");
    }
}

/// Samples that contain one of the diseased of a small population with 95 % confidence: the exact sizes by
/// SciPy's `hypergeom.cdf`, beside the approximation n = (1 − (1 − C)^(1/D)) (N − (D − 1)/2) that
/// R. M. Cannon and R. T. Roe gave (Livestock Disease Surveys, 1982), which they are within one of.
#[test]
fn sizes_for_small_populations_are_those_of_freedom_from_disease() {
    for (population, diseased, size) in [
        (50_u64, 5_u64, 22),
        (100, 5, 45),
        (100, 10, 25),
        (300, 15, 54),
        (500, 25, 56),
        (1_000, 10, 258),
    ] {
        let (n, d) = (population as f64, diseased as f64);
        let approximate = (1.0 - 0.05_f64.powf(1.0 / d)) * (n - (d - 1.0) / 2.0);
        // a tolerance of one less than the diseased is exceeded by them
        let millionths = ((diseased - 1) * 1_000_000).div_ceil(population);
        let tolerance = PerMillion::new(u32::try_from(millionths).unwrap()).unwrap();
        let exact = sample_size(population, tolerance, P95, 0, 1.0);
        assert_eq!(exact, Some(size), "{population} {diseased}");
        assert!((size as f64 - approximate).abs() <= 1.0);
    }
}

#[test]
fn a_size_is_the_smallest_that_proves_and_its_bound_agrees() {
    for population in [1_u64, 7, 20, 59, 100, 1_000] {
        for tolerance in [0, 1, 5, 20].map(PerMillion::percent) {
            for accepted in 0..3 {
                let Some(size) = sample_size(population, tolerance, P95, accepted, 1.0) else {
                    continue;
                };
                let within = |size: u64| {
                    let found = accepted.min(size);
                    let most = wrong_at_most(population, size, found, P95, 1.0);
                    !tolerance.is_exceeded_by(most, population)
                };
                assert!(within(size), "{population} {tolerance} {accepted}: {size}");
                assert!(
                    size == 0 || !within(size - 1),
                    "{population} {tolerance} {accepted}: {size}"
                );
            }
        }
    }
}

#[test]
fn reviewers_who_miss_divide_the_claim() {
    // nothing found in n by reviewers who notice a share c bounds p·c, and so p by 1/c as much
    let large = 10_000_000;
    let perfect = wrong_at_most(large, 300, 0, P95, 1.0) as f64;
    for catch_rate in [0.9, 0.7, 0.5] {
        let most = wrong_at_most(large, 300, 0, P95, catch_rate) as f64;
        assert!(
            (most * catch_rate / perfect - 1.0).abs() < 1e-3,
            "{catch_rate}: {most}"
        );
    }
    // and where they may miss, all charts reviewed prove less than everything
    assert_eq!(sample_size(20, PerMillion::percent(1), P95, 0, 0.9), None);
}
