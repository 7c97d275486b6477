//! The most frequent values of a column in bounded memory.

use std::collections::HashMap;

use ehr_model::profile::TopValue;
use ehr_model::value::Text;
use foldhash::fast::RandomState;

use super::digests::Digests;

/// How many values are followed: a value in more than one of so many is found for certain.
const COUNTERS: usize = 128;
/// How many the profile shows.
const SHOWN: usize = 10;

/// Frequent digests (Misra and Gries 1982): a count is too low by one in [`COUNTERS`] values at
/// most. Where the digests of the column are all held, their counts are used, which are exact.
#[derive(Clone, Default)]
pub(super) struct Frequent {
    counters: HashMap<u64, (u64, Option<Text>), RandomState>,
}

impl Frequent {
    /// Counts a value; its text is kept only where somebody asked for texts.
    pub(super) fn add(&mut self, digest: u64, value: Option<&str>) {
        self.add_times(digest, 1, value);
    }

    fn add_times(&mut self, digest: u64, times: u64, value: Option<&str>) {
        if let Some((count, _)) = self.counters.get_mut(&digest) {
            *count += times;
            return;
        }
        let mut times = times;
        while self.counters.len() >= COUNTERS && times > 0 {
            let least = self.counters.values().map(|(count, _)| *count).min();
            let cut = least.unwrap_or(times).min(times);
            self.counters.retain(|_, (count, _)| {
                *count -= cut;
                *count > 0
            });
            times -= cut;
        }
        if times > 0 {
            self.counters.insert(digest, (times, value.map(Text::from)));
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let mut all: Vec<_> = other.counters.iter().collect();
        all.sort_unstable_by_key(|(digest, (count, _))| (std::cmp::Reverse(*count), **digest));
        for (digest, (count, value)) in all {
            self.add_times(*digest, *count, value.as_ref().map(Text::expose));
        }
    }

    /// The most frequent values, those that occur twice at least.
    pub(super) fn top(&self, digests: &Digests) -> Vec<TopValue> {
        let mut all: Vec<(u64, u64)> = if digests.is_exact() {
            digests.top(SHOWN)
        } else {
            let counters = self.counters.iter();
            counters
                .map(|(digest, (count, _))| (*digest, *count))
                .collect()
        };
        all.sort_unstable_by_key(|(digest, count)| (std::cmp::Reverse(*count), *digest));
        all.truncate(SHOWN);
        all.retain(|(_, count)| *count > 1);
        all.into_iter()
            .map(|(digest, count)| {
                let mut top = TopValue::counted(count);
                top.value = self
                    .counters
                    .get(&digest)
                    .and_then(|(_, value)| value.clone());
                top
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_frequent_is_found_among_many() {
        let mut frequent = Frequent::default();
        let mut digests = Digests::with_limit(16);
        for number in 0..20_000u64 {
            let digest = if number % 4 == 0 { 7 } else { number | 1 << 62 };
            frequent.add(digest, (digest == 7).then_some("seven"));
            digests.add(digest);
        }
        let top = &frequent.top(&digests)[0];
        let lost = 20_000 / COUNTERS as u64;
        assert!((5_000 - lost..=5_000).contains(&top.count), "{}", top.count);
        assert_eq!(top.value.as_ref().map(Text::expose), Some("seven"));
        assert!(frequent.counters.len() <= COUNTERS);
    }
}
