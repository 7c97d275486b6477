//! Faults that only somebody with the keys can make: everything plain agrees with itself and is signed anew. And archives that
//! were changed, or whose change was interrupted, as the custodian does it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use ehr_archive::custodian::ShredRequest;
use ehr_archive::*;
use ehr_crypto::epoch::{DestructionReceipt, EpochStore, FileEpochStore};
use ehr_crypto::tree::{Checkpoint, Frontier, Hash, leaf_hash};
use ehr_crypto::{Credential, DataKey, Digest, SigningKey, Slot};
use serde_json::Value;

use super::make::objects;
use super::testkit;
use crate::sample::{self, ACCESS};

const BAG: &str = "bag-000001";
const PACK: &str = "bag-000001/data/packs/pack-000000.zip";
const KEYRING: &str = "state/keyring.3.c256";
/// The long document of entry 0 is the second object of the first pack.
const LONG: usize = 1;
/// As much as fits into the place of the long document.
const BOMB: u64 = 1 << 28;

/// A copy of the sound archive, and its keys.
struct Forger {
    folder: tempfile::TempDir,
    catalogue: DataKey,
    keyring: DataKey,
    signing: SigningKey,
}

fn context(place: &str) -> Vec<u8> {
    format!("ehr-archive/1 cobblestone-256 testkit {place}").into_bytes()
}

fn hex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

