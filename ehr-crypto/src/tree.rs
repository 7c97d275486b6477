//! A Merkle tree over log entries as in RFC 6962: one hash stands for all of them, short proofs show that an entry is
//! in the log and that an older log is the beginning of a newer one.

mod checkpoint;
mod proof;
pub mod tile;

pub use checkpoint::Checkpoint;
pub use proof::{consistency_proof, inclusion_proof, verify_consistency, verify_inclusion};

use crate::provider;

/// A SHA-256 hash: of a leaf, a node or the root.
pub type Hash = [u8; 32];

/// Builds the root of a growing tree in memory that grows with the logarithm of its size.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees, the largest first; one for each bit that is set in `size`.
    peaks: Vec<Hash>,
}

impl Frontier {
    /// An empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// Number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds the hash of a leaf (see [`leaf_hash`]).
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let left = self
                .peaks
                .pop()
                .unwrap_or_else(|| unreachable!("one peak for each set bit"));
            hash = node_hash(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// The root of the tree so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let Some(&last) = peaks.next() else {
            return empty_root();
        };
        peaks.fold(last, |right, left| node_hash(left, &right))
    }
}

/// Hash of one log entry.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// Hash of an inner node.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// Root of the tree over these leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    let mut frontier = Frontier::new();
    leaves.iter().for_each(|&leaf| frontier.push(leaf));
    frontier.root()
}

fn empty_root() -> Hash {
    sha256(&[])
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut state = provider::HashState::new(provider::Hash::Sha256);
    parts.iter().for_each(|part| state.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(state.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests;
