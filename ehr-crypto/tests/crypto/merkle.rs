//! Trees and proofs against the crate `ct-merkle`.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use ehr_crypto::tree::{self, Hash};
use sha2::Sha256;

#[test]
fn roots_and_proofs_are_the_same_both_ways() {
    let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    let mut leaves: Vec<Hash> = Vec::new();
    let mut roots: Vec<RootHash<Sha256>> = vec![theirs.root()];
    for size in 1_usize..=70 {
        let entry = format!("entry {size}").into_bytes();
        leaves.push(tree::leaf_hash(&entry));
        theirs.push(entry);
        let root = tree::root(&leaves);
        assert_eq!(theirs.root().as_bytes()[..], root[..]);
        roots.push(theirs.root());
        for index in 0..size {
            let proof = tree::inclusion_proof(&leaves, index).unwrap();
            assert_eq!(theirs.prove_inclusion(index).as_bytes(), proof.concat());
            let proof = InclusionProof::<Sha256>::try_from_bytes(proof.concat()).unwrap();
            let entry = &theirs.items()[index];
            roots[size]
                .verify_inclusion(entry, index as u64, &proof)
                .unwrap();
        }
        for old in 1..size {
            let proof = tree::consistency_proof(&leaves, old).unwrap();
            let from_them = theirs.prove_consistency(size - old);
            assert_eq!(from_them.as_bytes(), proof.concat(), "{old} of {size}");
            let proof = ConsistencyProof::<Sha256>::try_from_bytes(proof.concat()).unwrap();
            roots[size].verify_consistency(&roots[old], &proof).unwrap();
        }
    }
}
