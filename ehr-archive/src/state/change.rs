//! Changes the state in one step: announced in the access log, written beside what is in force, switched, and only then is
//! the old removed.

use std::fs;

use ehr_crypto::Digest;

use super::State;
use crate::access_log::AccessLog;
use crate::audit_event::{Access, Change, ChangeKind, Event};
use crate::catalogue::{EPOCH_FILES, WORD_FILES};
use crate::current::Current;
use crate::error::Located;
use crate::files::{DiskFile, Folder, Written};
use crate::names::{self, CURRENT, LOCK, STATE};
use crate::{Error, ErrorKind};

/// A change that has been announced and is not yet in force.
pub(crate) struct StateChange<'a> {
    state: &'a State,
    log: &'a mut AccessLog,
    access: &'a Access<'a>,
    kind: ChangeKind,
    ordinals: &'a [u64],
    next: Current,
    replaced: Vec<String>,
}

impl State {
    /// Takes the one place from which the archive can be changed; it is given back when the file is dropped.
    pub(crate) fn lock(folder: &Folder) -> Result<DiskFile, Error> {
        let file = folder.open_to_change(LOCK)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(fs::TryLockError::WouldBlock) => Err(ErrorKind::Refused {
                reason: "another program is changing this archive",
            }
            .into()),
            Err(fs::TryLockError::Error(error)) => Err(error).in_file(LOCK),
        }
    }

    /// Announces a change in the access log. Without the announcement nothing is changed.
    pub(crate) fn begin_change<'a>(
        &'a self,
        log: &'a mut AccessLog,
        kind: ChangeKind,
        ordinals: &'a [u64],
        access: &'a Access<'a>,
    ) -> Result<StateChange<'a>, Error> {
        self.keys.signing()?;
        let mut next = self.current.clone();
        next.change += 1;
        let event = Event::Change(Change {
            kind,
            number: next.change,
            done: false,
            ordinals,
        });
        log.append(&[event.to_json(access, self.archive.as_str())?])?;
        Ok(StateChange {
            state: self,
            log,
            access,
            kind,
            ordinals,
            next,
            replaced: Vec::new(),
        })
    }
}

impl StateChange<'_> {
    /// The number of the state after the change.
    pub(crate) fn number(&self) -> u64 {
        self.next.change
    }

    /// The number for the next generation of keyring and catalogues.
    pub(crate) fn generation(&self) -> u32 {
        self.state.current.epoch + 1
    }

    /// Writes a small file in place of the one of its stem.
    pub(crate) fn write(&mut self, stem: &str, suffix: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = names::small_file(stem, self.next.change, suffix);
        let written = self.state.folder.write(&path, bytes)?;
        if let Some((_, old)) = self.next.small_file(stem) {
            let old = old.clone();
            self.remove(&old);
        }
        self.add(written);
        Ok(())
    }

    /// Takes the files of the next generation in place of those of this one.
    pub(crate) fn set_generation(&mut self, files: Vec<Written>) {
        for name in EPOCH_FILES.into_iter().chain(WORD_FILES) {
            let path = self.state.file(name);
            if self.next.lists(&path) {
                self.remove(&path);
            }
        }
        self.next.epoch = self.generation();
        files.into_iter().for_each(|file| self.add(file));
    }

    pub(crate) fn add(&mut self, file: Written) {
        let mut files = std::mem::take(&mut self.next.files);
        files.retain(|(_, path)| *path != file.path);
        files.push((file.sha256, file.path));
        self.next.set_files(files);
    }

    /// Notes that a pack is deleted. The file itself is removed once that is in force.
    pub(crate) fn purge(&mut self, path: String, sha256: Digest) {
        self.next.purged.push((sha256, path.clone()));
        self.replaced.push(path);
    }

    fn remove(&mut self, path: &str) {
        self.next.files.retain(|(_, listed)| listed != path);
        self.replaced.push(path.to_owned());
    }

    /// Puts the change into force, says so in the log, and removes what it replaced.
    pub(crate) fn commit(mut self) -> Result<Current, Error> {
        let head = self.log.head();
        (self.next.log_size, self.next.log_root) = (head.size, Digest::from_sha256(head.root));
        let StateChange { state, next, .. } = &self;
        state.folder.sync_folder(STATE)?;
        state.folder.sync_folder("")?;
        let note = next.sign(&state.archive, state.keys.signing()?)?;
        state.folder.replace(CURRENT, note.as_bytes())?;
        self.say_done()?;
        for path in &self.replaced {
            self.state.folder.remove(path)?;
        }
        Ok(self.next)
    }

    fn say_done(&mut self) -> Result<(), Error> {
        let event = Event::Change(Change {
            kind: self.kind,
            number: self.next.change,
            done: true,
            ordinals: self.ordinals,
        });
        self.log
            .append(&[event.to_json(self.access, self.state.archive.as_str())?])?;
        Ok(())
    }
}

/// Removes what an interrupted change left behind: files of the state that are not in force, and packs that are purged.
pub(crate) fn sweep(state: &State) -> Result<(), Error> {
    let State {
        folder, current, ..
    } = state;
    let is_current = |path: &String| {
        [CURRENT, LOCK].contains(&path.as_str())
            || current.files.iter().any(|(_, listed)| listed == path)
    };
    let left = folder
        .walk(STATE)?
        .into_iter()
        .filter(|path| !is_current(path));
    let purged = current
        .purged
        .iter()
        .map(|(_, path)| path.clone())
        .filter(|path| folder.exists(path));
    for path in left.chain(purged) {
        folder.remove(&path)?;
    }
    Ok(())
}
