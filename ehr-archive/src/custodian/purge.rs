//! Deletes packs in which nothing can be opened any more.

use std::collections::BTreeMap;

use ehr_crypto::Digest;

use super::Custodian;
use crate::audit_event::{Access, ChangeKind};
use crate::catalogue::{BY_ORDINAL, OBJECTS, ObjectRow, Person};
use crate::error::Located;
use crate::{Error, ErrorKind, names};

impl Custodian {
    /// Deletes every pack all of whose objects were erased, and gives back their paths. The tree still proves what they held;
    /// `sha256sum -c` then misses them, and `state/CURRENT` says why.
    pub fn purge(&mut self, access: &Access<'_>) -> Result<Vec<String>, Error> {
        self.refuse_during_accession()?;
        let packs = self.dead_packs()?;
        if packs.is_empty() {
            return Ok(Vec::new());
        }
        self.change(ChangeKind::Purge, &[], access, |_, change| {
            packs
                .iter()
                .for_each(|(path, sha256)| change.purge(path.clone(), *sha256));
            Ok(())
        })?;
        Ok(packs.into_iter().map(|(path, _)| path).collect())
    }

    /// Packs that hold nothing but what was erased, with their digests.
    fn dead_packs(&self) -> Result<Vec<(String, Digest)>, Error> {
        let state = &self.reader.state;
        if let Some(&epoch) = state.slots.retiring.first() {
            return Err(ErrorKind::ShredUnfinished { epoch }.into());
        }
        let mut is_dead = BTreeMap::<(u32, u32), bool>::new();
        let mut rows = state
            .lines(OBJECTS)?
            .map(|line| ObjectRow::of_line(&line?))
            .peekable();
        for line in state.lines(BY_ORDINAL)? {
            let (ordinal, person) = Person::of_line(&line?).in_file(state.file(BY_ORDINAL))?;
            while let Some(row) =
                rows.next_if(|row| row.as_ref().map_or(true, |row| row.ordinal == ordinal))
            {
                let row = row.in_file(state.file(OBJECTS))?;
                *is_dead.entry((row.bag, row.pack)).or_insert(true) &= person.erased.is_some();
            }
        }
        let mut packs = Vec::new();
        for ((bag, pack), _) in is_dead.into_iter().filter(|(_, is_dead)| *is_dead) {
            let path = names::in_bag(bag, &names::pack(pack));
            let listed = state
                .bags
                .get(&bag)
                .and_then(|bag| bag.packs.get(pack as usize));
            let sha256 = listed.ok_or(ErrorKind::Missing).in_file(&path)?.sha256;
            if !state.current.is_purged(&path) {
                packs.push((path, sha256));
            }
        }
        Ok(packs)
    }
}
