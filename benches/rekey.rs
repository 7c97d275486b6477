//! Ten million keys under a new epoch: the keyring of an archive is read, the keys of some patients left out, the rest
//! sealed under the key of the next epoch and made durable, the old epoch's key destroyed.
//!
//! `cargo bench -p benches --bench rekey [-- COUNT]`
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::time::Instant;

use ehr_crypto::epoch::{EpochStore, FileEpochStore};
use ehr_crypto::{DataKey, OpenReader, SealWriter, SealedReader, key};

const KEYS: u64 = 10_000_000;
/// Every patient with a number that this divides is erased.
const ERASED_EVERY: u64 = 1_000_003;
const CONTEXT: &[u8] = b"bench keyring";

fn main() {
    let count = std::env::args()
        .skip(1)
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(KEYS);
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = |epoch: u32| folder.path().join(format!("keyring.{epoch}.c256"));
    let mut epochs = FileEpochStore::new(folder.path());

    let start = Instant::now();
    let first = epochs.create(1).expect("a first epoch");
    write_new(&path(1), &first, count);
    println!(
        "{count} keys made and sealed in {:.2} s",
        start.elapsed().as_secs_f64()
    );

    let start = Instant::now();
    let second = epochs.create(2).expect("a second epoch");
    let erased = rekey((&path(1), &first), (&path(2), &second));
    let sealed = start.elapsed().as_secs_f64();
    fs::remove_file(path(1)).expect("the old keyring");
    epochs.destroy(1).expect("the old key");
    let seconds = start.elapsed().as_secs_f64();
    let len = fs::metadata(path(2)).expect("the new keyring").len();
    println!(
        "re-keyed without {erased} of them in {seconds:.2} s ({sealed:.2} s until durable): {:.1} million keys a second, {} MB, {:.0} MB/s",
        count as f64 / seconds / 1e6,
        len / 1_000_000,
        len as f64 / sealed / 1e6
    );
    assert!(epochs.get(1).is_err());

    let file = File::open(path(2)).expect("the new keyring");
    let mut keyring = SealedReader::new(&second, CONTEXT, file).expect("it opens");
    let start = Instant::now();
    const LOOKUPS: u64 = 10_000;
    for number in 0..LOOKUPS {
        let ordinal = number * 7_919 % count;
        let found = key_at(&mut keyring, ordinal);
        assert_eq!(found == [0; 32], ordinal.is_multiple_of(ERASED_EVERY));
    }
    let micros = start.elapsed().as_secs_f64() * 1e6 / LOOKUPS as f64;
    println!("one key by its number: {micros:.1} µs");
    if let Some(peak) = peak_memory() {
        println!("peak memory {peak} MB");
    }
}

fn write_new(path: &Path, epoch: &DataKey, count: u64) {
    let file = BufWriter::new(File::create(path).expect("room"));
    let mut keyring = SealWriter::new(epoch, CONTEXT, file).expect("random bytes");
    for _ in 0..count {
        let key: [u8; 32] = key::random_bytes().expect("random bytes");
        keyring.write_all(&key).expect("room");
    }
    finish(keyring);
}

/// Keeps every place, so that numbers stay what they are: an erased key is 32 zero bytes. Tells how many were erased.
fn rekey(old: (&Path, &DataKey), new: (&Path, &DataKey)) -> u64 {
    let mut from = OpenReader::new(old.1, CONTEXT, File::open(old.0).expect("the old keyring"))
        .expect("it opens");
    let file = BufWriter::new(File::create(new.0).expect("room"));
    let mut to = SealWriter::new(new.1, CONTEXT, file).expect("random bytes");
    let (mut buffer, mut ordinal, mut erased) = (vec![0; 16 * 1024], 0_u64, 0);
    loop {
        let mut filled = 0;
        while filled < buffer.len() {
            match from.read(&mut buffer[filled..]).expect("a whole keyring") {
                0 => break,
                count => filled += count,
            }
        }
        for key in buffer[..filled].chunks_exact_mut(32) {
            if ordinal.is_multiple_of(ERASED_EVERY) {
                key.fill(0);
                erased += 1;
            }
            ordinal += 1;
        }
        to.write_all(&buffer[..filled]).expect("room");
        if filled < buffer.len() {
            break;
        }
    }
    finish(to);
    erased
}

fn finish(keyring: SealWriter<BufWriter<File>>) {
    let file = keyring.finish().expect("room");
    let file = file.into_inner().expect("room");
    file.sync_all().expect("a durable file");
}

fn key_at(keyring: &mut SealedReader<File>, ordinal: u64) -> [u8; 32] {
    use std::io::{Seek, SeekFrom};
    let mut key = [0; 32];
    keyring
        .seek(SeekFrom::Start(ordinal * 32))
        .expect("a place");
    keyring.read_exact(&mut key).expect("a key");
    key
}

/// The kernel's figure about this program, in MB.
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}
