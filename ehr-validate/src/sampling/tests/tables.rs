//! Published tables.

use crate::sampling::*;

const P95: PerMillion = PerMillion::percent(95);
const P975: PerMillion = PerMillion::new(975_000).unwrap();

/// Two-sided 95 % intervals of Clopper and Pearson as printed in R. G. Newcombe, "Two-sided
/// confidence intervals for the single proportion", Statistics in Medicine 17 (1998), table I,
/// method 5; and W. J. Conover, Practical Nonparametric Statistics (1999), 5 of 25.
#[test]
fn clopper_pearson_intervals_are_the_printed_ones() {
    for (found, of, low, high, digits) in [
        (81, 263, 0.2527, 0.3676, 4),
        (15, 148, 0.0578, 0.1617, 4),
        (0, 20, 0.0, 0.1684, 4),
        (1, 29, 0.0009, 0.1776, 4),
        (5, 25, 0.068, 0.407, 3),
    ] {
        let unit = 10_f64.powi(-digits);
        let least = rate_at_least(of, found, P975);
        let most = rate_at_most(of, found, P975);
        assert!(
            (least - low).abs() <= 0.5001 * unit,
            "{found}/{of}: {least}"
        );
        assert!((most - high).abs() <= 0.5001 * unit, "{found}/{of}: {most}");
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

/// Sample sizes for 95 % confidence of 95 % by the number of failures that are accepted (S. S. Wilks,
/// "Determination of sample sizes for setting tolerance limits", Annals of Mathematical Statistics 12
/// (1941); tabulated in NUREG-1475): 59, 93, 124, 153, 181, 208. And for none accepted, the success-run
/// sizes ln(1 − C) / ln(1 − p).
#[test]
fn acceptance_numbers_are_the_published_ones() {
    // so large a population that a draw without repetition does not differ
    let large = 100_000_000;
    let size = |tolerance: u32, confidence: u32, accepted| {
        let (tolerance, confidence) = (
            PerMillion::percent(tolerance),
            PerMillion::percent(confidence),
        );
        sample_size(large, tolerance, confidence, accepted, 1.0).unwrap()
    };
    for (accepted, published) in [59, 93, 124, 153, 181, 208].into_iter().enumerate() {
        assert_eq!(size(5, 95, accepted as u64), published);
    }
    for (tolerance, confidence, published) in [
        (10, 90, 22),
        (10, 95, 29),
        (10, 99, 44),
        (5, 90, 45),
        (5, 99, 90),
        (1, 90, 230),
        (1, 95, 299),
        (1, 99, 459),
    ] {
        assert_eq!(
            size(tolerance, confidence, 0),
            published,
            "{tolerance} % at {confidence} %"
        );
    }
}

/// R. M. Cannon and R. T. Roe, Livestock Disease Surveys (1982), table 1, and Dohoo, Martin and Stryhn,
/// Veterinary Epidemiologic Research: samples that contain a case with 95 % confidence,
/// n = (1 − (1 − C)^(1/D)) (N − (D − 1)/2), which the exact size meets within two.
#[test]
fn sizes_for_small_populations_meet_the_tables_of_freedom_from_disease() {
    for (population, diseased) in [
        (50_u64, 5_u64),
        (100, 5),
        (100, 10),
        (300, 15),
        (500, 25),
        (1_000, 10),
    ] {
        let (n, d) = (population as f64, diseased as f64);
        let tabulated = (1.0 - 0.05_f64.powf(1.0 / d)) * (n - (d - 1.0) / 2.0);
        // a tolerance of one less than the diseased is exceeded by them
        let millionths = ((diseased - 1) * 1_000_000).div_ceil(population);
        let tolerance = PerMillion::new(u32::try_from(millionths).unwrap()).unwrap();
        let exact = sample_size(population, tolerance, P95, 0, 1.0).unwrap() as f64;
        assert!(
            (exact - tabulated).abs() <= 2.0,
            "{population} {diseased}: {exact} {tabulated}"
        );
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
