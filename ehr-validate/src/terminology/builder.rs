//! Builds a table from what a release says.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

use chrono::{Days, NaiveDate};

use super::concept::{Association, Schedule, Status, Validity};
use super::entry::{day, field, tag, varint};
use super::release::Release;
use super::table::{self, Table};
use super::{TerminologyError, key};

/// What a release says of one code, while a table is built.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// What the code means.
    pub display: Option<String>,
    /// Other names of the same.
    pub synonyms: Vec<String>,
    /// Where it stands in its life.
    pub status: Option<Status>,
    /// When its publisher last changed it.
    pub status_date: Option<NaiveDate>,
    /// When it is valid, in order.
    pub validity: Vec<Validity>,
    /// Its term type.
    pub term_type: Option<String>,
    /// What takes its place.
    pub replacements: Vec<(Association, String)>,
    /// Its ingredients.
    pub ingredients: Vec<String>,
    /// Its schedule.
    pub schedule: Option<Schedule>,
    /// What it is mapped to.
    pub(super) targets: Vec<Target>,
}

/// One line of a map, while it is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Target {
    pub(super) code: String,
    pub(super) approximate: bool,
    pub(super) combination: bool,
    pub(super) scenario: u8,
    pub(super) choice: u8,
}

/// The codes of a release on their way into a [`Table`].
#[derive(Debug, Clone)]
pub struct TableBuilder {
    system: String,
    target: Option<String>,
    release: Release,
    covers_from: Option<NaiveDate>,
    drafts: BTreeMap<String, Draft>,
}

impl TableBuilder {
    /// An empty table of a code system, for codes that no reader reads, such as those of the practice.
    pub fn new(system: &str, release: &Release) -> Self {
        Self {
            system: system.to_owned(),
            target: None,
            release: release.clone(),
            covers_from: None,
            drafts: BTreeMap::new(),
        }
    }

    /// An empty map from one code system to another.
    pub(super) fn map(from: &str, to: &str, release: &Release) -> Self {
        Self {
            target: Some(to.to_owned()),
            ..Self::new(from, release)
        }
    }

    /// The same for releases that list what is valid from their date on, and say nothing of before.
    pub(super) fn valid_from_release(mut self) -> Self {
        self.covers_from = Some(self.release.day());
        self
    }

    /// What is said of a code so far, to add to it.
    pub fn draft(&mut self, code: &str) -> &mut Draft {
        let key = key(&self.system, code);
        // Two look-ups of codes that are there beat one allocation each.
        if !self.drafts.contains_key(&*key) {
            self.drafts.insert(key.to_string(), Draft::default());
        }
        self.drafts.entry(key.into_owned()).or_default()
    }

    /// What is said of a code that is there.
    pub(super) fn existing(&mut self, code: &str) -> Option<&mut Draft> {
        self.drafts.get_mut(&*key(&self.system, code))
    }

    /// How many codes there are.
    pub fn len(&self) -> usize {
        self.drafts.len()
    }

    /// Whether there is no code.
    pub fn is_empty(&self) -> bool {
        self.drafts.is_empty()
    }

    /// Puts the next release behind this one: a code that it lacks was valid until the day before,
    /// one that it adds is valid from its date on, and a code that became a header keeps both times.
    pub fn followed_by(mut self, next: Self) -> Result<Self, TerminologyError> {
        if next.release.day() <= self.release.day() || next.system != self.system {
            return Err(TerminologyError::ReleaseOrder {
                newer: next.release.name().to_owned(),
                older: self.release.name().to_owned(),
            });
        }
        let start = next.release.day();
        let eve = start.checked_sub_days(Days::new(1));
        for (code, draft) in &mut self.drafts {
            if !next.drafts.contains_key(code) {
                close(draft, eve);
            }
        }
        for (code, mut draft) in next.drafts {
            let billable = draft.validity.last().is_some_and(|last| last.billable);
            let former = self.drafts.remove(&code).unwrap_or_default();
            let mut validity = former.validity;
            match validity.last_mut() {
                Some(last) if last.to.is_none() && last.billable == billable => {}
                last => {
                    if let Some(last) = last {
                        last.to = last.to.or(eve);
                    }
                    let (from, to) = (Some(start), None);
                    validity.push(Validity { from, to, billable });
                }
            }
            draft.validity = validity;
            self.drafts.insert(code, draft);
        }
        self.release = next.release;
        Ok(self)
    }

