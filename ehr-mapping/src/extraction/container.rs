//! Files that hold several tables: dump scripts and workbooks. Each is read once for all of them.

use std::io::Read;
use std::sync::Arc;

use ehr_model::issue::{Issue, Severity};
use ehr_model::provenance::SourceAddress;
use ehr_model::source::Fate;
use ehr_model::tally::RecordCounts;

use super::SOURCE_FILE_UNCLAIMED;
use super::partition::{Hashing, Partitioner};
use super::spill::Place;
use crate::Error;
use crate::csv::Dialect;
use crate::format::{Format, detect_file};
use crate::plan::Plan;
use crate::raw::RawRecord;
use crate::source::{SourceFile, SourceFolder};
use crate::sqldump;
use crate::table::Cells;
use crate::xlsx::Workbook;

/// A file of several tables.
pub(super) struct Container {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) format: Format,
    pub(super) cells: Cells,
    pub(super) tables: Vec<Inner>,
}

/// A table inside of a file.
pub(super) struct Inner {
    pub(super) name: String,
    pub(super) columns: Vec<String>,
    /// The table of the plan that reads it.
    pub(super) table: Option<usize>,
}

/// The name of a table inside of a file, in addresses and in the books.
pub(super) fn name(file: &str, table: &str) -> String {
    format!("{file}#{table}")
}

/// The files of several tables that the plan may read, told by their first bytes, with what they
/// hold.
pub(super) fn find(
    plan: &Plan,
    folder: &dyn SourceFolder,
    files: &[SourceFile],
) -> Result<Vec<Container>, Error> {
    let wanted = |format: Format| plan.tables.iter().any(|table| table.format == format);
    let mut found = Vec::new();
    if !wanted(Format::SqlDump) && !wanted(Format::Xlsx) {
        return Ok(found);
    }
    for file in files {
        if plan.files.iter().any(|rule| rule.names(&file.name)) {
            continue;
        }
        let format = detect_file(folder, &file.name)?.filter(|format| wanted(*format));
        let open = || {
            folder
                .open(&file.name)
                .map_err(Error::io(&file.name, "opening a file of the export"))
        };
        let (cells, tables) = match format {
            Some(Format::SqlDump) => {
                let variant = sqldump::Reader::new(open()?, file.name.as_str())?.variant();
                let tables = sqldump::tables(open()?)?;
                (
                    Cells::Dump(variant),
                    tables.into_iter().map(Inner::of_dump).collect(),
                )
            }
            Some(Format::Xlsx) => {
                let mut workbook = Workbook::open(open()?, file.name.as_str())?;
                let names: Vec<String> = workbook
                    .sheets()
                    .iter()
                    .map(|sheet| sheet.name.clone())
                    .collect();
                let sheets = names.into_iter().filter_map(|name| {
                    // a sheet without a cell is no table
                    let sheet = workbook.sheet(&name).ok()?;
                    Some(Inner {
                        columns: sheet.header().to_vec(),
                        name,
                        table: None,
                    })
                });
                (Cells::Delimited(Dialect::default()), sheets.collect())
            }
            _ => continue,
        };
        found.push(Container {
            file: file.name.clone(),
            bytes: file.bytes,
            format: format.unwrap_or(Format::SqlDump),
            cells,
            tables,
        });
    }
    Ok(found)
}

impl Inner {
    fn of_dump(schema: sqldump::TableSchema) -> Self {
        Self {
            columns: schema
                .column_names()
                .into_iter()
                .map(str::to_owned)
                .collect(),
            name: schema.name,
            table: None,
        }
    }
}

impl<'p> Partitioner<'p> {
    /// Reads a file of several tables.
    pub(super) fn read_container(&mut self, number: usize) -> Result<(), Error> {
        let container = &self.containers[number];
        let file = self.plan.tables.len() + self.trees.len() + number;
        let (stream, mut hasher) = self.open(&container.file, container.bytes)?;
        let hashing = Hashing {
            inner: stream,
            hasher: &mut hasher,
        };
        let strangers = Strangers::new(container);
        match container.format {
            Format::Xlsx => self.read_sheets(container, hashing, strangers)?,
            _ => self.read_dump(container, hashing, strangers, file)?,
        }
        self.fingerprint = hasher;
        Ok(())
    }

