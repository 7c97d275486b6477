//! Which files of an export a plan reads, and as what.

use crate::Error;
use crate::csv::{Columns, Reader};
use crate::format::{Format, detect_file};
use crate::mapper::Binding;
use crate::plan::Plan;
use crate::source::{SourceFile, SourceFolder};

/// A file of the export that a table reads.
pub(super) struct Source {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) binding: Binding,
}

/// A file of the export whose records are trees.
pub(super) struct TreeFile {
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) format: Format,
}

/// Finds the file of each table and binds its header, before any row is read.
pub(super) fn find_sources(
    plan: &Plan,
    folder: &dyn SourceFolder,
    files: &[SourceFile],
) -> Result<Vec<Option<Source>>, Error> {
    plan.tables
        .iter()
        .map(|table| {
            if table.format.is_tree() {
                return Ok(None);
            }
            let Some(file) = table.file_in(files) else {
                return if table.may_be_missing {
                    Ok(None)
                } else {
                    Err(Error::TableMissing {
                        file: table.file.clone(),
                        table: table.name.to_string(),
                    })
                };
            };
            let stream = folder
                .open(&file.name)
                .map_err(Error::io(&file.name, "opening a file of the export"))?;
            let mut reader = Reader::new(stream, file.name.as_str(), plan.dialect)?;
            let header = if plan.dialect.header() {
                reader.read_header()?
            } else {
                table
                    .columns
                    .iter()
                    .map(|column| column.name.to_string())
                    .collect()
            };
            let columns = Columns::new(file.name.as_str(), &header)?;
            let source = columns.source().clone();
            let binding =
                Binding::new(table, &header, columns).map_err(|columns| Error::ColumnsMissing {
                    file: source,
                    table: table.name.to_string(),
                    columns,
                })?;
            Ok(Some(Source {
                file: file.name.clone(),
                bytes: file.bytes,
                binding,
            }))
        })
        .collect()
}

/// The files whose records are trees that a source of the plan reads, told by their first bytes.
/// Files of tables and those that a rule names are not asked.
pub(super) fn find_trees(
    plan: &Plan,
    folder: &dyn SourceFolder,
    files: &[SourceFile],
    tables: &[Option<Source>],
) -> Result<Vec<TreeFile>, Error> {
    let mut found = Vec::new();
    if !plan.tables.iter().any(|table| table.format.is_tree()) {
        return Ok(found);
    }
    let of_tables = |name: &str| tables.iter().flatten().any(|source| source.file == name);
    for file in files {
        if of_tables(&file.name) || plan.files.iter().any(|rule| rule.names(&file.name)) {
            continue;
        }
        let format = detect_file(folder, &file.name)?
            .filter(|format| plan.tables.iter().any(|table| table.format == *format));
        if let Some(format) = format {
            found.push(TreeFile {
                file: file.name.clone(),
                bytes: file.bytes,
                format,
            });
        }
    }
    Ok(found)
}
