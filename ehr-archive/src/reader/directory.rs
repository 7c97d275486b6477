//! What all patients share: practitioners, organizations and places, to which charts refer.

use super::{ArchiveReader, MAX_FOUND};
use crate::audit_event::{Access, Event};
use crate::catalogue::PersonKind;
use crate::object::Object;
use crate::{Error, ObjectClass};

impl ArchiveReader {
    /// The shared directories of all accessions: FHIR Bundles that give names to what charts refer to.
    ///
    /// Each is recorded as a read. Entries of no patient that hold no directory are not opened.
    pub fn directories(&mut self, access: &Access<'_>) -> Result<Vec<Object>, Error> {
        let mut directories = Vec::new();
        let mut next = 0;
        loop {
            let page = self.page(next, MAX_FOUND, |person| {
                person.kind == PersonKind::Unassigned
            })?;
            for entry in page.iter().filter(|entry| entry.erased().is_none()) {
                let mut rows = self.rows_of(entry.ordinal())?;
                rows.retain(|row| row.class() == Some(ObjectClass::Directory));
                if rows.is_empty() {
                    continue;
                }
                self.state.keys.epoch()?;
                self.record(
                    &Event::Read {
                        patient: None,
                        ordinal: entry.ordinal(),
                    },
                    access,
                )?;
                let key = self.entry_key(entry.ordinal())?;
                for row in rows {
                    directories.push(self.read_object(&row, &key)?);
                }
            }
            match page.last() {
                Some(last) if page.len() == MAX_FOUND => next = last.ordinal() + 1,
                _ => return Ok(directories),
            }
        }
    }
}
