//! Known answers of Certificate Transparency, and the laws of proofs for all small trees.

use super::*;
use crate::encoding::{from_hex, to_hex};

/// The eight entries that Certificate Transparency's own tests use, with the root of each beginning.
const KNOWN: [(&str, &str); 8] = [
    (
        "",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    ),
    (
        "00",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    ),
    (
        "10",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    ),
    (
        "2021",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (
        "3031",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    ),
    (
        "40414243",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    ),
    (
        "5051525354555657",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    ),
    (
        "606162636465666768696a6b6c6d6e6f",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ),
];
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|index| match KNOWN.get(index) {
            Some((entry, _)) => leaf_hash(&from_hex(entry).unwrap()),
            None => leaf_hash(&index.to_be_bytes()),
        })
        .collect()
}

fn hex(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(|hash| to_hex(hash)).collect()
}

#[test]
fn roots_of_certificate_transparency() {
    assert_eq!(to_hex(&root(&[])), EMPTY);
    for (index, (_, expected)) in KNOWN.iter().enumerate() {
        assert_eq!(to_hex(&root(&leaves(index + 1))), *expected);
    }
}

#[test]
fn proofs_of_certificate_transparency() {
    let leaves = leaves(8);
    let first = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ];
    assert_eq!(hex(&inclusion_proof(&leaves, 0).unwrap()), first);
    assert_eq!(hex(&consistency_proof(&leaves, 1).unwrap()), first);
    assert_eq!(
        hex(&consistency_proof(&leaves, 6).unwrap()),
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ]
    );
    assert_eq!(
        hex(&consistency_proof(&leaves[..5], 2).unwrap()),
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ]
    );
}

#[test]
fn every_proof_of_every_small_tree_holds_and_no_other_does() {
    let all = leaves(34);
    for size in 1..all.len() {
        let part = &all[..size];
        let top = root(part);
        for index in 0..size {
            let proof = inclusion_proof(part, index).unwrap();
            let check = |leaf: &Hash, index: usize, size: usize, proof: &[Hash], top: &Hash| {
                verify_inclusion(leaf, index as u64, size as u64, proof, top)
            };
            check(&part[index], index, size, &proof, &top).unwrap();
            assert!(check(&all[33], index, size, &proof, &top).is_err());
            assert!(check(&part[index], index + 1, size, &proof, &top).is_err());
            assert!(
                check(
                    &part[index],
                    index,
                    size,
                    &[&proof[..], &[top]].concat(),
                    &top
                )
                .is_err()
            );
            assert!(check(&part[index], index, size, &proof, &root(&all)).is_err());
            if let [_, rest @ ..] = &proof[..] {
                assert!(check(&part[index], index, size, rest, &top).is_err());
            }
        }
        for old in 1..=size {
            let proof = consistency_proof(part, old).unwrap();
            let old_top = root(&all[..old]);
            verify_consistency(old as u64, &old_top, size as u64, &top, &proof).unwrap();
            assert!(
                verify_consistency(old as u64, &root(&all), size as u64, &top, &proof).is_err()
            );
            assert!(
                verify_consistency(old as u64, &old_top, size as u64, &root(&all), &proof).is_err()
            );
            assert!(
                verify_consistency(size as u64 + 1, &old_top, size as u64, &top, &proof).is_err()
            );
        }
        verify_consistency(0, &root(&[]), size as u64, &top, &[]).unwrap();
        assert!(inclusion_proof(part, size).is_none());
        assert!(consistency_proof(part, 0).is_none());
        assert!(consistency_proof(part, size + 1).is_none());
    }
}

#[test]
fn a_rewritten_log_has_no_proof() {
    let mut rewritten = leaves(20);
    let old_root = root(&rewritten[..12]);
    rewritten[5] = leaf_hash(b"something else");
    let proof = consistency_proof(&rewritten, 12).unwrap();
    assert!(verify_consistency(12, &old_root, 20, &root(&rewritten), &proof).is_err());
}
