//! Sealing against the crate `cobblestone`, another implementation of the same specification.

use std::io::{Cursor, Read};

use cobblestone::Key256;
use ehr_crypto::{DataKey, OpenReader, SealedReader, open, seal};
use proptest::prelude::*;

const KEY: [u8; 32] = [0x5c; 32];

#[test]
fn both_ways_around_every_edge_of_a_chunk() {
    let (ours, theirs) = (DataKey::from_bytes(KEY), Key256::from_bytes(&KEY));
    let edges = [
        0, 1, 15, 16, 17, 16_383, 16_384, 16_385, 32_768, 65_535, 65_536, 200_000,
    ];
    for len in edges {
        let plaintext: Vec<u8> = (0..len).map(|place| (place * 7 % 251) as u8).collect();
        let sealed = seal(&ours, b"archive 1", &plaintext).unwrap();
        let opened = cobblestone::decrypt(&theirs, b"archive 1", &sealed).unwrap();
        assert!(opened == plaintext, "{len}: theirs of ours");
        assert!(cobblestone::decrypt(&theirs, b"archive 2", &sealed).is_err());

        let sealed = cobblestone::encrypt(&theirs, b"archive 1", &plaintext).unwrap();
        assert!(
            open(&ours, b"archive 1", &sealed).unwrap() == plaintext,
            "{len}: ours of theirs"
        );
        let mut streamed = Vec::new();
        let mut reader = OpenReader::new(&ours, b"archive 1", &sealed[..]).unwrap();
        reader.read_to_end(&mut streamed).unwrap();
        assert!(streamed == plaintext, "{len}: our stream of theirs");
        let reader = SealedReader::new(&ours, b"archive 1", Cursor::new(&sealed)).unwrap();
        assert_eq!(reader.len(), len as u64);
    }
}

proptest! {
    #[test]
    fn both_agree_on_damage(place in 0_usize..33_000, bit in 0_u8..8) {
        let (ours, theirs) = (DataKey::from_bytes(KEY), Key256::from_bytes(&KEY));
        let mut sealed = seal(&ours, b"x", &[9; 32_900]).unwrap();
        sealed[place] ^= 1 << bit;
        prop_assert!(open(&ours, b"x", &sealed).is_err());
        prop_assert!(cobblestone::decrypt(&theirs, b"x", &sealed).is_err());
    }
}
