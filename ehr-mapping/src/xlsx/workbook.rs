//! A workbook in memory, and its sheets.

use std::collections::HashSet;
use std::fmt;
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use calamine::{Data, DataRef, Reader as _, SheetType, SheetVisible, Xls, Xlsx};
use ehr_model::issue::IssueCode;
use zip::ZipArchive;

use super::cell::{Content, content};
use super::compound;
use super::error::Error;
use super::format::Format;
use super::package::{self, Harm};
use super::reader::Reader;

/// The largest workbook, in bytes of the file: 256 MiB.
///
/// The format cannot be read as a stream, so all of it is held; what a person fills by hand or a
/// program exports for a person is far smaller.
pub const MAX_WORKBOOK: u64 = 256 << 20;

/// The largest workbook when it is unpacked: 2 GiB. More is an attack, or no table.
pub const MAX_UNPACKED: u64 = 2 << 30;

/// The rows and columns of a sheet of Excel.
const MAX_ROWS: u32 = 1 << 20;
const MAX_COLUMNS: u32 = 1 << 14;

/// A workbook. `Debug` shows only its source and how many sheets it has.
pub struct Workbook {
    book: Book,
    source: Arc<str>,
    sheets: Vec<Sheet>,
}

/// A sheet of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sheet {
    /// The name on its tab.
    pub name: String,
    /// Whether a person sees it. What is hidden is still data.
    pub visible: bool,
    /// Whether it has cells; charts and dialogs have none.
    pub cells: bool,
}

enum Book {
    Xlsx(Box<Xlsx<Cursor<Vec<u8>>>>),
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
}

/// The cells of a sheet that hold something, by row and column.
#[derive(Default)]
pub(super) struct Cells {
    pub(super) cells: Vec<Cell>,
    pub(super) text: String,
    /// Formulas whose result was not saved.
    pub(super) formulas: Vec<(u32, u32)>,
    /// Where cells were merged: the place that holds their value.
    pub(super) merged: Vec<(u32, u32)>,
}

pub(super) struct Cell {
    pub(super) row: u32,
    pub(super) column: u32,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) odd: Option<IssueCode>,
}

