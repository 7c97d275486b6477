//! What a checked sample proves, and how large it must be to prove something.

use serde::{Deserialize, Serialize};

use super::probability::{Detection, binomial_at_most};

/// A share in millionths, exact in every file. `Display` writes percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerMillion(u32);

impl PerMillion {
    /// All.
    pub const ONE: Self = Self(1_000_000);

    /// So many of a million; no more than a million.
    pub const fn new(millionths: u32) -> Option<Self> {
        match millionths <= Self::ONE.0 {
            true => Some(Self(millionths)),
            false => None,
        }
    }

    /// Whole percent, up to a hundred.
    ///
    /// # Panics
    ///
    /// Above a hundred.
    pub const fn percent(percent: u32) -> Self {
        assert!(percent <= 100, "a share is at most all");
        Self(percent * 10_000)
    }

    /// So many millionths.
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The share as a number between 0 and 1.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 1e6
    }

    /// The smallest share that is not below the number.
    pub(crate) fn above(number: f64) -> Self {
        Self((number.clamp(0.0, 1.0) * 1e6).ceil() as u32)
    }

    /// The largest share that is not above the number.
    pub(crate) fn below(number: f64) -> Self {
        Self((number.clamp(0.0, 1.0) * 1e6).floor() as u32)
    }

    /// Whether a part of a whole is more than this share, without rounding.
    pub(crate) fn is_exceeded_by(self, part: u64, whole: u64) -> bool {
        u128::from(part) * 1_000_000 > u128::from(self.0) * u128::from(whole)
    }

    /// The fewest of a whole that are more than this share.
    pub(crate) fn first_above(self, whole: u64) -> u64 {
        let exact = u128::from(self.0) * u128::from(whole) / 1_000_000;
        u64::try_from(exact).unwrap_or(u64::MAX).saturating_add(1)
    }
}

impl std::fmt::Display for PerMillion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, rest) = (self.0 / 10_000, self.0 % 10_000);
        match rest {
            0 => write!(f, "{whole} %"),
            _ => {
                let digits = format!("{rest:04}");
                write!(f, "{whole}.{} %", digits.trim_end_matches('0'))
            }
        }
    }
}

/// The upper end of the one-sided confidence interval of a rate (Clopper and Pearson 1934), where
/// `found` of `checked` independent units were found.
///
/// ```
/// use ehr_validate::sampling::{PerMillion, rate_at_most};
/// let bound = rate_at_most(59, 0, PerMillion::percent(95));
/// assert!(bound < 0.05); // 59 without a fault: below 5 % with 95 % confidence
/// ```
pub fn rate_at_most(checked: u64, found: u64, confidence: PerMillion) -> f64 {
    if found >= checked {
        return 1.0;
    }
    let alpha = 1.0 - confidence.as_f64();
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..64 {
        let middle = f64::midpoint(low, high);
        if binomial_at_most(found, checked, middle) > alpha {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The lower end of the one-sided confidence interval of a rate (Clopper and Pearson).
pub fn rate_at_least(checked: u64, found: u64, confidence: PerMillion) -> f64 {
    let missed = checked.saturating_sub(found);
    1.0 - rate_at_most(checked, missed, confidence)
}

/// The most units of a population that can be wrong, where so many of a random sample without
/// repetition were found wrong by reviewers who notice at least this share of what is wrong.
///
/// Exact: hypergeometric draw, each wrong unit in the sample noticed on its own. Everything checked
/// by reviewers who miss nothing is no sample, and the bound is what was found.
///
/// ```
/// use ehr_validate::sampling::{PerMillion, wrong_at_most};
/// let confidence = PerMillion::percent(95);
/// assert_eq!(wrong_at_most(100, 45, 0, confidence, 1.0), 4); // of 100, 45 without a fault
/// assert_eq!(wrong_at_most(100, 100, 2, confidence, 1.0), 2);
/// ```
pub fn wrong_at_most(
    population: u64,
    checked: u64,
    found: u64,
    confidence: PerMillion,
    catch_rate: f64,
) -> u64 {
    let checked = checked.min(population);
    let found = found.min(checked);
    let alpha = 1.0 - confidence.as_f64();
    let is_plausible = |wrong| {
        let detection = Detection {
            population,
            wrong,
            checked,
            catch_rate,
        };
        detection.at_most(found) > alpha
    };
    // with more wrong units, so few findings become less probable
    let (mut plausible, mut beyond) = (found, population + 1);
    while beyond - plausible > 1 {
        let middle = plausible + (beyond - plausible) / 2;
        if is_plausible(middle) {
            plausible = middle;
        } else {
            beyond = middle;
        }
    }
    plausible
}

/// How many units a sample without repetition needs, so that with at most `accepted` found wrong no
/// more than the tolerated share of the population is wrong. `None` where even all would not do,
/// because the reviewers miss too much or too many are accepted.
///
/// ```
/// use ehr_validate::sampling::{PerMillion, sample_size};
/// let (tolerance, confidence) = (PerMillion::percent(5), PerMillion::percent(95));
/// assert_eq!(sample_size(100, tolerance, confidence, 0, 1.0), Some(39));
/// assert_eq!(sample_size(1_000_000, tolerance, confidence, 0, 1.0), Some(59));
/// ```
pub fn sample_size(
    population: u64,
    tolerance: PerMillion,
    confidence: PerMillion,
    accepted: u64,
    catch_rate: f64,
) -> Option<u64> {
    let wrong = tolerance.first_above(population);
    if wrong > population {
        return Some(0); // all may be wrong
    }
    let alpha = 1.0 - confidence.as_f64();
    let proves = |checked| {
        let detection = Detection {
            population,
            wrong,
            checked,
            catch_rate,
        };
        detection.at_most(accepted) <= alpha
    };
    if !proves(population) {
        return None;
    }
    let (mut too_few, mut enough) = (0, population);
    while enough - too_few > 1 {
        let middle = too_few + (enough - too_few) / 2;
        if proves(middle) {
            enough = middle;
        } else {
            too_few = middle;
        }
    }
    Some(enough)
}
