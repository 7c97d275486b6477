//! The pre-migration audit: what a raw export holds and what is wrong with it, before any mapping.
//!
//! An [`Audit`] is shown every record once, as the readers cut it, and keeps counts: per table and
//! column the shapes, fill, lengths, dates, code systems and keys. Parts of an export can be shown
//! to several audits and [merged](Audit::merge). [`Audit::finish`] gives the [`AuditReport`], which
//! has the [`SourceProfile`] in it, what is to be cleaned, and
//! what each way to migrate would take along.
//!
//! ```
//! use chrono::NaiveDate;
//! use ehr_model::profile::TableFormat;
//! use ehr_model::source::{Arena, Names, TreeBuilder};
//! use ehr_validate::audit::{Audit, AuditOptions};
//!
//! let mut names = Names::default();
//! let (id, seen) = (names.intern("ID"), names.intern("SEEN"));
//! let names = std::sync::Arc::new(names);
//! let today = NaiveDate::from_ymd_opt(2025, 6, 1).expect("a day");
//! let mut audit = Audit::new(AuditOptions::new(today));
//! let visits = audit.table("visits", TableFormat::SqlDump, &["ID", "SEEN"]);
//! for row in ["1|12/31/2019", "2|01/02/2020", "3|1900-01-01"] {
//!     let mut tree = TreeBuilder::new("visits".into(), names.clone(), row, Arena::default());
//!     tree.leaf(id, 0, 1);
//!     tree.leaf(seen, 2, row.len());
//!     audit.observe(visits, &tree.finish());
//! }
//! let report = audit.finish();
//! let codes: Vec<_> = report.findings.iter().map(|finding| finding.code.as_str()).collect();
//! assert_eq!(codes, ["mixed-date-formats", "placeholder-dates"]);
//! ```
//!
//! # Memory
//!
//! Memory grows with tables and columns, not with records:
//!
//! | kept | exact up to | beyond |
//! | --- | --- | --- |
//! | different values of a column, keys, orphans | [`DISTINCT_LIMIT`] values | a sample of digests (adaptive sampling), standard error about one percent |
//! | the ten most frequent values | the same | too low by one in 128 values at most (Misra–Gries) |
//! | records that repeat others | 262,144 different records of a table | the same sample |
//! | duplicate patients | [`MAX_PEOPLE`] descriptions | not compared, and said so |
//! | paths of trees | 20,000 a table | counted together |
//!
//! All else is counted. Values are held as 64 bits of a keyed hash (SipHash, the key random and
//! never written), except those of patients while duplicates are searched, and the most frequent
//! ones where [`AuditOptions::values`] asks for them.

mod class;
mod codes;
mod column;
mod date;
mod dates;
mod digests;
mod file;
mod finding;
mod findings;
mod frequent;
mod inventory;
mod people;
mod proposal;
mod relations;
mod report;
mod shape;
mod table;
#[cfg(test)]
mod tests;
mod words;

pub use file::{DocumentIndex, ExportFile, FileCounts};
pub use finding::{Finding, FindingCode};
pub use inventory::ClassCounts;
pub use people::{DuplicatePatients, MAX_PEOPLE};
pub use proposal::{Fate, Proposal, Strategy, StrategyName};
pub use report::AuditReport;

use std::collections::HashMap;
use std::hash::RandomState;
use std::sync::Arc;

use chrono::NaiveDate;
use ehr_model::profile::{SourceProfile, TableFormat};
use ehr_model::source::SourceRecord;

use self::people::People;
use self::table::Table;
use crate::terminology::Terminology;

/// How many different values of a column are counted exactly.
pub const DISTINCT_LIMIT: usize = 1 << 15;

/// What an audit has to know beforehand.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct AuditOptions {
    /// The day that counts as today.
    pub as_of: NaiveDate,
    /// Whether the most frequent values stand in the report. They are values of patients.
    pub values: bool,
    /// Tables of code systems, for unknown and retired codes.
    pub terminology: Option<Terminology>,
    /// How many different values of a column are counted exactly.
    pub distinct_limit: usize,
}

