//! Reading one file, whatever it is.

use std::sync::Arc;

use ehr_model::profile::{Delimited, TableFormat};
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{RawFile, RawItem, RawKind, RawTable};
use crate::csv::{self, Columns, Dialect, Escape, UNDECODABLE_BYTES};
use crate::format::Format;
use crate::raw::{Position, RawRecord};
use crate::source::SourceFolder;
use crate::table::Cells;
use crate::tree::{self, TreeReader};
use crate::xlsx::Workbook;
use crate::{Error, sqldump};

type Visit<'v> = dyn FnMut(RawItem<'_, '_>) + 'v;

/// The one column of a text without columns.
const LINE: &str = "(line)";
/// No text has it: what separates units in data of the sixties.
const NO_DELIMITER: u8 = 0x1f;

pub(super) fn file(
    folder: &dyn SourceFolder,
    file: &RawFile,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    match &file.kind {
        RawKind::Empty | RawKind::Document(_) => Ok(()),
        RawKind::Delimited { dialect, columns } => {
            let shown = Delimited::new(
                file.name.as_str(),
                char::from(dialect.delimiter()),
                dialect.encoding().name().to_lowercase(),
                dialect.header(),
            );
            let table = RawTable {
                name: file.table.clone(),
                format: TableFormat::Csv(shown),
                columns: columns.clone(),
            };
            delimited(folder, file, *dialect, &table, visit)
        }
        RawKind::Lines => {
            let encoding = file.encoding.as_deref().unwrap_or_default();
            let encoding = Encoding::for_label(encoding.as_bytes()).unwrap_or(UTF_8);
            let dialect = Dialect::new(NO_DELIMITER, None, Escape::Doubled)
                .and_then(|dialect| dialect.with_encoding(encoding))
                .map_or_else(|_| Dialect::default(), |dialect| dialect.with_header(false));
            let table = RawTable {
                name: file.table.clone(),
                format: TableFormat::Lines,
                columns: vec![LINE.to_owned()],
            };
            delimited(folder, file, dialect, &table, visit)
        }
        RawKind::Format(Format::SqlDump) => dump(folder, file, visit),
        RawKind::Format(Format::Xlsx) => workbook(folder, file, visit),
        RawKind::Format(format) => trees(folder, file, *format, format.name(), visit),
        RawKind::Xml => trees(folder, file, Format::Ccda, "xml", visit),
    }
}

fn open<'f>(
    folder: &'f dyn SourceFolder,
    file: &RawFile,
) -> Result<Box<dyn std::io::Read + 'f>, Error> {
    folder
        .open(&file.name)
        .map_err(Error::io(file.place(), "opening a file of the export"))
}

fn delimited(
    folder: &dyn SourceFolder,
    file: &RawFile,
    dialect: Dialect,
    table: &RawTable,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    visit(RawItem::Table(table));
    // the header is cut as a row: a name twice is odd, and nothing to stop for here
    let cut = dialect.with_header(false);
    let mut reader = csv::Reader::new(open(folder, file)?, file.place(), cut)?;
    let columns = columns(&file.place(), &table.columns)?;
    let mut header = dialect.header();
    let mut arena = Arena::default();
    while let Some(raw) = reader.next_raw()? {
        if std::mem::take(&mut header) {
            continue;
        }
        match raw {
            RawRecord::Text(row) => {
                let (text, position) = (row.expose_text(), row.position());
                arena = row_of(text, &cut, &columns, position, table, arena, visit);
            }
            RawRecord::Bad(bad) if bad.reason() == UNDECODABLE_BYTES => {
                // one line of another encoding: the next best reading, and somebody is told
                visit(RawItem::OtherEncoding);
                let (text, _) = WINDOWS_1252.decode_without_bom_handling(bad.expose_bytes());
                let position = bad.position();
                row_of(
                    &text,
                    &cut,
                    &columns,
                    position,
                    table,
                    Arena::default(),
                    visit,
                );
            }
            RawRecord::Bad(_) => visit(RawItem::Unreadable { table }),
        }
    }
    Ok(())
}

fn row_of(
    text: &str,
    dialect: &Dialect,
    columns: &Columns,
    position: Position,
    table: &RawTable,
    arena: Arena,
    visit: &mut Visit<'_>,
) -> Arena {
    match csv::parse(text, dialect, columns, position, arena) {
        Ok(record) => {
            let shown = &record;
            visit(RawItem::Record {
                table,
                record: shown,
            });
            record.into_arena()
        }
        Err(_) => {
            visit(RawItem::Unreadable { table });
            Arena::default()
        }
    }
}

/// Columns under names that are never twice.
fn columns(source: &str, names: &[String]) -> Result<Columns, Error> {
    let mut seen: Vec<String> = Vec::with_capacity(names.len());
    for (place, name) in names.iter().enumerate() {
        let mut own = match name.as_str() {
            "" => format!("column {}", place + 1),
            name => name.to_owned(),
        };
        if seen.contains(&own) {
            own = format!("{own} (column {})", place + 1);
        }
        seen.push(own);
    }
    Ok(Columns::new(source, &seen)?)
}

