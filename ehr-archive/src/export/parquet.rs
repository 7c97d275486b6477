//! Parquet tables of the charts, for analysts.

mod column;
mod row;
mod table;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Resource, Target};
use crate::reader::{CatalogueEntry, ObjectInfo};
use crate::{Error, Object};

use column::Layout;
use row::Row;
use table::Table;

/// Rows of all tables together that wait in memory; the table with the most is written first.
const MAX_WAITING: usize = 64 << 20;

/// The tables that are being written.
pub(super) struct Tables {
    folder: PathBuf,
    most_waiting: usize,
    of_names: BTreeMap<String, Table>,
}

impl Tables {
    pub(super) fn new(folder: &Path) -> Self {
        Tables {
            folder: folder.to_owned(),
            most_waiting: MAX_WAITING,
            of_names: BTreeMap::new(),
        }
    }

    pub(super) fn finish(self) -> Result<(), Error> {
        self.of_names.into_values().try_for_each(Table::finish)
    }

    fn add(&mut self, name: &str, layout: Layout, row: Row) -> Result<(), Error> {
        if !self.of_names.contains_key(name) {
            let table = Table::create(&self.folder, name, layout)?;
            self.of_names.insert(name.to_owned(), table);
        }
        if let Some(table) = self.of_names.get_mut(name) {
            table.add(row);
        }
        let waiting: usize = self.of_names.values().map(Table::waiting).sum();
        if waiting > self.most_waiting
            && let Some(fullest) = self
                .of_names
                .values_mut()
                .max_by_key(|table| table.waiting())
        {
            fullest.write_waiting()?;
        }
        Ok(())
    }
}

impl Target for Tables {
    fn resource(&mut self, resource: &Resource<'_>) -> Result<(), Error> {
        let layout = if resource.kind == "Patient" {
            Layout::Patient
        } else {
            Layout::Resource
        };
        self.add(resource.kind, layout, row::of_resource(resource))?;
        for row in row::of_components(resource) {
            self.add("ObservationComponent", Layout::Component, row)?;
        }
        for row in row::of_codings(resource) {
            self.add("Coding", Layout::Coding, row)?;
        }
        Ok(())
    }

    /// Documents and the rows of the old system are no tables.
    fn object(&mut self, _: &CatalogueEntry, _: ObjectInfo, _: &Object) -> Result<bool, Error> {
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use serde_json::json;
    use std::fs::File;

    #[test]
    fn rows_are_written_when_too_many_wait() {
        let folder = tempfile::tempdir().unwrap();
        let mut tables = Tables::new(folder.path());
        tables.most_waiting = 5_000;
        for number in 0..100 {
            for kind in ["Condition", "Procedure"] {
                let value =
                    json!({"resourceType": kind, "id": number.to_string(), "code": {"text": "x"}});
                let line = value.to_string();
                tables
                    .resource(&Resource {
                        kind,
                        entry: number,
                        patient: Some("p"),
                        value: &value,
                        line: &line,
                    })
                    .unwrap();
                let waiting: usize = tables.of_names.values().map(Table::waiting).sum();
                assert!(waiting <= 5_000);
            }
        }
        tables.finish().unwrap();
        for kind in ["Condition", "Procedure"] {
            let file = File::open(folder.path().join(format!("{kind}.parquet"))).unwrap();
            let reader = SerializedFileReader::new(file).unwrap();
            assert!(reader.num_row_groups() > 10);
            let rows = reader.get_row_iter(None).unwrap().map(|row| row.unwrap());
            let ids = rows.map(|row| {
                let columns: Vec<_> = row.get_column_iter().collect();
                columns[1].1.to_string()
            });
            let ids: Vec<String> = ids.collect();
            assert_eq!(
                ids,
                (0..100)
                    .map(|number| format!("\"{number}\""))
                    .collect::<Vec<_>>()
            );
        }
    }
}
