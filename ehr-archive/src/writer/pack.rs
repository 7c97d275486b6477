//! The packs that are being written: one open pack for each retention cohort.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use ehr_crypto::{Digest, Hasher, tree};
use serde::{Deserialize, Serialize};

use super::journal::Place;
use crate::error::Located;
use crate::files::Folder;
use crate::names::{self, PACKS, UNFINISHED};
use crate::sealer::SealedObject;
use crate::zip::{self, LOCAL_LEN, PackEntry};
use crate::{Error, ObjectId};

/// A pack and its directory stay below 1 GiB and 65,000 entries: plain ZIP without its 64-bit extension.
pub(crate) const MAX_PACK_LEN: u64 = 1 << 30;
pub(crate) const MAX_PACK_ENTRIES: u64 = 65_000;
const MAX_DIRECTORY_LEN: u64 = MAX_PACK_ENTRIES * (46 + LOCAL_LEN) + 22;
/// Open packs cost two file handles each; with more cohorts than this, the fullest pack is closed early.
const MAX_OPEN_PACKS: usize = 64;
const BUFFER_LEN: usize = 256 * 1024;

pub(super) struct PackSet {
    folder: Folder,
    bag: u32,
    open: BTreeMap<String, OpenPack>,
    /// Every pack as it stands, by number.
    states: BTreeMap<u32, PackState>,
    /// Packs whose state changed since the last commit.
    changed: BTreeSet<u32>,
}

/// A pack as the journal knows it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PackState {
    pub(super) number: u32,
    pub(super) cohort: String,
    pub(super) objects: u64,
    /// End of the last object.
    pub(super) end: u64,
    pub(super) closed: Option<ClosedPack>,
}

/// The whole file, directory included.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct ClosedPack {
    pub(super) len: u64,
    pub(super) sha256: Digest,
}

struct OpenPack {
    state: PackState,
    file: BufWriter<File>,
    hasher: Hasher,
    /// Leaf hashes of the objects, for the tree.
    leaves: BufWriter<File>,
}

/// The entry of an object in the tree over all objects.
pub(crate) fn leaf(id: ObjectId, sealed: Digest) -> tree::Hash {
    tree::leaf_hash(&[&id.as_bytes()[..], sealed.as_bytes()].concat())
}

impl PackSet {
    pub(super) fn new(folder: Folder, bag: u32) -> Self {
        PackSet {
            folder,
            bag,
            open: BTreeMap::new(),
            states: BTreeMap::new(),
            changed: BTreeSet::new(),
        }
    }

    /// Takes over what the journal says.
    pub(super) fn apply(&mut self, states: Vec<PackState>) {
        self.states
            .extend(states.into_iter().map(|state| (state.number, state)));
    }

    /// After the journal was read: cuts every open pack to its journalled end and removes packs it does not know.
    pub(super) fn reopen(&mut self) -> Result<(), Error> {
        let known: BTreeSet<String> = self
            .states
            .keys()
            .flat_map(|&number| {
                [
                    names::in_bag(self.bag, &names::pack(number)),
                    names::pack_leaves(number),
                ]
            })
            .collect();
        for folder in [names::in_bag(self.bag, PACKS), UNFINISHED.to_owned()] {
            let is_ours = |path: &String| folder != UNFINISHED || path.contains("/leaves-");
            for path in self
                .folder
                .walk(&folder)?
                .into_iter()
                .filter(is_ours)
                .filter(|path| !known.contains(path))
            {
                fs::remove_file(self.folder.path(&path)).in_file(path)?;
            }
        }
        let unfinished: Vec<PackState> = self
            .states
            .values()
            .filter(|state| state.closed.is_none())
            .cloned()
            .collect();
        for state in unfinished {
            self.open.insert(
                state.cohort.clone(),
                OpenPack::reopen(&self.folder, self.bag, state)?,
            );
        }
        Ok(())
    }

    pub(super) fn append(&mut self, cohort: &str, object: &SealedObject) -> Result<Place, Error> {
        let len = LOCAL_LEN + object.sealed.len() as u64;
        let full = |pack: &OpenPack| {
            pack.state.objects == MAX_PACK_ENTRIES
                || pack.state.end + len + MAX_DIRECTORY_LEN > MAX_PACK_LEN
        };
        if self.open.get(cohort).is_some_and(full) {
            self.close(cohort)?;
        }
        if !self.open.contains_key(cohort) {
            self.begin(cohort)?;
        }
        let bag = self.bag;
        let pack = self
            .open
            .get_mut(cohort)
            .unwrap_or_else(|| unreachable!("begun above"));
        let place = pack
            .append(object)
            .in_file(names::in_bag(bag, &names::pack(pack.state.number)))?;
        self.changed.insert(pack.state.number);
        Ok(place)
    }

