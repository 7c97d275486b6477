//! Paths, tiles, bundles and proofs: one tile has one spelling, a changed proof proves nothing.
#![no_main]

use ehr_crypto::tree::tile::{TileId, TileKind, decode_entries, decode_tile, encode_entries};
use ehr_crypto::tree::{
    consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency, verify_inclusion,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Ok(path) = std::str::from_utf8(input)
        && let Ok(tile) = path.parse::<TileId>()
    {
        assert_eq!(tile.to_string(), path);
    }
    let Some((&[size, index, place, bit], rest)) = input.split_first_chunk() else {
        return;
    };
    let tile = TileId {
        kind: TileKind::Entries,
        index: 0,
        width: u16::from(size),
    };
    if let Ok(entries) = decode_entries(tile, rest) {
        assert_eq!(encode_entries(entries).expect("they were read"), rest);
    }
    let _ = decode_tile(tile, rest);

    let leaves: Vec<_> = (0..=size).map(|number| leaf_hash(&[number])).collect();
    let (count, index) = (leaves.len(), usize::from(index) % leaves.len());
    let whole = root(&leaves);
    let mut proof = inclusion_proof(&leaves, index).expect("a leaf");
    let check =
        |proof: &[_]| verify_inclusion(&leaves[index], index as u64, count as u64, proof, &whole);
    assert!(check(&proof).is_ok());
    if let Some(hash) = proof.get_mut(usize::from(place) % 9) {
        hash[usize::from(bit) % 32] ^= 1 | bit;
        assert!(check(&proof).is_err());
    }
    let old = index + 1;
    let old_root = root(&leaves[..old]);
    let mut proof = consistency_proof(&leaves, old).expect("not empty");
    let check =
        |proof: &[_]| verify_consistency(old as u64, &old_root, count as u64, &whole, proof);
    assert!(check(&proof).is_ok());
    if let Some(hash) = proof.get_mut(usize::from(place) % 9) {
        hash[usize::from(bit) % 32] ^= 1 | bit;
        assert!(check(&proof).is_err());
    }
});