impl Forger {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        sample::copy(&testkit().join("sound"), folder.path());
        let slots = fs::read(folder.path().join("archive/state/slots.3.json")).unwrap();
        let slots: Value = serde_json::from_slice(&slots).unwrap();
        let role = |role: &str, place: &str| {
            let slot: Slot = serde_json::from_value(slots["roles"][role][0].clone()).unwrap();
            let key = sample::key();
            slot.open(Credential::Key(&key), &context(place)).unwrap()
        };
        let outer = FileEpochStore::new(folder.path().join("store"))
            .get(2)
            .unwrap();
        let stored = |name: &str, inner: &DataKey, place: &str| {
            let context = context(&format!("{place} key 2"));
            let once = ehr_crypto::open(&outer, &context, &hex(&slots["store"][name])).unwrap();
            DataKey::from_slice(&ehr_crypto::open(inner, &context, &once).unwrap()).unwrap()
        };
        let catalogue = stored(
            "catalogue",
            &role("catalogue", "role catalogue"),
            "catalogue",
        );
        let keyring = stored("keyring", &role("epoch", "role epoch 1"), "epoch");
        let seed = role("signing", "role signing");
        Forger {
            folder,
            catalogue,
            keyring,
            signing: SigningKey::from_seed("ehr-archive/testkit", seed).unwrap(),
        }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("archive").join(path)
    }

    fn read(&self, path: &str) -> Vec<u8> {
        fs::read(self.path(path)).unwrap()
    }

    fn sealed(&self, key: &DataKey, path: &str, place: &str) -> Vec<u8> {
        ehr_crypto::open(key, &context(place), &self.read(path)).unwrap()
    }

    fn key_of(&self, ordinal: usize) -> DataKey {
        let keyring = self.sealed(&self.keyring, KEYRING, "state keyring 3");
        DataKey::from_slice(&keyring[32 * ordinal..32 * ordinal + 32]).unwrap()
    }

    /// Writes a file, and its digest wherever the old one stands, up to the signed list.
    fn write(&self, path: &str, bytes: &[u8]) {
        let digest = |bytes: &[u8]| Digest::sha256(bytes).to_string();
        let (old, new) = (digest(&self.read(path)), digest(bytes));
        fs::write(self.path(path), bytes).unwrap();
        for list in [
            "bag-000001/data/archive.json",
            "bag-000001/manifest-sha256.txt",
            "bag-000001/tagmanifest-sha256.txt",
        ] {
            let text = String::from_utf8(self.read(list)).unwrap();
            if list != path && text.contains(&old) {
                self.write(list, text.replace(&old, &new).as_bytes());
            }
        }
        let note = String::from_utf8(self.read("state/CURRENT")).unwrap();
        let (text, _) = note.rsplit_once("\n\n").unwrap();
        let text = format!("{text}\n").replace(&old, &new);
        fs::write(
            self.path("state/CURRENT"),
            self.signing.sign(&text).unwrap(),
        )
        .unwrap();
    }

    fn swap_keys(&self, one: usize, other: usize) {
        let mut keyring = self.sealed(&self.keyring, KEYRING, "state keyring 3");
        let (first, second) = keyring.split_at_mut(32 * other);
        first[32 * one..32 * one + 32].swap_with_slice(&mut second[..32]);
        let sealed = ehr_crypto::seal(&self.keyring, &context("state keyring 3"), &keyring);
        self.write(KEYRING, &sealed.unwrap());
    }

    /// Seals another payload in the place of the long document, as long as that is, and all that follows from it.
    fn replace_long(&self, payload: &[u8], length: u64) {
        let rows = self.sealed(&self.catalogue, "state/objects.3.c256", "state objects 3");
        let rows = String::from_utf8(rows).unwrap();
        let row: Vec<&str> = rows.lines().nth(LONG).unwrap().split('\t').collect();
        let (id, leaf) = (row[3], row[8].parse::<usize>().unwrap());
        let mut pack = self.read(PACK);
        let (start, len) = objects(&pack)[LONG];
        let (key, context) = (self.key_of(0), context(&format!("object {id}")));
        let old = ehr_crypto::open(&key, &context, &pack[start..start + len]).unwrap();
        let header = |pad: usize| {
            let name = "x".repeat(pad);
            let sha256 = Digest::sha256(b"what it should be");
            format!(
                r#"{{"class":"document","media_type":"application/pdf","source_id":"{name}","encoding":"zstd","length":{length},"sha256":"{sha256}"}}"#
            )
        };
        let pad = old.len() - payload.len() - header(0).len() - 1;
        let plaintext = [header(pad).as_bytes(), b"\n", payload].concat();
        let sealed = ehr_crypto::seal(&key, &context, &plaintext).unwrap();
        assert_eq!(sealed.len(), len);
        pack[start..start + len].copy_from_slice(&sealed);
        let crc = crc32fast::hash(&sealed).to_le_bytes();
        let name = format!("{id}.c256");
        let named: Vec<usize> = (0..pack.len() - name.len())
            .filter(|&at| pack[at..].starts_with(name.as_bytes()))
            .collect();
        // The CRC stands 16 bytes before the name in the entry's header, and 30 in the directory.
        for (at, before) in named.into_iter().zip([16, 30]) {
            pack[at - before..at - before + 4].copy_from_slice(&crc);
        }
        let mut leaves = self.read("bag-000001/data/tree/level-0");
        let sealed_digest = Digest::sha256(&sealed);
        let id = hex(&Value::from(id));
        let hash = leaf_hash(&[&id[..], sealed_digest.as_bytes()].concat());
        leaves[32 * leaf..32 * leaf + 32].copy_from_slice(&hash);
        self.write(PACK, &pack);
        self.write("bag-000001/data/tree/level-0", &leaves);
        self.sign_tree(&leaves);
    }

    fn sign_tree(&self, leaves: &[u8]) {
        let mut tree = Frontier::new();
        for leaf in leaves.as_chunks::<32>().0 {
            let leaf: Hash = *leaf;
            tree.push(leaf);
        }
        let description = "bag-000001/data/archive.json";
        let text = String::from_utf8(self.read(description)).unwrap();
        let json: Value = serde_json::from_str(&text).unwrap();
        let old = json["tree"]["root"].as_str().unwrap();
        let new = Digest::from_sha256(tree.root()).to_string();
        self.write(description, text.replace(old, &new).as_bytes());
        let checkpoint = Checkpoint {
            origin: format!("ehr-archive/testkit/{BAG}"),
            size: tree.size(),
            root: tree.root(),
        };
        let note = checkpoint.sign(&self.signing).unwrap();
        self.write("bag-000001/data/checkpoint", note.as_bytes());
    }

    /// Shreds an entry with a store that may fail.
    fn shred(&self, ordinal: u64, store: &mut dyn EpochStore) -> Result<(), Error> {
        let (key, keys) = (
            sample::key(),
            FileEpochStore::new(self.folder.path().join("store")),
        );
        let unlock = Unlock::from(&key).with_store(&keys);
        let mut custodian = Custodian::open(&self.path(""), unlock, &ACCESS)?;
        let ordinals = [ordinal];
        let request = ShredRequest::against_retention(&ordinals, "order 8");
        custodian.shred(&request, store, &ACCESS).map(drop)
    }

    fn store(&self) -> FileEpochStore {
        FileEpochStore::new(self.folder.path().join("store"))
    }

    /// Writes what is different from the sound archive, and prints what is gone.
    #[allow(clippy::print_stdout)]
    fn save(&self, out: &Path, name: &str) {
        let sound = testkit().join("sound");
        for (below, files) in [("archive", "files"), ("store", "store")] {
            let (old, new) = (sound.join(below), self.folder.path().join(below));
            let relative = |root: &Path| -> BTreeMap<PathBuf, Vec<u8>> {
                sample::files(root)
                    .into_iter()
                    .map(|(path, bytes)| (path.strip_prefix(root).unwrap().to_owned(), bytes))
                    .collect()
            };
            let (before, after) = (relative(&old), relative(&new));
            for (path, bytes) in &after {
                if before.get(path) != Some(bytes) && !path.ends_with("lock") {
                    let target = out.join(name).join(files).join(path);
                    fs::create_dir_all(target.parent().unwrap()).unwrap();
                    fs::write(target, bytes).unwrap();
                }
            }
            for path in before.keys().filter(|path| !after.contains_key(*path)) {
                println!("{name}: removed from {below}: {}", path.display());
            }
        }
    }
}