impl Workbook {
    /// Reads a workbook (XLSX, XLSM or XLS) under its name in the export.
    ///
    /// The library below panics over some damaged XLS files; the panic is caught, which a program
    /// that is built to abort cannot do.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::NotWorkbook`], [`Error::TooLarge`] and [`Error::Damaged`].
    pub fn open(inner: impl Read, source: impl Into<Arc<str>>) -> Result<Self, Error> {
        let source_name: Arc<str> = source.into();
        let mut bytes = Vec::new();
        let read = inner.take(MAX_WORKBOOK + 1).read_to_end(&mut bytes);
        if let Err(source) = read {
            return Err(Error::Io {
                source_name,
                source,
            });
        }
        if bytes.len() as u64 > MAX_WORKBOOK {
            return Err(Error::TooLarge {
                source_name,
                limit: MAX_WORKBOOK,
            });
        }
        let not_workbook = |found| Error::NotWorkbook {
            source_name: source_name.clone(),
            found,
        };
        let damaged = || Error::Damaged {
            source_name: source_name.clone(),
        };
        let book = if bytes.starts_with(b"\xD0\xCF\x11\xE0") {
            if contains_utf16(&bytes, "EncryptedPackage") {
                return Err(not_workbook("it is encrypted with a password"));
            }
            if !contains_utf16(&bytes, "Workbook") && !contains_utf16(&bytes, "Book") {
                return Err(not_workbook("it is an old Office file of another kind"));
            }
            if !compound::is_safe(&bytes) {
                return Err(damaged());
            }
            let xls = guarded(|| Xls::new(Cursor::new(bytes))).ok_or_else(damaged)?;
            Book::Xls(Box::new(xls))
        } else if bytes.starts_with(b"PK\x03\x04") {
            let mut zip = ZipArchive::new(Cursor::new(&bytes[..])).map_err(|_| damaged())?;
            if zip.index_for_name("xl/workbook.bin").is_some() {
                return Err(not_workbook(
                    "it is a binary workbook (XLSB); save it as XLSX",
                ));
            }
            if zip.index_for_name("content.xml").is_some() {
                return Err(not_workbook("it is of OpenDocument; save it as XLSX"));
            }
            if !zip
                .file_names()
                .flatten()
                .any(|name| name.to_ascii_lowercase().starts_with("xl/"))
            {
                return Err(not_workbook("it is a ZIP archive of another kind"));
            }
            match package::check(&mut zip, MAX_UNPACKED) {
                Some(Harm::TooLarge) => {
                    return Err(Error::TooLarge {
                        source_name,
                        limit: MAX_UNPACKED,
                    });
                }
                Some(Harm::Damaged) => return Err(damaged()),
                None => {}
            }
            drop(zip);
            let xlsx = guarded(|| Xlsx::new(Cursor::new(bytes))).ok_or_else(damaged)?;
            Book::Xlsx(Box::new(xlsx))
        } else {
            return Err(not_workbook("it begins like none"));
        };
        let metadata = match &book {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
        };
        let sheets = metadata.iter().map(|sheet| Sheet {
            name: sheet.name.clone(),
            visible: sheet.visible == SheetVisible::Visible,
            cells: sheet.typ == SheetType::WorkSheet,
        });
        let sheets = sheets.collect();
        Ok(Self {
            book,
            source: source_name,
            sheets,
        })
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// All sheets in the order of their tabs, hidden ones too.
    pub fn sheets(&self) -> &[Sheet] {
        &self.sheets
    }

    /// Reads a sheet. Its source is that of the workbook with the number of the sheet.
    ///
    /// # Errors
    ///
    /// [`Error::NoSheet`], [`Error::EmptySheet`] and [`Error::Damaged`].
    pub fn sheet(&mut self, name: &str) -> Result<Reader, Error> {
        let place = self
            .sheets
            .iter()
            .position(|sheet| sheet.name == name && sheet.cells);
        let Some(place) = place else {
            return Err(Error::NoSheet {
                source_name: self.source.clone(),
            });
        };
        let source_name: Arc<str> = format!("{}, sheet {}", self.source, place + 1).into();
        let cells = match &mut self.book {
            Book::Xlsx(book) => guarded(|| xlsx_cells(book, name)),
            Book::Xls(book) => guarded(|| xls_cells(book, name)),
        };
        match cells {
            Some(cells) if cells.text.len() as u64 > MAX_UNPACKED => Err(Error::TooLarge {
                source_name,
                limit: MAX_UNPACKED,
            }),
            Some(cells) if cells.within_sheet() => Reader::over(cells, source_name),
            _ => Err(Error::Damaged { source_name }),
        }
    }
}

/// Runs code that may stumble over a damaged file; a panic of it is no more than that.
fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>) -> Option<T> {
    catch_unwind(AssertUnwindSafe(read)).ok()?.ok()
}

