//! Finds entries by record number, name and date of birth, alone or together.

mod names;

use std::collections::{BTreeMap, BTreeSet};

use super::{ArchiveReader, CatalogueEntry, MAX_FOUND};
use crate::audit_event::{Access, Event};
use crate::catalogue::{self, BY_DOB, BY_MRN, BY_ORDINAL};
use crate::error::Located;
use crate::{Error, ErrorKind, fold};

/// What to search for. Everything that is given must fit.
///
/// ```
/// use ehr_archive::Search;
///
/// let exact = Search::new().mrn("MRN 0042");
/// let somebody = Search::new().name("hernandes maria").birth_date("1980").tolerant();
/// # let _ = (exact, somebody);
/// ```
#[derive(Clone, Copy, Default)]
pub struct Search<'a> {
    mrn: Option<&'a str>,
    name: Option<&'a str>,
    birth_date: Option<&'a str>,
    tolerant: bool,
}

/// How well a name fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Match {
    /// As it was searched for, case and diacritics aside.
    Exact,
    /// With this many letters left out, added, exchanged or swapped.
    Typo(u8),
    /// A word sounds alike.
    Sound,
}

/// An entry that was found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Found {
    /// The entry.
    pub entry: CatalogueEntry,
    /// How well its name fits; exact if no name was searched for.
    pub fits: Match,
}

impl<'a> Search<'a> {
    /// A search for nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A medical record number, whole; case and spaces do not matter.
    #[must_use]
    pub fn mrn(self, mrn: &'a str) -> Self {
        Search {
            mrn: Some(mrn),
            ..self
        }
    }

    /// The beginning of a name at any of its words; case and diacritics do not matter.
    #[must_use]
    pub fn name(self, name: &'a str) -> Self {
        Search {
            name: Some(name),
            ..self
        }
    }

    /// A date of birth, or a year (`1980`) or month (`1980-02`).
    #[must_use]
    pub fn birth_date(self, date: &'a str) -> Self {
        Search {
            birth_date: Some(date),
            ..self
        }
    }

    /// Also finds names with slips of the keyboard and names that sound alike. Each word of the name is compared with the
    /// whole words in the archive.
    #[must_use]
    pub fn tolerant(self) -> Self {
        Search {
            tolerant: true,
            ..self
        }
    }

    /// For the log: what was asked, as it was asked.
    pub(super) fn query(&self) -> String {
        let parts = [
            ("mrn", self.mrn),
            ("name", self.name),
            ("birthdate", self.birth_date),
        ];
        let mut parts: Vec<String> = parts
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| format!("{name}={value}")))
            .collect();
        parts.extend((self.tolerant && !parts.is_empty()).then(|| "tolerant".to_owned()));
        parts.join("&")
    }
}

impl ArchiveReader {
    /// Entries that fit everything in the search, the best first.
    pub fn find(&mut self, search: &Search<'_>, access: &Access<'_>) -> Result<Vec<Found>, Error> {
        let query = search.query();
        if query.is_empty() {
            return Err(nothing());
        }
        self.record(&Event::Search { query: &query }, access)?;
        self.look_up(search)
    }

    /// Searches without a record of it: nothing of what this finds may be given out before there is one.
    pub(super) fn look_up(&self, search: &Search<'_>) -> Result<Vec<Found>, Error> {
        let exact = |ordinals: BTreeSet<u64>| {
            ordinals
                .into_iter()
                .map(|ordinal| (ordinal, Match::Exact))
                .collect()
        };
        let mut found: Option<BTreeMap<u64, Match>> = None;
        if let Some(mrn) = search.mrn {
            let prefix = format!("{}\t", fold::fold_number(mrn));
            found = Some(exact(self.with_prefix(BY_MRN, &prefix)?));
        }
        if let Some(date) = search.birth_date {
            let dated = exact(self.with_prefix(BY_DOB, date)?);
            found = Some(both(found, dated));
        }
        if let Some(name) = search.name {
            let named = if search.tolerant {
                names::tolerant(self, name)?
            } else {
                exact(names::exact(self, name)?)
            };
            found = Some(both(found, named));
        }
        let found = found.ok_or_else(nothing)?;
        if found.len() > MAX_FOUND {
            return Err(ErrorKind::TooMany { limit: MAX_FOUND }.into());
        }
        let mut by_ordinal = self.state.catalogue(BY_ORDINAL)?;
        let entries = found.into_iter().map(|(ordinal, fits)| {
            let person =
                super::person_of(&mut by_ordinal, ordinal).in_file(self.state.file(BY_ORDINAL))?;
            let entry = CatalogueEntry::new(ordinal, person);
            Ok(Found { entry, fits })
        });
        let mut entries = entries.collect::<Result<Vec<_>, Error>>()?;
        entries.sort_by_key(|found| (found.fits, found.entry.ordinal()));
        Ok(entries)
    }

    /// Entries with this medical record number; case and spaces do not matter.
    pub fn find_by_mrn(
        &mut self,
        mrn: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.find_entries(&Search::new().mrn(mrn), access)
    }

    /// Entries with a name that begins, at any of its words, with this; case and diacritics do not matter.
    pub fn find_by_name(
        &mut self,
        beginning: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.find_entries(&Search::new().name(beginning), access)
    }

    /// Entries with this date of birth, or with one in this year (`1980`) or month (`1980-02`).
    pub fn find_by_birth_date(
        &mut self,
        date: &str,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        self.find_entries(&Search::new().birth_date(date), access)
    }

    fn find_entries(
        &mut self,
        search: &Search<'_>,
        access: &Access<'_>,
    ) -> Result<Vec<CatalogueEntry>, Error> {
        let found = self.find(search, access)?;
        Ok(found.into_iter().map(|found| found.entry).collect())
    }

    /// Ordinals of the lines of an index that begin with this.
    fn with_prefix(&self, name: &str, prefix: &str) -> Result<BTreeSet<u64>, Error> {
        if prefix.trim().is_empty() {
            return Err(nothing());
        }
        let mut ordinals = BTreeSet::new();
        self.state.catalogue(name)?.with_prefix(prefix, |line| {
            ordinals.insert(catalogue::ordinal_of_index_line(line)?);
            Ok(true)
        })?;
        Ok(ordinals)
    }
}

fn nothing() -> Error {
    ErrorKind::Refused {
        reason: "there is nothing to search for",
    }
    .into()
}

/// What is in both; the worse fit counts.
fn both(first: Option<BTreeMap<u64, Match>>, second: BTreeMap<u64, Match>) -> BTreeMap<u64, Match> {
    let Some(first) = first else {
        return second;
    };
    let in_both = first.into_iter().filter_map(|(ordinal, fits)| {
        let other = second.get(&ordinal)?;
        Some((ordinal, fits.max(*other)))
    });
    in_both.collect()
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("tolerant", &self.tolerant)
            .finish_non_exhaustive()
    }
}