fn dump(folder: &dyn SourceFolder, file: &RawFile, visit: &mut Visit<'_>) -> Result<(), Error> {
    let place: Arc<str> = file.place().into();
    let schemas = sqldump::tables(open(folder, file)?)?;
    let mut tables = Vec::with_capacity(schemas.len());
    for schema in &schemas {
        let names: Vec<String> = schema
            .column_names()
            .into_iter()
            .map(str::to_owned)
            .collect();
        let table = RawTable {
            name: schema.name.as_str().into(),
            format: TableFormat::SqlDump,
            columns: names.clone(),
        };
        visit(RawItem::Table(&table));
        tables.push((table, columns(&place, &names)?));
    }
    let mut reader = sqldump::Reader::new(open(folder, file)?, place.clone())?.with_tables(schemas);
    let cells = Cells::Dump(reader.variant());
    while let Some(row) = reader.next_raw()? {
        let found = row
            .table
            .and_then(|name| tables.iter().find(|(table, _)| *table.name == **name));
        let Some((table, columns)) = found.or(tables.first()) else {
            continue;
        };
        match row.record {
            RawRecord::Text(text) => {
                match cells.parse(text.expose_text(), columns, text.position()) {
                    Some(record) => visit(RawItem::Record {
                        table,
                        record: &record,
                    }),
                    None => visit(RawItem::Unreadable { table }),
                }
            }
            RawRecord::Bad(_) => visit(RawItem::Unreadable { table }),
        }
    }
    Ok(())
}

fn workbook(folder: &dyn SourceFolder, file: &RawFile, visit: &mut Visit<'_>) -> Result<(), Error> {
    let mut workbook = Workbook::open(open(folder, file)?, file.place())?;
    let sheets = workbook.sheets().to_vec();
    let cells = Cells::Delimited(Dialect::default());
    for sheet in sheets {
        // a sheet without a cell is no table
        let Ok(mut reader) = workbook.sheet(&sheet.name) else {
            continue;
        };
        let table = RawTable {
            name: sheet.name.as_str().into(),
            format: TableFormat::Xlsx {
                sheet: sheet.name.clone(),
            },
            columns: reader.header().to_vec(),
        };
        let columns = columns(&file.place(), &table.columns)?;
        visit(RawItem::Table(&table));
        while let Some(raw) = reader.next_raw() {
            let record = match &raw {
                RawRecord::Text(row) => cells.parse(row.expose_text(), &columns, row.position()),
                RawRecord::Bad(_) => None,
            };
            match record {
                Some(record) => visit(RawItem::Record {
                    table: &table,
                    record: &record,
                }),
                None => visit(RawItem::Unreadable { table: &table }),
            }
        }
    }
    Ok(())
}

fn trees(
    folder: &dyn SourceFolder,
    file: &RawFile,
    format: Format,
    name: &'static str,
    visit: &mut Visit<'_>,
) -> Result<(), Error> {
    let place: Arc<str> = file.place().into();
    let names = Arc::new(Names::default());
    let Some(mut reader) = TreeReader::new(format, open(folder, file)?, &place)? else {
        return Ok(());
    };
    let table_of = |table: String| RawTable {
        name: table.into(),
        format: TableFormat::Tree { format: name },
        columns: Vec::new(),
    };
    let whole = table_of(name.to_owned());
    let mut tables: Vec<RawTable> = Vec::new();
    let mut arena = Arena::default();
    while let Some((raw, _)) = reader.next_raw()? {
        let RawRecord::Text(raw) = raw else {
            visit(RawItem::Unreadable { table: &whole });
            continue;
        };
        let (text, position) = (raw.expose_text(), raw.position());
        match tree::parse(format, text, &place, position, &names, arena) {
            Ok(record) => {
                let own = sort_of(format, name, &record);
                let known = tables.iter().position(|table| *table.name == *own);
                let known = known.unwrap_or_else(|| {
                    tables.push(table_of(own));
                    tables.len() - 1
                });
                visit(RawItem::Record {
                    table: &tables[known],
                    record: &record,
                });
                arena = record.into_arena();
            }
            Err(_) => {
                visit(RawItem::Unreadable { table: &whole });
                arena = Arena::default();
            }
        }
    }
    Ok(())
}

/// Of what sort a tree is: FHIR has resources, XML its outermost element, others are one sort.
fn sort_of(format: Format, name: &str, record: &SourceRecord<'_>) -> String {
    let mut below = record.children(NodeId::ROOT);
    let sort = match (format, name) {
        (Format::Fhir, _) => below
            .find(|node| &**record.names().name(record.name(*node)) == "resourceType")
            .and_then(|node| record.expose(node))
            .filter(|sort| sort.len() < 40 && sort.bytes().all(|byte| byte.is_ascii_alphabetic())),
        (_, "xml") => below
            .next()
            .map(|node| &**record.names().name(record.name(node))),
        _ => None,
    };
    match sort {
        Some(sort) => format!("{name}: {sort}"),
        None => name.to_owned(),
    }
}
