//! Which files of an export a plan reads, and as what.

use super::container::{self, Container};
use crate::Error;
use crate::csv::{Columns, Reader};
use crate::format::{Format, detect_file};
use crate::mapper::Binding;
use crate::plan::{Plan, Table};
use crate::source::{SourceFile, SourceFolder};
use crate::table::Cells;

/// What a table of the plan reads: a file, or a table inside of a file of several.
pub(super) struct Source {
    pub(super) file: String,
    pub(super) bytes: u64,
    /// Whether the file holds several tables and is read once for all of them.
    pub(super) inside: bool,
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
    containers: &mut [Container],
) -> Result<Vec<Option<Source>>, Error> {
    let sources = plan.tables.iter().enumerate().map(|(number, table)| {
        let source = match table.format {
            Format::SqlDump | Format::Xlsx => inside(number, table, containers)?,
            format if format.is_tree() => return Ok(None),
            _ => delimited(plan, table, folder, files)?,
        };
        if source.is_none() && !table.may_be_missing {
            return Err(Error::TableMissing {
                file: table.file.clone(),
                table: table.name.to_string(),
            });
        }
        Ok(source)
    });
    sources.collect()
}

/// A table that is a file of delimited text.
fn delimited(
    plan: &Plan,
    table: &Table,
    folder: &dyn SourceFolder,
    files: &[SourceFile],
) -> Result<Option<Source>, Error> {
    let Some(file) = table.file_in(files) else {
        return Ok(None);
    };
    let stream = folder
        .open(&file.name)
        .map_err(Error::io(&file.name, "opening a file of the export"))?;
    let mut reader = Reader::new(stream, file.name.as_str(), plan.dialect)?;
    let header = if plan.dialect.header() {
        reader.read_header()?
    } else {
        let columns = table.columns.iter();
        columns.map(|column| column.name.to_string()).collect()
    };
    Ok(Some(Source {
        file: file.name.clone(),
        bytes: file.bytes,
        inside: false,
        binding: bind(table, &file.name, &header, Cells::Delimited(plan.dialect))?,
    }))
}

/// A table of a dump script, or a sheet of a workbook: of two with one name, the first.
fn inside(
    number: usize,
    table: &Table,
    containers: &mut [Container],
) -> Result<Option<Source>, Error> {
    for container in containers {
        if container.format != table.format {
            continue;
        }
        let found = container
            .tables
            .iter_mut()
            .find(|inner| inner.name.eq_ignore_ascii_case(&table.file));
        if let Some(inner) = found {
            inner.table = Some(number);
            let name = container::name(&container.file, &inner.name);
            return Ok(Some(Source {
                file: container.file.clone(),
                bytes: container.bytes,
                inside: true,
                binding: bind(table, &name, &inner.columns, container.cells)?,
            }));
        }
    }
    Ok(None)
}

fn bind(table: &Table, source: &str, header: &[String], cells: Cells) -> Result<Binding, Error> {
    let columns = Columns::new(source, header)?;
    let source = columns.source().clone();
    Binding::new(table, header, columns, cells).map_err(|columns| Error::ColumnsMissing {
        file: source,
        table: table.name.to_string(),
        columns,
    })
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