/// A store that cannot be reached when a key is to be destroyed.
struct Unreachable(FileEpochStore);

impl EpochStore for Unreachable {
    fn create(&mut self, epoch: u32) -> Result<DataKey, ehr_crypto::Error> {
        self.0.create(epoch)
    }

    fn get(&self, epoch: u32) -> Result<DataKey, ehr_crypto::Error> {
        self.0.get(epoch)
    }

    fn destroy(&mut self, _: u32) -> Result<DestructionReceipt, ehr_crypto::Error> {
        Err(std::io::Error::other("unreachable").into())
    }
}

/// One Zstandard frame of nothing but zeros.
fn zeros(len: u64, configure: impl FnOnce(&mut zstd::Encoder<'static, Vec<u8>>)) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 19).unwrap();
    configure(&mut encoder);
    std::io::copy(&mut std::io::repeat(0).take(len), &mut encoder).unwrap();
    encoder.flush().unwrap();
    encoder.finish().unwrap()
}

#[test]
#[ignore = "a testkit that is there is never edited; EHR_TESTKIT_FAULTS names a folder for these"]
fn make() {
    let Some(out) = std::env::var_os("EHR_TESTKIT_FAULTS").map(PathBuf::from) else {
        return;
    };
    let forger = Forger::new();
    forger.swap_keys(1, 3);
    forger.save(&out, "keys-swapped");

    let forger = Forger::new();
    forger.replace_long(&zeros(BOMB, |_| {}), 100);
    forger.save(&out, "decompression-bomb");
    let forger = Forger::new();
    forger.replace_long(&zeros(BOMB, |_| {}), 1 << 30);
    forger.save(&out, "length-beyond-limit");
    let forger = Forger::new();
    let window = |encoder: &mut zstd::Encoder<'static, Vec<u8>>| {
        encoder.window_log(27).unwrap();
        encoder.include_contentsize(false).unwrap();
    };
    forger.replace_long(&zeros(100, window), 100);
    forger.save(&out, "window-too-large");

    // Entry 4 is alone in the third pack.
    let forger = Forger::new();
    forger.shred(4, &mut forger.store()).unwrap();
    let pack = forger.read("bag-000001/data/packs/pack-000002.zip");
    let (key, keys) = (sample::key(), forger.store());
    let unlock = Unlock::from(&key).with_store(&keys);
    let mut custodian = Custodian::open(&forger.path(""), unlock, &ACCESS).unwrap();
    assert_eq!(custodian.purge(&ACCESS).unwrap().len(), 1);
    drop(custodian);
    forger.save(&out, "pack-purged");
    fs::write(forger.path("bag-000001/data/packs/pack-000002.zip"), pack).unwrap();
    forger.save(&out, "purged-pack-put-back");

    let forger = Forger::new();
    forger
        .shred(4, &mut Unreachable(forger.store()))
        .unwrap_err();
    forger.save(&out, "shred-half-done");
    // What stands in the way of the switch lets the shred end just before it.
    let forger = Forger::new();
    fs::create_dir(forger.path("state/CURRENT.new")).unwrap();
    forger.shred(4, &mut forger.store()).unwrap_err();
    fs::remove_dir(forger.path("state/CURRENT.new")).unwrap();
    forger.save(&out, "shred-not-in-force");
}
