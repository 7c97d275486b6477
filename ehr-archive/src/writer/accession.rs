//! One more accession to an archive that exists: a bag of its own, and a state that lists both.

use std::path::Path;

use super::finish::{Summary, Tree, seal_bag, sync_bag};
use super::journal::{Batch, Head, Journal};
use super::pack::PackSet;
use super::{ArchiveOptions, ArchiveWriter, Resumed, check_options, create_folders};
use crate::audit_event::{Access, ChangeKind, Purpose};
use crate::current::Current;
use crate::epoch_files::EpochFiles;
use crate::files::Folder;
use crate::keys::{SlotsFile, Unlock};
use crate::names::{self, JOURNAL, UNFINISHED};
use crate::state::{self, State, sweep};
use crate::{Error, ErrorKind};

/// Who adds the accession, for the access log.
pub(super) struct Accession {
    agent: String,
    recorded: String,
    purpose: Purpose,
    /// The archive as it was when the accession was begun or resumed; its keys stay.
    state: State,
}

/// What a new accession says about itself.
#[derive(Clone, Debug)]
pub struct AccessionOptions {
    /// When it was begun, as `2026-01-31T09:30:00-05:00`.
    pub created: String,
    /// The program that writes it, with its version.
    pub software: String,
}

impl ArchiveWriter {
    /// Begins one more accession to a finished archive, such as a late delivery. The archive stays as it is, and can be read,
    /// until [`finish`](Self::finish) adds the accession in one step. Nothing can be erased in between.
    pub fn accession<'a>(
        path: &Path,
        options: AccessionOptions,
        unlock: impl Into<Unlock<'a>>,
        access: &Access<'_>,
    ) -> Result<Self, Error> {
        let unlock = unlock.into();
        let state = State::open(path, unlock)?;
        let folder = state.folder.clone();
        let _lock = State::lock(&folder)?;
        if folder.exists(JOURNAL) {
            return Err(ErrorKind::Refused {
                reason: "an accession to this archive was begun: resume it",
            }
            .into());
        }
        let bag = next_bag(&state.current);
        let options = ArchiveOptions {
            archive_id: state.archive.clone(),
            created: options.created,
            software: options.software,
        };
        check_options(&options)?;
        let accession = Accession::new(state, access)?;
        create_folders(&folder, bag)?;
        let head = Head { options, bag };
        let keys = SlotsFile::read(&folder, &state::slots_path(&accession.state.current)?)?
            .open(unlock)?;
        let journal = Journal::create(Journal::begin(&folder)?, &folder, &head, keys.epoch()?)?;
        for below in [
            UNFINISHED,
            &names::bag(bag),
            &names::in_bag(bag, "data"),
            "",
        ] {
            folder.sync_folder(below)?;
        }
        let packs = PackSet::new(folder.clone(), bag);
        Ok(Self::assemble(
            folder,
            head,
            keys,
            Some(accession),
            packs,
            journal,
            0,
        ))
    }

    /// Goes on with an accession that was begun and not finished, like [`resume`](Self::resume).
    pub fn resume_accession<'a>(
        path: &Path,
        unlock: impl Into<Unlock<'a>>,
        access: &Access<'_>,
    ) -> Result<(Self, Resumed), Error> {
        let unlock = unlock.into();
        let state = State::open(path, unlock)?;
        let folder = state.folder.clone();
        if !folder.exists(JOURNAL) || !is_in_progress(&folder)? {
            // A crash after the last step leaves the journal and the replaced state behind.
            let _lock = State::lock(&folder)?;
            sweep(&state)?;
            if folder.exists(UNFINISHED) {
                folder.remove_folder(UNFINISHED)?;
            }
            return Err(ErrorKind::Refused {
                reason: "no accession to this archive was begun",
            }
            .into());
        }
        let bag = next_bag(&state.current);
        let archive = state.archive.clone();
        let keys = SlotsFile::read(&folder, &state::slots_path(&state.current)?)?.open(unlock)?;
        let accession = Accession::new(state, access)?;
        Self::resume_unlocked(folder, &archive, keys, Some(accession), bag)
    }
}

impl Accession {
    fn new(state: State, access: &Access<'_>) -> Result<Self, Error> {
        names::check_instant(access.recorded)?;
        state.keys.signing()?;
        Ok(Accession {
            agent: access.agent.to_owned(),
            recorded: access.recorded.to_owned(),
            purpose: access.purpose,
            state,
        })
    }
}

/// Whether the journal belongs to an accession that the archive does not list yet.
pub(super) fn is_in_progress(folder: &Folder) -> Result<bool, Error> {
    let current = Current::read_unverified(folder)?;
    Ok(folder.exists(&names::bag(next_bag(&current))))
}

fn next_bag(current: &Current) -> u32 {
    current.bags().into_iter().max().unwrap_or(0) + 1
}

pub(super) fn finish(writer: ArchiveWriter, report: &[u8]) -> Result<Summary, Error> {
    let ArchiveWriter {
        folder,
        options,
        bag,
        keys,
        accession,
        packs,
        mut journal,
        ..
    } = writer;
    let Some(accession) = accession else {
        unreachable!("called for an accession only");
    };
    let _lock = State::lock(&folder)?;
    // Holds and rules may have changed since the accession was begun; keys and accessions cannot have.
    let mut state = accession.state;
    state.current = Current::read(&folder, &state.archive, keys.verifying_key())?;
    if next_bag(&state.current) != bag {
        return Err(ErrorKind::StateChanged.into());
    }
    sweep(&state)?;
    let access = Access {
        agent: &accession.agent,
        recorded: &accession.recorded,
        purpose: accession.purpose,
    };
    let mut log = state.open_log()?;
    let mut change = state.begin_change(&mut log, ChangeKind::Accession, &[], &access)?;
    let (tree, packs) = Tree::write(&folder, bag, packs)?;
    let mut files = EpochFiles::create(
        &folder,
        &state.archive,
        &keys,
        change.generation(),
        bag,
        tree.first_leaves.clone(),
    )?;
    files.take_over(&state)?;
    journal
        .read(&mut |batch: Batch| batch.entries.iter().try_for_each(|entry| files.add(entry)))?;
    let report = files.add_report(&folder, report)?;
    let (written, counts) = files.finish(&folder)?;
    let (tag_manifest, summary) = seal_bag(
        &folder,
        bag,
        &options,
        keys.signing()?,
        &tree,
        &packs,
        report,
        counts,
    )?;
    sync_bag(&folder, bag)?;
    change.set_generation(written);
    change.add(tag_manifest);
    change.commit()?;
    folder.remove_folder(UNFINISHED)?;
    log.close()?;
    Ok(summary)
}
