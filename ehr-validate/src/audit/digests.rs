//! Values as keyed digests, counted exactly up to a limit and by a sample beyond it.

use std::collections::HashMap;

use ehr_model::profile::Count;
use foldhash::fast::RandomState;

/// How often each digest was met.
///
/// Up to the limit every digest is held. Beyond it only half of all digests are, those that begin
/// with a zero bit; then a quarter, and so on (adaptive sampling, Wegman 1984). The same digests
/// are held whatever the order and however a run was split, so that two columns share a sample
/// and can be compared. With at least half of the limit held, the standard error of a count of
/// different values is `1.2 / sqrt(limit / 2)`.
#[derive(Clone)]
pub(super) struct Digests {
    limit: usize,
    zeros: u32,
    held: HashMap<u64, u32, RandomState>,
}

impl Digests {
    pub(super) fn with_limit(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            zeros: 0,
            held: HashMap::default(),
        }
    }

    pub(super) fn add(&mut self, digest: u64) {
        self.add_times(digest, 1);
    }

    fn add_times(&mut self, digest: u64, times: u32) {
        if digest.leading_zeros() < self.zeros {
            return;
        }
        let count = self.held.entry(digest).or_default();
        *count = count.saturating_add(times);
        while self.held.len() > self.limit {
            self.raise(self.zeros + 1);
        }
    }

    fn raise(&mut self, zeros: u32) {
        if zeros > self.zeros {
            self.zeros = zeros;
            self.held
                .retain(|digest, _| digest.leading_zeros() >= zeros);
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.raise(other.zeros);
        for (digest, count) in &other.held {
            self.add_times(*digest, *count);
        }
    }

    /// Whether nothing was left out.
    pub(super) fn is_exact(&self) -> bool {
        self.zeros == 0
    }

    /// Different values.
    pub(super) fn distinct(&self) -> Count {
        self.scaled(self.held.len() as u64, self.zeros)
    }

    /// Values that repeat an earlier one.
    pub(super) fn repeated(&self) -> Count {
        let repeated = self.held.values().map(|count| u64::from(*count) - 1);
        self.scaled(repeated.sum(), self.zeros)
    }

    /// Whether no value that is held occurs twice.
    pub(super) fn are_unique(&self) -> bool {
        self.held.values().all(|count| *count == 1)
    }

    /// The most frequent digests with their counts.
    pub(super) fn top(&self, most: usize) -> Vec<(u64, u64)> {
        let mut all: Vec<_> = self
            .held
            .iter()
            .map(|(digest, count)| (*digest, u64::from(*count)))
            .collect();
        all.sort_unstable_by_key(|(digest, count)| (std::cmp::Reverse(*count), *digest));
        all.truncate(most);
        all
    }

    /// How many values stand in `keys`, how many do not, and how many different ones do.
    pub(super) fn found_in(&self, keys: &Self) -> (Count, Count, usize) {
        let zeros = self.zeros.max(keys.zeros);
        let (mut matched, mut orphans, mut distinct) = (0, 0, 0);
        for (digest, count) in &self.held {
            if digest.leading_zeros() < zeros {
                continue;
            }
            if keys.held.contains_key(digest) {
                matched += u64::from(*count);
                distinct += 1;
            } else {
                orphans += u64::from(*count);
            }
        }
        (
            self.scaled(matched, zeros),
            self.scaled(orphans, zeros),
            distinct,
        )
    }

    fn scaled(&self, count: u64, zeros: u32) -> Count {
        match zeros {
            0 => Count::exact(count),
            zeros => Count::estimate(count.checked_shl(zeros).unwrap_or(u64::MAX)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that are spread over all 64 bits.
    fn spread(number: u64) -> u64 {
        let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    #[test]
    fn up_to_the_limit_counts_are_exact() {
        let mut digests = Digests::with_limit(100);
        for number in 0..100 {
            digests.add(spread(number));
        }
        assert!(digests.are_unique());
        digests.add(spread(7));
        assert_eq!(digests.distinct(), Count::exact(100));
        assert_eq!(digests.repeated(), Count::exact(1));
        assert_eq!(digests.top(1), [(spread(7), 2)]);
    }

    #[test]
    fn beyond_the_limit_counts_are_within_the_error() {
        let limit = 1 << 12;
        let mut digests = Digests::with_limit(limit);
        for number in 0..1_000_000 {
            digests.add(spread(number));
        }
        let found = digests.distinct();
        assert!(!found.exact && digests.held.len() <= limit);
        // three standard errors
        let error = 3.0 * 1.2 / ((limit / 2) as f64).sqrt();
        let off = (found.count as f64 / 1e6 - 1.0).abs();
        assert!(off < error, "{off} is more than {error}");
    }

    #[test]
    fn samples_of_two_columns_compare() {
        let (mut keys, mut refers) = (Digests::with_limit(1 << 10), Digests::with_limit(1 << 12));
        for number in 0..50_000 {
            keys.add(spread(number));
            refers.add(spread(number + 5_000)); // a tenth are orphans
        }
        let (matched, orphans, distinct) = refers.found_in(&keys);
        assert!(distinct > 100);
        let share = orphans.count as f64 / (matched.count + orphans.count) as f64;
        assert!((share - 0.1).abs() < 0.03, "{share}");
    }

    #[test]
    fn parts_merge_to_the_whole() {
        let mut whole = Digests::with_limit(500);
        let mut parts = [Digests::with_limit(500), Digests::with_limit(500)];
        for number in 0..5_000 {
            whole.add(spread(number % 3_000));
            parts[(number % 2) as usize].add(spread(number % 3_000));
        }
        let [mut first, second] = parts;
        first.merge(&second);
        assert_eq!(first.zeros, whole.zeros);
        assert_eq!(first.top(500), whole.top(500));
    }
}
