//! Inclusion and consistency proofs: made from leaf hashes, checked with roots alone (RFC 6962 section 2.1, with the
//! checking algorithms of RFC 9162 section 2.1).

use super::{Hash, node_hash, root};
use crate::Error;

/// The hashes that lead from leaf `index` to the root of `leaves`; `None` if there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    let steps = inclusion_steps(leaves.len() as u64, index as u64)?;
    Some(roots(leaves, &steps))
}

/// The hashes that show the tree of the first `old_size` leaves to be the beginning of the tree of all `leaves`;
/// `None` if `old_size` is 0 (nothing to show) or larger than the tree.
pub fn consistency_proof(leaves: &[Hash], old_size: usize) -> Option<Vec<Hash>> {
    let steps = consistency_steps(leaves.len() as u64, old_size as u64)?;
    Some(roots(leaves, &steps))
}

/// Of which ranges of leaves (from, to) an inclusion proof holds the roots, in its order.
pub(super) fn inclusion_steps(size: u64, index: u64) -> Option<Vec<(u64, u64)>> {
    if index >= size {
        return None;
    }
    let mut steps = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split_size(end - start);
        if index < middle {
            steps.push((middle, end));
            end = middle;
        } else {
            steps.push((start, middle));
            start = middle;
        }
    }
    steps.reverse();
    Some(steps)
}

/// Of which ranges of leaves (from, to) a consistency proof holds the roots, in its order.
pub(super) fn consistency_steps(size: u64, old_size: u64) -> Option<Vec<(u64, u64)>> {
    if old_size == 0 || old_size > size {
        return None;
    }
    let mut steps = Vec::new();
    let (mut start, mut end, mut is_whole_old_tree) = (0, size, true);
    while old_size < end {
        let middle = start + split_size(end - start);
        if old_size <= middle {
            steps.push((middle, end));
            end = middle;
        } else {
            steps.push((start, middle));
            start = middle;
            is_whole_old_tree = false;
        }
    }
    if !is_whole_old_tree {
        steps.push((start, end));
    }
    steps.reverse();
    Some(steps)
}

fn roots(leaves: &[Hash], ranges: &[(u64, u64)]) -> Vec<Hash> {
    ranges
        .iter()
        .map(|&(start, end)| root(&leaves[start as usize..end as usize]))
        .collect()
}

/// Checks that `leaf` is number `index` of a log with `size` entries and this `root`.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    proof: &[Hash],
    root: &Hash,
) -> Result<(), Error> {
    if index >= size {
        return Err(Error::BadProof);
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return Err(Error::BadProof);
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            skip_missing_levels(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 && hash == *root {
        Ok(())
    } else {
        Err(Error::BadProof)
    }
}

/// Checks that the log with `old_size` entries and `old_root` is the beginning of the one with `size` and `root`.
///
/// An empty log is the beginning of every log, and needs no proof.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), Error> {
    if old_size == 0 || old_size == size {
        let same = if old_size == 0 {
            *old_root == super::empty_root()
        } else {
            old_root == root
        };
        return if same && proof.is_empty() {
            Ok(())
        } else {
            Err(Error::BadProof)
        };
    }
    if old_size > size {
        return Err(Error::BadProof);
    }
    let (mut node, mut last) = (old_size - 1, size - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    // An old tree that is one complete subtree begins the proof itself.
    let (first, rest) = match (node, proof) {
        (0, rest) => (old_root, rest),
        (_, [first, rest @ ..]) => (first, rest),
        (_, []) => return Err(Error::BadProof),
    };
    let (mut old_hash, mut hash) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(Error::BadProof);
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            hash = node_hash(sibling, &hash);
            skip_missing_levels(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    if last == 0 && old_hash == *old_root && hash == *root {
        Ok(())
    } else {
        Err(Error::BadProof)
    }
}

/// On the right edge a node without a sibling moves up unchanged.
fn skip_missing_levels(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        (*node, *last) = (*node >> 1, *last >> 1);
    }
}

/// The largest power of two smaller than `len`.
fn split_size(len: u64) -> u64 {
    len.next_power_of_two() / 2
}