fn xlsx_cells(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Result<Cells, calamine::XlsxError> {
    let epoch_1904 = book.has_1904_epoch();
    let mut cells = Cells::default();
    let mut blank = HashSet::new();
    let mut reader = book.worksheet_cells_reader(name)?;
    let code =
        |style: &calamine::Style| Some(Format::parse(&style.number_format.as_ref()?.format_code));
    let formats: Vec<_> = reader.styles().iter().map(code).collect();
    while let Some((cell, style)) = reader.next_cell_with_style_id()? {
        let format = formats.get(style).and_then(Option::as_ref);
        let (row, column) = cell.get_position();
        if !cells.push(row, column, content(cell.get_value(), format, epoch_1904))
            && *cell.get_value() != DataRef::Empty
        {
            blank.insert((row, column));
        }
        // one text of the book may stand in every cell
        if cells.text.len() as u64 > MAX_UNPACKED {
            return Ok(cells);
        }
    }
    drop(reader);
    if !cells.sort() {
        return Err(calamine::XlsxError::Unexpected("two cells in one place"));
    }
    let mut reader = book.worksheet_cells_reader(name)?;
    while let Some(formula) = reader.next_formula()? {
        let place = formula.get_position();
        if !formula.get_value().is_empty() && !blank.contains(&place) && !cells.holds(place) {
            cells.formulas.push(place);
        }
    }
    drop(reader);
    let merged = book.merge_cells_by_sheet_name(name)?;
    cells.merged = merged.iter().map(|region| region.start).collect();
    Ok(cells)
}

fn xls_cells(book: &mut Xls<Cursor<Vec<u8>>>, name: &str) -> Result<Cells, calamine::XlsError> {
    let epoch_1904 = book.has_1904_epoch();
    let range = book.worksheet_range(name)?;
    let mut cells = Cells::default();
    let mut blank = HashSet::new();
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, value) in range.used_cells() {
        let value = match value {
            Data::Int(number) => DataRef::Int(*number),
            Data::Float(number) => DataRef::Float(*number),
            Data::String(text) => DataRef::String(text.clone()),
            Data::Bool(value) => DataRef::Bool(*value),
            Data::DateTime(moment) => DataRef::DateTime(*moment),
            Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
            Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
            Data::Error(error) => DataRef::Error(error.clone()),
            Data::Empty => DataRef::Empty,
        };
        let content = content(&value, None, epoch_1904);
        let (row, column) = (top + row as u32, left + column as u32);
        if !cells.push(row, column, content) {
            blank.insert((row, column));
        }
    }
    cells.sort();
    let formulas = book.worksheet_formula(name)?;
    let (top, left) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells() {
        let place = (top + row as u32, left + column as u32);
        if !formula.is_empty() && !blank.contains(&place) && !cells.holds(place) {
            cells.formulas.push(place);
        }
    }
    let merged = book.merge_cells_by_sheet_name(name)?;
    cells.merged = merged.iter().map(|region| region.start).collect();
    Ok(cells)
}

impl Cells {
    /// Whether the cell holds something.
    fn push(&mut self, row: u32, column: u32, content: Content) -> bool {
        let (text, odd) = match content {
            Content::Text(text) if !text.is_empty() => (text, None),
            Content::Odd(text, code) => (text, Some(code)),
            _ => return false,
        };
        let start = self.text.len();
        self.text.push_str(&text);
        let end = self.text.len();
        self.cells.push(Cell {
            row,
            column,
            start,
            end,
            odd,
        });
        true
    }

    /// Whether all places are such as a sheet has: the library takes any number for one, and a
    /// header has a name for each column.
    fn within_sheet(&self) -> bool {
        let cells = self.cells.iter().map(|cell| (cell.row, cell.column));
        let mut places = cells.chain(self.formulas.iter().copied());
        places.all(|(row, column)| row < MAX_ROWS && column < MAX_COLUMNS)
    }

    /// Whether a cell holds something, once they are sorted.
    fn holds(&self, place: (u32, u32)) -> bool {
        let found = self
            .cells
            .binary_search_by_key(&place, |cell| (cell.row, cell.column));
        found.is_ok()
    }

    /// Sorts by place; `false` if two cells claim one.
    fn sort(&mut self) -> bool {
        let place = |cell: &Cell| (cell.row, cell.column);
        if !self.cells.is_sorted_by_key(place) {
            self.cells.sort_by_key(place);
        }
        self.cells
            .windows(2)
            .all(|pair| place(&pair[0]) != place(&pair[1]))
    }
}

/// Whether the directory of an old Office file has such a name.
fn contains_utf16(bytes: &[u8], name: &str) -> bool {
    let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
}

/// Whether a file that begins with these bytes, of which 64 KiB are enough, is a workbook.
///
/// An old Office file has its directory anywhere: it counts as a workbook if nothing of its first
/// bytes says otherwise, and [`Workbook::open`] decides.
pub fn detect(start: &[u8]) -> bool {
    if start.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return contains_utf16(start, "Workbook") || !contains_utf16(start, "WordDocument");
    }
    let has = |name: &[u8]| memchr::memmem::find(start, name).is_some();
    start.starts_with(b"PK\x03\x04")
        && (has(b"xl/workbook.xml") || has(b"xl/worksheets/") || has(b"xl/_rels/"))
}

impl fmt::Debug for Workbook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workbook")
            .field("source", &self.source)
            .field("sheets", &self.sheets.len())
            .finish_non_exhaustive()
    }
}
