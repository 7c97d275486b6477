//! Records that belong together, through pairs.

use std::collections::BTreeMap;

use super::candidate::{Candidate, Guard, MatchGrade};

/// Records that pairs of grade certain or probable join.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cluster {
    /// Numbers of the records, ascending.
    pub records: Vec<u32>,
    /// Pairs inside that are joined by others but are themselves below review: the cluster may hold
    /// two people, and none of its pairs is proposed for a merge across them.
    pub conflicts: Vec<(u32, u32)>,
}

/// The clusters of at least two records, in the order of their first record.
pub(crate) fn clusters(candidates: &[Candidate]) -> Vec<Cluster> {
    let mut sets = DisjointSets::default();
    for pair in candidates
        .iter()
        .filter(|pair| pair.grade <= MatchGrade::Probable)
    {
        sets.join(pair.a, pair.b);
    }
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    let records: Vec<u32> = sets.parents.keys().copied().collect();
    for record in records {
        members.entry(sets.root(record)).or_default().push(record);
    }
    let listed = |a: u32, b: u32| {
        candidates
            .binary_search_by_key(&(a, b), |pair| (pair.a, pair.b))
            .is_ok()
    };
    let mut clusters: Vec<Cluster> = members
        .into_values()
        .map(|records| {
            let mut conflicts = Vec::new();
            for (at, a) in records.iter().enumerate() {
                conflicts.extend(
                    records[at + 1..]
                        .iter()
                        .filter(|b| !listed(*a, **b))
                        .map(|b| (*a, *b)),
                );
            }
            Cluster { records, conflicts }
        })
        .collect();
    clusters.sort_unstable_by_key(|cluster| cluster.records[0]);
    clusters
}

/// A pair that is not listed, the record that both are linked to, and the product of the
/// probabilities of the links.
pub(crate) type Implied = (u32, u32, u32, f64);

/// The pairs that are not listed although both records are linked to a third one. Merge proposals
/// among the links are held back: one of them may join two people.
pub(crate) fn conflicts(candidates: &mut [Candidate]) -> Vec<Implied> {
    let mut partners: BTreeMap<u32, Vec<(u32, f64)>> = BTreeMap::new();
    for pair in candidates.iter() {
        partners
            .entry(pair.a)
            .or_default()
            .push((pair.b, pair.probability));
        partners
            .entry(pair.b)
            .or_default()
            .push((pair.a, pair.probability));
    }
    let find = |candidates: &[Candidate], a: u32, b: u32| {
        candidates.binary_search_by_key(&(a.min(b), a.max(b)), |pair| (pair.a, pair.b))
    };
    let mut implied: BTreeMap<(u32, u32), (u32, f64)> = BTreeMap::new();
    for (record, partners) in &partners {
        for (at, (one, of_one)) in partners.iter().enumerate() {
            for (other, of_other) in &partners[at + 1..] {
                if find(candidates, *one, *other).is_ok() {
                    continue;
                }
                let product = of_one * of_other;
                let best = implied
                    .entry((*one.min(other), *one.max(other)))
                    .or_default();
                if product > best.1 {
                    *best = (*record, product);
                }
                let sure = [*one, *other].map(|end| find(candidates, *record, end).ok());
                if let [Some(one), Some(other)] = sure
                    && candidates[one].is_merge_proposal()
                    && candidates[other].is_merge_proposal()
                {
                    candidates[one].hold_back(Guard::ClusterConflict);
                    candidates[other].hold_back(Guard::ClusterConflict);
                }
            }
        }
    }
    implied
        .into_iter()
        .map(|((a, b), (by, product))| (a, b, by, product))
        .collect()
}

/// Union-find with path halving; the smallest number is the root.
#[derive(Default)]
struct DisjointSets {
    parents: BTreeMap<u32, u32>,
}

impl DisjointSets {
    fn root(&mut self, record: u32) -> u32 {
        let mut at = record;
        loop {
            let parent = *self.parents.entry(at).or_insert(at);
            if parent == at {
                return at;
            }
            let above = self.parents[&parent];
            self.parents.insert(at, above);
            at = above;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents.insert(a.max(b), a.min(b));
    }
}
