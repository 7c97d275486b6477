//! From records to the list for review.

use std::fmt;
use std::num::NonZeroUsize;

use super::PersonRecord;
use super::blocking::{self, BlockingReport};
use super::candidate::{Candidate, IMPLIED_THRESHOLD, REVIEW_THRESHOLD};
use super::cluster::{self, Cluster};
use super::comparison::{NameCache, compare};
use super::estimate::{self, Pair};
use super::explanation::{self, MatchWeight};
use super::model::Model;
use super::register::Register;

/// Pairs that are this unlikely before the data are seen are not looked at again. The odds can
/// rise by what the data teach, but not a thousandfold.
const LEAST_ODDS: f64 = 1e-4;

/// Collects records, then links them.
pub struct Linker {
    register: Register,
    threads: usize,
}

/// What linkage found.
pub struct Linkage {
    register: Register,
    model: Model,
    candidates: Vec<Candidate>,
    clusters: Vec<Cluster>,
    blocking: Vec<BlockingReport>,
}

impl Default for Linker {
    /// An empty collection; it will use all cores.
    fn default() -> Self {
        Self::with_threads(std::thread::available_parallelism().map_or(1, NonZeroUsize::get))
    }
}

impl Linker {
    /// An empty collection that will use so many threads. The result is the same for any number.
    pub fn with_threads(threads: usize) -> Self {
        Self {
            register: Register::default(),
            threads: threads.max(1),
        }
    }

    /// Adds a record and says its number: 0 for the first, and so on.
    pub fn add(&mut self, record: &PersonRecord) -> u32 {
        self.register.add(record)
    }

    /// Compares the records with one another.
    pub fn link(mut self) -> Linkage {
        self.register.settle();
        let register = &self.register;
        let mut model =
            Model::before_the_data(register.people.len(), estimate::random_pairs(register));
        let belief = &model;
        let (workers, blocking) = blocking::for_each_pair(
            register,
            self.threads,
            || (NameCache::new(), Vec::new()),
            |(cache, kept): &mut (NameCache, Vec<Pair>), a, b| {
                let (one, two) = (&register.people[a as usize], &register.people[b as usize]);
                let pattern = compare(register, one, two, cache);
                let strangers = belief.of_strangers(register, one, two, &pattern);
                let alike = belief.of_one_person(&pattern) > LEAST_ODDS * strangers;
                if alike || pattern.shares_contact() {
                    kept.push(Pair {
                        a,
                        b,
                        pattern,
                        strangers: strangers as f32,
                    });
                }
            },
        );
        let mut pairs: Vec<Pair> = workers.into_iter().flat_map(|(_, kept)| kept).collect();
        pairs.sort_unstable_by_key(|pair| (pair.a, pair.b));
        pairs.dedup_by_key(|pair| (pair.a, pair.b));
        estimate::maximise(&mut model, &pairs);
        let mut candidates: Vec<Candidate> = pairs
            .iter()
            .map(|pair| Candidate::new(pair.a, pair.b, probability(&model, pair), pair.pattern))
            .filter(|candidate| candidate.probability >= REVIEW_THRESHOLD)
            .collect();
        drop(pairs);
        let mut cache = NameCache::new();
        let implied = cluster::conflicts(&mut candidates);
        for (a, b, by, product) in implied.into_iter().filter(|one| one.3 >= IMPLIED_THRESHOLD) {
            let (one, two) = (&register.people[a as usize], &register.people[b as usize]);
            let pattern = compare(register, one, two, &mut cache);
            candidates.push(Candidate::implied(a, b, by, product, pattern));
        }
        candidates.sort_unstable_by_key(|pair| (pair.a, pair.b));
        let clusters = cluster::clusters(&candidates);
        Linkage {
            register: self.register,
            model,
            candidates,
            clusters,
            blocking,
        }
    }
}

fn probability(model: &Model, pair: &Pair) -> f64 {
    let one = model.of_one_person(&pair.pattern);
    let others = model.of_a_family(&pair.pattern) + f64::from(pair.strangers);
    if one + others > 0.0 {
        one / (one + others)
    } else {
        0.0
    }
}

impl Linkage {
    /// The pairs from [`REVIEW_THRESHOLD`] up, in the order of their records.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    /// Records that pairs of grade certain or probable join.
    pub fn clusters(&self) -> &[Cluster] {
        &self.clusters
    }

    /// Why a pair has its probability. The sum of the weights is log2 of its odds.
    pub fn explain(&self, pair: &Candidate) -> Vec<MatchWeight> {
        explanation::explain(&self.model, &self.register, pair)
    }

    /// What the blocking rules did, and what they left out.
    pub fn blocking(&self) -> &[BlockingReport] {
        &self.blocking
    }

    /// The rates that were estimated.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// How many records were compared.
    pub fn records(&self) -> usize {
        self.register.people.len()
    }
}

impl fmt::Debug for Linker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linker")
            .field("records", &self.register.people.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Linkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Linkage")
            .field("records", &self.records())
            .field("candidates", &self.candidates.len())
            .finish_non_exhaustive()
    }
}