    fn read_dump(
        &mut self,
        container: &Container,
        stream: impl Read,
        mut strangers: Strangers<'_>,
        file: usize,
    ) -> Result<(), Error> {
        let mut reader = sqldump::Reader::new(stream, container.file.as_str())?;
        while let Some(row) = reader.next_raw()? {
            let inner = row.table.and_then(|name| container.place_of(name));
            let table = inner.and_then(|inner| container.tables[inner].table);
            match (row.record, table, inner) {
                (RawRecord::Text(row), Some(table), _) => {
                    let place = Place { table, file: table };
                    self.place(place, row.expose_text(), row.position())?;
                }
                (RawRecord::Text(row), None, Some(inner)) => {
                    strangers.count(self, inner, row.expose_text());
                }
                (RawRecord::Text(_), None, None) => {}
                (RawRecord::Bad(bad), table, _) => {
                    // a statement that cannot be read belongs to the file, a row to its table
                    let place = Place {
                        table: table.or(container.any_table()).unwrap_or(0),
                        file: table.unwrap_or(file),
                    };
                    self.reject_bad(place, &bad)?;
                }
            }
        }
        for (kind, count) in reader.skipped().iter() {
            let policy = format!("statement of a dump that holds no data: {kind}");
            self.tally.policy(&policy.into(), count);
        }
        Ok(())
    }

    fn read_sheets(
        &mut self,
        container: &Container,
        stream: impl Read,
        mut strangers: Strangers<'_>,
    ) -> Result<(), Error> {
        let mut workbook = Workbook::open(stream, container.file.as_str())?;
        for (number, inner) in container.tables.iter().enumerate() {
            let mut sheet = workbook.sheet(&inner.name)?;
            while let Some(raw) = sheet.next_raw() {
                match (raw, inner.table) {
                    (RawRecord::Text(row), Some(table)) => {
                        let place = Place { table, file: table };
                        self.place(place, row.expose_text(), row.position())?;
                    }
                    (RawRecord::Text(row), None) => {
                        strangers.count(self, number, row.expose_text());
                    }
                    (RawRecord::Bad(bad), table) => {
                        let table = table.unwrap_or(0);
                        self.reject_bad(Place { table, file: table }, &bad)?;
                    }
                }
            }
            self.issues.extend(sheet.take_issues());
        }
        Ok(())
    }
}

impl Container {
    fn place_of(&self, name: &str) -> Option<usize> {
        self.tables.iter().position(|inner| inner.name == name)
    }

    fn any_table(&self) -> Option<usize> {
        self.tables.iter().find_map(|inner| inner.table)
    }
}

/// Tables of a file that no table of the plan reads: their values are part of the books too.
struct Strangers<'c> {
    container: &'c Container,
    /// Whether a table was told of.
    told: Vec<bool>,
}

impl<'c> Strangers<'c> {
    fn new(container: &'c Container) -> Self {
        Self {
            container,
            told: vec![false; container.tables.len()],
        }
    }

    fn count(&mut self, sorter: &mut Partitioner<'_>, inner: usize, text: &str) {
        let table = &self.container.tables[inner];
        let name: Arc<str> = name(&self.container.file, &table.name).into();
        let rules = &sorter.plan.files;
        let rule = rules
            .iter()
            .find(|rule| rule.names(&name) || rule.names(&table.name));
        if rule.is_none() && !std::mem::replace(&mut self.told[inner], true) {
            let issue = Issue::new(SOURCE_FILE_UNCLAIMED, Severity::Fatal);
            sorter
                .issues
                .push(issue.at(SourceAddress::new(name.clone())));
        }
        let fate = match rule {
            None => Fate::Unaccounted,
            Some(rule) if rule.archive => Fate::Archived,
            Some(_) => Fate::Ignored,
        };
        let mut counts = RecordCounts::default();
        counts.read = 1;
        match rule {
            None => counts.unaccounted = 1,
            Some(_) => counts.ignored = 1,
        }
        let (cells, _) = self.container.cells.count(text);
        let mut filled = 0;
        for position in 0..cells {
            let cell = self.container.cells.field(text, position);
            if cell.is_some_and(|cell| !cell.is_empty()) {
                filled += 1;
                let path = match table.columns.get(position) {
                    Some(column) => Arc::from(column.as_str()),
                    None => format!("column {}", position + 1).into(),
                };
                sorter.tally.leaves(&name, &path, fate, 1);
            }
        }
        sorter.tally.source(&name).records += counts;
        if let Some(rule) = rule {
            sorter.tally.rule(&rule.reason, 1, filled);
        }
    }
}
