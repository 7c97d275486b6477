//! Inclusion and consistency proofs: made from leaf hashes, checked with roots alone (RFC 6962 section 2.1, with the
//! checking algorithms of RFC 9162 section 2.1).

use super::{Hash, node_hash, root};
use crate::Error;

/// The hashes that lead from leaf `index` to the root of `leaves`; `None` if there is no such leaf.
pub fn inclusion_proof(leaves: &[Hash], index: usize) -> Option<Vec<Hash>> {
    if index >= leaves.len() {
        return None;
    }
    let mut proof = Vec::new();
    let (mut part, mut index) = (leaves, index);
    while part.len() > 1 {
        let (left, right) = part.split_at(split_size(part.len()));
        if index < left.len() {
            proof.push(root(right));
            part = left;
        } else {
            proof.push(root(left));
            index -= left.len();
            part = right;
        }
    }
    proof.reverse();
    Some(proof)
}

/// The hashes that show the tree of the first `old_size` leaves to be the beginning of the tree of all `leaves`;
/// `None` if `old_size` is 0 (nothing to show) or larger than the tree.
pub fn consistency_proof(leaves: &[Hash], old_size: usize) -> Option<Vec<Hash>> {
    if old_size == 0 || old_size > leaves.len() {
        return None;
    }
    let mut proof = Vec::new();
    let (mut part, mut old, mut is_whole_old_tree) = (leaves, old_size, true);
    while old < part.len() {
        let (left, right) = part.split_at(split_size(part.len()));
        if old <= left.len() {
            proof.push(root(right));
            part = left;
        } else {
            proof.push(root(left));
            old -= left.len();
            part = right;
            is_whole_old_tree = false;
        }
    }
    if !is_whole_old_tree {
        proof.push(root(part));
    }
    proof.reverse();
    Some(proof)
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
fn split_size(len: usize) -> usize {
    len.next_power_of_two() / 2
}