impl AuditOptions {
    /// An audit on a day, without values and without tables of code systems.
    pub fn new(as_of: NaiveDate) -> Self {
        Self {
            as_of,
            values: false,
            terminology: None,
            distinct_limit: DISTINCT_LIMIT,
        }
    }
}

/// The number of a table inside of its audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableId(usize);

/// Collects what an export holds.
pub struct Audit {
    options: Arc<AuditOptions>,
    key: RandomState,
    tables: Vec<Table>,
    by_name: HashMap<Arc<str>, TableId>,
    people: People,
    files: FileCounts,
    index: Option<DocumentIndex>,
}

impl Audit {
    /// An audit that has seen nothing.
    pub fn new(options: AuditOptions) -> Self {
        Self {
            options: Arc::new(options),
            key: RandomState::new(),
            tables: Vec::new(),
            by_name: HashMap::new(),
            people: People::with_limit(MAX_PEOPLE),
            files: FileCounts::default(),
            index: None,
        }
    }

    /// An audit of another part of the same export, to be [merged](Audit::merge) later.
    pub fn part(&self) -> Self {
        Self {
            options: self.options.clone(),
            key: self.key.clone(),
            tables: Vec::new(),
            by_name: HashMap::new(),
            people: People::with_limit(MAX_PEOPLE),
            files: FileCounts::default(),
            index: None,
        }
    }

    /// The table with this name, which is made where it is new, with these columns in this order.
    pub fn table(&mut self, name: &str, format: TableFormat, columns: &[&str]) -> TableId {
        let id = match self.by_name.get(name) {
            Some(id) => *id,
            None => {
                let name: Arc<str> = name.into();
                let id = TableId(self.tables.len());
                let limit = self.options.distinct_limit;
                self.tables.push(Table::new(name.clone(), format, limit));
                self.by_name.insert(name, id);
                id
            }
        };
        for column in columns {
            self.tables[id.0].column(&[column]);
        }
        id
    }

    /// Looks at a record of a table.
    ///
    /// # Panics
    ///
    /// If the table is of another audit.
    pub fn observe(&mut self, table: TableId, record: &SourceRecord<'_>) {
        self.tables[table.0].observe(record, &self.key, &self.options, &mut self.people);
    }

    /// Counts a record of a table that cannot be read.
    ///
    /// # Panics
    ///
    /// If the table is of another audit.
    pub fn unreadable(&mut self, table: TableId) {
        self.tables[table.0].unreadable += 1;
    }

    /// Counts a file of the export.
    pub fn file(&mut self, file: &ExportFile<'_>) {
        self.files.add(file);
    }

    /// Says what the index of a folder of documents names, and what it does not.
    pub fn index(&mut self, index: DocumentIndex) {
        self.index = Some(index);
    }

    /// Adds what a [part](Audit::part) of this audit saw.
    pub fn merge(&mut self, part: Self) {
        for table in part.tables {
            match self.by_name.get(&table.name) {
                Some(id) => self.tables[id.0].merge(table),
                None => {
                    let id = TableId(self.tables.len());
                    self.by_name.insert(table.name.clone(), id);
                    self.tables.push(table);
                }
            }
        }
        self.people.merge(part.people);
        self.files.merge(&part.files);
        self.index = self.index.take().or(part.index);
    }

    /// What the export holds.
    pub fn finish(mut self) -> AuditReport {
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        let mut profile = SourceProfile::default();
        profile.tables = self.tables.iter().map(Table::profile).collect();
        let pairs: Vec<_> = self.tables.iter().zip(&profile.tables).collect();
        let relations = relations::relations(&pairs);
        profile.relations = relations;
        let duplicates = self.people.duplicates();
        AuditReport::new(&self.options, profile, duplicates, self.files, self.index)
    }
}

impl std::fmt::Debug for Audit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Audit")
            .field("tables", &self.tables.len())
            .finish_non_exhaustive()
    }
}
