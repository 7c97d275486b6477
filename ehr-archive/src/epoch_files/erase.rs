//! Writes keyring and catalogues anew without the keys, and if so wished without the names, of some entries.

use std::collections::BTreeSet;
use std::io::Read;

use ehr_crypto::DataKey;
use zeroize::Zeroizing;

use super::{EpochFile, INDEXES, WordIndex};
use crate::Error;
use crate::catalogue::{
    BY_NAME, BY_ORDINAL, KEYRING, OBJECTS, Person, PersonKind, ordinal_of_index_line,
};
use crate::error::Located;
use crate::files::Written;
use crate::keys::Keys;
use crate::names::STATE;
use crate::state::State;

/// What is erased.
pub(crate) struct Erasure<'a> {
    pub(crate) ordinals: &'a BTreeSet<u64>,
    /// Number of the change, by which the erased entries say when it was.
    pub(crate) change: u64,
    /// Whether names and numbers stay: an index may have to outlive its chart.
    pub(crate) keep_index: bool,
}

/// Writes the files of the next generation under new keys. What was erased keeps its ordinal, so that no other moves.
pub(crate) fn erase(
    state: &State,
    keys: &Keys,
    generation: u32,
    erasure: &Erasure<'_>,
) -> Result<Vec<Written>, Error> {
    let mut written = Vec::new();
    let create = |name: &str, key: &DataKey| {
        EpochFile::create(&state.folder, &state.archive, name, generation, key)
    };

    let mut by_ordinal = create(BY_ORDINAL, keys.catalogue()?)?;
    let mut count = 0;
    for line in state.lines(BY_ORDINAL)? {
        let line = line?;
        let (ordinal, person) = Person::of_line(&line).in_file(state.file(BY_ORDINAL))?;
        if erasure.ordinals.contains(&ordinal) {
            by_ordinal.line(&erased(person, erasure).to_line(ordinal)?)?;
        } else {
            by_ordinal.line(&line)?;
        }
        count += 1;
    }
    written.push(by_ordinal.finish()?);

    let mut keyring = create(KEYRING, keys.epoch()?)?;
    let mut old = state.open_sealed(KEYRING)?;
    let mut key = Zeroizing::new([0; DataKey::LEN]);
    for ordinal in 0..count {
        old.read_exact(&mut key[..]).in_file(state.file(KEYRING))?;
        if erasure.ordinals.contains(&ordinal) {
            key.fill(0);
        }
        keyring.write(&key[..])?;
    }
    written.push(keyring.finish()?);

    let (folder, archive) = (&state.folder, &state.archive);
    let mut words = WordIndex::create(folder, STATE, archive, generation, keys)?;
    for name in [OBJECTS].into_iter().chain(INDEXES) {
        let mut file = create(name, keys.catalogue()?)?;
        for line in state.lines(name)? {
            let line = line?;
            let is_gone = name != OBJECTS
                && !erasure.keep_index
                && erasure
                    .ordinals
                    .contains(&ordinal_of_index_line(&line).in_file(state.file(name))?);
            if !is_gone {
                if name == BY_NAME {
                    words.add(&line)?;
                }
                file.line(&line)?;
            }
        }
        written.push(file.finish()?);
    }
    written.extend(words.finish()?);
    Ok(written)
}

fn erased(person: Person, erasure: &Erasure<'_>) -> Person {
    let change = Some(erasure.change);
    if erasure.keep_index {
        return Person {
            erased: change,
            ..person
        };
    }
    Person {
        kind: person.kind,
        cohort: person.cohort,
        erased: change,
        ..Person::unknown(PersonKind::Unassigned)
    }
}
