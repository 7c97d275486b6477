//! Laws of the three ways to seal and open; the published vectors are in `tests/wycheproof.rs`.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};

use proptest::prelude::*;

use super::*;

const KEY: [u8; 32] = [3; 32];

fn text(len: usize) -> Vec<u8> {
    (0..len)
        .map(|index| (index * 31 + index / 251) as u8)
        .collect()
}

fn sealed_by_writer(key: &DataKey, plaintext: &[u8], piece: usize) -> Vec<u8> {
    let mut writer = SealWriter::new(key, b"here", Vec::new()).unwrap();
    for piece in plaintext.chunks(piece) {
        writer.write_all(piece).unwrap();
    }
    writer.finish().unwrap()
}

fn read_all(key: &DataKey, sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let mut plaintext = Vec::new();
    OpenReader::new(key, b"here", sealed)?.read_to_end(&mut plaintext)?;
    Ok(plaintext)
}

#[test]
fn all_lengths_around_a_chunk_go_round_by_every_way() {
    let key = DataKey::from_bytes(KEY);
    let around = |chunks: usize| {
        [
            chunks * CHUNK_LEN - 1,
            chunks * CHUNK_LEN,
            chunks * CHUNK_LEN + 1,
        ]
    };
    for len in [0, 1, 15, 16, 17]
        .into_iter()
        .chain([1, 2, 4, 5, 8].into_iter().flat_map(around))
    {
        let plaintext = text(len);
        let whole = seal(&key, b"here", &plaintext).unwrap();
        assert_eq!(whole.len() as u64, sealed_len(len as u64));
        for sealed in [
            whole,
            sealed_by_writer(&key, &plaintext, 1000),
            sealed_by_writer(&key, &plaintext, 1 << 20),
        ] {
            assert_eq!(sealed.len() as u64, sealed_len(len as u64));
            assert_eq!(open(&key, b"here", &sealed).unwrap(), plaintext, "{len}");
            assert_eq!(read_all(&key, &sealed).unwrap(), plaintext, "{len}");
            let mut reader = SealedReader::new(&key, b"here", Cursor::new(sealed)).unwrap();
            assert_eq!(reader.len(), len as u64);
            let mut back = Vec::new();
            reader.read_to_end(&mut back).unwrap();
            assert_eq!(back, plaintext, "{len}");
        }
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_noticed() {
    let key = DataKey::from_bytes(KEY);
    let sealed = seal(&key, b"here", &text(40)).unwrap();
    for place in 0..sealed.len() {
        let mut wrong = sealed.clone();
        wrong[place] ^= 1 << (place % 8);
        assert!(open(&key, b"here", &wrong).is_err());
        assert!(read_all(&key, &wrong).is_err());
        assert!(SealedReader::new(&key, b"here", Cursor::new(wrong)).is_err());
        let cut = &sealed[..place];
        assert!(open(&key, b"here", cut).is_err());
        assert!(read_all(&key, cut).is_err());
        assert!(SealedReader::new(&key, b"here", Cursor::new(cut)).is_err());
    }
}

#[test]
fn a_writer_that_was_not_finished_leaves_nothing_that_opens() {
    let key = DataKey::from_bytes(KEY);
    for len in [0, 100, CHUNK_LEN, 4 * CHUNK_LEN, 9 * CHUNK_LEN + 5] {
        let mut out = Vec::new();
        let mut writer = SealWriter::new(&key, b"here", &mut out).unwrap();
        writer.write_all(&text(len)).unwrap();
        writer.flush().unwrap();
        drop(writer);
        assert!(matches!(open(&key, b"here", &out), Err(Error::Truncated)));
        assert!(matches!(read_all(&key, &out), Err(Error::Truncated)));
        assert!(matches!(
            SealedReader::new(&key, b"here", Cursor::new(&out)),
            Err(Error::Truncated)
        ));
    }
}

#[test]
fn after_a_failed_write_the_writer_stays_failed() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut writer = SealWriter::new(&DataKey::from_bytes(KEY), b"", Full).unwrap();
    assert!(writer.write_all(&text(5 * CHUNK_LEN)).is_err());
    assert!(writer.write(b"x").is_err());
    assert!(writer.finish().is_err());
}

#[test]
fn a_reader_gives_only_checked_chunks_and_keeps_failing() {
    let key = DataKey::from_bytes(KEY);
    let plaintext = text(3 * CHUNK_LEN);
    let mut sealed = seal(&key, b"here", &plaintext).unwrap();
    sealed[HEADER_LEN + SEALED_CHUNK_LEN + 5] ^= 1;
    let mut reader = OpenReader::new(&key, b"here", &sealed[..]).unwrap();
    let mut first = vec![0; CHUNK_LEN];
    reader.read_exact(&mut first).unwrap();
    assert_eq!(first, plaintext[..CHUNK_LEN]);
    for _ in 0..3 {
        let error = Error::from(reader.read(&mut first).unwrap_err());
        assert!(matches!(error, Error::Damaged { chunk: 1 }));
    }
}

#[test]
fn swapped_key_and_context_are_named_as_such() {
    let key = DataKey::from_bytes(KEY);
    let sealed = seal(&key, b"here", b"x").unwrap();
    assert!(matches!(
        open(&key, b"there", &sealed),
        Err(Error::WrongKey)
    ));
    assert!(matches!(
        open(&DataKey::from_bytes([4; 32]), b"here", &sealed),
        Err(Error::WrongKey)
    ));
}

#[test]
fn the_salt_alone_makes_two_sealings_differ() {
    let key = DataKey::from_bytes(KEY);
    let fixed =
        |salt| seal_with_repeatable_salt(&key, b"here", [salt; message::SALT_LEN], b"x").unwrap();
    assert_eq!(fixed(1), fixed(1));
    assert_ne!(fixed(1), fixed(2));
    assert_ne!(
        seal(&key, b"here", b"x").unwrap(),
        seal(&key, b"here", b"x").unwrap()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_part_can_be_read(len in 0..5 * CHUNK_LEN, from in 0..6 * CHUNK_LEN, count in 0..2 * CHUNK_LEN) {
        let key = DataKey::from_bytes(KEY);
        let plaintext = text(len);
        let sealed = seal(&key, b"here", &plaintext).unwrap();
        let mut reader = SealedReader::new(&key, b"here", Cursor::new(sealed)).unwrap();
        reader.seek(SeekFrom::Start(from as u64)).unwrap();
        let mut part = Vec::new();
        reader.take(count as u64).read_to_end(&mut part).unwrap();
        prop_assert_eq!(&part[..], &plaintext[from.min(len)..(from + count).min(len)]);
    }

    #[test]
    fn any_bytes_are_answered(bytes: Vec<u8>) {
        let key = DataKey::from_bytes(KEY);
        prop_assert!(open(&key, b"", &bytes).is_err());
        prop_assert!(read_all(&key, &bytes).is_err());
    }
}
