//! Exports in memory that tests rewrite.

use std::collections::BTreeMap;

use ehr_mapping::source::MemoryFolder;

/// An export as tables of cells, and files that are none.
#[derive(Clone, Default)]
pub(crate) struct Export {
    pub(crate) tables: BTreeMap<String, Table>,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

/// A table as the `csv` crate reads and writes it.
#[derive(Clone, Default)]
pub(crate) struct Table {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Export {
    pub(crate) fn table(&mut self, name: &str) -> &mut Table {
        self.tables
            .get_mut(name)
            .unwrap_or_else(|| panic!("the export has no {name}"))
    }

    pub(crate) fn folder(&self) -> MemoryFolder {
        let mut folder = MemoryFolder::default();
        for (name, table) in &self.tables {
            folder = folder.with(name, table.write());
        }
        for (name, content) in &self.files {
            folder = folder.with(name, content.clone());
        }
        folder
    }
}

impl Table {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut reader = csv::Reader::from_reader(bytes);
        let cells = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
        Self {
            header: cells(reader.headers().expect("a header")),
            rows: reader
                .records()
                .map(|record| cells(&record.expect("a row")))
                .collect(),
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).expect("in memory");
        for row in &self.rows {
            writer.write_record(row).expect("in memory");
        }
        writer.into_inner().expect("in memory")
    }

    pub(crate) fn position(&self, column: &str) -> usize {
        self.header
            .iter()
            .position(|name| name == column)
            .unwrap_or_else(|| panic!("there is no column {column}"))
    }

    /// How many cells of a column hold something.
    pub(crate) fn filled(&self, column: &str) -> u64 {
        let at = self.position(column);
        self.rows.iter().filter(|row| !row[at].is_empty()).count() as u64
    }

    pub(crate) fn rename(&mut self, column: &str, name: &str) {
        let at = self.position(column);
        self.header[at] = name.to_owned();
    }

    pub(crate) fn drop_column(&mut self, column: &str) {
        let at = self.position(column);
        self.header.remove(at);
        self.rows.iter_mut().for_each(|row| {
            row.remove(at);
        });
    }

    /// Inserts a column before another one; `cell` gets the number of the row.
    pub(crate) fn insert(&mut self, before: &str, name: &str, cell: impl Fn(usize) -> String) {
        let at = self.position(before);
        self.header.insert(at, name.to_owned());
        for (number, row) in self.rows.iter_mut().enumerate() {
            row.insert(at, cell(number));
        }
    }
}