    /// The same codes without titles and names: what is valid, and no word of what it means.
    pub fn without_names(mut self) -> Self {
        for draft in self.drafts.values_mut() {
            draft.display = None;
            draft.synonyms.clear();
        }
        self
    }

    /// The table.
    pub fn build(&self) -> Result<Table, TerminologyError> {
        Table::from_bytes(self.release.name(), self.bytes())
    }

    /// The table as a file. It stands under another name until it is whole.
    pub fn write(&self, path: &Path) -> Result<(), TerminologyError> {
        let failed = |source| TerminologyError::Io {
            file: path.display().to_string(),
            source,
        };
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, self.bytes()).map_err(failed)?;
        fs::rename(&unfinished, path).map_err(failed)
    }

    /// The bytes of the table.
    pub fn bytes(&self) -> Vec<u8> {
        let mut values = Vec::new();
        let mut offsets: HashMap<Vec<u8>, u64> = HashMap::new();
        let mut keys = fst::MapBuilder::memory();
        for (code, draft) in &self.drafts {
            let entry = draft.entry();
            // Entries that are equal are written once; without names most of them are.
            let offset = *offsets.entry(entry).or_insert_with_key(|entry| {
                let offset = values.len() as u64;
                varint(&mut values, entry.len() as u64);
                values.extend_from_slice(entry);
                offset
            });
            // Keys of a BTreeMap come in order, once each.
            let _ = keys.insert(code, offset);
        }
        let keys = keys.into_inner().unwrap_or_default();
        table::assemble(
            [
                &self.system,
                self.target.as_deref().unwrap_or_default(),
                self.release.name(),
            ],
            self.release.day(),
            self.covers_from,
            self.drafts.len(),
            &keys,
            &values,
        )
    }
}

fn close(draft: &mut Draft, eve: Option<NaiveDate>) {
    if let Some(last) = draft.validity.last_mut() {
        last.to = last.to.or(eve);
    }
}

impl Draft {
    /// The entry of the table.
    fn entry(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut scratch = Vec::new();
        let mut write = |tag: u8, fill: &dyn Fn(&mut Vec<u8>)| {
            scratch.clear();
            fill(&mut scratch);
            field(&mut out, tag, &scratch);
        };
        let text = |text: &str| {
            let bytes = text.as_bytes().to_vec();
            move |out: &mut Vec<u8>| out.extend_from_slice(&bytes)
        };
        if let Some(display) = &self.display {
            write(tag::DISPLAY, &text(display));
        }
        for synonym in &self.synonyms {
            write(tag::SYNONYM, &text(synonym));
        }
        if let Some(status) = self.status {
            write(tag::STATUS, &|out| varint(out, status.number().into()));
        }
        if self.status_date.is_some() {
            write(tag::STATUS_DATE, &|out| day(out, self.status_date));
        }
        for validity in &self.validity {
            write(tag::VALIDITY, &|out| {
                day(out, validity.from);
                day(out, validity.to);
                varint(out, validity.billable.into());
            });
        }
        if let Some(term_type) = &self.term_type {
            write(tag::TERM_TYPE, &text(term_type));
        }
        for (association, code) in &self.replacements {
            write(tag::REPLACEMENT, &|out| {
                varint(out, association.number().into());
                out.extend_from_slice(code.as_bytes());
            });
        }
        for ingredient in &self.ingredients {
            write(tag::INGREDIENT, &text(ingredient));
        }
        if let Some(schedule) = self.schedule {
            write(tag::SCHEDULE, &|out| varint(out, schedule.number().into()));
        }
        for target in &self.targets {
            write(tag::TARGET, &|out| {
                let flags = u64::from(target.approximate) | u64::from(target.combination) << 1;
                varint(out, flags);
                varint(out, target.scenario.into());
                varint(out, target.choice.into());
                out.extend_from_slice(target.code.as_bytes());
            });
        }
        out
    }
}
