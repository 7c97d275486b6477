//! Tables that may be an index, whatever they are written in.

use std::io;

use encoding_rs::{UTF_8, WINDOWS_1252};

use crate::csv::{Dialect, Escape, Reader, fields};
use crate::raw::{Position, RawRecord};
use crate::xlsx::Workbook;

/// Endings of files that may be an index.
const ENDINGS: [&str; 7] = ["csv", "tsv", "tab", "psv", "txt", "xlsx", "xls"];

/// Endings of tables that are no documents themselves, where they stand beside an index.
const TABLES: [&str; 6] = ["csv", "tsv", "tab", "psv", "sql", "ndjson"];

pub(super) fn may_be_index(name: &str) -> bool {
    ends_with_one_of(name, &ENDINGS)
}

pub(super) fn is_table(name: &str) -> bool {
    ends_with_one_of(name, &TABLES)
}

fn ends_with_one_of(name: &str, endings: &[&str]) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    endings
        .iter()
        .any(|known| ending.eq_ignore_ascii_case(known))
}

/// Cells of a row, and where it stands.
pub(super) type Row = (Position, Vec<String>);

/// A table with its columns.
pub(super) struct Table {
    /// The sheet of a workbook.
    pub(super) sheet: Option<String>,
    /// How delimited text is cut.
    pub(super) dialect: Dialect,
    pub(super) columns: Vec<String>,
}

/// Shows every table of a file to `visit`, which takes as many rows as it likes. What cannot be
/// read is no index.
pub(super) fn each_table(
    bytes: &[u8],
    mut visit: impl FnMut(Table, &mut dyn FnMut() -> Option<Row>),
) {
    if let Ok(mut workbook) = Workbook::open(bytes, "index") {
        for sheet in workbook.sheets().to_vec() {
            let Ok(mut reader) = workbook.sheet(&sheet.name) else {
                continue;
            };
            let columns = reader.header().to_vec();
            let dialect = Dialect::default();
            visit(
                Table {
                    sheet: Some(sheet.name),
                    dialect,
                    columns,
                },
                &mut || match reader.next_raw()? {
                    RawRecord::Text(row) => {
                        let cells = fields(row.expose_text(), &dialect).map(String::from);
                        Some((row.position(), cells.collect()))
                    }
                    RawRecord::Bad(_) => None,
                },
            );
        }
        return;
    }
    let Some((mut reader, dialect, columns)) = delimited(bytes) else {
        return;
    };
    visit(
        Table {
            sheet: None,
            dialect,
            columns,
        },
        &mut || {
            loop {
                if let RawRecord::Text(row) = reader.next_raw().ok()?? {
                    let cells = fields(row.expose_text(), &dialect).map(String::from);
                    return Some((row.position(), cells.collect()));
                }
            }
        },
    );
}

/// Delimited text by its first line: the delimiter that stands in it most often.
fn delimited(bytes: &[u8]) -> Option<(Reader<impl io::Read>, Dialect, Vec<String>)> {
    let encoding = if std::str::from_utf8(bytes).is_ok() {
        UTF_8
    } else {
        WINDOWS_1252
    };
    let by_delimiter = [b',', b'\t', b'|', b';'].map(|delimiter| {
        let dialect = Dialect::new(delimiter, Some(b'"'), Escape::Doubled).ok()?;
        let dialect = dialect.with_encoding(encoding).ok()?;
        let mut reader = Reader::new(bytes, "index", dialect).ok()?;
        let columns = reader.read_header().ok()?;
        Some((reader, dialect, columns))
    });
    let best = by_delimiter
        .into_iter()
        .flatten()
        .max_by_key(|(_, _, columns)| columns.len())?;
    (best.2.len() > 1).then_some(best)
}