    /// Makes all packs durable and returns the states that changed.
    pub(super) fn commit(&mut self) -> Result<Vec<PackState>, Error> {
        let bag = self.bag;
        for pack in self
            .open
            .values_mut()
            .filter(|pack| self.changed.contains(&pack.state.number))
        {
            pack.sync()
                .in_file(names::in_bag(bag, &names::pack(pack.state.number)))?;
            self.states.insert(pack.state.number, pack.state.clone());
        }
        self.folder.sync_folder(&names::in_bag(self.bag, PACKS))?;
        self.folder.sync_folder(UNFINISHED)?;
        Ok(std::mem::take(&mut self.changed)
            .into_iter()
            .filter_map(|number| self.states.get(&number).cloned())
            .collect())
    }

    /// Closes every pack; what is left is the list of all, by number.
    pub(super) fn finish(mut self) -> Result<Vec<PackState>, Error> {
        for cohort in self.open.keys().cloned().collect::<Vec<_>>() {
            self.close(&cohort)?;
        }
        self.folder.sync_folder(&names::in_bag(self.bag, PACKS))?;
        Ok(self.states.into_values().collect())
    }

    fn begin(&mut self, cohort: &str) -> Result<(), Error> {
        if self.open.len() >= MAX_OPEN_PACKS {
            let fullest = self
                .open
                .iter()
                .max_by_key(|(_, pack)| pack.state.end)
                .map(|(cohort, _)| cohort.clone());
            fullest.map_or(Ok(()), |cohort| self.close(&cohort))?;
        }
        let last = self.states.keys().next_back().copied();
        let number = last.map_or(0, |number| number + 1);
        let state = PackState {
            number,
            cohort: cohort.to_owned(),
            objects: 0,
            end: 0,
            closed: None,
        };
        self.states.insert(number, state.clone());
        self.open.insert(
            cohort.to_owned(),
            OpenPack::reopen(&self.folder, self.bag, state)?,
        );
        Ok(())
    }

    fn close(&mut self, cohort: &str) -> Result<(), Error> {
        let Some(pack) = self.open.remove(cohort) else {
            return Ok(());
        };
        let number = pack.state.number;
        let state = pack
            .close()
            .in_file(names::in_bag(self.bag, &names::pack(number)))?;
        self.states.insert(number, state);
        self.changed.insert(number);
        Ok(())
    }
}

impl OpenPack {
    /// Opens or creates the pack's files, cut to what its state says.
    fn reopen(folder: &Folder, bag: u32, state: PackState) -> Result<Self, Error> {
        let (path, leaves_path) = (
            names::in_bag(bag, &names::pack(state.number)),
            names::pack_leaves(state.number),
        );
        let (file, hasher) = cut(folder, &path, state.end).in_file(&path)?;
        let (leaves, _) = cut(folder, &leaves_path, state.objects * 32).in_file(&leaves_path)?;
        let file = BufWriter::with_capacity(BUFFER_LEN, file);
        Ok(OpenPack {
            state,
            file,
            hasher,
            leaves: BufWriter::new(leaves),
        })
    }

    fn append(&mut self, object: &SealedObject) -> Result<Place, Error> {
        let len = object.sealed.len() as u64;
        let entry = PackEntry {
            id: object.id,
            crc32: object.crc32,
            len: len as u32,
            start: self.state.end,
        };
        self.write(&entry.local_header())?;
        self.write(&object.sealed)?;
        self.leaves.write_all(&leaf(object.id, object.digest))?;
        let place = Place {
            pack: self.state.number,
            index: self.state.objects,
            offset: entry.offset(),
            len,
        };
        self.state.end = entry.offset() + len;
        self.state.objects += 1;
        Ok(place)
    }

    fn sync(&mut self) -> Result<(), Error> {
        for file in [&mut self.file, &mut self.leaves] {
            file.flush()?;
            file.get_ref().sync_data()?;
        }
        Ok(())
    }

    /// Writes the directory. It is found again from the headers, so that no list of entries is held in memory.
    fn close(mut self) -> Result<PackState, Error> {
        self.sync()?;
        let end = self.state.end;
        let entries = zip::entries(&mut BufReader::new(self.file.get_ref().try_clone()?), end)?;
        let directory = zip::directory(&entries, end);
        self.file.get_mut().seek(SeekFrom::Start(end))?;
        self.write(&directory)?;
        self.sync()?;
        let closed = ClosedPack {
            len: end + directory.len() as u64,
            sha256: self.hasher.finish(),
        };
        Ok(PackState {
            closed: Some(closed),
            ..self.state
        })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.file.write_all(bytes)
    }
}

/// Opens a file, cuts it to `len` and hashes what is left.
fn cut(folder: &Folder, path: &str, len: u64) -> Result<(File, Hasher), Error> {
    let mut file = folder.open_to_change(path)?;
    if file.metadata()?.len() < len {
        return Err(crate::ErrorKind::Changed {
            what: "shorter than its journal says",
        }
        .into());
    }
    file.set_len(len)?;
    let mut hasher = Hasher::sha256();
    let hashed = io::copy(
        &mut BufReader::with_capacity(BUFFER_LEN, &mut file).take(len),
        &mut hasher,
    )?;
    debug_assert_eq!(hashed, len);
    file.seek(SeekFrom::Start(len))?;
    Ok((file, hasher))
}
