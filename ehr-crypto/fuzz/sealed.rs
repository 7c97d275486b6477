//! Sealed bytes, damaged at will: the three openers agree, release nothing but the true beginning, and never say that
//! damaged bytes are whole.
//!
//! The first bytes of an input say what is done to a good message; the rest is its plaintext.
#![no_main]

use std::io::{Cursor, Read, Seek, SeekFrom};

use ehr_crypto::{DataKey, OpenReader, SealedReader, open, seal};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let key = DataKey::from_bytes([7; 32]);
    // bytes as they come: no opener stumbles, none opens
    opened(&key, input, None);

    let Some((&[what, a, b, c], plaintext)) = input.split_first_chunk() else {
        return;
    };
    // long enough for several chunks
    let plaintext = &plaintext[..plaintext.len().min(256)];
    let plaintext = plaintext.repeat(1 + usize::from(what >> 4) * 64);
    let whole = seal(&key, b"fuzz", &plaintext).expect("it can be sealed");
    let mut sealed = whole.clone();
    let place = usize::from(u16::from_le_bytes([a, b])) % sealed.len();
    match what & 7 {
        0 => sealed[place] ^= c,
        1 => sealed.truncate(place),
        2 => sealed.extend_from_slice(&input[..input.len().min(usize::from(c))]),
        3 => sealed.extend_from_slice(&whole[place..]),
        4 => drop(sealed.drain(place..(place + usize::from(c)).min(whole.len()))),
        5 => sealed.swap(place, usize::from(c) % whole.len()),
        6 if sealed.len() > 56 + 2 * 16_400 => {
            let (first, second) = sealed[56..].split_at_mut(16_400);
            first.swap_with_slice(&mut second[..16_400]);
        }
        _ => {}
    }
    let is_whole = sealed == whole;
    opened(&key, &sealed, Some((&plaintext, is_whole)));
});

fn opened(key: &DataKey, sealed: &[u8], truth: Option<(&[u8], bool)>) {
    let at_once = open(key, b"fuzz", sealed);
    let mut released = Vec::new();
    let streamed = OpenReader::new(key, b"fuzz", sealed)
        .map_err(std::io::Error::from)
        .and_then(|mut reader| reader.read_to_end(&mut released));
    let mut sought = Vec::new();
    let seeking = SealedReader::new(key, b"fuzz", Cursor::new(sealed))
        .map_err(std::io::Error::from)
        .and_then(|mut reader| {
            reader.seek(SeekFrom::Start(0))?;
            reader.read_to_end(&mut sought)
        });
    assert_eq!(at_once.is_ok(), streamed.is_ok());
    assert_eq!(at_once.is_ok(), seeking.is_ok());
    match truth {
        None => assert!(at_once.is_err() && released.is_empty()),
        Some((plaintext, is_whole)) => {
            assert_eq!(at_once.is_ok(), is_whole);
            assert!(plaintext.starts_with(&released) && plaintext.starts_with(&sought));
        }
    }
}
